package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// longRun is how long a process must have run for its end to be no sign that it ends at once.
const longRun = time.Minute

// ErrAllEnded: no process is left, and nobody asked them to end.
var ErrAllEnded = errors.New("supervise: all processes have ended")

// Process is one process to run.
type Process struct {
	// Name is how it is called in reports.
	Name string
	// Binary and Args are its command line.
	Binary string
	Args   []string
	// Log is the file that its output is appended to.
	Log string
}

// Ended says that a process has ended by itself.
type Ended struct {
	Process Process
	PID     int
	// Reason is the exit code or signal in words.
	Reason string
	// Again is after how long it is started again; negative if it is not.
	Again time.Duration
}

// Options say what to run and how.
type Options struct {
	Processes []Process
	// Restart starts a process again that has ended by itself, at first after FirstPause, and later the longer the oftener it
	// ends at once.
	Restart bool
	// FirstPause and LongestPause bound the pause before a start; zero is a second and half a minute.
	FirstPause, LongestPause time.Duration
	// Grace is how long a process may take to end when it is asked to; zero is 20 s.
	Grace time.Duration
	// Started and Ended are told; nil for nobody. They are called from several goroutines.
	Started func(p Process, pid int)
	Ended   func(Ended)
}

// Run runs the processes until ctx ends (nil), one cannot be started, or all have ended and none is started again. It may be
// called once.
func Run(ctx context.Context, o Options) error {
	o = o.orDefault()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failures := make(chan error, len(o.Processes))
	for _, p := range o.Processes {
		group.Go(func() {
			if err := o.keep(ctx, p); err != nil {
				failures <- err
				cancel()
			}
		})
	}
	group.Wait()
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	if len(errs) == 0 && ctx.Err() == nil { // ctx is canceled by the caller, or by a failure
		return ErrAllEnded
	}
	return errors.Join(errs...)
}

func (o Options) orDefault() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&o.FirstPause, time.Second}, {&o.LongestPause, 30 * time.Second}, {&o.Grace, 20 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Started == nil {
		o.Started = func(Process, int) {}
	}
	if o.Ended == nil {
		o.Ended = func(Ended) {}
	}
	return o
}

// keep runs a process, and again when it has ended if it shall. An error means that it could not be started.
func (o Options) keep(ctx context.Context, p Process) error {
	pause := o.FirstPause
	for {
		began := time.Now()
		ended, err := o.once(ctx, p)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if time.Since(began) > longRun {
			pause = o.FirstPause
		}
		ended.Again = -1
		if o.Restart {
			ended.Again = pause
		}
		o.Ended(ended)
		if !o.Restart {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		pause = min(2*pause, o.LongestPause)
	}
}

// once runs a process until it ends, by itself or because ctx does.
func (o Options) once(ctx context.Context, p Process) (ended Ended, err error) {
	log, err := os.OpenFile(p.Log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return ended, fmt.Errorf("supervise: log of %s: %w", p.Name, err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	cmd := exec.CommandContext(ctx, p.Binary, p.Args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C in the terminal is for the supervisor, which asks them one by one
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = o.Grace
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return ended, nil
		}
		return ended, fmt.Errorf("supervise: start %s: %w", p.Name, err)
	}
	o.Started(p, cmd.Process.Pid)
	_ = cmd.Wait() // the state says how it ended
	return Ended{Process: p, PID: cmd.Process.Pid, Reason: cmd.ProcessState.String()}, nil
}
