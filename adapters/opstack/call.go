package opstack

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// kind is what a request is, as far as the proxy cares. The version at the end of a method's name is no part of it.
type kind string

const (
	forkchoiceUpdated kind = "forkchoiceUpdated"
	getPayload        kind = "getPayload"
	newPayload        kind = "newPayload"
	otherCall         kind = "other"
)

var kinds = []kind{forkchoiceUpdated, getPayload, newPayload, otherCall}

// call is a request of op-node's, as far as it is understood.
type call struct {
	kind kind
	// head is the head that forkchoiceUpdated names.
	head common.Hash
	// attributes are those of the build that forkchoiceUpdated asks for; nil for none.
	attributes *attributes
	// id is the payload that getPayload asks for.
	id payloadID
	// method, request and state are the method's whole name, the request's id, and all that forkchoiceUpdated says of the chain.
	method         string
	request, state json.RawMessage
}

// request and response are messages of JSON-RPC.
type request struct {
	Version string            `json:"jsonrpc"`
	ID      json.RawMessage   `json:"id"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result"`
}

type payloadID = hexutil.Bytes

// attributes are what the proxy reads of a build's attributes.
type attributes struct {
	Timestamp hexutil.Uint64 `json:"timestamp"`
	// NoTxPool: the block is made of exactly the transactions given. From op-node that means: derived, keep your hands off.
	NoTxPool     bool            `json:"noTxPool"`
	Transactions []hexutil.Bytes `json:"transactions"`
	GasLimit     hexutil.Uint64  `json:"gasLimit"`
	BeaconRoot   *common.Hash    `json:"parentBeaconBlockRoot"`
	// raw is all of it.
	raw json.RawMessage
}

// withTransactions are attributes for a block of exactly these transactions.
func withTransactions(attributes json.RawMessage, txs []hexutil.Bytes) (json.RawMessage, error) {
	fields := make(map[string]json.RawMessage)
	err := json.Unmarshal(attributes, &fields)
	if err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	if txs == nil {
		txs = []hexutil.Bytes{}
	}
	if fields["transactions"], err = json.Marshal(txs); err != nil {
		return nil, err
	}
	fields["noTxPool"] = json.RawMessage("true")
	return json.Marshal(fields)
}

// readCall understands a request. What is not understood, batches among it, is another call: it passes like all do. Payloads are
// large and are not read.
func readCall(body []byte) call {
	switch {
	case bytes.Contains(body, []byte(`"engine_newPayload`)):
		return call{kind: newPayload}
	case !bytes.Contains(body, []byte(`"engine_forkchoiceUpdated`)) && !bytes.Contains(body, []byte(`"engine_getPayload`)):
		return call{kind: otherCall}
	}
	var r request
	if err := json.Unmarshal(body, &r); err != nil || len(r.Params) == 0 {
		return call{kind: otherCall}
	}
	switch {
	case strings.HasPrefix(r.Method, "engine_forkchoiceUpdatedV"):
		return readForkchoice(r)
	case strings.HasPrefix(r.Method, "engine_getPayloadV"):
		c := call{kind: getPayload, method: r.Method, request: r.ID}
		if err := json.Unmarshal(r.Params[0], &c.id); err != nil {
			return call{kind: otherCall}
		}
		return c
	}
	return call{kind: otherCall}
}

func readForkchoice(r request) call {
	params := r.Params
	c := call{kind: forkchoiceUpdated, method: r.Method, request: r.ID, state: r.Params[0]}
	var state struct {
		Head common.Hash `json:"headBlockHash"`
	}
	if err := json.Unmarshal(params[0], &state); err != nil {
		return call{kind: otherCall}
	}
	c.head = state.Head
	if len(params) > 1 {
		if err := json.Unmarshal(params[1], &c.attributes); err != nil {
			return call{kind: otherCall}
		}
		if c.attributes != nil {
			c.attributes.raw = params[1]
		}
	}
	return c
}

// verdict is what the execution client said to a forkchoiceUpdated.
type verdict struct {
	valid bool
	// id is the build's; empty for none.
	id payloadID
}

// readVerdict understands an answer to forkchoiceUpdated. An error is a verdict too: not valid.
func readVerdict(body []byte, encoding string) (verdict, error) {
	if encoding == "gzip" {
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return verdict{}, fmt.Errorf("%w: answer: %w", ErrExecution, err)
		}
		if body, err = io.ReadAll(io.LimitReader(r, maxVerdict)); err != nil {
			return verdict{}, fmt.Errorf("%w: answer: %w", ErrExecution, err)
		}
	}
	var answer struct {
		Result struct {
			PayloadStatus struct {
				Status string `json:"status"`
			} `json:"payloadStatus"`
			PayloadID *payloadID `json:"payloadId"`
		} `json:"result"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return verdict{}, fmt.Errorf("%w: answer: %w", ErrExecution, err)
	}
	v := verdict{valid: answer.Result.PayloadStatus.Status == "VALID"}
	if id := answer.Result.PayloadID; id != nil {
		v.id = *id
	}
	return v, nil
}
