package orderedlog_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

// BenchmarkLog_Append is what a full tick of 200-byte transactions costs, with all that the database does later because of it: processor time,
// and how many times a byte is written.
//
//	go test ./orderedlog -run '^$' -bench Append -benchtime 400x
func BenchmarkLog_Append(b *testing.B) {
	without := processorTime(b)
	for n := range b.N {
		fullTick(uint64(n) + 1)
	}
	without = processorTime(b) - without
	dir := filepath.Join(b.TempDir(), "log")
	l, err := orderedlog.Open(orderedlog.Config{Dir: dir, Network: network, Kind: kind})
	if err != nil {
		b.Fatal(err)
	}
	var bytes int
	before, written := processorTime(b), bytesWritten(b)
	for n := range b.N {
		d := fullTick(uint64(n) + 1)
		bytes += len(d.Record.Payload[0])
		if err := l.Append(d); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	took := processorTime(b) - before - without
	b.ReportMetric(float64(took.Microseconds())/float64(b.N)/fullTxs, "cpu-µs/tx")
	b.ReportMetric(float64(bytesWritten(b)-written)/float64(bytes), "written/byte")
}

// fullTxs is how many transactions a full tick has.
const fullTxs = 5000

// fullTick is a tick of one section.
func fullTick(n uint64) *core.Decided {
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], n)
	random := rand.NewChaCha8(seed)
	section := core.Section{Rollup: rollupA}
	for range fullTxs {
		raw := make([]byte, 200)
		_, _ = random.Read(raw) // it never fails
		section.Txs = append(section.Txs, core.NewOpaqueTransaction(rollupA, raw))
	}
	tick := &core.Tick{Number: n, Time: n, Sections: []core.Section{section}}
	return &core.Decided{Tick: tick, Record: &core.TickRecord{
		Number: n, Time: n, Payload: tick.Payload(), Lanes: []core.LaneRow{{Rollup: rollupA, FirstSeq: n * fullTxs, Count: fullTxs}},
	}}
}

// processorTime is what this process has used, of user and system.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// bytesWritten is what this process has written to files.
func bytesWritten(b *testing.B) uint64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Skip(err)
	}
	var read, written uint64
	if _, err := fmt.Sscanf(string(text), "rchar: %d\nwchar: %d", &read, &written); err != nil {
		b.Fatal(err)
	}
	return written
}
