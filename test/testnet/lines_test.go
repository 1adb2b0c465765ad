package testnet

import (
	"bytes"
	"sync"
	"testing"
	"time"
)

// lines is the output of a process that can be read while it is written.
type lines struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	grown chan struct{}
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
	return l.buf.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// await waits until the output is as wanted.
func (l *lines) await(t *testing.T, ok func(text string) bool) {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		text := l.buf.String()
		if l.grown == nil {
			l.grown = make(chan struct{})
		}
		grown := l.grown
		l.mu.Unlock()
		if ok(text) {
			return
		}
		select {
		case <-grown:
		case <-late:
			t.Fatalf("it does not come:\n%s", text)
		}
	}
}
