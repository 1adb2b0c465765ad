package opstacktest

import (
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// status is an answer to forkchoiceUpdated and newPayload.
func status(word string, hash common.Hash) map[string]any {
	return map[string]any{"status": word, "latestValidHash": hash, "validationError": nil}
}

type attributes struct {
	Timestamp    hexutil.Uint64  `json:"timestamp"`
	Transactions []hexutil.Bytes `json:"transactions"`
	NoTxPool     bool            `json:"noTxPool"`
	GasLimit     hexutil.Uint64  `json:"gasLimit"`
}

func (e *Execution) forkchoice(params []json.RawMessage) (any, error) {
	var state struct {
		Head common.Hash `json:"headBlockHash"`
	}
	var wanted *attributes
	if len(params) != 2 {
		return nil, fmt.Errorf("want 2 parameters, got %d", len(params))
	}
	if err := json.Unmarshal(params[0], &state); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(params[1], &wanted); err != nil {
		return nil, err
	}
	parent, known := e.chain.byHash[state.Head]
	if !known {
		return map[string]any{"payloadStatus": status("SYNCING", common.Hash{}), "payloadId": nil}, nil
	}
	e.chain.head = state.Head
	answer := map[string]any{"payloadStatus": status("VALID", state.Head), "payloadId": nil}
	if wanted == nil {
		return answer, nil
	}
	if uint64(wanted.Timestamp) <= parent.Timestamp {
		return nil, &rpcError{-38003, "Invalid payload attributes", nil}
	}
	if len(e.plan) > 0 {
		works := e.plan[0]
		if e.plan = e.plan[1:]; !works {
			return nil, &rpcError{-32000, "busy", nil}
		}
	}
	opened := e.open(parent, wanted)
	if opened.err != nil && e.style == Geth {
		return nil, opened.err
	}
	id := hexutil.Encode(crypto.Keccak256(state.Head[:], params[1])[:8])
	if _, known := e.payloads[id]; !known {
		if e.kept = append(e.kept, id); len(e.kept) > maxPayloads {
			delete(e.payloads, e.kept[0])
			e.kept = e.kept[1:]
		}
	}
	e.payloads[id] = opened
	answer["payloadId"] = id
	return answer, nil
}

// maxPayloads is how many builds are kept, as in go-ethereum.
const maxPayloads = 10

// Invalid are the bytes of a transaction that no execution client includes.
var Invalid = hexutil.Bytes("invalid")

// open makes the block that attributes ask for.
func (e *Execution) open(parent *Block, wanted *attributes) build {
	b := &Block{
		Number: parent.Number + 1, Parent: parent.Hash(), Timestamp: uint64(wanted.Timestamp), GasLimit: uint64(wanted.GasLimit),
	}
	if err := e.force(b, parent, wanted.Transactions); err != nil {
		return build{err: err}
	}
	if !wanted.NoTxPool {
		b.Transactions = append(b.Transactions, e.pool...)
		e.pool = nil
	}
	return build{block: b}
}

func (e *Execution) payload(version string, params []json.RawMessage) (any, error) {
	var id string
	if len(params) != 1 || json.Unmarshal(params[0], &id) != nil {
		return nil, fmt.Errorf("want a payload id")
	}
	if want := map[bool]string{true: "engine_getPayloadV5", false: "engine_getPayloadV4"}[e.karst]; version != want {
		return nil, &rpcError{-38005, "Unsupported fork", nil}
	}
	b, known := e.payloads[id]
	if !known {
		return nil, &rpcError{-38001, "Unknown payload", nil}
	}
	if b.err != nil {
		return nil, b.err
	}
	return map[string]any{
		"executionPayload": b.block.payload(), "blockValue": "0x0", "blobsBundle": map[string]any{"commitments": []string{}, "proofs": []string{}, "blobs": []string{}},
		"executionRequests": []string{}, "shouldOverrideBuilder": false, "parentBeaconBlockRoot": common.Hash{},
	}, nil
}

func (e *Execution) newPayload(params []json.RawMessage) (any, error) {
	if len(params) == 0 {
		return nil, fmt.Errorf("want a payload")
	}
	b, err := readPayload(params[0])
	if err != nil {
		return nil, err
	}
	if _, known := e.chain.byHash[b.Parent]; !known {
		return map[string]any{"status": "SYNCING", "latestValidHash": nil, "validationError": nil}, nil
	}
	if used := footprint(b.Transactions); used > b.GasLimit {
		return map[string]any{"status": "INVALID", "latestValidHash": b.Parent, "validationError": fmt.Sprintf("DA footprint %d exceeds block gas limit %d", used, b.GasLimit)}, nil
	}
	e.chain.byHash[b.Hash()], e.pending = b, b.Hash()
	return status("VALID", b.Hash()), nil
}
