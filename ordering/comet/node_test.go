package comet

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

func TestCluster_OrdersEntriesOfOneNodeOnAll(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(2)
	txs := []core.Transaction{testTx(t, 901, 0), testTx(t, 902, 0), testTx(t, 901, 1)}
	for _, tx := range txs {
		c.members[0].pool.submit(tx)
	}
	for i := range c.members {
		for _, tx := range txs {
			c.awaitOrdered(i, tx)
		}
	}
	for i := range c.members {
		c.mustStop(i)
	}
	c.mustAgree()
}

func TestCluster_GossipReachesEveryPoolOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitMesh()
	for nonce := range uint64(3) {
		c.members[1].pool.submit(testTx(t, 901, nonce))
	}
	for i, m := range c.members {
		if i == 1 {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if err := m.pool.until(ctx, func() bool { return m.pool.gossiped() >= 3 }); err != nil {
			t.Errorf("validator %d got %d batches: %v", i, m.pool.gossiped(), err)
		}
		cancel()
	}
	for i := range c.members {
		c.mustStop(i)
	}
	for i, m := range c.members {
		if got := m.pool.gossiped(); i != 1 && got != 3 {
			t.Errorf("validator %d got %d batches, want 3", i, got)
		}
	}
	if got := c.members[1].pool.gossiped(); got != 0 {
		t.Errorf("its own gossip came back to validator 1: %d batches", got)
	}
}

func TestCluster_AttestsResultsOfOrderedTicks(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(2)
	tx := testTx(t, 901, 0)
	c.members[2].pool.submit(tx)
	tick := c.awaitOrdered(0, tx)
	for i := range c.members {
		c.await(i, "the attestation", func(l *memLog) bool { return l.attested(1).Tick >= tick })
		at := c.members[i].log.attested(1)
		if at.Digest != testDigest(1, at.Tick) {
			t.Errorf("validator %d: tick %d attested with %s, want %s", i, at.Tick, at.Digest, testDigest(1, at.Tick))
		}
	}
}

// What the votes agree on is heard with the tick that they decide, one before the tick whose proposal has them.
func TestCluster_HearsResultsBeforeTheLedgerHasThem(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	for i := range c.members {
		c.await(i, "results that were heard", func(l *memLog) bool {
			return slices.ContainsFunc(l.all(), func(d *core.Decided) bool { return len(d.Heard) > 0 && d.Heard[0].Tick+1 == d.Record.Number })
		})
		for _, d := range c.members[i].log.all() {
			for _, a := range d.Heard {
				if a.Zone != 1 || a.Tick >= d.Record.Number || a.Digest != testDigest(1, a.Tick) {
					t.Fatalf("validator %d heard with tick %d: %+v", i, d.Record.Number, a)
				}
			}
		}
	}
}

func TestCluster_StoppedValidatorCatchesUpAndVotesAgain(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(3)
	c.mustStop(3)
	missed := testTx(t, 901, 0)
	c.members[0].pool.submit(missed)
	behind := c.awaitOrdered(0, missed)
	c.awaitTick(0, behind+20)

	c.restart(3)
	c.awaitTick(3, behind+20)
	if got := c.members[3].log.tickOf(missed.Hash()); got != behind {
		t.Errorf("the restarted validator has the transaction in tick %d, the others in %d", got, behind)
	}
	// Without another one, nothing can be decided unless the restarted validator votes.
	c.mustStop(0)
	c.awaitTick(3, c.members[0].log.head()+5)
	for _, i := range []int{1, 2, 3} {
		c.mustStop(i)
	}
	c.mustAgree()
}

func TestNode_SingleValidatorReplaysWhatItsLogMissed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil).start()
	tx := testTx(t, 901, 0)
	c.members[0].pool.submit(tx)
	tick := c.awaitOrdered(0, tx)
	c.awaitTick(0, tick+3)
	c.mustStop(0)
	before := c.members[0].log.all()

	c.members[0].log.truncate(tick - 1)
	c.restart(0)
	c.awaitTick(0, uint64(len(before))+2)
	after := c.members[0].log.all()
	for i, d := range before {
		if !bytes.Equal(d.Record.Encode(), after[i].Record.Encode()) {
			t.Fatalf("tick %d was replayed differently", i+1)
		}
	}
	c.mustStop(0)

	c.members[0].log.truncate(0) // from the genesis on
	c.restart(0)
	c.awaitTick(0, uint64(len(after)))
	c.mustStop(0)
}

func TestNode_PrunesItsBlocksAndStillRestarts(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, func(cfg *Config) { cfg.IdleInterval = 0 })
	c.members[0].node.app.retain = 20
	c.run(0, nil)
	c.awaitTick(0, pruneEvery+2)
	// The node goes on, and may have pruned once more by now.
	if base := c.members[0].node.engine.Load().BlockStore().Base(); base%pruneEvery != pruneEvery-20+1 {
		t.Errorf("the engine keeps blocks from %d on, want from %d", base, pruneEvery-20+1)
	}
	c.mustStop(0)
	head := c.members[0].log.head()
	c.restart(0)
	c.awaitTick(0, head+2)
}

func TestNode_IdleTicksKeepTheIdleInterval(t *testing.T) {
	t.Parallel()
	// Nobody signs checkpoints here, so a few ticks of each slot are in haste; the run spans at most four slots.
	const idle, ticks, hasty = 100 * time.Millisecond, 30, 4 * ordering.UnsignedHaste
	c := newCluster(t, 1, func(cfg *Config) { cfg.IdleInterval, cfg.TimeoutPropose = idle, time.Second }).start()
	c.awaitTick(0, 2)
	first := c.members[0].log.head()
	began := time.Now()
	c.awaitTick(0, first+ticks)
	if took := time.Since(began); took < (ticks-1-hasty)*idle {
		t.Errorf("%d idle ticks took %s, all but %d should wait %s each", ticks, took, hasty, idle)
	}
}

func TestCluster_WakesForTheFirstEntry(t *testing.T) {
	t.Parallel()
	const idle = 15 * time.Second
	c := newCluster(t, 4, func(cfg *Config) { cfg.IdleInterval, cfg.TimeoutPropose = idle, 3*idle })
	for _, m := range c.members {
		m.pool.seed(testTx(t, 901, 0)) // or tick 1 would take the idle interval
	}
	c.start()
	c.awaitMesh()
	c.await(0, "the attestation of the first", func(l *memLog) bool { return l.attested(1).Tick >= 1 })
	// From now on whoever proposes is waiting, and it is not always the one that is given the entry.
	for nonce := uint64(1); nonce <= 4; nonce++ {
		tx := testTx(t, 901, nonce)
		began := time.Now()
		c.members[0].pool.submit(tx)
		c.awaitOrdered(3, tx)
		if took := time.Since(began); took > idle/2 {
			t.Errorf("entry %d was ordered after %s; the proposer slept through it (idle interval %s)", nonce, took, idle)
		}
	}
}

func TestCluster_SurvivesGarbageOnThePeerPort(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(1)
	_, target, _ := strings.Cut(c.members[0].node.P2PAddr(), "@")
	noise := make([]byte, 1<<20)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, payload := range [][]byte{nil, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), noise[:32], noise[:4096], noise, bytes.Repeat([]byte{0xff}, 70000)} {
		conn, err := net.Dial("tcp", target)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(payload); err != nil {
			t.Logf("write of %d bytes: %v", len(payload), err) // hanging up on garbage is the right answer
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c.awaitTick(0, c.members[0].log.head()+10)
	for i := range c.members {
		c.mustStop(i)
	}
}

func TestNode_HaltsWhenTheLogFails(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(2)
	c.members[1].log.fail(errBroken)
	err := c.result(1)
	mustBe(t, err, ErrHalted)
	mustBe(t, err, errBroken)
	c.awaitTick(0, c.members[0].log.head()+5) // the others go on
}

func TestNode_HaltsWhileItCatchesUp(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(2)
	c.mustStop(3)
	c.awaitTick(0, c.members[3].log.head()+20)
	c.members[3].log.fail(errBroken)
	c.restart(3)
	err := c.result(3)
	mustBe(t, err, ErrHalted)
	mustBe(t, err, errBroken)
}

// mute fails in a call that the engine answers with the end of its consensus loop.
type mute struct {
	*App
	err error
}

func (m mute) ExtendVote(context.Context, *cmtabci.RequestExtendVote) (*cmtabci.ResponseExtendVote, error) {
	return nil, m.err
}

func TestNode_ReportsTheEndOfTheConsensusLoop(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil)
	sick := errors.New("no vote today")
	c.run(0, func(a *App) cmtabci.Application { return mute{a, sick} })
	err := c.result(0)
	mustBe(t, err, ErrHalted)
	mustBe(t, err, sick)
}

func TestNode_RefusesTheHomeOfAnotherNetwork(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil).start()
	c.awaitTick(0, 1)
	c.mustStop(0)
	key, _, err := GenerateKeys(c.members[0].cfg.Home)
	if err != nil {
		t.Fatal(err)
	}
	c.genesis = genesisOf(t, key)
	c.members[0].log = new(memLog)
	c.restart(0)
	err = c.result(0)
	mustBe(t, err, ErrHalted)
	mustBe(t, err, ErrForeign)
}

func TestNode_RunsOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil).start()
	c.awaitTick(0, 1)
	mustBe(t, c.members[0].node.Run(t.Context()), ErrUsed)
	c.mustStop(0)
	mustBe(t, c.members[0].node.Run(t.Context()), ErrUsed)
}

func TestNode_StopsBeforeTheNetworkBegins(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil)
	c.genesis.Time += uint64(time.Hour.Milliseconds())
	if err := c.members[0].node.Close(); err != nil {
		t.Fatal(err)
	}
	c.build(0)
	c.run(0, nil)
	c.mustStop(0)
}
