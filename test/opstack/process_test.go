package opstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// pollEvery is how often a condition outside this process is looked at, which cannot be awaited.
const pollEvery = 100 * time.Millisecond

// process is a program that runs beside the test, with its output in a file of the run's folder.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
}

// start runs a program until the test's end or stop. Its name is that of its log.
func start(t *testing.T, dir, name, path string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), cmd: exec.Command(path, args...), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// A group of its own: Ctrl-C reaches this process only, which ends the others in order. If it is killed, so are they.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		// The signal of the parent's death is the starting thread's death, so the thread stays until the program has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	t.Cleanup(p.stop)
	return p, nil
}

// stop asks the program to end, and kills it if it has not after ten seconds.
func (p *process) stop() {
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			p.kill()
		}
	})
}

// kill ends the program at once.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// freeze and thaw stop the program in its tracks, and let it go on.
func (p *process) freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) thaw() error   { return p.cmd.Process.Signal(syscall.SIGCONT) }

// says waits for a line of the program's log and gives the expression's group.
func (p *process) says(line *regexp.Regexp) (string, error) {
	var found []string
	err := eventually(time.Minute, func() error {
		select {
		case <-p.done:
			return gaveUp{fmt.Errorf("%s has ended", p.name)}
		default:
		}
		text, err := os.ReadFile(p.log)
		if err != nil {
			return err
		}
		if found = line.FindStringSubmatch(string(text)); found == nil {
			return fmt.Errorf("%s does not say %q", p.name, line)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("%w; its log is %s", err, p.log)
	}
	return found[1], nil
}

// gaveUp is an error that waiting does not change.
type gaveUp struct{ error }

// eventually asks until there is no error, the time is over or the run is interrupted, and gives the last error.
func eventually(limit time.Duration, ask func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := ask()
		if err == nil || errors.As(err, new(gaveUp)) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %v: %w", limit, err)
		}
		if pause(pollEvery) != nil {
			return errors.Join(interrupted.Err(), err)
		}
	}
}

// pause lets a time go by in which something is observed; an error means that the run is interrupted.
func pause(d time.Duration) error {
	select {
	case <-interrupted.Done():
		return interrupted.Err()
	case <-time.After(d):
		return nil
	}
}
