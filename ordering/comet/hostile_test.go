package comet

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// Tests of misbehaving validators and peers run a network of four with one of them hostile, over real connections. Each
// shows that the others name the misbehaviour, that ordering goes on, and how long it hesitated; run them with -v for
// the table of hiccups.

// villain is the hostile validator of four.
const villain = 2

// bearable bounds a hiccup. It is far above what is measured, because other tests share the machine.
const bearable = 30 * time.Second

// ears are a Listener that counts.
type ears struct {
	signal
	mu       sync.Mutex
	rejected map[string]int
	peers    map[string]int
}

func newEars() *ears { return &ears{rejected: make(map[string]int), peers: make(map[string]int)} }

func (e *ears) ProposalRejected(reason string) {
	defer e.fire()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rejected[reason]++
}

func (e *ears) PeerMisbehaved(reason string) {
	defer e.fire()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.peers[reason]++
}

func (e *ears) rejections(reason string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rejected[reason]
}

func (e *ears) misdeeds(reason string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.peers[reason]
}

// awaitHeard waits until a member has heard of something.
func (c *cluster) awaitHeard(i int, what string, heard func(e *ears) bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	e := c.members[i].ears
	if err := e.until(ctx, func() bool { return heard(e) }); err != nil {
		c.t.Fatalf("validator %d at tick %d: waiting to hear of %s: %v", i, c.members[i].log.head(), what, err)
	}
}

// forge is what a hostile proposer does to an honest proposal.
type forge func(p ordering.Proposal) ordering.Proposal

// hostile proposes what it is told to, and votes for its own proposals whatever they are.
type hostile struct {
	*App
	own []byte // consensus address
	mu  sync.Mutex
	do  forge // nil: honest
}

func (h *hostile) set(do forge) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.do = do
}

func (h *hostile) PrepareProposal(ctx context.Context, req *cmtabci.RequestPrepareProposal) (*cmtabci.ResponsePrepareProposal, error) {
	res, err := h.App.PrepareProposal(ctx, req)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil && h.do != nil && req.Height > 2 {
		res.Txs = h.do(proposal(req.Height, req.Time, res.Txs)).Txs
	}
	return res, err
}

func (h *hostile) ProcessProposal(ctx context.Context, req *cmtabci.RequestProcessProposal) (*cmtabci.ResponseProcessProposal, error) {
	if bytes.Equal(req.ProposerAddress, h.own) {
		return &cmtabci.ResponseProcessProposal{Status: cmtabci.ResponseProcessProposal_ACCEPT}, nil
	}
	return h.App.ProcessProposal(ctx, req)
}

// address is a member's consensus address.
func (c *cluster) address(i int) []byte {
	address := c.genesis.Validators[i].ConsensusAddress()
	return address[:]
}

// startHostile runs all members, the villain behind wrap.
func (c *cluster) startHostile(wrap func(*App) cmtabci.Application) *cluster {
	for i := range c.members {
		if i == villain {
			c.run(i, wrap)
		} else {
			c.run(i, nil)
		}
	}
	return c
}

// startForging runs all members with a villain that forges proposals once it is told how.
func (c *cluster) startForging() *hostile {
	h := &hostile{own: c.address(villain)}
	c.startHostile(func(a *App) cmtabci.Application { h.App = a; return h })
	c.awaitMesh()
	c.awaitAll(3)
	return h
}

// hiccup says how long ordering hesitated on an honest validator from a tick on, and fails if that is unbearable.
func (c *cluster) hiccup(name string, from uint64) {
	c.t.Helper()
	gap := c.members[0].log.longestGap(from)
	c.t.Logf("hiccup: %-45s longest gap between ticks %4d ms", name, gap.Milliseconds())
	if gap > bearable {
		c.t.Errorf("%s: no tick for %s", name, gap)
	}
}

// mustGoOn orders an honest entry on all members, stops them and compares.
func (c *cluster) mustGoOn(tx core.Transaction) {
	c.t.Helper()
	c.members[0].pool.submit(tx)
	for i := range c.members {
		c.awaitOrdered(i, tx)
	}
	for i := range c.members {
		c.mustStop(i)
	}
	c.mustAgree()
}

// The measure of the others: how long the longest gap is when nobody misbehaves.
func TestHostile_NobodyMisbehaves(t *testing.T) {
	c := newCluster(t, 4, nil).start()
	c.awaitMesh()
	from := c.members[0].log.head()
	c.awaitTick(0, from+50)
	c.hiccup("none: an honest network", from)
	c.mustGoOn(testTx(t, 902, 0))
}
