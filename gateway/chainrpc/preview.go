package chainrpc

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

const (
	// maxPreviews bounds the blocks that are kept before the execution client has them, maxPreviewTxs and maxPreviewBytes all of their
	// transactions and receipts.
	maxPreviews     = 8
	maxPreviewTxs   = 1 << 15
	maxPreviewBytes = 32 << 20
	// previewLife is how long a preview counts if the execution client says nothing of its block.
	previewLife = 30 * time.Second
)

// subblock is a message of the stream, as the OP Stack's specification has it (specs/protocol/subblocks.md, formerly Flashblocks).
type subblock struct {
	ID    hexutil.Bytes `json:"payload_id"`
	Index uint64        `json:"index"`
	Base  *subblockBase `json:"base"`
	Diff  struct {
		ReceiptsRoot common.Hash     `json:"receipts_root"`
		LogsBloom    hexutil.Bytes   `json:"logs_bloom"`
		GasUsed      hexutil.Uint64  `json:"gas_used"`
		Transactions []hexutil.Bytes `json:"transactions"`
	} `json:"diff"`
	Metadata struct {
		Number   uint64                          `json:"block_number"`
		Receipts map[common.Hash]json.RawMessage `json:"receipts"`
	} `json:"metadata"`
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

// preview is a transaction of the stream.
type preview struct {
	tx           *gethtypes.Transaction
	receipt      json.RawMessage
	block, index uint64
	reverted     bool
	gasUsed      uint64
}

// previewBlock is a block of the stream, as far as it was told.
type previewBlock struct {
	id       string
	next     uint64 // the index of the next message
	base     subblockBase
	parent   common.Hash
	root     common.Hash
	bloom    hexutil.Bytes
	gasUsed  uint64
	raw      []hexutil.Bytes
	hashes   []common.Hash
	size     int
	received time.Time
}

// previews are the blocks that the stream has told and the execution client does not have.
type previews struct {
	mu     sync.Mutex
	blocks []*previewBlock // ascending as they came; the last one grows
	txs    map[common.Hash]*preview
	size   int
	signal chan struct{} // closed at the next change
}

func newPreviews() *previews {
	return &previews{txs: make(map[common.Hash]*preview), signal: make(chan struct{})}
}

// changed is closed at the next change.
func (p *previews) changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.signal
}

func (p *previews) find(hash common.Hash) (*preview, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.txs[hash]
	return found, ok
}

// newest is a copy of the block that grows; nil if there is none.
func (p *previews) newest() *previewBlock {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.blocks) == 0 {
		return nil
	}
	block := *p.blocks[len(p.blocks)-1]
	return &block
}

// empty reports whether nothing is pre-confirmed.
func (p *previews) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.blocks) == 0
}

// add takes a message in and gives back the transactions of which something else is known now. A block whose first message was missed,
// or one between, is left out.
func (p *previews) add(m *subblock, now time.Time) (heard []common.Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Index == 0 && m.Base != nil {
		heard = p.begin(m, now)
	}
	if len(p.blocks) == 0 {
		return heard
	}
	block := p.blocks[len(p.blocks)-1]
	if block.id != string(m.ID) || block.next != m.Index {
		return heard
	}
	block.next++
	block.root, block.bloom, block.gasUsed = m.Diff.ReceiptsRoot, m.Diff.LogsBloom, uint64(m.Diff.GasUsed)
	for _, raw := range m.Diff.Transactions {
		hash := crypto.Keccak256Hash(raw)
		receipt := m.Metadata.Receipts[hash]
		if len(p.txs) >= maxPreviewTxs || p.size+len(raw)+len(receipt) > maxPreviewBytes {
			break
		}
		block.raw, block.hashes = append(block.raw, raw), append(block.hashes, hash)
		block.size, p.size = block.size+len(raw)+len(receipt), p.size+len(raw)+len(receipt)
		if one := readPreview(raw, receipt); one != nil {
			one.block, one.index = uint64(block.base.Number), uint64(len(block.raw)-1)
			p.txs[hash] = one
			heard = append(heard, hash)
		}
	}
	p.tell()
	return heard
}

// begin begins a block. Those of its number and above it that were told before are void.
func (p *previews) begin(m *subblock, now time.Time) (heard []common.Hash) {
	heard = p.drop(func(b *previewBlock) bool { return b.base.Number >= m.Base.Number || b.id == string(m.ID) })
	if len(p.blocks) >= maxPreviews {
		heard = append(heard, p.drop(func(b *previewBlock) bool { return b == p.blocks[0] })...)
	}
	p.blocks = append(p.blocks, &previewBlock{id: string(m.ID), base: *m.Base, parent: m.Base.Parent, received: now})
	return heard
}

// drop lets blocks go and gives back their transactions.
func (p *previews) drop(which func(*previewBlock) bool) (heard []common.Hash) {
	p.blocks = slices.DeleteFunc(slices.Clone(p.blocks), func(b *previewBlock) bool {
		if !which(b) {
			return false
		}
		for _, hash := range b.hashes {
			if one := p.txs[hash]; one != nil && one.block == uint64(b.base.Number) {
				delete(p.txs, hash)
				heard = append(heard, hash)
			}
		}
		p.size -= b.size
		return true
	})
	return heard
}

// settle lets go of the blocks that the execution client has, up to a number, and of those that are too old. What such a block holds
// the client says itself; the rest is withdrawn.
func (p *previews) settle(head uint64, now time.Time) (heard []common.Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heard = p.drop(func(b *previewBlock) bool { return uint64(b.base.Number) <= head || now.Sub(b.received) > previewLife })
	if len(heard) > 0 {
		p.tell()
	}
	return heard
}

// tell wakes who waits for a change.
func (p *previews) tell() {
	close(p.signal)
	p.signal = make(chan struct{})
}

// readPreview reads a transaction with its receipt; nil for a deposit, or without a receipt in the form of Ethereum's JSON-RPC.
func readPreview(raw hexutil.Bytes, receipt json.RawMessage) *preview {
	tx := new(gethtypes.Transaction)
	if tx.UnmarshalBinary(raw) != nil {
		return nil
	}
	var fields map[string]json.RawMessage
	var head struct {
		TransactionHash common.Hash
		Status          hexutil.Uint64
		GasUsed         hexutil.Uint64
		Logs            []map[string]json.RawMessage
	}
	if json.Unmarshal(receipt, &fields) != nil || json.Unmarshal(receipt, &head) != nil || head.TransactionHash != tx.Hash() {
		return nil
	}
	// The block that the operator has built last is not the one that will be made, so its hash would name nothing.
	unknown, err := json.Marshal(common.Hash{})
	if err != nil {
		return nil
	}
	for _, log := range head.Logs {
		log["blockHash"] = unknown
	}
	logs, err := json.Marshal(head.Logs)
	if err != nil {
		return nil
	}
	fields["blockHash"], fields["logs"], fields["preconfirmed"] = unknown, logs, json.RawMessage("true")
	text, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return &preview{tx: tx, receipt: text, reverted: head.Status == 0, gasUsed: uint64(head.GasUsed)}
}
