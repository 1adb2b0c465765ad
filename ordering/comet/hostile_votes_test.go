package comet

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/core"
)

// mumbler says something else with its votes than its executor found.
type mumbler struct {
	*App
	extension []byte
	err       error
}

func (m mumbler) ExtendVote(context.Context, *cmtabci.RequestExtendVote) (*cmtabci.ResponseExtendVote, error) {
	return &cmtabci.ResponseExtendVote{VoteExtension: m.extension}, m.err
}

func (m mumbler) VerifyVoteExtension(context.Context, *cmtabci.RequestVerifyVoteExtension) (*cmtabci.ResponseVerifyVoteExtension, error) {
	return &cmtabci.ResponseVerifyVoteExtension{Status: cmtabci.ResponseVerifyVoteExtension_ACCEPT}, nil
}

// One of four gives no extension, garbage, or one that lists nothing: results are attested by the other three.
func TestHostile_VoteExtensions(t *testing.T) {
	for _, test := range []struct {
		name      string
		extension []byte
		rejected  bool
	}{
		{"extensions withheld", nil, false}, // the engine sends no precommit without one
		{"extensions of garbage", bytes.Repeat([]byte{0xff}, 100), true},
		{"extensions above the cap", make([]byte, 32<<10), true},
		{"extensions that list nothing", (&core.VoteExtension{}).Encode(), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster(t, 4, nil)
			c.startHostile(func(a *App) cmtabci.Application { return mumbler{App: a, extension: test.extension} })
			c.awaitMesh()
			from := c.members[0].log.head()
			tx := testTx(t, 901, 0)
			c.members[0].pool.submit(tx)
			tick := c.awaitOrdered(0, tx)
			c.await(0, "the attestation", func(l *memLog) bool { return l.attested(1).Tick >= tick })
			c.awaitTick(0, from+20)
			c.hiccup(test.name, from)
			if test.rejected {
				c.awaitHeard(0, "the extension", func(e *ears) bool { return e.misdeeds(ReasonExtension) > 0 })
				c.members[0].book.await(t, "vote extension rejected")
			}
			c.mustGoOn(testTx(t, 902, 0))
		})
	}
}

// twoFaced prevotes, beside its honest vote, for a block that nobody has seen. It tells the peers directly, since the
// engine itself never signs twice.
type twoFaced struct {
	*App
	c     *cluster
	begun atomic.Bool
}

func (f *twoFaced) ProcessProposal(ctx context.Context, req *cmtabci.RequestProcessProposal) (*cmtabci.ResponseProcessProposal, error) {
	if f.begun.Load() {
		f.c.secondVote(villain, req.Height)
	}
	return f.App.ProcessProposal(ctx, req)
}

// secondVote broadcasts a member's prevote of round 0 for a block of its own invention.
func (c *cluster) secondVote(i int, height int64) {
	node := c.members[i].node
	engine := node.engine.Load()
	if engine == nil {
		return
	}
	index := slices.IndexFunc(c.members[i].machine.Signers(uint64(height)), func(v core.Validator) bool {
		address := v.ConsensusAddress()
		return bytes.Equal(address[:], c.address(i))
	})
	if index < 0 {
		return // it has left
	}
	invented := bytes.Repeat([]byte{0xee}, 32)
	vote := &cmtproto.Vote{
		Type: cmtproto.PrevoteType, Height: height, Timestamp: time.Now(), ValidatorAddress: c.address(i), ValidatorIndex: int32(index),
		BlockID: cmtproto.BlockID{Hash: invented, PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: invented}},
	}
	key, _, _, err := readConsensusKey(c.members[i].cfg.Home)
	if err != nil {
		c.t.Error(err)
		return
	}
	if vote.Signature, err = key.PrivKey.Sign(cmttypes.VoteSignBytes(c.genesis.ChainID(), vote)); err != nil {
		c.t.Error(err)
		return
	}
	engine.Switch().TryBroadcast(cmtp2p.Envelope{ChannelID: 0x22, Message: &cmtcons.Vote{Vote: vote}}) // the engine's vote channel
}

// A validator that signs twice is found out by its peers, jailed, and the others go on with 3 of 3; a network that is
// restarted, one by one, knows it still.
func TestHostile_DoubleVoteJails(t *testing.T) {
	c := newCluster(t, 4, nil)
	two := &twoFaced{c: c}
	c.startHostile(func(a *App) cmtabci.Application { two.App = a; return two })
	c.awaitMesh()
	from := c.members[0].log.head()
	two.begun.Store(true)
	jailed := c.awaitJail(0, 3)
	c.hiccup("double votes until the jail", from)
	c.awaitTick(0, jailed+10)
	c.hiccup("after the jail", jailed)
	if c.members[0].book.count("validator jailed") != 1 || c.members[0].ears.misdeeds(ReasonDoubleSign) == 0 {
		t.Errorf("%d log lines, %d events", c.members[0].book.count("validator jailed"), c.members[0].ears.misdeeds(ReasonDoubleSign))
	}
	tx := testTx(t, 901, 0)
	c.members[villain].pool.submit(tx) // it still follows, and its clients' entries still reach the others
	for i := range c.members {
		c.awaitOrdered(i, tx)
	}
	for i := range c.members { // each again, so that nothing is known from memory only
		c.mustStop(i)
		c.restart(i)
		c.awaitTick(i, c.members[(i+1)%4].log.head()+3)
		if n := len(c.members[i].machine.Validators()); n != 3 {
			t.Errorf("validator %d knows %d signers after its restart, want 3", i, n)
		}
	}
	c.mustGoOn(testTx(t, 902, 0))
}

// awaitJail waits until a member's ledger has so many signers, and gives the tick it is at.
func (c *cluster) awaitJail(i, signers int) uint64 {
	c.t.Helper()
	c.await(i, "the jail", func(*memLog) bool { return len(c.members[i].machine.Validators()) == signers })
	return c.members[i].log.head()
}

// Two instances run with one consensus key, as after a mistaken fail-over. As proposer they send different proposals of
// one height and round to different peers. Whatever the others saw first, they agree on one, and the key is jailed.
func TestHostile_TwoInstancesOfOneKeyEquivocate(t *testing.T) {
	c := newCluster(t, 4, nil)
	twin := c.addTwin(villain)
	for i, m := range c.members { // different proposals: each of the twins has an entry of its own
		if i == villain || i == twin {
			m.pool.seed(testTx(t, core.RollupID(901+i/4), 0))
		}
	}
	c.start()
	c.awaitMesh()
	from := c.members[0].log.head()
	c.awaitJail(0, 3)
	c.hiccup("two instances of one key", from)
	c.awaitTick(0, c.members[0].log.head()+5)
	c.mustGoOn(testTx(t, 902, 1))
}

// A validator whose clock is an hour ahead cannot move consensus time: it is the median of the votes.
func TestHostile_FutureTimestamps(t *testing.T) {
	c := newCluster(t, 4, nil)
	c.members[villain].node.signer = timeTraveller{c.members[villain].node.signer, time.Hour}
	from := c.start().members[0].log.head()
	c.awaitMesh()
	c.awaitTick(0, 40)
	c.hiccup("votes an hour ahead", from+3)
	for _, d := range c.members[0].log.all() {
		if ahead := time.Until(time.UnixMilli(int64(d.Record.Time))); ahead > time.Minute {
			t.Fatalf("tick %d is %s ahead", d.Record.Number, ahead)
		}
	}
	c.mustGoOn(testTx(t, 902, 0))
}

// timeTraveller dates its votes into the future.
type timeTraveller struct {
	cmttypes.PrivValidator
	ahead time.Duration
}

func (v timeTraveller) SignVote(chainID string, vote *cmtproto.Vote) error {
	vote.Timestamp = vote.Timestamp.Add(v.ahead)
	return v.PrivValidator.SignVote(chainID, vote)
}

// One of four goes silent in the middle of a vote: its executor fails, its engine halts, the others go on.
func TestHostile_VoteRefused(t *testing.T) {
	c := newCluster(t, 4, nil)
	c.startHostile(func(a *App) cmtabci.Application { return mumbler{App: a, err: errors.New("no votes today")} })
	mustBe(t, c.result(villain), ErrHalted)
	c.awaitTick(0, 3)
	from := c.members[0].log.head()
	c.awaitTick(0, from+8)
	c.hiccup("one validator gone", from)
}
