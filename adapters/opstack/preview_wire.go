package opstack

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// subblock is a message of the stream, in the format that op-reth's --flashblocks-url reads: a Flashblock, which the OP Stack's
// specification calls a subblock since (specs/protocol/subblocks.md).
type subblock struct {
	// ID names one try to build a block, and Index counts its messages from 0.
	ID    hexutil.Bytes `json:"payload_id"`
	Index uint64        `json:"index"`
	// Base is part of the first message only.
	Base     *subblockBase    `json:"base,omitempty"`
	Diff     subblockDiff     `json:"diff"`
	Metadata subblockMetadata `json:"metadata"`
}

// subblockBase is what does not change while the block is built.
type subblockBase struct {
	BeaconRoot   common.Hash    `json:"parent_beacon_block_root"`
	Parent       common.Hash    `json:"parent_hash"`
	FeeRecipient common.Address `json:"fee_recipient"`
	PrevRandao   common.Hash    `json:"prev_randao"`
	Number       hexutil.Uint64 `json:"block_number"`
	GasLimit     hexutil.Uint64 `json:"gas_limit"`
	Timestamp    hexutil.Uint64 `json:"timestamp"`
	ExtraData    hexutil.Bytes  `json:"extra_data"`
	BaseFee      *hexutil.Big   `json:"base_fee_per_gas"`
}

// subblockDiff has the transactions that the message adds; what is counted in it is counted over all of the block so far. State
// root, hash and withdrawals are zero, as the specification wants it: the block is not made yet.
type subblockDiff struct {
	StateRoot       common.Hash     `json:"state_root"`
	ReceiptsRoot    common.Hash     `json:"receipts_root"`
	LogsBloom       hexutil.Bytes   `json:"logs_bloom"`
	GasUsed         hexutil.Uint64  `json:"gas_used"`
	Hash            common.Hash     `json:"block_hash"`
	Transactions    []hexutil.Bytes `json:"transactions"`
	Withdrawals     []struct{}      `json:"withdrawals"`
	WithdrawalsRoot common.Hash     `json:"withdrawals_root"`
	// Footprint is the block's footprint in the data since Jovian.
	Footprint *hexutil.Uint64 `json:"blob_gas_used,omitempty"`
}

// subblockMetadata has the receipts of the transactions that the message adds, by hash. Balances are not told: the map is empty.
type subblockMetadata struct {
	Number   uint64                          `json:"block_number"`
	Balances map[common.Address]*hexutil.Big `json:"new_account_balances"`
	Receipts map[common.Hash]json.RawMessage `json:"receipts"`
}

// preview is a block that was built, as far as the stream tells it.
type preview struct {
	Parent       common.Hash     `json:"parentHash"`
	FeeRecipient common.Address  `json:"feeRecipient"`
	ReceiptsRoot common.Hash     `json:"receiptsRoot"`
	LogsBloom    hexutil.Bytes   `json:"logsBloom"`
	PrevRandao   common.Hash     `json:"prevRandao"`
	Number       hexutil.Uint64  `json:"blockNumber"`
	GasLimit     hexutil.Uint64  `json:"gasLimit"`
	GasUsed      hexutil.Uint64  `json:"gasUsed"`
	Timestamp    hexutil.Uint64  `json:"timestamp"`
	ExtraData    hexutil.Bytes   `json:"extraData"`
	BaseFee      *hexutil.Big    `json:"baseFeePerGas"`
	Hash         common.Hash     `json:"blockHash"`
	Transactions []hexutil.Bytes `json:"transactions"`
	Footprint    *hexutil.Uint64 `json:"blobGasUsed"`

	beaconRoot common.Hash
	// hashes are those of the transactions.
	hashes []common.Hash
}

// readPreview understands a payload for a stream.
func readPreview(o *order, p *payload) (*preview, error) {
	var envelope struct {
		Payload *preview `json:"executionPayload"`
	}
	if err := json.Unmarshal(p.answer, &envelope); err != nil || envelope.Payload == nil {
		return nil, fmt.Errorf("%w: a payload that cannot be read", ErrExecution)
	}
	b := envelope.Payload
	if root := o.call.attributes.BeaconRoot; root != nil {
		b.beaconRoot = *root
	}
	for _, raw := range b.Transactions {
		b.hashes = append(b.hashes, crypto.Keccak256Hash(raw))
	}
	return b, nil
}

func (b *preview) base() *subblockBase {
	return &subblockBase{
		BeaconRoot: b.beaconRoot, Parent: b.Parent, FeeRecipient: b.FeeRecipient, PrevRandao: b.PrevRandao, Number: b.Number,
		GasLimit: b.GasLimit, Timestamp: b.Timestamp, ExtraData: b.ExtraData, BaseFee: b.BaseFee,
	}
}

// sequence is what the stream has said of its newest block: a pure machine. Builds go in, and what is new in them comes out. What was
// said is only ever added to; where a build does not continue it, a sequence with another id begins.
type sequence struct {
	id uint64
	// next is the index of the next message; zero before the first of all.
	next uint64
	at   place
	// told are the block's transactions so far, in order.
	told []common.Hash
	// kept: the chain has a block that begins with them.
	kept bool
}

// turn is what is to be said of a build.
type turn int

const (
	turnNothing turn = iota
	turnMore
	turnNew
	// turnReset is turnNew, and what was said before is void.
	turnReset
)

// weigh decides what is to be said. final is the block that op-node gets; another build may also be shorter, for want of time.
func (s *sequence) weigh(b *preview, final bool) turn {
	same := s.next > 0 && s.at == place{b.Parent, uint64(b.Timestamp)}
	n := min(len(s.told), len(b.hashes))
	continued := same && slices.Equal(s.told[:n], b.hashes[:n])
	switch {
	case continued && len(b.hashes) > n:
		return turnMore
	case continued && (len(s.told) == n || !final):
		return turnNothing
	case s.next > 0 && (same || !s.kept):
		return turnReset
	}
	return turnNew
}

// say gives the message that weigh has decided for, with the receipts of all of the block's transactions; nil for nothing.
func (s *sequence) say(b *preview, receipts []json.RawMessage, final bool) (*subblock, turn) {
	t := s.weigh(b, final)
	if t == turnNew || t == turnReset {
		*s = sequence{id: s.id + 1, at: place{b.Parent, uint64(b.Timestamp)}}
	}
	s.kept = s.kept || final
	if t == turnNothing {
		return nil, t
	}
	m := &subblock{
		ID: binary.BigEndian.AppendUint64(nil, s.id), Index: s.next,
		Diff: subblockDiff{
			ReceiptsRoot: b.ReceiptsRoot, LogsBloom: b.LogsBloom, GasUsed: b.GasUsed, Transactions: b.Transactions[len(s.told):],
			Withdrawals: []struct{}{}, Footprint: b.Footprint,
		},
		Metadata: subblockMetadata{
			Number: uint64(b.Number), Balances: make(map[common.Address]*hexutil.Big), Receipts: make(map[common.Hash]json.RawMessage),
		},
	}
	if s.next == 0 {
		m.Base = b.base()
	}
	for i := len(s.told); i < len(receipts); i++ {
		m.Metadata.Receipts[b.hashes[i]] = receipts[i]
	}
	s.told, s.next = b.hashes, s.next+1
	return m, t
}
