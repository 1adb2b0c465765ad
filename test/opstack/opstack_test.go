package opstack

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// stack is everything that runs in a test.
type stack struct {
	dir     string
	l1      *layer1
	chains  []*chain
	network *network
	report  report
}

// firstChain is the chain id of the first chain; the second has the next.
const firstChain = 9101

// TestOPStack takes two chains of the OP Stack from a direct connection into Lockstep, and disturbs them there.
func TestOPStack(t *testing.T) {
	s := startStack(t)
	s.direct(t)
	s.joined(t)
	s.confirmed(t)
	s.disturbed(t)
	s.shared(t)
	s.left(t)
}

// startStack starts L1 and two chains whose op-nodes talk to their execution clients directly.
func startStack(t *testing.T) *stack {
	t.Helper()
	programs := build(t)
	s := &stack{dir: runDir(t)}
	t.Cleanup(s.report.print)
	say("starting L1, a network and two chains; their logs are in %s", s.dir)
	s.l1 = startL1(t, s.dir, programs.anvil)
	if err := s.startNetwork(t, programs.lockstep, firstChain, firstChain+1); err != nil {
		t.Fatal(err)
	}
	for i, blockTime := range []time.Duration{time.Second, 2 * time.Second} {
		c, err := newChain(t, s.dir, firstChain+uint64(i), blockTime)
		if err == nil {
			c.l1, c.programs, c.network = s.l1, programs, s.network
			err = c.startAll()
		}
		if err != nil {
			t.Fatal(err)
		}
		s.chains = append(s.chains, c)
	}
	return s
}

// runDir is a folder that is removed after a good run, and named after another.
func runDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lockstep-opstack-") //nolint:usetesting // it must stay there after a bad run
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			fmt.Printf("the logs are in %s\n", dir)
			return
		}
		_ = os.RemoveAll(dir)
	})
	return filepath.Clean(dir)
}

// direct checks the chains as they are without Lockstep: what later rows are compared with.
func (s *stack) direct(t *testing.T) {
	if !s.report.each(t, s.chains, "direct: every fork up to Jovian passes", (*chain).forksPass) {
		t.FailNow() // Nothing further would tell anything about Lockstep.
	}
	s.report.each(t, s.chains, "direct: blocks keep their pace", paceFor(15*time.Second))
	s.report.each(t, s.chains, "direct: transactions are included", includes)
	s.report.each(t, s.chains, "direct: a forced deposit arrives", depositArrives)
	s.report.each(t, s.chains, "direct: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "direct: L1 alone gives the same blocks", followerAgrees)
}

// startAll starts the chain's programs.
func (c *chain) startAll() (err error) {
	c.started = time.Now()
	if err := c.prepare(); err != nil {
		return err
	}
	if c.sequencer, err = c.startExecution("op-geth"); err != nil {
		return err
	}
	if c.follower, err = c.startExecution("op-geth-follower"); err != nil {
		return err
	}
	if c.pace, err = watchPace(c.t, c.sequencer); err != nil {
		return err
	}
	if err = c.startSequencer("op-node", c.sequencer.engine); err != nil {
		return err
	}
	if c.verifier, err = c.startNode("op-node-follower", c.follower.engine, "--rpc.port", "0"); err != nil {
		return err
	}
	return c.startBatcher("op-batcher")
}

// joined takes the chains into Lockstep: another --l2 for op-node, and nothing else.
func (s *stack) joined(t *testing.T) {
	if err := s.network.awaitReady(); err != nil {
		t.Fatal(err)
	}
	if !s.report.each(t, s.chains, "joining: op-node restarted with another --l2", (*chain).join) {
		t.FailNow()
	}
	s.report.each(t, s.chains, "pass-through: blocks keep their pace", paceFor(10*time.Second))
	s.report.each(t, s.chains, "pass-through: time added to the engine's calls", addedFor(20*time.Second))
}

// confirmed lets the network confirm the chains' blocks.
func (s *stack) confirmed(t *testing.T) {
	s.report.each(t, s.chains, "confirm: switched to, and the lane has the blocks", s.toConfirm)
	s.report.each(t, s.chains, "confirm: blocks keep their pace", paceFor(15*time.Second))
	s.report.each(t, s.chains, "confirm: transactions are included", includes)
	s.report.each(t, s.chains, "confirm: time until a block is proven", provenFor(15*time.Second))
	s.report.each(t, s.chains, "confirm: time added to the engine's calls", addedFor(30*time.Second))
}

// disturbed takes things away from the chains, and looks whether all is well again.
func (s *stack) disturbed(t *testing.T) {
	if err := s.network.freeze(); err != nil {
		t.Fatal(err)
	}
	s.report.each(t, s.chains, "confirm: the network hangs, blocks keep their pace", paceFor(15*time.Second))
	if err := s.network.thaw(); err != nil {
		t.Fatal(err)
	}
	s.report.each(t, s.chains, "confirm: the network is back, and the lane has the blocks", s.proves)
	s.report.each(t, s.chains, "confirm: the proxy is killed, and back after 7 s", func(c *chain) (string, error) { return c.outage(7 * time.Second) })
	s.report.each(t, s.chains, "confirm: the proxy is back, and the lane has the blocks", s.proves)
	s.reorg(t)
}

// left takes the chains out of Lockstep as far as that goes without a restart, and looks at the end of it all.
func (s *stack) left(t *testing.T) {
	s.report.each(t, s.chains, "back to pass-through: blocks keep their pace", func(c *chain) (string, error) {
		if err := c.proxy.switchTo(passThrough); err != nil {
			return "", err
		}
		c.mode = passThrough
		return c.keepsPace(scaled(10 * time.Second))
	})
	s.report.each(t, s.chains, "after all: transactions are included", includes)
	s.report.each(t, s.chains, "after all: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "after all: L1 alone gives the same blocks", followerAgrees)
}

// reorgDepth is how many L1 blocks are replaced; those have not been final.
const reorgDepth = 6

// reorg replaces L1's newest blocks, with the origins of the chains' newest and the batches in them.
func (s *stack) reorg(t *testing.T) {
	if !s.report.each(t, s.chains, "confirm: the lane has the blocks before a reorg", s.proves) {
		return
	}
	before := map[uint64][]common.Hash{}
	for _, c := range s.chains {
		hashes, err := c.hashes()
		if err != nil {
			t.Fatal(err)
		}
		before[c.id] = hashes
	}
	if err := s.l1.reorg(reorgDepth); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("confirm: L1 replaces its newest %d blocks", reorgDepth)
	s.report.each(t, s.chains, name, func(c *chain) (string, error) { return c.afterReorg(before[c.id]) })
	s.report.each(t, s.chains, "confirm: the lane has the new blocks", s.proves)
	s.report.each(t, s.chains, "confirm: lockstep_getFinality knows what L1 took back", func(c *chain) (string, error) { return s.orphans(c, before[c.id]) })
}

// forksPass waits for the first block after the last fork, and until the chain, which begins with L1 while its programs are
// still being started, is up with the time.
func (c *chain) forksPass() (string, error) {
	jovian := forksFrom(c.l1.time).jovian
	return c.caughtUp((jovian-c.l1.time)/uint64(c.blockTime/time.Second), c.started)
}

// keepsPace looks at the heads for a while.
func (c *chain) keepsPace(d time.Duration) (string, error) {
	from := time.Now()
	if err := pause(d); err != nil {
		return "", err
	}
	w := c.pace.since(from)
	return w.String(), w.keeps(c.blockTime)
}

// includes sends transfers to the chain's execution client, and waits for all.
func includes(c *chain) (string, error) {
	txs, err := c.transfers(10)
	if err != nil {
		return "", err
	}
	return c.included(c.sequencer, txs)
}

// Checks over a window of time, given for the short form.

func paceFor(d time.Duration) check {
	return func(c *chain) (string, error) { return c.keepsPace(scaled(d)) }
}

func addedFor(d time.Duration) check {
	return func(c *chain) (string, error) { return c.added(scaled(d)) }
}

func provenFor(d time.Duration) check {
	return func(c *chain) (string, error) { return c.confirms(scaled(d)) }
}
