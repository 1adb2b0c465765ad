package comet

import (
	"sync/atomic"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
)

// timeouts are the engine's, raised to what the connections to the other validators need:
//
//	propose = idle interval + 2 × round trip + proposalWork
//	vote    = round trip / 2
//
// with the bound of the slowest validator's round trip, not below what is configured and not above Config.TimeoutMax. A
// validator enters a tick up to one way before its proposer does, who then waits for an entry, and whose proposal takes
// one way and a little for its size: that is one round trip, and the second one is for segments that are lost. Votes of one
// step arrive within one way of each other.
//
// Timeouts are each node's own affair: nobody has to agree on them, and a node that waits for too long or not for long enough
// costs rounds, never safety. A peer that delays its answers raises them to TimeoutMax at most.
type timeouts struct {
	cfg    Config
	delays func() []PeerDelay
	// engine and validators, by node id, are set before the engine starts.
	engine     *cmtcfg.ConsensusConfig
	validators map[string]bool
	// propose and vote are what the engine uses, in ns.
	propose, vote atomic.Int64
}

// proposalWork is how long making, moving and checking a proposal takes beside the way.
const proposalWork = 50 * time.Millisecond

func newTimeouts(cfg Config) *timeouts {
	t := &timeouts{cfg: cfg}
	t.propose.Store(int64(cfg.TimeoutPropose))
	t.vote.Store(int64(cfg.TimeoutVote))
	return t
}

// begin says what is set, and who is waited for.
func (t *timeouts) begin(peers []string, engine *cmtcfg.ConsensusConfig) {
	t.engine, t.validators = engine, make(map[string]bool, len(peers))
	for _, id := range peerIDs(peers) {
		t.validators[id] = true
	}
}

// adapt is called between two ticks from the engine's consensus loop, which is also the only one that reads what it sets.
func (t *timeouts) adapt() {
	if t.engine == nil || t.cfg.TimeoutMax == 0 {
		return
	}
	propose, vote := t.cfg.timeoutsFor(t.slowest())
	t.propose.Store(int64(propose))
	t.vote.Store(int64(vote))
	setTimeouts(t.engine, propose, vote)
}

// slowest is the bound of the slowest validator's round trip, zero if none is known. Followers are not waited for.
func (t *timeouts) slowest() (slowest time.Duration) {
	for _, d := range t.delays() {
		if t.validators[d.Peer] {
			slowest = max(slowest, d.Bound)
		}
	}
	return slowest
}

// timeoutsFor is the rule.
func (c Config) timeoutsFor(roundTrip time.Duration) (propose, vote time.Duration) {
	within := func(least, wanted time.Duration) time.Duration { return max(least, min(wanted, c.TimeoutMax)) }
	return within(c.TimeoutPropose, c.IdleInterval+2*roundTrip+proposalWork), within(c.TimeoutVote, roundTrip/2)
}

// setTimeouts sets those of the first round and how much longer each further one waits.
func setTimeouts(e *cmtcfg.ConsensusConfig, propose, vote time.Duration) {
	e.TimeoutPropose, e.TimeoutProposeDelta = propose, propose/4
	e.TimeoutPrevote, e.TimeoutPrecommit = vote, vote
	e.TimeoutPrevoteDelta, e.TimeoutPrecommitDelta = vote/2, vote/2
}

// Timeouts are those that a node waits with now.
type Timeouts struct{ Propose, Vote time.Duration }

// Timeouts are those in use.
func (n *Node) Timeouts() Timeouts {
	return Timeouts{time.Duration(n.app.timeouts.propose.Load()), time.Duration(n.app.timeouts.vote.Load())}
}

// Delays are the measured round trips to the other nodes, by node id.
func (n *Node) Delays() []PeerDelay { return n.delays.list() }

// LateRounds is how many rounds were needed beyond the first of each tick since the start.
func (n *Node) LateRounds() uint64 { return n.app.late.Load() }
