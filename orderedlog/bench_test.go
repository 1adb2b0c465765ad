package orderedlog_test

import (
	"bytes"
	"testing"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

// BenchmarkLog_Disk says how many bytes a tick takes on disk once the database has settled, when it is empty but for the
// attestation that nearly every tick carries, and when it orders a transfer; and how fast ticks are read again.
//
//	go test ./orderedlog -run '^$' -bench Disk -benchtime 20000x
func BenchmarkLog_Disk(b *testing.B) {
	for _, kind := range []string{"empty", "transfer"} {
		b.Run(kind, func(b *testing.B) {
			disk, t := vfs.NewMem(), newChain(&testing.T{})
			fill(b, disk, t, kind == "transfer")
			l, err := openOn(disk)
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.ResetTimer()
			for n := range b.N {
				if _, err := l.Decoded(uint64(n) + 1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(diskUsage(b, disk))/float64(b.N), "disk-B/tick")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "read-ticks/s")
		})
	}
}

// fill appends b.N ticks, with as much of the ledger changed as an idle network changes.
func fill(b *testing.B, disk vfs.FS, c *chain, transfers bool) {
	b.Helper()
	l, err := openOn(disk)
	if err != nil {
		b.Fatal(err)
	}
	for n := range b.N {
		var sections []core.Section
		if transfers {
			sections = []core.Section{{Rollup: rollupA, Txs: []core.Transaction{c.tx(rollupA)}}}
		}
		d := c.decide(nil, sections...)
		digest := core.TagLane.Sum(core.U64(uint64(n)))
		d.Record.Attested = []core.Attested{{Zone: 1, Tick: d.Record.Number, Digest: digest}}
		d.Ledger = append(d.Ledger, core.KV{Key: []byte("tally"), Value: bytes.Repeat(digest[:], 8)})
		if err := l.Append(d); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	settle(b, disk)
}

// settle opens the log once more, which writes what was in memory as tables.
func settle(b *testing.B, disk vfs.FS) {
	b.Helper()
	l, err := orderedlog.Open(orderedlog.Config{Dir: "/log", Network: network, Kind: kind, FS: disk})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

func diskUsage(b *testing.B, disk vfs.FS) (bytes int64) {
	b.Helper()
	names, err := disk.List("/log")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		info, err := disk.Stat(disk.PathJoin("/log", name))
		if err != nil {
			b.Fatal(err)
		}
		bytes += info.Size()
	}
	return bytes
}
