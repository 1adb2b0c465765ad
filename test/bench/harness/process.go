package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// How long a process may take to end by itself when it is asked, and again when it is told.
const (
	askedToEnd = 20 * time.Second
	toldToEnd  = 10 * time.Second
)

// Process is a child that speaks JSON lines on its standard output and listens on its standard input; the end of that input
// asks it to end.
type Process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors *tail
	ended  chan struct{}
	err    error // once ended is closed
	once   sync.Once
}

// Start starts a binary in a process group of its own, so that ^C in a terminal reaches this program alone.
func Start(ctx context.Context, binary string, args ...string) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := &Process{cmd: exec.Command(binary, args...), errors: new(tail), ended: make(chan struct{})} // stopped by Stop, in good order
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stderr = p.errors
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	// A pipe of our own: Wait closes those of exec before they are read to the end.
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.out = write, bufio.NewReaderSize(read, 64<<10)
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", binary, err), read.Close(), write.Close())
	}
	if err := write.Close(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Tell sends a value as a line of JSON.
func (p *Process) Tell(v any) error { return json.NewEncoder(p.in).Encode(v) }

// Hear reads the next line of the process's output as JSON; its error has the end of what the process wrote to standard error.
func (p *Process) Hear(ctx context.Context, v any) error {
	type line struct {
		text []byte
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := p.out.ReadBytes('\n')
		lines <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s says nothing: %w", p.cmd.Path, context.Cause(ctx))
	case l := <-lines:
		if l.err != nil {
			return fmt.Errorf("%s has ended: %s", p.cmd.Path, p.errors)
		}
		return json.Unmarshal(l.text, v)
	}
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Stderr is the end of what the process wrote to standard error.
func (p *Process) Stderr() string { return p.errors.String() }

// Stop ends the process: by the end of its input, then SIGTERM, then SIGKILL. It is idempotent.
func (p *Process) Stop() {
	p.once.Do(func() {
		_ = p.in.Close() // a process that has ended has closed it
		for _, step := range []struct {
			signal syscall.Signal
			wait   time.Duration
		}{{0, askedToEnd}, {syscall.SIGTERM, toldToEnd}, {syscall.SIGKILL, toldToEnd}} {
			if step.signal != 0 {
				_ = syscall.Kill(-p.PID(), step.signal) // it may have just ended
			}
			timer := time.NewTimer(step.wait)
			select {
			case <-p.ended:
				timer.Stop()
				return
			case <-timer.C:
			}
		}
	})
}

// Interrupt asks a foreign process, which does not watch its input, to end by SIGTERM, and stops it.
func (p *Process) Interrupt() {
	_ = syscall.Kill(-p.PID(), syscall.SIGTERM) // it may have just ended
	p.Stop()
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return "without a word on standard error"
	}
	return string(t.text)
}

// Parent is a child's side of Process.
type Parent struct {
	in *bufio.Reader
}

// NewParent gives the parent.
func NewParent() *Parent { return &Parent{bufio.NewReader(os.Stdin)} }

// Tell sends a line of JSON.
func (p *Parent) Tell(v any) error { return json.NewEncoder(os.Stdout).Encode(v) }

// Hear reads the next line.
func (p *Parent) Hear(v any) error {
	line, err := p.in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the parent is gone: %w", err)
	}
	return json.Unmarshal(line, v)
}

// Attached is a context that ends with ctx, or when the parent asks to end or is gone. Nothing is heard after it but orders to be
// profiled, see Process.Profile. One that cannot be obeyed is told on standard error, and ends the child.
func (p *Parent) Attached(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		var own profiler
		for {
			var o order
			err := p.Hear(&o) // whatever ends what is heard is the end
			if err != nil {
				_ = own.obey(order{})
				return
			}
			if err := own.obey(o); err != nil {
				fmt.Fprintln(os.Stderr, "profile:", err)
				return
			}
		}
	}()
	return ctx, cancel
}
