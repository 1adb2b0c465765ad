package comet

import (
	"fmt"
	"log/slog"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// Pool is where entries wait for their tick. All methods are called from several goroutines at once, and none may
// block: Insert runs in a peer's receive loop, Select in the consensus loop.
type Pool interface {
	// Reap hands out gossip batches of together at most maxBytes that were not handed out before; each goes to every
	// peer once. What came in by Insert is not handed out: the validators are a full mesh. The caller owns the result.
	Reap(maxBytes int) [][]byte
	// Insert takes a peer's gossip batch. ErrRetry (also wrapped) means "not now" and lets the batch be offered again;
	// any other error means that it is bad. The pool may keep the slice.
	Insert(batch []byte) error
	// Select offers what could stand in a tick within the budget; it changes nothing, since the tick may not be decided.
	Select(b core.Budget) core.Candidates
	// Ready is closed once Select has something to offer; it is closed already if that is so now. The channel may be
	// another one at the next call.
	Ready() <-chan struct{}
	// Committed tells what was decided, after it is in the log: tick by tick, each once. The pool must not change d.
	Committed(d *core.Decided)
}

// Log is the durable ordered log.
type Log interface {
	// Append writes the tick and its ledger changes; both are durable when it returns. The tick follows the newest one, or repeats one with the same content, which changes nothing.
	// Any error halts the node.
	Append(d *core.Decided) error
}

// Results are what this node's executor found.
type Results interface {
	// Digests lists the zone's digests for the ticks from, from+1, … as far as they are known, at most max. It must
	// answer from memory, because the vote waits for it. An empty list is always legal.
	Digests(zone core.ZoneID, from uint64, max int) []common.Hash
}

// Listener hears of misbehaviour, for metrics. The reasons are a few words that stay the same. Methods are called from
// the engine's goroutines and must not block.
type Listener interface {
	// ProposalRejected: this node voted against a proposal. The reason is ordering.Reason's, or "panic".
	ProposalRejected(reason string)
	// PeerMisbehaved: another validator or a peer broke the rules otherwise: ReasonExtension, ReasonGossip, ReasonDoubleSign.
	PeerMisbehaved(reason string)
}

// Reasons of PeerMisbehaved.
const (
	// ReasonExtension: a precommit came with a vote extension that is malformed or too long.
	ReasonExtension = "extension"
	// ReasonGossip: a gossip batch is malformed, or too large.
	ReasonGossip = "gossip"
	// ReasonDoubleSign: a decided block brought evidence of a validator that signed twice.
	ReasonDoubleSign = "double_sign"
)

// deaf is the Listener of who has none.
type deaf struct{}

func (deaf) ProposalRejected(string) {}
func (deaf) PeerMisbehaved(string)   {}

// Signer holds the validator's Ethereum key.
type Signer interface {
	// Sign signs the checkpoint of a tick (65 bytes, R ‖ S ‖ V). It refuses what would contradict an earlier signature and
	// gives the same signature for the same request again. The vote waits for it.
	Sign(tick uint64, digest common.Hash) ([]byte, error)
}

// Deps is what a Node works with. All fields but Listener, Signer, Identity and Holdings are required.
type Deps struct {
	Genesis *core.Genesis
	// Machine is loaded with the ledger that belongs to the log's head; the engine replays what comes after it. From
	// New on it belongs to the Node.
	Machine *ordering.Machine
	Pool    Pool
	Log     Log
	Results Results
	// Signer signs checkpoints; nil for a node that has no key to sign with.
	Signer Signer
	// Identity is the validator's Ethereum key, nil for a node without one; Holdings what this node says that it keeps, nil for nothing.
	Identity Identity
	Holdings Holdings
	Logger   *slog.Logger
	// Listener may be nil.
	Listener Listener
}

func (d Deps) validate() error {
	switch {
	case d.Genesis == nil || d.Machine == nil || d.Logger == nil:
		return fmt.Errorf("%w: genesis, machine or logger is missing", ErrConfig)
	case d.Pool == nil || d.Log == nil || d.Results == nil:
		return fmt.Errorf("%w: pool, log or results are missing", ErrConfig)
	case d.Genesis.Params.MaxGossipBytes > maxGossipItem:
		return fmt.Errorf("%w: params.maxGossipBytes is %d, one message carries %d", ErrConfig, d.Genesis.Params.MaxGossipBytes, maxGossipItem)
	}
	return nil
}
