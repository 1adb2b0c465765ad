package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// phases logs a warning and an error at the start, while the network is up and after it was told to stop.
func phases(level slog.Level, end func(*devnetLog)) string {
	var out bytes.Buffer
	stopped := make(chan struct{})
	handler := newDevnetLog(&out, level, stopped)
	log := slog.New(handler).With("validator", 1).WithGroup("g")
	both := func(when string) { log.Warn("warn-" + when); log.Error("error-" + when) }
	both("start")
	end(handler)
	both("up")
	close(stopped)
	both("stop")
	return out.String()
}

func TestDevnetLog_ShowsWarningsOfANetworkThatIsUpOrDoesNotComeUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		level slog.Level
		end   func(*devnetLog)
		want  string // in order
	}{
		{"healthy", slog.LevelWarn, (*devnetLog).up, "error-start warn-up error-up error-stop"},
		{"broken start", slog.LevelWarn, (*devnetLog).down, "error-start warn-start warn-up error-up error-stop"},
		{"more was asked for", slog.LevelInfo, (*devnetLog).up, "warn-start error-start warn-up error-up warn-stop error-stop"},
		{"less was asked for", slog.LevelError, (*devnetLog).up, "error-start error-up error-stop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for line := range strings.Lines(phases(c.level, c.end)) {
				_, message, _ := strings.Cut(line, "msg=")
				message, attrs, _ := strings.Cut(strings.TrimSpace(message), " ")
				if attrs != "validator=1" {
					t.Errorf("attributes are %q", attrs)
				}
				got = append(got, message)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("shown: %s\nwant:  %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestDevnetLog_HoldsBackABoundedNumberOfLines(t *testing.T) {
	var out bytes.Buffer
	handler := newDevnetLog(&out, slog.LevelWarn, nil)
	for range 2 * maxHeld {
		slog.New(handler).Warn("again")
	}
	handler.down()
	if got := strings.Count(out.String(), "again"); got != maxHeld {
		t.Errorf("%d lines, want %d", got, maxHeld)
	}
}
