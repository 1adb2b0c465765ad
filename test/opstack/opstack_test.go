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

// TestOPStack takes two chains of the OP Stack from a direct connection into Lockstep, and disturbs them there.
func TestOPStack(t *testing.T) {
	s := startStack(t)
	s.direct(t)
	s.joined(t)
	s.disturbed(t)
}

// startStack starts L1 and two chains whose op-nodes talk to their execution clients directly.
func startStack(t *testing.T) *stack {
	t.Helper()
	programs := build(t)
	s := &stack{dir: runDir(t)}
	t.Cleanup(s.report.print)
	say("starting L1 and two chains; their logs are in %s", s.dir)
	s.l1 = startL1(t, s.dir, programs.anvil)
	for i, blockTime := range []time.Duration{time.Second, 2 * time.Second} {
		c, err := newChain(t, s.dir, uint64(9101+i), blockTime)
		if err == nil {
			c.l1, c.programs = s.l1, programs
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
	dir, err := os.MkdirTemp("", "lockstep-opstack-")
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
	s.report.each(t, s.chains, "direct: blocks keep their pace", func(c *chain) (string, error) { return c.keepsPace(scaled(15 * time.Second)) })
	s.report.each(t, s.chains, "direct: transactions are included", func(c *chain) (string, error) { return c.includes(10) })
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
	if !s.report.each(t, s.chains, "joining: op-node restarted with another --l2", (*chain).join) {
		t.FailNow()
	}
	s.report.each(t, s.chains, "pass-through: blocks keep their pace", func(c *chain) (string, error) { return c.keepsPace(scaled(15 * time.Second)) })
	s.report.each(t, s.chains, "pass-through: transactions are included", func(c *chain) (string, error) { return c.includes(10) })
	s.report.each(t, s.chains, "pass-through: time added to the engine's calls", func(c *chain) (string, error) { return c.added(scaled(30 * time.Second)) })
	s.report.each(t, s.chains, "pass-through: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "pass-through: L1 alone gives the same blocks", followerAgrees)
}

// disturbed takes things away from the chains.
func (s *stack) disturbed(t *testing.T) {
	s.report.each(t, s.chains, "the proxy is killed, and back after 7 s", func(c *chain) (string, error) { return c.outage(7 * time.Second) })
	s.reorg(t)
	s.report.each(t, s.chains, "after all: transactions are included", func(c *chain) (string, error) { return c.includes(10) })
	s.report.each(t, s.chains, "after all: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "after all: L1 alone gives the same blocks", followerAgrees)
}

// reorgDepth is how many L1 blocks are replaced; those have not been final.
const reorgDepth = 6

// reorg replaces L1's newest blocks, with the origins of the chains' newest and the batches in them.
func (s *stack) reorg(t *testing.T) {
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
	name := fmt.Sprintf("L1 replaces its newest %d blocks", reorgDepth)
	s.report.each(t, s.chains, name, func(c *chain) (string, error) { return c.afterReorg(before[c.id]) })
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
func (c *chain) includes(each int) (string, error) {
	txs, err := c.transfers(each)
	if err != nil {
		return "", err
	}
	return c.included(c.sequencer, txs)
}
