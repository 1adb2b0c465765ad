package comet

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// forget removes a stopped member's data as the runbook says: everything but keys and the record of the last signature.
func (c *cluster) forget(i int) {
	c.t.Helper()
	m := c.members[i]
	data := filepath.Join(m.cfg.Home, "data")
	entries, err := os.ReadDir(data)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == filepath.Base(lastSignFile) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(data, e.Name())); err != nil {
			c.t.Fatal(err)
		}
	}
	m.log.truncate(0)
}

func TestCluster_ValidatorWithoutDataComesBackFromItsPeers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(30)
	c.mustStop(3)
	signed := c.members[3].log.head()
	c.forget(3)
	c.restart(3)
	c.awaitTick(3, signed+20)
	// Without another one, nothing can be decided unless it votes again.
	c.mustStop(0)
	c.awaitTick(3, c.members[0].log.head()+5)
	for _, i := range []int{1, 2, 3} {
		c.mustStop(i)
	}
	c.mustAgree()
}

func TestNode_WithoutDataSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil).start()
	c.awaitTick(0, 5)
	c.mustStop(0)
	kept := c.members[0].log.all()
	c.forget(0)
	for _, d := range kept { // the ordered log alone was kept
		if err := c.members[0].log.Append(d); err != nil {
			t.Fatal(err)
		}
	}
	c.restart(0)
	err := c.result(0)
	mustBe(t, err, ErrHalted)
	for _, word := range []string{filepath.Join(c.members[0].cfg.Home, "data"), "remove everything", "ordered log", "priv_validator_state.json"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not say %q: %v", word, err)
		}
	}
}

// TestCluster_DamagedDataIsFoundOrHarmless damages files of a validator's engine again and again. Either the node says
// that it cannot start, and comes back after what the error tells to do, or it goes on; all logs are equal in the end.
func TestCluster_DamagedDataIsFoundOrHarmless(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil).start()
	c.awaitAll(10)
	rng := rand.New(rand.NewPCG(3, 14))
	victim := c.members[3]
	for range 8 {
		c.mustStop(3)
		what := damageSomething(t, rng, filepath.Join(victim.cfg.Home, "data"))
		c.restart(3)
		goal := c.members[0].log.head() + 3
		if err := c.reaches(3, goal); err != nil {
			mustBe(t, err, ErrHalted)
			if !strings.Contains(err.Error(), filepath.Join(victim.cfg.Home, "data")) {
				t.Errorf("%s: the error does not name the folder: %v", what, err)
			}
			t.Logf("%s: refused", what)
			c.forget(3)
			c.restart(3)
			c.awaitTick(3, goal)
			continue
		}
		t.Logf("%s: went on", what)
	}
	for i := range c.members {
		c.mustStop(i)
	}
	c.mustAgree()
}

// reaches waits until a member is at a tick, or ends.
func (c *cluster) reaches(i int, tick uint64) error {
	c.t.Helper()
	m, there := c.members[i], make(chan struct{})
	go func() {
		defer close(there)
		_ = m.log.until(c.t.Context(), func() bool { return m.log.head() >= tick || isClosed(m.done) })
	}()
	select {
	case <-there:
	case <-m.done:
	}
	if isClosed(m.done) {
		return m.err
	}
	return nil
}

func isClosed(ch chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

// damageSomething flips bytes in one of the engine's files, or cuts it short. The record of the last signature is left
// alone: that one is refused by openVoter.
func damageSomething(t *testing.T, rng *rand.Rand, data string) string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(data, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != filepath.Base(lastSignFile) && e.Name() != "LOCK" && e.Name() != "LOG" {
			if info, err := e.Info(); err == nil && info.Size() > 0 {
				files = append(files, path)
			}
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", data, err)
	}
	path := files[rng.IntN(len(files))]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	what := "flipped "
	if rng.IntN(3) == 0 {
		what, b = "cut ", b[:rng.IntN(len(b))]
	} else {
		for range 3 {
			b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		}
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	name, _ := filepath.Rel(data, path)
	return what + name
}

func TestCluster_SaysThatASnapshotIsNeeded(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, func(cfg *Config) { cfg.IdleInterval = 0 })
	const retain = 20
	for _, m := range c.members {
		m.node.app.retain = retain
	}
	c.start()
	c.awaitAll(pruneEvery - 3*retain/2) // a while before the others prune, which they do sooner while there are four
	c.mustStop(3)
	missing := c.members[3].log.head() + 1
	for i := range 3 {
		c.awaitTick(i, (missing+retain)/pruneEvery*pruneEvery+pruneEvery+2) // after the first pruning that takes what is missing
	}
	c.restart(3)
	c.members[3].book.await(t, "this node was away for longer than its peers keep blocks and needs a snapshot")
}

// await waits for a warning or error.
func (b *logBook) await(t *testing.T, msg string) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for b.count(msg) == 0 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("nobody said %q", msg)
		}
	}
}
