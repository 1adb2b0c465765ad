package devnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"

	"github.com/lockstep-network/lockstep/core"
)

// FolderVersion is the version of a devnet folder's layout.
const FolderVersion = 1

const (
	markerFile  = "devnet.json"
	lockFile    = "LOCK"
	genesisFile = "genesis.json"
)

var (
	// ErrInUse: another devnet runs in the folder.
	ErrInUse = errors.New("devnet: folder is in use")
	// ErrNotDevnet: the folder has other things in it.
	ErrNotDevnet = errors.New("devnet: not a devnet folder")
	// ErrVersion: the folder was made by a build with another layout or genesis format.
	ErrVersion = errors.New("devnet: folder is of another version")
)

// marker is the file that makes a folder a devnet's.
type marker struct {
	Version        int    `json:"version"`
	GenesisVersion uint64 `json:"genesisVersion"`
}

// folder is a locked devnet folder.
type folder struct {
	dir  string
	lock *flock.Flock
}

// openFolder locks dir for this process. A missing or empty folder becomes a devnet folder; one that holds anything
// else, or is of another version, is refused with nothing touched. With fresh, a devnet folder of any version is
// emptied first.
func openFolder(dir string, fresh bool) (*folder, error) {
	found, err := inspect(dir)
	if err != nil {
		return nil, err
	}
	if found != nil && !fresh {
		if err := found.check(dir); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("devnet: create folder: %w", err)
	}
	f := &folder{dir: dir, lock: flock.New(filepath.Join(dir, lockFile))}
	switch locked, err := f.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("devnet: lock %s: %w", dir, err)
	case !locked:
		return nil, fmt.Errorf("%w: another devnet runs in %s; stop it, or give this one its own --dir", ErrInUse, dir)
	}
	if fresh {
		err = f.empty()
	}
	if err = errors.Join(err, f.mark()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// inspect reads the folder's marker; nil means that the folder is missing or empty.
func inspect(dir string) (*marker, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil, nil
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("%w: %s is not a folder; give --dir a new one", ErrNotDevnet, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("devnet: read folder: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		if len(entries) == 1 && entries[0].Name() == lockFile {
			return nil, nil // a first start that was killed before it wrote the marker
		}
		return nil, fmt.Errorf("%w: %s holds files and no %s; give --dir a new folder", ErrNotDevnet, dir, markerFile)
	}
	if err != nil {
		return nil, fmt.Errorf("devnet: read marker: %w", err)
	}
	m := new(marker)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNotDevnet, filepath.Join(dir, markerFile), err)
	}
	return m, nil
}

func (m *marker) check(dir string) error {
	want := marker{FolderVersion, core.GenesisVersion}
	if *m != want {
		return fmt.Errorf("%w: %s has layout %d and genesis version %d, this build has %d and %d; use the build that made it, or start with --fresh to throw its chains away",
			ErrVersion, dir, m.Version, m.GenesisVersion, want.Version, want.GenesisVersion)
	}
	return nil
}

// mark writes the marker if it is not there.
func (f *folder) mark() error {
	path := filepath.Join(f.dir, markerFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	b, err := json.MarshalIndent(marker{FolderVersion, core.GenesisVersion}, "", "  ")
	if err != nil {
		return fmt.Errorf("devnet: marker: %w", err)
	}
	return writeFile(path, append(b, '\n'))
}

// empty removes everything but the lock, the marker last, so that a killed --fresh can be started again.
func (f *folder) empty() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("devnet: empty folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() == lockFile || e.Name() == markerFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(f.dir, e.Name())); err != nil {
			return fmt.Errorf("devnet: empty folder: %w", err)
		}
	}
	if err := os.Remove(filepath.Join(f.dir, markerFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("devnet: empty folder: %w", err)
	}
	return nil
}

// Close unlocks the folder.
func (f *folder) Close() error { return f.lock.Close() }

// path is a place in the folder.
func (f *folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.dir}, parts...)...)
}

// writeFile replaces a file so that a crash leaves either the old or the new content.
func writeFile(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("devnet: write %s: %w", path, err)
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("devnet: write %s: %w", path, err), os.Remove(tmp.Name()))
	}
	return nil
}
