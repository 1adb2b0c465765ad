package comet

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	cmtlog "github.com/cometbft/cometbft/libs/log"
)

// consensusFailure is the engine's only sign that its consensus loop has ended by a panic: everything else goes on as
// if nothing had happened. A test holds it to the engine's text.
const consensusFailure = "CONSENSUS FAILURE!!!"

// engineLogger writes the engine's log lines into ours, one level down: its Info (three to five lines per block) is
// our Debug, its Error (mostly peers that come, go or misbehave) our Warn. Its Debug is dropped, and so are all keys
// but those of our fixed list: the others hold votes, blocks and payloads.
type engineLogger struct {
	log *slog.Logger
	// module is the part of the engine that speaks; it leads every line.
	module string
	// with are the keys of every line, as the engine named them. The engine makes a logger for each vote that it sends and writes hardly
	// ever with one, so they are read when a line is written.
	with []any
	sink *engineSink
}

// engineSink is what all loggers of one engine share.
type engineSink struct {
	// failed is told the reason when the consensus loop has ended.
	failed func(reason error)
	// stopping turns the complaints of a shutdown into Debug.
	stopping atomic.Bool
}

// engineKeys maps the engine's keys to ours.
var engineKeys = map[any]string{
	"height": "height", "peer": "peer", "addr": "peer", "err": "err", "error": "err",
}

func engineAttrs(keyvals []any) []any {
	var attrs []any
	for i := 0; i+1 < len(keyvals); i += 2 {
		if key, ok := engineKeys[keyvals[i]]; ok {
			attrs = append(attrs, key, fmt.Sprint(keyvals[i+1]))
		}
	}
	return attrs
}

func (l *engineLogger) write(level slog.Level, msg string, keyvals []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, l.module+": "+msg, append(engineAttrs(l.with), engineAttrs(keyvals)...)...)
	}
}

// Debug drops the line.
func (l *engineLogger) Debug(string, ...any) {}

// Info writes a Debug line.
func (l *engineLogger) Info(msg string, keyvals ...any) { l.write(slog.LevelDebug, msg, keyvals) }

// Warn writes a Debug line: what the engine warns of concerns its peers.
func (l *engineLogger) Warn(msg string, keyvals ...any) { l.write(slog.LevelDebug, msg, keyvals) }

// Error writes a Warn line; the end of the consensus loop also ends Run.
func (l *engineLogger) Error(msg string, keyvals ...any) {
	if msg == consensusFailure {
		l.sink.failed(failureReason(keyvals))
		return
	}
	if l.sink.stopping.Load() {
		l.write(slog.LevelDebug, msg, keyvals)
		return
	}
	l.write(slog.LevelWarn, msg, keyvals)
}

// With adds keys to every line.
func (l *engineLogger) With(keyvals ...any) cmtlog.Logger {
	module := l.module
	for i := 0; i+1 < len(keyvals); i += 2 {
		if name, ok := keyvals[i+1].(string); ok && keyvals[i] == "module" {
			module = name
		}
	}
	with := keyvals
	if len(l.with) > 0 {
		with = slices.Concat(l.with, keyvals)
	}
	return &engineLogger{log: l.log, module: module, with: with, sink: l.sink}
}

// failureReason is the panic's value and stack.
func failureReason(keyvals []any) error {
	var value, stack any
	for i := 0; i+1 < len(keyvals); i += 2 {
		switch keyvals[i] {
		case "err":
			value = keyvals[i+1]
		case "stack":
			stack = keyvals[i+1]
		}
	}
	if err, ok := value.(error); ok {
		return fmt.Errorf("consensus failure: %w\n%s", err, stack)
	}
	return fmt.Errorf("consensus failure: %v\n%s", value, stack)
}
