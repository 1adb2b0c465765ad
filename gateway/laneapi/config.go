package laneapi

import (
	"errors"
	"fmt"
	"time"
)

// Config bounds what clients of the API can do. All fields are local to a node.
type Config struct {
	// MaxMessage bounds a request in bytes.
	MaxMessage int
	// MaxStreams bounds the streams at any time, MaxWaiters the calls of Cut that wait.
	MaxStreams int
	MaxWaiters int
	// MaxWait bounds how long one call of Cut waits, and a stream for ticks that this node does not have yet.
	MaxWait time.Duration
	// Patience is how long a client of a stream may take nothing before the stream is ended.
	Patience time.Duration
	// RangeBytes is about how many bytes of entries an answer of Range holds at most; it has one tick at least.
	RangeBytes int
}

// Default is the configuration of a node on a developer's machine.
func Default() Config {
	return Config{
		MaxMessage: 512 << 10, MaxStreams: 256, MaxWaiters: 1024, MaxWait: 25 * time.Second, Patience: 10 * time.Second, RangeBytes: 1 << 20,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	for _, limit := range []struct {
		name string
		v    int64
	}{
		{"maxMessage", int64(c.MaxMessage)}, {"maxStreams", int64(c.MaxStreams)}, {"maxWaiters", int64(c.MaxWaiters)},
		{"maxWait", int64(c.MaxWait)}, {"patience", int64(c.Patience)}, {"rangeBytes", int64(c.RangeBytes)},
	} {
		if limit.v < 1 {
			problems = append(problems, fmt.Errorf("laneapi.%s is %d, want more than 0", limit.name, limit.v))
		}
	}
	return errors.Join(problems...)
}
