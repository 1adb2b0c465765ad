package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// patience is how long a devnet may take to become ready before its warnings are shown.
const patience = 10 * time.Second

// maxHeld bounds the log lines that wait for the network to become ready.
const maxHeld = 1000

// devnetLog logs to w from a level on. At the default level it shows warnings only of a network that is up, or that
// does not come up: while validators that run in one process start, they warn of peers that are not there yet and of
// votes that they have cast before they were stopped; while they stop, of peers that hang up. None of it is news.
type devnetLog struct {
	slog.Handler
	phase *phase
}

// phase is what all handlers made from one devnetLog share.
type phase struct {
	stopped <-chan struct{} // closed when the network was told to stop

	mu       sync.Mutex
	starting bool
	held     []func() // lines of the start, in order
}

func newDevnetLog(w io.Writer, level slog.Level, stopped <-chan struct{}) *devnetLog {
	return &devnetLog{
		Handler: slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}),
		phase:   &phase{stopped: stopped, starting: level == slog.LevelWarn},
	}
}

// Handle logs a line, holds it back or drops it.
func (l *devnetLog) Handle(ctx context.Context, record slog.Record) error {
	if record.Level != slog.LevelWarn || l.Enabled(ctx, slog.LevelInfo) {
		return l.Handler.Handle(ctx, record)
	}
	select {
	case <-l.phase.stopped:
		return nil
	default:
	}
	l.phase.mu.Lock()
	defer l.phase.mu.Unlock()
	if !l.phase.starting {
		return l.Handler.Handle(ctx, record)
	}
	if len(l.phase.held) < maxHeld {
		// The command's standard error is all there is to tell an error of writing to it.
		l.phase.held = append(l.phase.held, func() { _ = l.Handler.Handle(ctx, record.Clone()) })
	}
	return nil
}

// WithAttrs is a log that adds attributes.
func (l *devnetLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &devnetLog{l.Handler.WithAttrs(attrs), l.phase}
}

// WithGroup is a log that qualifies attributes.
func (l *devnetLog) WithGroup(name string) slog.Handler {
	return &devnetLog{l.Handler.WithGroup(name), l.phase}
}

// up ends the start: the network is ready, so what was held back is forgotten.
func (l *devnetLog) up() { l.started(false) }

// down ends the start: something is wrong, so what was held back is shown.
func (l *devnetLog) down() { l.started(true) }

func (l *devnetLog) started(show bool) {
	l.phase.mu.Lock()
	defer l.phase.mu.Unlock()
	if show {
		for _, line := range l.phase.held {
			line()
		}
	}
	l.phase.starting, l.phase.held = false, nil
}
