package comet

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// pruneEvery is how many ticks pass between two prunings of the engine's blocks: each has a price of its own.
const pruneEvery = 250

// App is the ordering machine as an ABCI application. This file has the calls that start, decide and commit;
// proposal.go has those that propose and vote, gossip.go those of the mempool connection.
type App struct {
	cmtabci.BaseApplication
	deps   Deps
	heard  Listener
	log    *slog.Logger
	idle   time.Duration
	retain uint64

	stopping chan struct{} // closed when Run begins to stop
	joined   chan struct{} // closed at the first proposal that this node makes or votes on
	joinOnce sync.Once
	halted   chan struct{} // closed when cause is set
	haltOnce sync.Once
	cause    error

	// commits has the votes with which a tick was decided; nil while the engine replays.
	commits commits
	// decided is the tick between FinalizeBlock and Commit. Like the machine it belongs to the consensus connection,
	// which makes one call at a time; the others only read what the machine gives to any goroutine.
	decided *core.Decided
	// timeouts follow the delays between the validators; they belong to the consensus connection too.
	timeouts *timeouts
	late     atomic.Uint64
	// unsigned is the tick of the last checkpoint that this node failed to sign.
	unsigned uint64
}

func newApp(c Config, deps Deps) *App {
	heard := deps.Listener
	if heard == nil {
		heard = deaf{}
	}
	return &App{
		deps: deps, heard: heard, log: deps.Logger.With("stage", "ordering"), idle: c.IdleInterval, retain: c.RetainBlocks,
		timeouts: newTimeouts(c), stopping: make(chan struct{}), joined: make(chan struct{}), halted: make(chan struct{}),
	}
}

// Info says up to where the machine's state reaches; the engine replays from there.
func (a *App) Info(context.Context, *cmtabci.RequestInfo) (*cmtabci.ResponseInfo, error) {
	hash := a.deps.Machine.AppHash()
	return &cmtabci.ResponseInfo{
		AppVersion:      a.deps.Genesis.Params.ProtocolVersion,
		LastBlockHeight: int64(a.deps.Machine.Height()), LastBlockAppHash: hash[:],
	}, nil
}

// codeStopping answers a question after the stop.
const codeStopping = 1

// Query answers what the engine asks about each new connection, whether the peer may have it: not while this node stops. The engine
// forgets about connections that it makes then, without closing them; the peer would hold on to one for as long as this process
// runs, and refuse the next as a duplicate.
func (a *App) Query(context.Context, *cmtabci.RequestQuery) (*cmtabci.ResponseQuery, error) {
	select {
	case <-a.stopping:
		return &cmtabci.ResponseQuery{Code: codeStopping, Log: "this node stops"}, nil
	default:
		return &cmtabci.ResponseQuery{Code: cmtabci.CodeTypeOK}, nil
	}
}

// InitChain starts a network, and refuses an engine that was set up for another one.
func (a *App) InitChain(_ context.Context, req *cmtabci.RequestInitChain) (res *cmtabci.ResponseInitChain, err error) {
	defer a.haltOnError(&err)
	var state appState
	if err := json.Unmarshal(req.AppStateBytes, &state); err != nil {
		return nil, fmt.Errorf("%w: app state: %w", ErrForeign, err)
	}
	if want := a.deps.Genesis.NetworkID(); state.NetworkID != want || req.ChainId != a.deps.Genesis.ChainID() {
		return nil, fmt.Errorf("%w: %s (%s), want %s", ErrForeign, state.NetworkID, req.ChainId, want)
	}
	hash, _ := a.deps.Machine.InitChain() // the ledger itself goes to the log with tick 1
	return &cmtabci.ResponseInitChain{AppHash: hash[:]}, nil
}

// FinalizeBlock applies a decided tick. An error means that this build cannot follow the network: the node halts.
func (a *App) FinalizeBlock(_ context.Context, req *cmtabci.RequestFinalizeBlock) (res *cmtabci.ResponseFinalizeBlock, err error) {
	defer a.haltOnError(&err)
	a.late.Add(uint64(max(req.DecidedLastCommit.Round, 0)))
	p := proposal(req.Height, req.Time, req.Txs)
	p.Misbehavior = a.offenders(req)
	heard := a.hear(req.Height)
	effects, err := a.deps.Machine.Finalize(p)
	if err != nil {
		return nil, fmt.Errorf("finalize tick %d: %w", req.Height, err)
	}
	a.decided = effects.Decided
	a.decided.Heard = heard
	results := make([]*cmtabci.ExecTxResult, len(req.Txs))
	for i := range results {
		results[i] = &cmtabci.ExecTxResult{Code: cmtabci.CodeTypeOK}
	}
	return &cmtabci.ResponseFinalizeBlock{
		TxResults: results, AppHash: effects.AppHash[:], ValidatorUpdates: a.updates(req.Height, effects.Validators),
	}, nil
}

// offenders are the validators against which a decided block brings evidence.
func (a *App) offenders(req *cmtabci.RequestFinalizeBlock) (offenders [][20]byte) {
	for _, e := range req.Misbehavior {
		if len(e.Validator.Address) != len([20]byte{}) {
			continue
		}
		offenders = append(offenders, [20]byte(e.Validator.Address))
		a.heard.PeerMisbehaved(ReasonDoubleSign)
		a.log.Error("evidence against a validator: it signed twice", "height", req.Height, "peer", hex.EncodeToString(e.Validator.Address),
			"reason", fmt.Sprintf("%s at tick %d", e.Type, e.Height))
	}
	return offenders
}

// updates translates changes of the validator set; the engine lets them hold from the second tick after this one on.
func (a *App) updates(height int64, changes []ordering.ValidatorUpdate) (updates []cmtabci.ValidatorUpdate) {
	for _, c := range changes {
		updates = append(updates, cmtabci.Ed25519ValidatorUpdate(c.ConsensusKey, int64(c.Power)))
		peer := cmted25519.PubKey(c.ConsensusKey).Address().String()
		if c.Jailed {
			a.log.Error("validator jailed", "height", height, "peer", peer)
			continue
		}
		a.log.Info("validator set changes", "height", height, "peer", peer, "reason", fmt.Sprintf("power %d by a control entry", c.Power))
	}
	return updates
}

// Commit makes the decided tick durable, first in the log, then in the machine, and tells the pool.
func (a *App) Commit(context.Context, *cmtabci.RequestCommit) (res *cmtabci.ResponseCommit, err error) {
	defer a.haltOnError(&err)
	d := a.decided
	if d == nil {
		return nil, errors.New("commit without a decided tick")
	}
	if err := a.deps.Log.Append(d); err != nil {
		return nil, fmt.Errorf("append tick %d: %w", d.Record.Number, err)
	}
	a.decided = nil
	a.deps.Machine.Commit()
	a.deps.Pool.Committed(d)
	a.timeouts.adapt()
	return &cmtabci.ResponseCommit{RetainHeight: retainHeight(d.Record.Number, a.retain)}, nil
}

// retainHeight is the lowest block to keep after a tick, zero for "prune nothing now".
func retainHeight(tick, retain uint64) int64 {
	if retain == 0 || tick <= retain || tick%pruneEvery != 0 {
		return 0
	}
	return int64(tick - retain + 1)
}

// haltOnError is deferred where the engine cannot go on after an error. The engine ends its consensus loop then, and
// Run returns the cause.
func (a *App) haltOnError(err *error) {
	if r := recover(); r != nil {
		*err = panicked(r)
	}
	if *err == nil {
		return
	}
	a.haltOnce.Do(func() {
		a.cause = *err
		close(a.halted)
	})
}

// join notes that the engine asks for proposals or votes.
func (a *App) join() { a.joinOnce.Do(func() { close(a.joined) }) }

// panicked is a recovered panic as an error with its stack.
func panicked(r any) error { return fmt.Errorf("%w: %v\n%s", ErrPanic, r, debug.Stack()) }

// proposal translates the engine's block into the machine's words.
func proposal(height int64, at time.Time, txs [][]byte) ordering.Proposal {
	return ordering.Proposal{Height: uint64(height), Time: uint64(at.UnixMilli()), Txs: txs}
}
