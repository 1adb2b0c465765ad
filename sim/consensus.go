package sim

import (
	"crypto/ed25519"
	"math/rand/v2"
	"slices"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

const (
	// maxRounds is how many proposers are tried before the step ends without a tick.
	maxRounds = 4
	// roundMs is what a failed round costs.
	roundMs = 300
)

// consensus stands for the engine: it rotates proposers, counts who accepts, decides with more than 2/3 of the power,
// collects signed extensions and keeps what was decided for those who were away.
type consensus struct {
	s    *simulation
	rand *rand.Rand

	blocks []ordering.Proposal
	// votes and round are of the newest decided tick; who did not precommit in time is absent.
	votes   []ordering.ExtendedVote
	round   int32
	chainID string
	// addresses are the consensus addresses.
	addresses [][20]byte
}

func newConsensus(s *simulation) *consensus {
	c := &consensus{s: s, rand: s.random("consensus"), chainID: s.net.genesis.ChainID()}
	for i := range s.net.genesis.Validators {
		c.addresses = append(c.addresses, s.net.genesis.Validators[i].ConsensusAddress())
	}
	return c
}

// quorum reports whether so many of the validators, who have equal power, are more than 2/3.
func (c *consensus) quorum(n int) bool { return 3*n > 2*len(c.s.validators) }

// decide tries to decide the next tick and reports whether it did.
func (c *consensus) decide() (bool, error) {
	for round := range int32(maxRounds) {
		proposer := c.s.validators[(int(c.s.height)+int(round))%len(c.s.validators)]
		decided, err := c.tryRound(proposer, round)
		if decided || err != nil {
			return decided, err
		}
		c.s.nowMs += roundMs
	}
	return false, nil
}

// tryRound lets one validator propose.
func (c *consensus) tryRound(proposer *validator, round int32) (bool, error) {
	if !proposer.up || proposer.behind() {
		return false, nil
	}
	at := c.time()
	honest, err := c.propose(proposer, at)
	if err != nil {
		return false, err
	}
	told := c.distribute(proposer, honest)
	for _, p := range told {
		if !c.quorum(len(p.accepted)) {
			continue
		}
		c.s.event("decide %d round %d by %d at %d: %d parts, hash %x", c.s.height+1, round, proposer.index, at, len(p.proposal.Txs), hashOf(p.proposal.Txs))
		return true, c.commit(p, round)
	}
	return false, nil
}

// time is the median of the clocks, after the tick before; tick 1 is at the genesis time.
func (c *consensus) time() uint64 {
	if c.s.height == 0 {
		return genesisTime
	}
	var clocks []uint64
	for _, v := range c.s.validators {
		if v.up {
			clocks = append(clocks, uint64(v.now().UnixMilli()))
		}
	}
	slices.Sort(clocks)
	return max(clocks[len(clocks)/2], c.s.timeMs+1)
}

// propose builds the honest proposal, as ordering/comet does. Precommits that came late are not all there.
func (c *consensus) propose(v *validator, at uint64) (ordering.Proposal, error) {
	req := ordering.BuildRequest{
		Height: c.s.height + 1, Time: at, Round: c.round, Votes: c.heard(), MaxBytes: int64(c.s.net.genesis.Params.MaxTickBytes),
	}
	budget := v.machine.Budget(req.Height, at, req.MaxBytes, v.machine.SystemEntry(req))
	candidates := v.pool.Select(budget)
	if bug := c.s.cfg.bugs.candidates; bug != nil {
		candidates = bug(v.index, candidates)
	}
	p := ordering.Proposal{Height: req.Height, Time: at, Txs: v.machine.Build(req, candidates)}
	if err := c.check(v, p); err != nil {
		return p, c.s.broken("honest proposals are accepted", v.index, "own proposal refused: %v", err)
	}
	return p, nil
}

func (c *consensus) check(v *validator, p ordering.Proposal) error {
	err := v.machine.Check(p)
	if bug := c.s.cfg.bugs.check; bug != nil {
		err = bug(v.index, p, err)
	}
	return err
}

// heard are the precommits of the tick before that reached a proposer: always a quorum.
func (c *consensus) heard() []ordering.ExtendedVote {
	votes := slices.Clone(c.votes)
	if !c.s.cfg.has(Votes) {
		return votes
	}
	present := 0
	for _, v := range votes {
		if len(v.Signature) > 0 {
			present++
		}
	}
	for i := range votes {
		if len(votes[i].Signature) == 0 {
			if c.rand.IntN(8) == 0 { // a late one, which nobody has verified
				c.s.count("lateGarbageVote")
				votes[i].Signature, votes[i].Extension = make([]byte, ed25519.SignatureSize), []byte{1, 2, 3}
			}
			continue
		}
		if c.quorum(present-1) && c.rand.IntN(6) == 0 {
			c.s.count("lateVote")
			votes[i].Signature, votes[i].Extension = nil, nil
			present--
		}
	}
	return votes
}

// told is what a proposer told some validators, and who of them accepts it.
type told struct {
	proposal ordering.Proposal
	accepted []*validator
}

// distribute sends the proposal, or what a misbehaving proposer makes of it, to all who can hear the proposer.
func (c *consensus) distribute(proposer *validator, honest ordering.Proposal) []told {
	var listeners []*validator
	for _, v := range c.s.validators {
		if v.up && !v.behind() && v.group == proposer.group {
			listeners = append(listeners, v)
		}
	}
	if c.s.mayMisbehave(proposer) && c.s.cfg.has(Proposal) && c.s.rand.IntN(3) != 0 {
		return c.misbehave(proposer, honest, listeners)
	}
	t := told{proposal: honest}
	for _, v := range listeners {
		if err := c.check(v, honest); err != nil {
			_ = c.s.broken("honest proposals are accepted", v.index, "proposal of %d refused: %v", proposer.index, err)
			continue
		}
		t.accepted = append(t.accepted, v)
	}
	return []told{t}
}

// misbehave has the proposer break a rule, or say two things.
func (c *consensus) misbehave(proposer *validator, honest ordering.Proposal, listeners []*validator) []told {
	if c.rand.IntN(5) == 0 { // both are within the rules, so whoever hears one accepts it
		c.s.count("proposal:equivocation")
		other := honest
		other.Txs = honest.Txs[:1]
		both := []told{{proposal: honest}, {proposal: other}}
		for _, v := range listeners {
			t := &both[c.rand.IntN(2)]
			if err := c.check(v, t.proposal); err == nil {
				t.accepted = append(t.accepted, v)
			}
		}
		return both
	}
	if c.rand.IntN(3) == 0 { // within the rules, and as bad for everybody as it can be
		c.s.count("proposal:nasty")
		t := told{proposal: c.s.hostile.nasty(proposer, honest, c.heard(), c.round)}
		for _, v := range listeners {
			if err := c.check(v, t.proposal); err != nil {
				_ = c.s.broken("proposals within the rules are accepted", v.index, "%v", err)
				continue
			}
			t.accepted = append(t.accepted, v)
		}
		return []told{t}
	}
	bad, name := c.s.hostile.spoil(honest)
	if name == "" {
		return nil // it withholds its proposal
	}
	c.s.count("proposal:" + name)
	t := told{proposal: bad}
	for _, v := range listeners {
		if v == proposer {
			t.accepted = append(t.accepted, v)
			continue
		}
		if err := c.check(v, bad); err == nil {
			t.accepted = append(t.accepted, v)
			_ = c.s.broken("bad proposals are refused", v.index, "accepts %q", name)
		}
	}
	return []told{t}
}

// commit applies a decided proposal on all who took part, with their precommits.
func (c *consensus) commit(t told, round int32) error {
	votes := make([]ordering.ExtendedVote, len(c.s.validators))
	for i := range votes {
		votes[i] = ordering.ExtendedVote{Validator: c.addresses[i][:], Power: 10}
	}
	present := len(t.accepted)
	for _, v := range t.accepted {
		if c.s.cfg.has(Votes) && c.s.mayMisbehave(v) && c.quorum(present-1) && c.rand.IntN(4) == 0 {
			c.s.count("withheldVote")
			present--
			continue
		}
		votes[v.index] = c.precommit(v, t.proposal.Height, round)
	}
	c.votes, c.round = votes, round
	c.blocks = append(c.blocks, t.proposal)
	c.s.height, c.s.timeMs = t.proposal.Height, t.proposal.Time
	c.s.nowMs = max(c.s.nowMs, c.s.timeMs)
	c.s.oracle.decided(t.proposal)
	for _, v := range t.accepted {
		v.stored = t.proposal.Height
		if err := c.s.apply(v, t.proposal); err != nil {
			return err
		}
	}
	return nil
}

// precommit signs a validator's extension as CometBFT does.
func (c *consensus) precommit(v *validator, height uint64, round int32) ordering.ExtendedVote {
	extension := v.machine.Extend(func(id core.ZoneID, from uint64, limit int) []common.Hash {
		z := v.zones[id]
		if z == nil || z.failed {
			return nil
		}
		return z.Digests(from, limit)
	}, c.s.oracle.sign(v))
	if err := v.machine.CheckExtension(extension); err != nil {
		_ = c.s.broken("own extensions are sound", v.index, "%v", err)
	}
	vote := &cmtproto.Vote{Height: int64(height), Round: round, Extension: extension}
	bytes := cmttypes.VoteExtensionSignBytes(c.chainID, vote)
	return ordering.ExtendedVote{
		Validator: c.addresses[v.index][:], Power: 10, Extension: extension,
		Signature: ed25519.Sign(c.s.net.keys[v.index], bytes),
	}
}

// catchUp replays what was decided while a validator was away, as far as it, or somebody whom it can hear, has the blocks.
func (c *consensus) catchUp(v *validator) error {
	for n := 0; v.up && v.behind() && n < 200; n++ {
		if !slices.ContainsFunc(c.s.validators, func(w *validator) bool { return w.up && w.group == v.group && w.stored > v.machine.Height() }) {
			return nil
		}
		v.stored = max(v.stored, v.machine.Height()+1)
		if err := c.s.apply(v, c.blocks[v.machine.Height()]); err != nil {
			return err
		}
	}
	return nil
}
