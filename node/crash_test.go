package node

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// A process that ended in a rollup's files asks for a rebuild; one that ended elsewhere does not, even if it has them open.
func TestReadCrash_MarksZonesWhoseFilesEndedTheProcess(t *testing.T) {
	const other = "goroutine 7 [select]:\ngithub.com/cockroachdb/pebble/v2.(*DB).compact(0x1)\n\t/pebble/compaction.go:1 +0x1\n"
	for name, test := range map[string]struct {
		report string
		marked bool
	}{
		"database": {"panic: pebble: corruption\n\ngoroutine 9 [running]:\ngithub.com/cockroachdb/pebble/v2.(*DB).flush(0x1)\n\t/pebble/flush.go:1 +0x1\n", true},
		"freezer":  {"panic: non-prunable freezer table headers has non-zero tail: 39936\n\ngoroutine 1 [running]:\ngithub.com/ethereum/go-ethereum/core/rawdb.(*Freezer).repair(0x1)\n\t/rawdb/freezer.go:503 +0x574\n", true},
		"else":     {"panic: of a stage\n\ngoroutine 1 [running]:\ngithub.com/lockstep-network/lockstep/ordering.f()\n\t/ordering/f.go:1 +0x1\n\n" + other, false},
		"none":     {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			n := &Node{cfg: Config{Home: home}, genesis: &core.Genesis{Zones: []core.Zone{{ID: 1}}}, log: slog.New(slog.DiscardHandler)}
			path := filepath.Join(home, crashFile)
			if err := os.WriteFile(path, []byte(test.report), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := n.readCrash(); err != nil {
				t.Fatal(err)
			}
			if err := n.marked(1); (err != nil) != test.marked {
				t.Errorf("marked: %v, want %v", err, test.marked)
			}
			if rest, err := os.ReadFile(path); err != nil || len(rest) != 0 {
				t.Errorf("the report is still there: %q, %v", rest, err)
			}
		})
	}
}
