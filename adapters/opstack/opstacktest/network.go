package opstacktest

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

// errDown is what a network that is away gives.
var errDown = errors.New("opstacktest: no network")

// Network is a network with one lane and one node: it orders what follows, by the rules of core, at once.
type Network struct {
	mu    sync.Mutex
	lane  []*core.Block
	pool  []*core.Block
	state core.ChainState
	grown chan struct{} // closed and replaced at every change
	down  bool
	hangs bool
}

// NewNetwork is a network with an empty lane.
func NewNetwork() *Network { return &Network{grown: make(chan struct{})} }

// Down takes the network away: calls fail at once, or hang until they are given up. Up brings it back, without its pool.
func (n *Network) Down(hangs bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down, n.hangs, n.pool = true, hangs, nil
	n.news()
}

// Up is the end of Down.
func (n *Network) Up() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
	n.news()
}

func (n *Network) news() {
	close(n.grown)
	n.grown = make(chan struct{})
}

// Lane is what was ordered.
func (n *Network) Lane() []*core.Block {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lane)
}

// Chain is the chain that the lane tells: what later branches replaced is left out.
func (n *Network) Chain() []*core.Block {
	var chain []*core.Block
	branch := uint64(0)
	for _, b := range n.Lane() {
		if b.Branch != branch {
			chain = slices.DeleteFunc(chain, func(o *core.Block) bool { return o.Number >= b.Number })
			branch = b.Branch
		}
		chain = append(chain, b)
	}
	return chain
}

// Await returns when the chain that the lane tells ends in a block, or with ctx's error.
func (n *Network) Await(ctx context.Context, head common.Hash) error {
	for {
		n.mu.Lock()
		grown := n.grown
		n.mu.Unlock()
		if chain := n.Chain(); len(chain) > 0 && chain[len(chain)-1].Hash == head {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// away waits out a network that hangs; it gives an error if the network is down.
func (n *Network) away(ctx context.Context) error {
	n.mu.Lock()
	down, hangs := n.down, n.hangs
	n.mu.Unlock()
	if down && hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if down {
		return errDown
	}
	return nil
}

// Newest implements opstack.Network.
func (n *Network) Newest(ctx context.Context) (uint64, bool, error) {
	if err := n.away(ctx); err != nil {
		return 0, false, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return uint64(max(len(n.lane), 1) - 1), len(n.lane) > 0, nil
}

// SubmitBlock implements opstack.Network.
func (n *Network) SubmitBlock(ctx context.Context, b *core.Block) (common.Hash, error) {
	if err := n.away(ctx); err != nil {
		return common.Hash{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	told := *b
	n.pool = append(n.pool, &told)
	for moved := true; moved; {
		moved = false
		for i, waiting := range n.pool {
			if next, err := n.state.Next(core.NewBlockEntry(waiting), math.MaxUint64); err == nil {
				n.state, n.lane, n.pool, moved = next, append(n.lane, waiting), slices.Delete(n.pool, i, i+1), true
				break
			}
		}
	}
	n.news()
	return core.NewBlockEntry(&told).Hash(), nil
}

// Follow implements opstack.Network.
func (n *Network) Follow(ctx context.Context, from lane.Cursor, reader lane.Reader) error {
	for at := from.Seq; ; {
		n.mu.Lock()
		grown, down := n.grown, n.down
		var news []*core.Block
		if at < uint64(len(n.lane)) {
			news = n.lane[at:]
		}
		n.mu.Unlock()
		for i := 0; !down && i < len(news); i++ {
			item := core.NewLaneItem(core.NewBlockEntry(news[i]))
			at++
			if err := reader.Tick(&lane.Tick{Number: at, FirstSeq: at - 1, Items: []core.LaneItem{item}}, lane.Cursor{Seq: at, Tick: at + 1}); err != nil {
				return err
			}
		}
		if err := reader.Clock(0, lane.Cursor{Seq: at, Tick: at + 1}); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-grown:
		}
	}
}
