package opstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"
)

// payload is what the execution client built.
type payload struct {
	// answer is the whole of its answer to getPayload.
	answer json.RawMessage
	head   payloadHead
	// ordered are the hashes of the transactions behind those that op-node gave.
	ordered []common.Hash
}

type payloadHead struct {
	Hash         common.Hash     `json:"blockHash"`
	Number       hexutil.Uint64  `json:"blockNumber"`
	BaseFee      *hexutil.Big    `json:"baseFeePerGas"`
	Transactions []hexutil.Bytes `json:"transactions"`
}

// refusal is what a build failed with.
type refusal struct {
	// tx is the transaction that it is because of; zero for none.
	tx    common.Hash
	words string
	// code is the Engine API's; zero for a payload that is invalid.
	code int
}

// full tells whether the transaction is good and has no room.
func (r *refusal) full() bool { return strings.Contains(r.words, wordsFull) }

func (r *refusal) Error() string { return "the execution client refuses a build: " + r.words }

// build lets the execution client build on the order's parent, with transactions behind those of op-node, and checks the result.
// It is a *refusal if the execution client does not want these.
func (e *execution) build(ctx context.Context, o *order, txs []candidate, version string, local bool) (*payload, error) {
	attributes, err := o.attributesWith(txs, local)
	if err != nil {
		return nil, err
	}
	var opened struct {
		Status struct {
			Status string `json:"status"`
		} `json:"payloadStatus"`
		ID *payloadID `json:"payloadId"`
	}
	if err := e.client.CallContext(ctx, &opened, o.call.method, o.call.state, attributes); err != nil {
		return nil, refused(err)
	}
	if opened.Status.Status != "VALID" || opened.ID == nil {
		return nil, fmt.Errorf("%w: a build on %s is %s", ErrExecution, o.call.head, opened.Status.Status)
	}
	p, err := e.payload(ctx, o, *opened.ID, version)
	if err != nil {
		return nil, err
	}
	return p, e.try(ctx, o, p, version)
}

// payload reads what was built.
func (e *execution) payload(ctx context.Context, o *order, id payloadID, version string) (*payload, error) {
	p := new(payload)
	if err := e.client.CallContext(ctx, &p.answer, version, id); err != nil {
		return nil, refused(err)
	}
	var envelope struct {
		Payload *payloadHead `json:"executionPayload"`
	}
	if err := json.Unmarshal(p.answer, &envelope); err != nil || envelope.Payload == nil || len(envelope.Payload.Transactions) < len(o.call.attributes.Transactions) {
		return nil, fmt.Errorf("%w: a payload without what op-node wants in it", ErrExecution)
	}
	p.head = *envelope.Payload
	for _, raw := range p.head.Transactions[len(o.call.attributes.Transactions):] {
		p.ordered = append(p.ordered, crypto.Keccak256Hash(raw))
	}
	return p, nil
}

// try hands a payload in as op-node will: some limits are looked at only then.
func (e *execution) try(ctx context.Context, o *order, p *payload, version string) error {
	var envelope struct {
		Payload  json.RawMessage   `json:"executionPayload"`
		Requests []json.RawMessage `json:"executionRequests"`
	}
	if err := json.Unmarshal(p.answer, &envelope); err != nil {
		return fmt.Errorf("%w: payload: %w", ErrExecution, err)
	}
	var verdict struct {
		Status  string  `json:"status"`
		Problem *string `json:"validationError"`
	}
	var err error
	none := []common.Hash{}
	switch strings.TrimPrefix(version, "engine_getPayloadV") {
	case "1", "2":
		err = e.client.CallContext(ctx, &verdict, "engine_newPayloadV2", envelope.Payload)
	case "3":
		err = e.client.CallContext(ctx, &verdict, "engine_newPayloadV3", envelope.Payload, none, o.call.attributes.BeaconRoot)
	default:
		if envelope.Requests == nil {
			envelope.Requests = []json.RawMessage{}
		}
		err = e.client.CallContext(ctx, &verdict, "engine_newPayloadV4", envelope.Payload, none, o.call.attributes.BeaconRoot, envelope.Requests)
	}
	switch {
	case err != nil:
		return err
	case verdict.Status == "INVALID":
		words := verdict.Status
		if verdict.Problem != nil {
			words = *verdict.Problem
		}
		return &refusal{words: words}
	case verdict.Status != "VALID":
		return fmt.Errorf("%w: its own payload is %s", ErrExecution, verdict.Status)
	}
	return nil
}

// included is op-geth's way to name the transaction that it cannot include.
var included = regexp.MustCompile(`failed to force-include tx: (0x[0-9a-fA-F]{64})`)

// refused understands an error of a build. Only an answer can be a refusal.
func refused(err error) error {
	var answer rpc.Error
	if !errors.As(err, &answer) {
		return err
	}
	words := answer.Error()
	var more rpc.DataError
	if errors.As(err, &more) {
		words += fmt.Sprintf(": %v", more.ErrorData())
	}
	r := &refusal{words: words, code: answer.ErrorCode()}
	if name := included.FindStringSubmatch(words); name != nil {
		r.tx = common.HexToHash(name[1])
	}
	return r
}
