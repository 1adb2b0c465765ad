package explorer

import (
	"errors"
	"fmt"
	"time"
)

// Config bounds what pages can cost. All fields are local to a node.
type Config struct {
	// Enabled serves the explorer; a node without a gateway has none whatever it says.
	Enabled bool
	// Frame is the time between two messages of the live feed.
	Frame time.Duration
	// MaxStreams bounds the live streams; further ones are answered 503.
	MaxStreams int
	// MaxEvents bounds the entries, bundles and outcomes of a message; what is above is counted only.
	MaxEvents int
	// Backlog is how many messages a slow page may lag behind before its stream is cut, and a page that comes back
	// finds; BacklogBytes bounds their memory in bytes.
	Backlog      int
	BacklogBytes int
	// WriteTimeout bounds the time in which a page must take a message.
	WriteTimeout time.Duration
	// MaxRequests bounds the requests of the API that are answered at the same time.
	MaxRequests int
	// MaxRows bounds the rows of the index of accounts; the oldest are forgotten first. A transaction takes one to two, a
	// transfer of a token as many more.
	MaxRows uint64
}

// Default serves up to 1000 pages, with about 1 GB of index at most.
func Default() Config {
	return Config{
		Enabled: true, Frame: 200 * time.Millisecond, MaxStreams: 1000, MaxEvents: 500,
		Backlog: 300, BacklogBytes: 16 << 20, WriteTimeout: 10 * time.Second, MaxRequests: 64, MaxRows: 5_000_000,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	if c.Frame < 20*time.Millisecond || c.Frame > time.Second {
		problems = append(problems, fmt.Errorf("explorer.frame is %s, want 20ms to 1s", c.Frame))
	}
	for _, limit := range []struct {
		name string
		v    int
	}{
		{"maxStreams", c.MaxStreams}, {"maxEvents", c.MaxEvents}, {"backlog", c.Backlog}, {"backlogBytes", c.BacklogBytes},
		{"maxRequests", c.MaxRequests},
	} {
		if limit.v < 1 {
			problems = append(problems, fmt.Errorf("explorer.%s is %d, want at least 1", limit.name, limit.v))
		}
	}
	if c.WriteTimeout <= 0 {
		problems = append(problems, fmt.Errorf("explorer.writeTimeout is %s, want more than 0", c.WriteTimeout))
	}
	if c.MaxRows < 1000 {
		problems = append(problems, fmt.Errorf("explorer.maxRows is %d, want at least 1000", c.MaxRows))
	}
	return errors.Join(problems...)
}
