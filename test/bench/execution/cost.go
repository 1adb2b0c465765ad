package execution

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// cost is what some work took.
type cost struct {
	wall, cpu time.Duration
	txs       int
	gas       uint64
}

// measured runs work after the garbage of what was before is gone.
func measured(work func() error) (c cost, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	began, before := time.Now(), processor()
	err = work()
	c.wall, c.cpu = time.Since(began), processor()-before
	return c, err
}

// processor is the processor time of this process so far.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it cannot fail with these arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// per is the processor time of a transaction in µs.
func (c cost) per() float64 { return float64(c.cpu.Nanoseconds()) / 1000 / float64(c.txs) }

// elapsed is the time of a transaction in µs.
func (c cost) elapsed() float64 { return float64(c.wall.Nanoseconds()) / 1000 / float64(c.txs) }
