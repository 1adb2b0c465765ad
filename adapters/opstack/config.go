package opstack

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"
)

// maxGapWait is the longest that a call may wait for the network.
const maxGapWait = 8 * time.Second

// minInterval is the shortest time between two builds for the stream that can be chosen.
const minInterval = 10 * time.Millisecond

// Config is what an operator chooses for the proxy.
type Config struct {
	// Listen is the address HOST:PORT for op-node; port 0 lets the kernel choose.
	Listen string
	// Engine is the URL of the execution client's authenticated port, http:// or https://.
	Engine string
	// JWTIn and JWTOut are files with the secrets, 64 hex digits each, of op-node's tokens and of those for the execution client.
	JWTIn, JWTOut string
	// Mode is the mode at the start.
	Mode Mode
	// Journal is the file in which mode Shared keeps what was decided; empty for none, and then there is no such mode.
	Journal string
	// SealDelta is how long before its timestamp a block's part of the lane ends, in mode Shared. All proxies of a chain need the same.
	SealDelta time.Duration
	// OnGap is what is done when the network is behind for GapWait.
	OnGap   Gap
	GapWait time.Duration
	// FillTime is after how long no further build is tried to fill a block.
	FillTime time.Duration
	// Stream is the address HOST:PORT of the stream of pre-confirmed blocks in mode Shared; empty for none.
	Stream string
	// StreamInterval is the shortest time between two builds for the stream.
	StreamInterval time.Duration
	// MaxBody is the size of the largest request in bytes.
	MaxBody int64
	// Timeout is how long the execution client may take until an answer begins. op-node gives up by itself earlier.
	Timeout time.Duration
}

// Default is a configuration with everything but addresses and secrets.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8651", Engine: "http://127.0.0.1:8551", Mode: PassThrough, MaxBody: 128 << 20, Timeout: time.Minute,
		SealDelta: 250 * time.Millisecond, OnGap: GapEmpty, GapWait: 2 * time.Second, FillTime: time.Second,
		StreamInterval: 200 * time.Millisecond,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		fail("listen %q: want HOST:PORT", c.Listen)
	}
	if u, err := url.Parse(c.Engine); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fail("engine %q: want the URL of the execution client's authenticated port, for example http://127.0.0.1:8551", c.Engine)
	}
	if c.JWTIn == "" {
		fail("jwt-in: want the file with the secret that op-node signs its tokens with")
	}
	if c.JWTOut == "" {
		fail("jwt-out: want the file with the secret of the execution client")
	}
	if _, err := ParseMode(string(c.Mode)); err != nil {
		problems = append(problems, err)
	}
	if !slices.Contains(Gaps(), c.OnGap) {
		fail("on-gap %q: want one of %q", c.OnGap, Gaps())
	}
	if c.SealDelta < 0 || c.SealDelta > time.Minute {
		fail("seal-delta %s: want 0 to 1m", c.SealDelta)
	}
	if c.GapWait <= 0 || c.GapWait > maxGapWait {
		fail("gap-wait %s: want more than 0 and at most %s, op-node gives up after 10s", c.GapWait, maxGapWait)
	}
	if c.FillTime <= 0 || c.FillTime > maxGapWait {
		fail("fill-time %s: want more than 0 and at most %s", c.FillTime, maxGapWait)
	}
	if c.Stream != "" {
		if _, _, err := net.SplitHostPort(c.Stream); err != nil {
			fail("stream %q: want HOST:PORT", c.Stream)
		}
		if c.Journal == "" {
			fail("stream: it tells what mode %s builds, which needs a file for what is decided: see --journal", Shared)
		}
		if c.StreamInterval < minInterval || c.StreamInterval > time.Minute {
			fail("stream-interval %s: want %s to 1m", c.StreamInterval, minInterval)
		}
	}
	if c.MaxBody < 1<<20 {
		fail("max-body %d: want at least %d, payloads are large", c.MaxBody, 1<<20)
	}
	if c.Timeout < time.Second {
		fail("timeout %s: want at least 1s", c.Timeout)
	}
	return errors.Join(problems...)
}
