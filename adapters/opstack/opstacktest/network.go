package opstacktest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

// errDown is what a network that is away gives.
var errDown = errors.New("opstacktest: no network")

// Network is a network with one lane and one node: it orders what follows, by the rules of core, at once.
type Network struct {
	mu    sync.Mutex
	lane  []ordered
	pool  []core.Transaction
	state core.ChainState
	grown chan struct{} // closed and replaced at every change
	down  bool
	hangs bool
	// clock is the time of the newest tick.
	clock uint64
}

// ordered is an entry of the lane, which has a tick for itself, with its consensus time in ms.
type ordered struct {
	tx   core.Transaction
	time uint64
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

// Lane is the blocks that were ordered.
func (n *Network) Lane() (blocks []*core.Block) {
	for _, tx := range n.Entries() {
		if b := tx.Block(); b != nil {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// Reports are the reports that were ordered.
func (n *Network) Reports() (reports []*core.Report) {
	for _, tx := range n.Entries() {
		if r := tx.Report(); r != nil {
			reports = append(reports, r)
		}
	}
	return reports
}

// Entries is what was ordered.
func (n *Network) Entries() []core.Transaction {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]core.Transaction, len(n.lane))
	for i, o := range n.lane {
		all[i] = o.tx
	}
	return all
}

// Order puts transactions into the lane, in a tick each.
func (n *Network) Order(rollup core.RollupID, all ...[]byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, raw := range all {
		n.lane = append(n.lane, ordered{core.NewOpaqueTransaction(rollup, raw), n.clock})
	}
	n.news()
}

// Tick lets consensus time go on to a time in ms, with an empty tick. What is ordered later is not earlier.
func (n *Network) Tick(timeMs uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.clock = max(n.clock, timeMs)
	n.news()
}

// Grown returns when something was ordered, or ctx ends.
func (n *Network) Grown(ctx context.Context) {
	n.mu.Lock()
	grown := n.grown
	n.mu.Unlock()
	select {
	case <-grown:
	case <-time.After(10 * time.Millisecond): // it was ordered between the caller's look and this one
	case <-ctx.Done():
	}
}

// Forget makes operators' reports behind the first n never have been: what is not ordered does not bind.
func (n *Network) Forget(keep int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, o := range n.lane {
		if o.tx.Report() == nil {
			continue
		}
		if keep--; keep < 0 {
			n.lane[i].tx = core.NewOpaqueTransaction(o.tx.Rollup(), []byte("a report that never was"))
		}
	}
	n.state.Report, n.state.ReportedSeq = core.ChainTip{}, 0
	n.news()
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
	for i := len(n.lane) - 1; i >= 0; i-- {
		if n.lane[i].tx.Block() != nil {
			return uint64(i), true, nil
		}
	}
	return 0, false, nil
}

// SubmitBlock implements opstack.Network.
func (n *Network) SubmitBlock(ctx context.Context, b *core.Block) (common.Hash, error) {
	told := *b
	return n.submit(ctx, core.NewBlockEntry(&told))
}

// SubmitReport implements opstack.Network.
func (n *Network) SubmitReport(ctx context.Context, r *core.Report) (common.Hash, error) {
	told := *r
	return n.submit(ctx, core.NewReportEntry(&told))
}

func (n *Network) submit(ctx context.Context, tx core.Transaction) (common.Hash, error) {
	if err := n.away(ctx); err != nil {
		return common.Hash{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pool = append(n.pool, tx)
	for moved := true; moved; {
		moved = false
		for i, waiting := range n.pool {
			if next, err := n.state.Next(waiting, uint64(len(n.lane))); err == nil {
				n.state, n.lane, n.pool, moved = next, append(n.lane, ordered{waiting, n.clock}), slices.Delete(n.pool, i, i+1), true
				break
			}
		}
	}
	n.news()
	return tx.Hash(), nil
}

// Follow implements opstack.Network.
func (n *Network) Follow(ctx context.Context, from lane.Cursor, reader lane.Reader) error {
	for at := from.Seq; ; {
		n.mu.Lock()
		grown, down, clock := n.grown, n.down, n.clock
		var news []ordered
		if at < uint64(len(n.lane)) {
			news = n.lane[at:]
		}
		n.mu.Unlock()
		for i := 0; !down && i < len(news); i++ {
			item := core.NewLaneItem(news[i].tx)
			at++
			if err := reader.Tick(&lane.Tick{Number: at, Time: news[i].time, FirstSeq: at - 1, Items: []core.LaneItem{item}}, lane.Cursor{Seq: at, Tick: at + 1}); err != nil {
				return err
			}
		}
		if !down {
			if err := reader.Clock(clock, lane.Cursor{Seq: at, Tick: at + 1}); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-grown:
		}
	}
}
