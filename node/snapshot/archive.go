package snapshot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

const (
	manifestFile = "manifest.json"
	draftSuffix  = ".draft" // of a folder that is being written
)

// Archive keeps a node's snapshots: a folder for each, named after its tick, with the manifest and a file for each chunk, named
// after its hash. One goroutine writes; any reads.
type Archive struct {
	dir     string
	network core.NetworkID
	keep    int
	rate    int
}

// OpenArchive opens the folder and removes what was left half written. keep is how many snapshots stay, rate how many
// bytes per second are written at most.
func OpenArchive(dir string, network core.NetworkID, keep, rate int) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	drafts, err := filepath.Glob(filepath.Join(dir, "*"+draftSuffix))
	for _, draft := range drafts {
		err = errors.Join(err, os.RemoveAll(draft))
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return &Archive{dir, network, keep, rate}, nil
}

// Source writes one part.
type Source struct {
	Name  string
	Write func(io.Writer) error
}

// RollupPart is the name of a rollup's part.
func RollupPart(id core.RollupID) string { return id.String() }

// Add writes a snapshot and removes those that are too many.
func (a *Archive) Add(ctx context.Context, head *Head, chains []Source) (*Manifest, error) {
	m := &Manifest{Version: FormatVersion, Network: a.network, Tick: head.Tick()}
	final := a.folder(m.Tick)
	draft := final + draftSuffix
	if err := os.MkdirAll(draft, 0o755); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	sources := append([]Source{{headPart, func(w io.Writer) error { _, err := w.Write(head.Encode()); return err }}}, chains...)
	err := func() error {
		for _, s := range sources {
			part, err := a.write(ctx, draft, s)
			if err != nil {
				return fmt.Errorf("part %s: %w", s.Name, err)
			}
			m.Parts = append(m.Parts, *part)
		}
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(filepath.Join(draft, manifestFile), b, 0o644), os.RemoveAll(final), os.Rename(draft, final))
	}()
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", errors.Join(err, os.RemoveAll(draft)))
	}
	return m, a.prune()
}

// write cuts a part into files.
func (a *Archive) write(ctx context.Context, dir string, s Source) (*Part, error) {
	cut := &cutter{dir: dir, part: Part{Name: s.Name}, pause: func(size int) error { return pause(ctx, size, a.rate) }}
	buffered := bufio.NewWriterSize(cut, ChunkSize)
	if err := errors.Join(s.Write(buffered), buffered.Flush(), cut.flush()); err != nil {
		return nil, err
	}
	return &cut.part, nil
}

// cutter writes chunks, with a pause after each.
type cutter struct {
	dir   string
	part  Part
	pause func(size int) error
	buf   []byte
}

// Write implements io.Writer.
func (c *cutter) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		n := min(len(b), ChunkSize-len(c.buf))
		c.buf, b = append(c.buf, b[:n]...), b[n:]
		if len(c.buf) == ChunkSize {
			if err := c.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

func (c *cutter) flush() error {
	if len(c.buf) == 0 {
		return nil
	}
	hash := chunkHash(c.buf)
	if err := os.WriteFile(filepath.Join(c.dir, hash.Hex()), c.buf, 0o644); err != nil {
		return err
	}
	c.part.Chunks, c.part.Size = append(c.part.Chunks, hash), c.part.Size+uint64(len(c.buf))
	size := len(c.buf)
	c.buf = c.buf[:0]
	return c.pause(size)
}

// pause is as long as that many bytes take at a rate per second.
func pause(ctx context.Context, size, rate int) error {
	timer := time.NewTimer(time.Duration(size) * time.Second / time.Duration(rate))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// prune removes all but the newest snapshots.
func (a *Archive) prune() error {
	ticks, err := a.Ticks()
	for _, tick := range ticks[min(a.keep, len(ticks)):] {
		err = errors.Join(err, os.RemoveAll(a.folder(tick)))
	}
	if err != nil {
		return fmt.Errorf("snapshot: remove old ones: %w", err)
	}
	return nil
}

// Ticks lists the ticks of the snapshots that are kept, newest first.
func (a *Archive) Ticks() (ticks []uint64, err error) {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	for _, e := range entries {
		if tick, err := strconv.ParseUint(e.Name(), 10, 64); err == nil && !strings.HasSuffix(e.Name(), draftSuffix) {
			ticks = append(ticks, tick)
		}
	}
	slices.Sort(ticks)
	slices.Reverse(ticks)
	return ticks, nil
}

func (a *Archive) folder(tick uint64) string {
	return filepath.Join(a.dir, strconv.FormatUint(tick, 10))
}

// manifest and chunk read files of a snapshot.
func (a *Archive) manifest(tick uint64) ([]byte, error) { return a.file(tick, manifestFile) }
func (a *Archive) chunk(tick uint64, hash common.Hash) ([]byte, error) {
	return a.file(tick, hash.Hex())
}

func (a *Archive) file(tick uint64, name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(a.folder(tick), name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s of tick %d", ErrNotFound, name, tick)
	}
	return b, err
}
