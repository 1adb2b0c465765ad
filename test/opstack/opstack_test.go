package opstack

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// stack is everything that runs in a test.
type stack struct {
	dir    string
	l1     *layer1
	chains []*chain
	report report
}

// TestOPStack takes two chains of the OP Stack from a direct connection into Lockstep, and disturbs them there.
func TestOPStack(t *testing.T) {
	s := startStack(t)
	s.direct(t)
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
		c := newChain(t, s.dir, uint64(9101+i), blockTime)
		c.l1, c.programs = s.l1, programs
		c.prepare(t)
		c.sequencer = c.startExecution(t, "op-geth")
		c.follower = c.startExecution(t, "op-geth-follower")
		c.pace = watchPace(t, c.sequencer)
		c.startSequencer(t, "op-node", c.sequencer.engine)
		c.verifier = c.startNode(t, "op-node-follower", c.follower.engine)
		c.startBatcher(t, "op-batcher")
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
	if !s.report.each(t, s.chains, "direct: every fork up to Jovian is active", (*chain).forksPass) {
		t.FailNow() // Nothing further would tell anything about Lockstep.
	}
	s.report.each(t, s.chains, "direct: blocks keep their pace", func(c *chain) (string, error) { return c.keepsPace(scaled(15 * time.Second)) })
	s.report.each(t, s.chains, "direct: transactions are included", func(c *chain) (string, error) { return c.includes(10) })
	s.report.each(t, s.chains, "direct: a forced deposit arrives", depositArrives)
	s.report.each(t, s.chains, "direct: safe and finalized advance", headsAdvance)
	s.report.each(t, s.chains, "direct: L1 alone gives the same blocks", followerAgrees)
}

// forksPass waits for the first block after the last fork.
func (c *chain) forksPass() (string, error) {
	jovian := forksFrom(c.l1.time).jovian
	var number uint64
	err := eventually(2*time.Minute, func() error {
		header, err := c.sequencer.HeaderByNumber(interrupted, nil)
		if err != nil {
			return err
		}
		if number = header.Number.Uint64(); header.Time <= jovian {
			return fmt.Errorf("block %d is of %d, Jovian begins at %d", number, header.Time, jovian)
		}
		return nil
	})
	return fmt.Sprintf("at block %d", number), err
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
