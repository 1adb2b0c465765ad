package snapshot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
)

func testHome(t *testing.T) Home {
	h := Home{Dir: t.TempDir(), Log: "log", Engine: "ordering/data", Stale: []string{"explorer"}}
	h.Zone = func(id core.ZoneID) string { return filepath.Join("zone", id.String()) }
	h.Rollup = func(id core.RollupID) string { return filepath.Join("rollup", id.String()) }
	for _, path := range []string{"log/old", "zone/1/old", "rollup/902/old", "rollup/damaged-902/old", "explorer/old", "ordering/data/cs.wal/old", "ordering/data/engine/old", "ethereum.key/old", "ordering/config/old"} {
		put(t, filepath.Join(h.Dir, path))
	}
	require.NoError(t, os.WriteFile(filepath.Join(h.Dir, h.Engine, kept), []byte("signed"), 0o644))
	for _, path := range []string{"log/new", "zone/1/new", "rollup/901/new", "ordering/data/engine/new"} {
		put(t, h.staged(path))
	}
	put(t, h.joining("chunks", "0x01"))
	return h
}

var testInstall = []string{"log", "ordering/data/engine", "rollup/901", "zone/1"}

func put(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, nil, 0o644))
}

// joinedHome checks that everything is in its place, and that nothing was touched that must not be.
func joinedHome(t *testing.T, h Home) {
	t.Helper()
	for _, path := range testInstall {
		require.FileExists(t, filepath.Join(h.Dir, path, "new"))
		require.NoFileExists(t, filepath.Join(h.Dir, path, "old"))
	}
	for _, path := range []string{"ethereum.key/old", "ordering/config/old", "rollup/damaged-902/old", "replaced/rollup/902/old", "replaced/log/old", "replaced/zone/1/old", "replaced/ordering/data/cs.wal/old"} {
		require.FileExists(t, filepath.Join(h.Dir, path))
	}
	for _, path := range []string{"ordering/data/cs.wal", "explorer", joiningDir} {
		require.NoDirExists(t, filepath.Join(h.Dir, path))
	}
	signed, err := os.ReadFile(filepath.Join(h.Dir, h.Engine, kept))
	require.NoError(t, err)
	require.Equal(t, "signed", string(signed))
}

func TestHome_CommitPutsEverythingInPlace(t *testing.T) {
	t.Parallel()
	h := testHome(t)
	require.NoError(t, h.commit(testInstall))
	joinedHome(t, h)
	require.NoError(t, h.Settle())
	joinedHome(t, h)
}

// TestHome_GoesOnAfterAKill breaks the swap off before each of its steps.
func TestHome_GoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	for steps := range len(testInstall) + 4 {
		h := testHome(t)
		m := move{Install: testInstall, Remove: []string{"explorer", "ordering/data/cs.wal", "rollup/902"}}
		b, err := json.Marshal(m)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(h.readyFile(), b, 0o644))
		done := move{Remove: m.Remove[:min(steps, 3)], Install: testInstall[:max(0, min(steps-3, len(testInstall)))]}
		for _, path := range done.Remove {
			require.NoError(t, h.setAside(path))
		}
		for i, path := range done.Install {
			require.NoError(t, h.setAside(path))
			if i+1 < len(done.Install) { // the last one is killed between its two renames
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(h.Dir, path)), 0o755))
				require.NoError(t, os.Rename(h.staged(path), filepath.Join(h.Dir, path)))
			}
		}
		require.NoError(t, h.Settle())
		joinedHome(t, h)
	}
}

func TestHome_ForgetsWhatWasNotReadyButTheChunks(t *testing.T) {
	t.Parallel()
	h := testHome(t)
	require.NoError(t, h.Settle())
	require.FileExists(t, filepath.Join(h.Dir, "log", "old"))
	require.NoDirExists(t, h.joining("new"))
	require.FileExists(t, h.joining("chunks", "0x01"))
}
