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
}

type payloadID = hexutil.Bytes

// attributes are what the proxy reads of a build's attributes.
type attributes struct {
	Timestamp hexutil.Uint64 `json:"timestamp"`
	// NoTxPool: the block is made of exactly the transactions given. From op-node that means: derived, keep your hands off.
	NoTxPool bool `json:"noTxPool"`
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
	var request struct {
		Method string            `json:"method"`
		Params []json.RawMessage `json:"params"`
	}
	if err := json.Unmarshal(body, &request); err != nil || len(request.Params) == 0 {
		return call{kind: otherCall}
	}
	switch {
	case strings.HasPrefix(request.Method, "engine_forkchoiceUpdatedV"):
		return readForkchoice(request.Params)
	case strings.HasPrefix(request.Method, "engine_getPayloadV"):
		c := call{kind: getPayload}
		if err := json.Unmarshal(request.Params[0], &c.id); err != nil {
			return call{kind: otherCall}
		}
		return c
	}
	return call{kind: otherCall}
}

func readForkchoice(params []json.RawMessage) call {
	c := call{kind: forkchoiceUpdated}
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
