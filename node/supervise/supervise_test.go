package supervise

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// shell is a process that runs a script.
func shell(t *testing.T, name, script string) Process {
	t.Helper()
	return Process{Name: name, Binary: "/bin/sh", Args: []string{"-c", script}, Log: filepath.Join(t.TempDir(), name+".log")}
}

func TestRun_EndsAllTogether(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	quiet := shell(t, "quiet", `trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.02; done`)
	deaf := shell(t, "deaf", `trap '' TERM; while :; do sleep 0.02; done`)
	pids := make(chan int, 2)
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{
			Processes: []Process{quiet, deaf}, Grace: 300 * time.Millisecond,
			Started: func(_ Process, pid int) { pids <- pid },
			Ended:   func(e Ended) { t.Errorf("%s has ended by itself: %s", e.Process.Name, e.Reason) },
		})
	}()
	all := []int{<-pids, <-pids}
	for text := []byte(nil); !strings.Contains(string(text), "up"); text, _ = os.ReadFile(quiet.Log) { // the trap is set
		<-time.After(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, pid := range all {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d is left: %v", pid, err)
		}
	}
	if text, err := os.ReadFile(quiet.Log); err != nil || !strings.Contains(string(text), "asked") {
		t.Errorf("it was not asked to end: %s %v", text, err)
	}
}

func TestRun_ReportsAndRestarts(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reports := make(chan Ended, 8)
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{
			Processes: []Process{shell(t, "fails", "exit 7")}, Restart: true, FirstPause: time.Millisecond, LongestPause: 2 * time.Millisecond,
			Ended: func(e Ended) {
				select {
				case reports <- e:
				default:
				}
			},
		})
	}()
	for i, want := range []time.Duration{time.Millisecond, 2 * time.Millisecond, 2 * time.Millisecond} {
		if e := <-reports; e.Reason != "exit status 7" || e.Again != want {
			t.Errorf("end %d: %s, again after %s", i, e.Reason, e.Again)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRun_GoesOnWithoutOneThatEnded(t *testing.T) {
	t.Parallel()
	var reports atomic.Int64
	err := Run(t.Context(), Options{
		Processes: []Process{shell(t, "first", "exit 1"), shell(t, "second", "kill -9 $$")},
		Ended: func(e Ended) {
			if reports.Add(1); e.Again >= 0 {
				t.Errorf("%s is started again", e.Process.Name)
			}
		},
	})
	if !errors.Is(err, ErrAllEnded) || reports.Load() != 2 {
		t.Errorf("%d reports: %v", reports.Load(), err)
	}
	missing := Process{Name: "missing", Binary: filepath.Join(t.TempDir(), "none"), Log: filepath.Join(t.TempDir(), "log")}
	if err := Run(t.Context(), Options{Processes: []Process{missing}}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
