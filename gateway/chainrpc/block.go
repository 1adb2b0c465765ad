package chainrpc

import (
	"encoding/json"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
)

// pendingBlock is a block of the stream as eth_getBlockByNumber shows it: what is known only when it is made is null or zero.
func (c *Chain) pendingBlock(b *previewBlock, full bool) (json.RawMessage, error) {
	txs := make([]any, len(b.raw))
	for i, raw := range b.raw {
		if txs[i] = b.hashes[i]; !full {
			continue
		}
		view, err := c.blockTx(raw, b, uint64(i))
		if err != nil {
			return nil, err
		}
		txs[i] = view
	}
	return json.Marshal(map[string]any{
		"number": b.base.Number, "hash": nil, "parentHash": b.parent, "nonce": nil, "timestamp": b.base.Timestamp, "gasLimit": b.base.GasLimit,
		"gasUsed": hexutil.Uint64(b.gasUsed), "baseFeePerGas": b.base.BaseFee, "miner": b.base.FeeRecipient, "mixHash": b.base.PrevRandao,
		"extraData": b.base.ExtraData, "parentBeaconBlockRoot": b.base.BeaconRoot, "receiptsRoot": b.root, "logsBloom": b.bloom,
		"stateRoot": common.Hash{}, "transactionsRoot": common.Hash{}, "sha3Uncles": gethtypes.EmptyUncleHash, "uncles": []string{},
		"difficulty": "0x0", "transactions": txs,
	})
}

// deposit is the body of a transaction of type 0x7E, which only the OP Stack knows.
type deposit struct {
	Source common.Hash
	From   common.Address
	To     *common.Address `rlp:"nil"`
	Mint   *big.Int        `rlp:"nil"`
	Value  *big.Int
	Gas    uint64
	System bool
	Data   []byte
}

const depositType = 0x7e

// blockTx is a transaction of a pending block.
func (c *Chain) blockTx(raw hexutil.Bytes, b *previewBlock, index uint64) (json.RawMessage, error) {
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(raw); err == nil {
		return c.view(tx, &preview{block: uint64(b.base.Number), index: index})
	}
	var d deposit
	if len(raw) > 0 && raw[0] == depositType {
		if err := rlp.DecodeBytes(raw[1:], &d); err != nil {
			return nil, err
		}
	}
	return json.Marshal(map[string]any{
		"hash": b.hashes[index], "type": hexutil.Uint64(depositType), "sourceHash": d.Source, "from": d.From, "to": d.To, "mint": (*hexutil.Big)(d.Mint),
		"value": (*hexutil.Big)(d.Value), "gas": hexutil.Uint64(d.Gas), "isSystemTx": d.System, "input": hexutil.Bytes(d.Data),
		"blockHash": common.Hash{}, "blockNumber": b.base.Number, "transactionIndex": hexutil.Uint64(index), "gasPrice": "0x0", "nonce": "0x0",
	})
}
