package snapshot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
)

const (
	parallelChunks = 4
	requestTimeout = 30 * time.Second
	offerTimeout   = 5 * time.Second
	maxTries       = 5
	tryPause       = 300 * time.Millisecond
	progressEvery  = 5 * time.Second
	// paceWindow is over how long a peer must have brought what Joining.MinRate asks for.
	paceWindow = 30 * time.Second
)

// fetcher takes snapshots from peers into a folder of chunks.
type fetcher struct {
	network core.NetworkID
	peers   []string
	dir     string // of chunks, each named after its hash
	limit   uint64 // bytes of a snapshot
	rate    uint64 // bytes per second that a peer must bring at least, over each window
	window  time.Duration
	client  *http.Client
	log     *slog.Logger
	bytes   atomic.Uint64 // moved over the wire
}

// newClient asks peers as they are named: one that sends elsewhere is not followed.
func newClient() *http.Client {
	return &http.Client{
		Timeout: requestTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// offered is a peer with what it has.
type offered struct {
	peer string
	// head is the tick of the newest checkpoint that it has shown; the network is there at least.
	head uint64
	Offer
}

// offers asks all peers, and gives the answers in their order; those that do not answer, or whose checkpoints do not prove what
// they say, are left out.
func (f *fetcher) offers(ctx context.Context, a anchor) []offered {
	var mu sync.Mutex
	var all []offered
	var wg sync.WaitGroup
	for _, peer := range f.peers {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, offerTimeout)
			defer cancel()
			var o Offer
			b, err := f.get(ctx, peer+Path, maxManifest)
			if err == nil {
				err = json.Unmarshal(b, &o)
			}
			if err == nil && o.Network != f.network {
				err = fmt.Errorf("%w: of network %s, want %s", ErrBad, o.Network, f.network)
			}
			if err != nil {
				f.log.Warn("peer offers no snapshots", "peer", peer, "err", err)
				return
			}
			head, err := a.follow(o.Checkpoints)
			if err != nil {
				f.log.Error("peer is left out: it does not prove what it says", "peer", peer, "err", err)
				return
			}
			o.Ticks = o.Ticks[:min(len(o.Ticks), maxListed)]
			mu.Lock()
			defer mu.Unlock()
			all = append(all, offered{peer, head, o})
		})
	}
	wg.Wait()
	place := func(o offered) int { return slices.Index(f.peers, o.peer) }
	slices.SortFunc(all, func(a, b offered) int { return cmp.Compare(place(a), place(b)) })
	return all
}

// fetch brings a snapshot's chunks into the folder; those that are there already are not asked for, and those of other
// snapshots are removed, so that peers whose snapshots are never whole do not fill the disk.
func (f *fetcher) fetch(ctx context.Context, peer string, tick uint64) (*Manifest, error) {
	ctx, end := f.paced(ctx)
	m, err := f.bring(ctx, peer, tick)
	return m, end(err)
}

// paced ends a context when too little came within a window. The returned function ends it as well, and gives the error that
// counts.
func (f *fetcher) paced(ctx context.Context) (context.Context, func(error) error) {
	ctx, cancel := context.WithCancelCause(ctx)
	least := f.rate * uint64(f.window/time.Second)
	slow := fmt.Errorf("%w: less than %d bytes in %s", ErrPeer, least, f.window)
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(f.window)
		defer ticker.Stop()
		for before := f.bytes.Load(); ; {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if now := f.bytes.Load(); now-before < least {
					cancel(slow)
				} else {
					before = now
				}
			}
		}
	})
	return ctx, func(err error) error {
		tooSlow := errors.Is(context.Cause(ctx), slow)
		cancel(nil)
		wg.Wait()
		if err != nil && tooSlow {
			return slow
		}
		return err
	}
}

func (f *fetcher) bring(ctx context.Context, peer string, tick uint64) (*Manifest, error) {
	at := peer + Path + "/" + strconv.FormatUint(tick, 10)
	b, err := f.get(ctx, at+"/manifest", maxManifest)
	if err != nil {
		return nil, err
	}
	if uint64(len(b)) > f.limit {
		return nil, fmt.Errorf("%w: manifest of %d bytes, at most %d may be fetched", ErrBad, len(b), f.limit)
	}
	m, err := readManifest(b, f.network, tick, f.limit-uint64(len(b)))
	if err != nil {
		return nil, err
	}
	chunks, err := m.chunks()
	if err != nil {
		return nil, err
	}
	if err := f.tidy(chunks); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	done := f.report(ctx, tick, m.Size())
	defer done()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelChunks)
	for hash, size := range chunks {
		if ctx.Err() == nil {
			group.Go(func() error { return f.chunk(ctx, at, hash, size) })
		}
	}
	return m, group.Wait()
}

// tidy makes the folder and removes what is none of these chunks.
func (f *fetcher) tidy(chunks map[common.Hash]uint64) error {
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(f.dir)
	for _, e := range entries {
		if _, ok := chunks[common.HexToHash(e.Name())]; !ok || e.Name() != common.HexToHash(e.Name()).Hex() {
			err = errors.Join(err, os.RemoveAll(filepath.Join(f.dir, e.Name())))
		}
	}
	return err
}

// chunk brings one chunk.
func (f *fetcher) chunk(ctx context.Context, at string, hash common.Hash, size uint64) error {
	path := filepath.Join(f.dir, hash.Hex())
	if b, err := os.ReadFile(path); err == nil && uint64(len(b)) == size && chunkHash(b) == hash {
		return nil // else it did not come to the disk whole before the power failed
	}
	b, err := f.get(ctx, at+"/chunk/"+hash.Hex(), int64(size))
	if err != nil {
		return err
	}
	if uint64(len(b)) != size || chunkHash(b) != hash {
		return fmt.Errorf("%w: chunk %s has %d bytes of hash %s", ErrBad, hash, len(b), chunkHash(b))
	}
	draft := path + draftSuffix
	if err := errors.Join(os.WriteFile(draft, b, 0o644), os.Rename(draft, path)); err != nil {
		return fmt.Errorf("snapshot: keep chunk: %w", err)
	}
	return nil
}

// report says from time to time how much came; the returned function ends it.
func (f *fetcher) report(ctx context.Context, tick, size uint64) func() {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				f.log.Info("fetching a snapshot", "tick", tick, "reason", fmt.Sprintf("%d of %d bytes", f.bytes.Load(), size))
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// get reads a resource of at most limit bytes, again if the peer is busy or the connection fails.
func (f *fetcher) get(ctx context.Context, url string, limit int64) (b []byte, err error) {
	for try := range maxTries {
		var again bool
		if b, again, err = f.once(ctx, url, limit); err == nil || !again {
			return b, err
		}
		pause := time.NewTimer(tryPause << try)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil, errors.Join(ctx.Err(), err)
		case <-pause.C:
		}
	}
	return nil, err
}

func (f *fetcher) once(ctx context.Context, url string, limit int64) (b []byte, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	res, err := f.client.Do(req)
	if err != nil {
		return nil, true, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	defer func() { _ = res.Body.Close() }() // what was read is read
	if res.StatusCode != http.StatusOK {
		busy := res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable
		return nil, busy, fmt.Errorf("%w: %s answers %s", ErrPeer, url, res.Status)
	}
	b, err = io.ReadAll(io.LimitReader(io.TeeReader(res.Body, counter{&f.bytes}), limit+1))
	switch {
	case err != nil:
		return nil, true, fmt.Errorf("%w: read %s: %w", ErrPeer, url, err)
	case int64(len(b)) > limit:
		return nil, false, fmt.Errorf("%w: %s has more than %d bytes", ErrBad, url, limit)
	}
	return b, false, nil
}

// counter counts what is written to it.
type counter struct{ n *atomic.Uint64 }

// Write implements io.Writer.
func (c counter) Write(b []byte) (int, error) {
	c.n.Add(uint64(len(b)))
	return len(b), nil
}

// open reads a part from its chunks.
func (f *fetcher) open(p *Part) io.ReadCloser { return &reader{dir: f.dir, left: p.Chunks} }

// reader reads chunks one after the other.
type reader struct {
	dir  string
	left []common.Hash
	file *os.File
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	for {
		if r.file == nil {
			if len(r.left) == 0 {
				return 0, io.EOF
			}
			var err error
			if r.file, err = os.Open(filepath.Join(r.dir, r.left[0].Hex())); err != nil {
				return 0, err
			}
			r.left = r.left[1:]
		}
		n, err := r.file.Read(b)
		if n > 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := r.Close(); err != nil {
			return 0, err
		}
	}
}

// Close closes the file that is open.
func (r *reader) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

// roots are URLs without a slash at the end.
func roots(peers []string) []string {
	all := make([]string, len(peers))
	for i, peer := range peers {
		all[i] = strings.TrimRight(peer, "/")
	}
	return all
}
