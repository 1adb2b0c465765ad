package opstacktest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// Block is a block of an OP Stack chain, as far as anybody looks at it.
type Block struct {
	Number, Timestamp, GasLimit uint64
	Parent                      common.Hash
	// Transactions are raw; the first one is the L1 attributes deposit.
	Transactions []hexutil.Bytes
	// Fixed is the hash of a block that was made elsewhere; zero for one over the fields.
	Fixed common.Hash
}

// Hash names the block.
func (b *Block) Hash() common.Hash {
	if b.Fixed != (common.Hash{}) {
		return b.Fixed
	}
	enc := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b.Parent.Bytes(), b.Number), b.Timestamp)
	return crypto.Keccak256Hash(enc, b.TxsRoot().Bytes())
}

// TxsRoot stands for the root over the transactions.
func (b *Block) TxsRoot() common.Hash {
	var all []byte
	for _, tx := range b.Transactions {
		all = append(all, crypto.Keccak256(tx)...)
	}
	return crypto.Keccak256Hash(all)
}

// chain is all blocks, and which of them is the head.
type chain struct {
	byHash map[common.Hash]*Block
	head   common.Hash
}

func newChain() chain {
	genesis := &Block{Timestamp: 1_700_000_000, GasLimit: 60_000_000}
	return chain{byHash: map[common.Hash]*Block{genesis.Hash(): genesis}, head: genesis.Hash()}
}

func (c *chain) canonical() []*Block {
	var all []*Block
	for b := c.byHash[c.head]; b != nil; b = c.byHash[b.Parent] {
		all = append(all, b)
	}
	slices.Reverse(all)
	return all
}

// at is the block of a number below the head; nil if there is none.
func (c *chain) at(number uint64) *Block {
	for b := c.byHash[c.head]; b != nil; b = c.byHash[b.Parent] {
		if b.Number == number {
			return b
		}
	}
	return nil
}

// payloadJSON is an ExecutionPayload.
type payloadJSON struct {
	ParentHash   common.Hash     `json:"parentHash"`
	BlockNumber  hexutil.Uint64  `json:"blockNumber"`
	Timestamp    hexutil.Uint64  `json:"timestamp"`
	GasLimit     hexutil.Uint64  `json:"gasLimit"`
	BlockHash    common.Hash     `json:"blockHash"`
	Transactions []hexutil.Bytes `json:"transactions"`

	FeeRecipient common.Address `json:"feeRecipient"`
	StateRoot    common.Hash    `json:"stateRoot"`
	ReceiptsRoot common.Hash    `json:"receiptsRoot"`
	LogsBloom    hexutil.Bytes  `json:"logsBloom"`
	PrevRandao   common.Hash    `json:"prevRandao"`
	GasUsed      hexutil.Uint64 `json:"gasUsed"`
	ExtraData    hexutil.Bytes  `json:"extraData"`
	BaseFee      hexutil.Uint64 `json:"baseFeePerGas"`
	BlobGasUsed  hexutil.Uint64 `json:"blobGasUsed"`
}

func (b *Block) payload() payloadJSON {
	return payloadJSON{
		ParentHash: b.Parent, BlockNumber: hexutil.Uint64(b.Number), Timestamp: hexutil.Uint64(b.Timestamp), GasLimit: hexutil.Uint64(b.GasLimit),
		BlockHash: b.Hash(), Transactions: b.Transactions, FeeRecipient: feeVault, StateRoot: b.TxsRoot(), ReceiptsRoot: b.TxsRoot(),
		LogsBloom: make(hexutil.Bytes, gethtypes.BloomByteLength), GasUsed: hexutil.Uint64(transferGas * len(b.Transactions)),
		ExtraData: make(hexutil.Bytes, 9), BaseFee: BaseFee, BlobGasUsed: hexutil.Uint64(footprint(b.Transactions)),
	}
}

// feeVault is where an OP Stack chain's fees go.
var feeVault = common.HexToAddress("0x4200000000000000000000000000000000000011")

// receipts are those of the block's transactions, each of which did what a transfer does.
func (b *Block) receipts() []any {
	all := []any{} // of a block without transactions too
	for i, raw := range b.Transactions {
		kind := raw[0]
		if kind > gethDeposit { // legacy
			kind = 0
		}
		all = append(all, map[string]any{
			"blockHash": b.Hash(), "blockNumber": hexutil.Uint64(b.Number), "transactionHash": crypto.Keccak256Hash(raw), "transactionIndex": hexutil.Uint64(i),
			"type": hexutil.Uint64(kind), "status": hexutil.Uint64(1), "gasUsed": hexutil.Uint64(transferGas),
			"cumulativeGasUsed": hexutil.Uint64(transferGas * (i + 1)), "effectiveGasPrice": hexutil.Uint64(BaseFee), "contractAddress": nil,
			"from": feeVault, "to": feeVault, "logs": []any{}, "logsBloom": make(hexutil.Bytes, gethtypes.BloomByteLength),
		})
	}
	return all
}

func readPayload(text []byte) (*Block, error) {
	var p payloadJSON
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	return &Block{
		Number: uint64(p.BlockNumber), Timestamp: uint64(p.Timestamp), GasLimit: uint64(p.GasLimit), Parent: p.ParentHash,
		Transactions: p.Transactions, Fixed: p.BlockHash,
	}, nil
}

// view is the block as eth_getBlockBy… answers it; nil for none.
func (b *Block) view(full bool) any {
	if b == nil {
		return nil
	}
	txs := make([]any, len(b.Transactions))
	for i, raw := range b.Transactions {
		txs[i] = crypto.Keccak256Hash(raw)
		if full {
			txs[i] = transactionView(raw)
		}
	}
	return map[string]any{
		"number": hexutil.Uint64(b.Number), "hash": b.Hash(), "parentHash": b.Parent, "timestamp": hexutil.Uint64(b.Timestamp),
		"gasLimit": hexutil.Uint64(b.GasLimit), "transactionsRoot": b.TxsRoot(), "transactions": txs,
	}
}

// deposit is the body of a transaction of type 0x7E.
type deposit struct {
	Source   common.Hash
	From, To common.Address
	Mint     []byte
	Value    []byte
	Gas      uint64
	System   bool
	Data     []byte
}

func transactionView(raw hexutil.Bytes) any {
	var d deposit
	if len(raw) > 0 && raw[0] == 0x7e && rlp.DecodeBytes(raw[1:], &d) == nil {
		return map[string]any{"hash": crypto.Keccak256Hash(raw), "type": "0x7e", "from": d.From, "to": d.To, "input": hexutil.Bytes(d.Data)}
	}
	return map[string]any{"hash": crypto.Keccak256Hash(raw), "type": "0x2", "input": "0x"} // as far as anybody looks at it
}

// L1 is a block of the chain's L1.
type L1 struct {
	Number uint64
	Hash   common.Hash
}

// Attributes is the deposit of L1 attributes that begins every block, as of the fork Jovian.
func (l L1) Attributes(sequence uint64) hexutil.Bytes {
	data := append([]byte{0x3d, 0xb6, 0xbe, 0x2b}, make([]byte, 8)...) // selector and fee scalars
	data = binary.BigEndian.AppendUint64(data, sequence)
	data = binary.BigEndian.AppendUint64(data, 1_700_000_000+12*l.Number)
	data = binary.BigEndian.AppendUint64(data, l.Number)
	data = append(data, make([]byte, 64)...) // fees
	data = append(data, l.Hash[:]...)
	data = append(data, make([]byte, 32+4+8+2)...) // batcher and later scalars
	enc, err := rlp.EncodeToBytes(&deposit{
		From: common.HexToAddress("0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001"), To: common.HexToAddress("0x4200000000000000000000000000000000000015"),
		Gas: 1_000_000, Data: data,
	})
	if err != nil {
		panic(fmt.Sprintf("opstacktest: deposit: %v", err)) // fixed types
	}
	return append(hexutil.Bytes{0x7e}, enc...)
}
