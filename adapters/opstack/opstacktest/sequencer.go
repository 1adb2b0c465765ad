package opstacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// Sequencer is an op-node that sequences: it makes the calls that a real one makes for each block, in the same order.
type Sequencer struct {
	// Head is its unsafe head.
	Head *Block
	// Origin is the L1 origin of the blocks to come.
	Origin L1
	// At is the timestamp of the next block in seconds; zero for a second after the head's.
	At uint64
	// GasLimit is that of the blocks to come.
	GasLimit uint64
	// GetPayload is the method's name; empty for engine_getPayloadV4.
	GetPayload string
	// Between is called once, between the begin of the next block's build and the wish for its payload; nil for nothing.
	Between func()

	client   *rpc.Client
	pool     *http.Transport
	sequence uint64
}

// NewSequencer connects to an engine with a secret, at a chain's head.
func NewSequencer(ctx context.Context, url string, secret []byte, head *Block) (*Sequencer, error) {
	// A pool of its own: one of the process would still have connections to an engine that was started again at the same address.
	pool := http.DefaultTransport.(*http.Transport).Clone()
	client, err := rpc.DialOptions(ctx, url, rpc.WithHTTPClient(&http.Client{Transport: pool}), rpc.WithHTTPAuth(func(h http.Header) error {
		h.Set("Authorization", "Bearer "+Token(secret, time.Now()))
		return nil
	}))
	if err != nil {
		return nil, err
	}
	return &Sequencer{Head: head, Origin: L1{Number: 1, Hash: common.Hash{1}}, GasLimit: 60_000_000, client: client, pool: pool}, nil
}

// Close gives the connections back.
func (s *Sequencer) Close() {
	s.client.Close()
	s.pool.CloseIdleConnections()
}

// forkchoiceAnswer is an answer to forkchoiceUpdated.
type forkchoiceAnswer struct {
	PayloadStatus struct {
		Status string `json:"status"`
	} `json:"payloadStatus"`
	PayloadID *string `json:"payloadId"`
}

func (s *Sequencer) forkchoice(ctx context.Context, head common.Hash, attributes any) (*forkchoiceAnswer, error) {
	state := map[string]common.Hash{"headBlockHash": head, "safeBlockHash": head, "finalizedBlockHash": head}
	answer := new(forkchoiceAnswer)
	if err := s.client.CallContext(ctx, answer, "engine_forkchoiceUpdatedV3", state, attributes); err != nil {
		return nil, err
	}
	if answer.PayloadStatus.Status != "VALID" {
		return nil, fmt.Errorf("forkchoiceUpdated: %s", answer.PayloadStatus.Status)
	}
	return answer, nil
}

// Seal makes one block on top of the head, with further forced transactions. derived says that its content is given: a block of
// a fork's activation, or one that is derived from L1.
func (s *Sequencer) Seal(ctx context.Context, derived bool, forced ...hexutil.Bytes) (*Block, error) {
	id, err := s.Open(ctx, derived, forced...)
	if err != nil {
		return nil, err
	}
	if between := s.Between; between != nil {
		s.Between = nil
		between()
	}
	return s.Finish(ctx, id)
}

// Open begins what Seal does: it asks for the build, and gives its payload's id.
func (s *Sequencer) Open(ctx context.Context, derived bool, forced ...hexutil.Bytes) (string, error) {
	s.sequence++
	at := s.At
	if at == 0 {
		at = s.Head.Timestamp + 1
	}
	s.At = 0
	attributes := map[string]any{
		"timestamp": hexutil.Uint64(at), "gasLimit": hexutil.Uint64(s.GasLimit), "withdrawals": []string{}, "parentBeaconBlockRoot": common.Hash{},
		"transactions": append([]hexutil.Bytes{s.Origin.Attributes(s.sequence)}, forced...),
	}
	if derived {
		attributes["noTxPool"] = true
	}
	opened, err := s.forkchoice(ctx, s.Head.Hash(), attributes)
	if err != nil {
		return "", err
	}
	if opened.PayloadID == nil {
		return "", fmt.Errorf("forkchoiceUpdated: no payload id")
	}
	return *opened.PayloadID, nil
}

// Finish ends what Open has begun: it takes the payload and makes it the head.
func (s *Sequencer) Finish(ctx context.Context, id string) (*Block, error) {
	var sealed struct {
		Payload json.RawMessage `json:"executionPayload"`
	}
	method := s.GetPayload
	if method == "" {
		method = "engine_getPayloadV4"
	}
	if err := s.client.CallContext(ctx, &sealed, method, id); err != nil {
		return nil, err
	}
	var inserted struct {
		Status string `json:"status"`
	}
	if err := s.client.CallContext(ctx, &inserted, "engine_newPayloadV4", sealed.Payload, []string{}, common.Hash{}, []string{}); err != nil {
		return nil, err
	}
	if inserted.Status != "VALID" {
		return nil, fmt.Errorf("newPayload: %s", inserted.Status)
	}
	b, err := readPayload(sealed.Payload)
	if err != nil {
		return nil, err
	}
	if _, err := s.forkchoice(ctx, b.Hash(), nil); err != nil {
		return nil, err
	}
	s.Head = b
	return b, nil
}

// SealMany makes n blocks.
func (s *Sequencer) SealMany(ctx context.Context, n int) error {
	for range n {
		if _, err := s.Seal(ctx, false); err != nil {
			return err
		}
	}
	return nil
}

// Rewind goes back to an earlier block, as after a reorg of the L1, of which the blocks to come have another origin.
func (s *Sequencer) Rewind(ctx context.Context, to *Block, origin L1) error {
	if _, err := s.forkchoice(ctx, to.Hash(), nil); err != nil {
		return err
	}
	s.Head, s.Origin = to, origin
	return nil
}
