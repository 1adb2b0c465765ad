package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/lockstep-network/lockstep/core"
)

// Folders in a node's home folder.
const (
	// joiningDir is where a snapshot is fetched and unpacked; what is in it is of no use to anybody else, and all of it goes away
	// in the end.
	joiningDir = "fetching"
	// replacedDir has what the last join replaced. Nobody reads it.
	replacedDir = "replaced"
)

// Home is where a node keeps what a snapshot brings. All paths are relative to Dir.
type Home struct {
	Dir string
	// Log is the ordered log's folder, Engine that of the consensus engine's databases.
	Log, Engine string
	Zone        func(core.ZoneID) string
	Rollup      func(core.RollupID) string
	// Stale is what else follows from ticks that the node will not see, and is begun anew.
	Stale []string
}

// kept is the one file beside the engine's databases that is never replaced.
const kept = "priv_validator_state.json"

func (h Home) joining(parts ...string) string {
	return filepath.Join(append([]string{h.Dir, joiningDir}, parts...)...)
}

// staged is where a path is made before it takes its place.
func (h Home) staged(path string) string { return h.joining("new", path) }

func (h Home) readyFile() string { return h.joining("ready") }

// move says what takes the place of what.
type move struct {
	// Install are the paths to put in place, Remove those to take away.
	Install, Remove []string
}

// Settle ends what a process that was killed left of a join: what was ready is put in place, anything else is begun
// anew, save the chunks that were fetched. It must be called before a stage opens its folder.
func (h Home) Settle() error {
	b, err := os.ReadFile(h.readyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(h.joining("new"))
	}
	var m move
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err == nil {
		err = h.swap(m)
	}
	if err != nil {
		return fmt.Errorf("snapshot: put in place: %w", err)
	}
	return nil
}

// commit marks what is staged as ready and puts it in place.
func (h Home) commit(install []string) error {
	m := move{Install: install, Remove: h.Stale}
	entries, err := os.ReadDir(filepath.Join(h.Dir, h.Engine))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if path := filepath.Join(h.Engine, e.Name()); e.Name() != kept && !slices.Contains(install, path) {
			m.Remove = append(m.Remove, path)
		}
	}
	for _, dir := range []string{filepath.Dir(h.Zone(0)), filepath.Dir(h.Rollup(0))} {
		stale, err := h.numbered(dir)
		if err != nil {
			return err
		}
		m.Remove = append(m.Remove, slices.DeleteFunc(stale, func(path string) bool { return slices.Contains(install, path) })...)
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(h.Dir, replacedDir)); err != nil {
		return err
	}
	draft := h.readyFile() + draftSuffix
	if err := errors.Join(writeSynced(draft, b), os.Rename(draft, h.readyFile()), syncDir(h.joining())); err != nil {
		return err
	}
	return h.swap(m)
}

// numbered are the folders in a folder whose names are ids. What a snapshot does not have of them ends before it: a rollup that was
// retired, of which nobody could tell whether these are its last blocks.
func (h Home) numbered(dir string) (paths []string, err error) {
	entries, err := os.ReadDir(filepath.Join(h.Dir, dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if _, err := strconv.ParseUint(e.Name(), 10, 64); err == nil {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}

// swap puts everything in place; called again after a kill anywhere, it goes on.
func (h Home) swap(m move) error {
	for _, path := range m.Remove {
		if err := h.setAside(path); err != nil {
			return err
		}
	}
	for _, path := range m.Install {
		if _, err := os.Stat(h.staged(path)); errors.Is(err, fs.ErrNotExist) {
			continue // it is in its place
		}
		place := filepath.Join(h.Dir, path)
		if err := errors.Join(h.setAside(path), os.MkdirAll(filepath.Dir(place), 0o755)); err != nil {
			return err
		}
		if err := errors.Join(os.Rename(h.staged(path), place), syncDir(filepath.Dir(place))); err != nil {
			return err
		}
	}
	return os.RemoveAll(h.joining())
}

// setAside moves a path, if there is one, to where nobody reads it.
func (h Home) setAside(path string) error {
	aside := filepath.Join(h.Dir, replacedDir, path)
	if err := os.MkdirAll(filepath.Dir(aside), 0o755); err != nil {
		return err
	}
	err := os.Rename(filepath.Join(h.Dir, path), aside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func writeSynced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
