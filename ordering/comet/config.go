package comet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Databases that the engine can keep its blocks in.
const (
	// Pebble is one database for all, with one sync per tick.
	Pebble = "pebble"
	// GoLevelDB is what the engine has by itself: a database for each of the two, with three syncs per tick.
	GoLevelDB = "goleveldb"
)

// Config is what one node may choose for itself. What all nodes must agree on is in the genesis or fixed in settings.go.
type Config struct {
	// Home is the engine's own folder: config/ (keys), data/ (blocks, write-ahead log, last signature).
	Home string
	// Follow makes a node that checks and gossips what validators decide and never votes: it needs no consensus key.
	// Nobody dials it, so its Peers should be all validators.
	Follow bool
	// Listen is the host:port for the other validators; port 0 lets the kernel choose (see Node.P2PAddr).
	Listen string
	// Peers are the other validators as nodeid@host:port; connections to them are always restored. A host name that
	// cannot be resolved when the node starts is not tried again.
	Peers []string
	// Signer is where the process that holds the consensus key dials in: tcp://HOST:PORT or unix://PATH, or noise://PEERID@HOST:PORT for one
	// that is known by its key. Empty: the key is in Home. Whoever reaches the port first is believed to be the signer, so
	// only the signer may reach it.
	Signer string
	// IdleInterval is how long a proposer waits for the first entry before it proposes an empty tick; below half of
	// TimeoutPropose, or the others give up on it.
	IdleInterval time.Duration
	// TimeoutPropose is how long a validator waits at least for a tick's proposal before it votes for another proposer.
	TimeoutPropose time.Duration
	// TimeoutVote is how long a validator waits at least for late votes once more than 2/3 have voted without agreeing.
	TimeoutVote time.Duration
	// TimeoutMax is up to where both are raised to what the measured round trips to the other validators need, see
	// docs/network.md; zero, or less than they are: they are as configured.
	TimeoutMax time.Duration
	// GossipSleep is the pause between looking for something that a peer still lacks. What validators say is pushed and does not wait for it; a
	// validator that fell behind does, for each part of a tick.
	GossipSleep time.Duration
	// FlushInterval bounds how long a message to a peer waits for company.
	FlushInterval time.Duration
	// ReapInterval is the pause between asking the pool for batches to gossip.
	ReapInterval time.Duration
	// RetainBlocks is how many of the engine's blocks are kept for validators that lag; zero keeps all. A validator
	// that was away for more ticks than all others keep cannot catch up (100000 idle ticks are about an hour and a half). The
	// ordered log is not affected.
	RetainBlocks uint64
	// DB is the database for the engine's blocks and state: pebble, or goleveldb as in home folders of earlier builds. What is
	// there is not converted.
	DB string
	// InMemory keeps blocks and state in memory, so that a restart begins empty; for tests only. The write-ahead log
	// and the last signature stay in Home.
	InMemory bool
}

// Default is the configuration for validators anywhere: what they wait follows from the delays between them.
func Default() Config {
	return Config{
		Listen:         "127.0.0.1:26656",
		IdleInterval:   50 * time.Millisecond,
		TimeoutPropose: 200 * time.Millisecond,
		TimeoutVote:    20 * time.Millisecond,
		TimeoutMax:     2 * time.Second,
		GossipSleep:    4 * time.Millisecond,
		FlushInterval:  20 * time.Microsecond,
		ReapInterval:   200 * time.Microsecond,
		RetainBlocks:   100000,
		DB:             Pebble,
	}
}

// Validate reports all problems at once, as ErrConfig.
func (c Config) Validate() error {
	var problems []error
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if c.Home == "" {
		fail("home is missing")
	}
	if err := checkHostPort(c.Listen); err != nil {
		fail("listen: %w", err)
	}
	if err := checkSigner(c.Signer); err != nil {
		fail("signer: %w", err)
	}
	for i, peer := range c.Peers {
		if err := checkPeer(peer); err != nil {
			fail("peers[%d]: %w", i, err)
		}
	}
	for _, d := range []struct {
		name      string
		v         time.Duration
		low, high time.Duration
	}{
		{"timeoutPropose", c.TimeoutPropose, 10 * time.Millisecond, time.Minute},
		{"timeoutVote", c.TimeoutVote, time.Millisecond, time.Minute},
		{"timeoutMax", c.TimeoutMax, 0, time.Minute},
		{"idleInterval", c.IdleInterval, 0, c.TimeoutPropose/2 - 1},
		{"gossipSleep", c.GossipSleep, 100 * time.Microsecond, time.Second},
		{"flushInterval", c.FlushInterval, 10 * time.Microsecond, time.Second},
		{"reapInterval", c.ReapInterval, 100 * time.Microsecond, time.Second},
	} {
		if d.v < d.low || d.v > d.high {
			fail("%s is %s, want %s to %s", d.name, d.v, d.low, d.high)
		}
	}
	if c.RetainBlocks != 0 && c.RetainBlocks < minRetainBlocks {
		fail("retainBlocks is %d, want 0 (keep all) or at least %d", c.RetainBlocks, minRetainBlocks)
	}
	if c.DB != GoLevelDB && c.DB != Pebble {
		fail("db is %q, want %q or %q", c.DB, Pebble, GoLevelDB)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

// minRetainBlocks leaves a validator that was restarted the blocks it missed.
const minRetainBlocks = 1000

func checkHostPort(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is not host:port", s)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" {
		return fmt.Errorf("%q is not host:port", s)
	}
	return nil
}

func checkPeer(s string) error {
	id, addr, ok := strings.Cut(s, "@")
	if !ok || len(id) != 40 || strings.Trim(id, "0123456789abcdef") != "" {
		return fmt.Errorf("%q is not nodeid@host:port with a node id of 40 hex digits", s)
	}
	return checkHostPort(addr)
}
