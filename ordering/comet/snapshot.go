package comet

import (
	"errors"
	"fmt"

	cmtnode "github.com/cometbft/cometbft/node"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtstate "github.com/cometbft/cometbft/state"

	"github.com/lockstep-network/lockstep/core"
)

// encSnapshot is the kind of the engine's part of a snapshot.
const encSnapshot core.EncodingKind = 0x67

// followingHeaders is how many headers after the snapshot's block come with it. The first one has the ledger's root; by
// all of them the order of proposers is checked, which no hash commits to; see restored.verifyHeaders for what that is worth.
const followingHeaders = 9

// snapshotRLP is what an engine needs to go on after a tick, each field in the engine's own encoding.
type snapshotRLP struct {
	Block []byte
	// Commit is the extended commit of the block: with it the tick's votes can be handed on.
	Commit []byte
	// Headers are those of the ticks after it, with their commits.
	Headers [][]byte
	// Validators are those of the tick and of the two after it, with their places in the order of proposers.
	Validators [][]byte
	// Window is what evidence of earlier ticks is judged by.
	Window windowRLP
	// MaxBytes and MaxGas bound blocks; the hash in the headers covers them.
	MaxBytes, MaxGas uint64
}

// errNoSnapshot: the running engine does not have what it takes, any more or yet.
var errNoSnapshot = errors.New("the engine does not have this tick")

// Snapshot is what another engine needs to go on after a tick: its block with the extended commit, and who votes next.
// Blocks and validators must still be there, and a tick after it. It may be called from any goroutine while the node runs.
func (n *Node) Snapshot(tick uint64) ([]byte, error) {
	engine := n.engine.Load()
	if engine == nil {
		return nil, fmt.Errorf("ordering: snapshot of tick %d: %w", tick, errNoSnapshot)
	}
	env, err := engine.ConfigureRPC() // nothing is served; it is the engine's way to its state
	if err != nil {
		return nil, fmt.Errorf("ordering: snapshot of tick %d: %w", tick, err)
	}
	s, err := snapshotOf(engine, env.StateStore, int64(tick))
	if err != nil {
		return nil, fmt.Errorf("ordering: snapshot of tick %d: %w", tick, err)
	}
	return core.Encode(encSnapshot, s), nil
}

func snapshotOf(engine *cmtnode.Node, states cmtstate.Store, height int64) (*snapshotRLP, error) {
	blocks, s := engine.BlockStore(), new(snapshotRLP)
	block, commit := blocks.LoadBlock(height), blocks.LoadBlockExtendedCommit(height)
	if block == nil || commit == nil {
		return nil, errNoSnapshot
	}
	encoded, err := block.ToProto()
	if err != nil {
		return nil, err
	}
	if s.Block, err = encoded.Marshal(); err != nil {
		return nil, err
	}
	if s.Commit, err = commit.ToProto().Marshal(); err != nil {
		return nil, err
	}
	for h := height + 1; h <= height+followingHeaders && h < blocks.Height(); h++ {
		meta, commit := blocks.LoadBlockMeta(h), blocks.LoadBlockCommit(h)
		if meta == nil || commit == nil {
			break
		}
		header, err := (&cmtproto.SignedHeader{Header: meta.Header.ToProto(), Commit: commit.ToProto()}).Marshal()
		if err != nil {
			return nil, err
		}
		s.Headers = append(s.Headers, header)
	}
	if len(s.Headers) == 0 {
		return nil, errNoSnapshot
	}
	for h := height; h <= height+2; h++ {
		validators, err := encodedSet(states, h)
		if err != nil {
			return nil, err
		}
		s.Validators = append(s.Validators, validators)
	}
	window, err := windowOf(blocks, states, block)
	if err != nil {
		return nil, err
	}
	s.Window = *window
	params, err := states.LoadConsensusParams(height + 1)
	s.MaxBytes, s.MaxGas = uint64(params.Block.MaxBytes), uint64(params.Block.MaxGas)
	return s, err
}

// Pruned tells whether all peers of this node have said that they have pruned the block of a tick.
func (n *Node) Pruned(tick uint64) bool { return n.absent.all(len(n.cfg.Peers), tick) }

// BlocksFrom is the oldest of the engine's blocks that it can hand to one that lags; zero while it does not run.
func (n *Node) BlocksFrom() uint64 {
	if engine := n.engine.Load(); engine != nil {
		return uint64(engine.BlockStore().Base())
	}
	return 0
}
