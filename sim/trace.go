package sim

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// trace hashes the events of a run, one line each, and copies them to a writer.
type trace struct {
	sum hash.Hash
	out io.Writer
	n   uint64
}

func newTrace(out io.Writer) *trace { return &trace{sum: sha256.New(), out: out} }

// event adds a line.
func (t *trace) event(format string, args ...any) {
	line := fmt.Appendf(nil, format+"\n", args...)
	t.sum.Write(line)
	t.n++
	if t.out != nil {
		_, _ = t.out.Write(line) // a broken trace does not change the run
	}
}

// hash is over all lines so far.
func (t *trace) hash() string { return fmt.Sprintf("%x", t.sum.Sum(nil)) }
