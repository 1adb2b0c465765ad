package snapshot

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

var testNetwork core.NetworkID = common.HexToHash("0x01")

// testArchive is an archive with one snapshot of a tick, whose chain is 2.5 chunks of noise.
func testArchive(t *testing.T, tick uint64) (*Archive, []byte) {
	t.Helper()
	a, err := OpenArchive(t.TempDir(), testNetwork, 2, 1<<30)
	require.NoError(t, err)
	noise := make([]byte, ChunkSize*5/2)
	rng := rand.New(rand.NewPCG(tick, 0))
	for i := range noise {
		noise[i] = byte(rng.Uint64())
	}
	add(t, a, tick, noise)
	return a, noise
}

func add(t *testing.T, a *Archive, tick uint64, chain []byte) {
	t.Helper()
	head := new(Head)
	head.Own.Signed.Checkpoint.Tick = tick
	_, err := a.Add(t.Context(), head, []Source{{"901", func(w io.Writer) error { _, err := w.Write(chain); return err }}})
	require.NoError(t, err)
}

// serve serves an archive through wrap and counts the chunks that were asked for.
func serve(t *testing.T, a *Archive, wrap func(http.Handler) http.Handler) (url string, chunks *atomic.Int64) {
	t.Helper()
	return serveWith(t, a, fakeReach{from: 5}, wrap)
}

// fakeReach is what a peer has beside its snapshots.
type fakeReach struct {
	from   uint64
	chain  []proof.Handover // from the genesis to its newest checkpoint
	others []proof.Handover // what it says when it is asked for a checkpoint
}

func (r fakeReach) BlocksFrom() uint64                     { return r.from }
func (r fakeReach) Checkpoints() ([]proof.Handover, error) { return r.chain, nil }
func (r fakeReach) Checkpoint(tick uint64) (*proof.Handover, error) {
	for _, h := range append(r.others, r.chain...) {
		if h.Signed.Checkpoint.Tick == tick {
			return &h, nil
		}
	}
	return nil, ErrNotFound
}

func serveWith(t *testing.T, a *Archive, reach Reach, wrap func(http.Handler) http.Handler) (url string, chunks *atomic.Int64) {
	t.Helper()
	handler := a.Handler(reach)
	if wrap != nil {
		handler = wrap(handler)
	}
	chunks = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/chunk/") {
			chunks.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, chunks
}

func newFetcher(t *testing.T, peers ...string) *fetcher {
	return &fetcher{
		network: testNetwork, peers: peers, dir: filepath.Join(t.TempDir(), "chunks"), limit: 1 << 30,
		rate: 1, window: time.Hour, client: newClient(), log: slog.New(slog.DiscardHandler),
	}
}

// forging changes a byte of every chunk after the first n.
func forging(n int64) func(http.Handler) http.Handler {
	var served atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/chunk/") || served.Add(1) <= n {
				next.ServeHTTP(w, r)
				return
			}
			recorded := httptest.NewRecorder()
			next.ServeHTTP(recorded, r)
			b := recorded.Body.Bytes()
			b[len(b)/2] ^= 1
			_, _ = w.Write(b)
		})
	}
}

func TestFetch_KeepsWhatWasGoodAndGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	a, noise := testArchive(t, 7)
	liar, _ := serve(t, a, forging(2))
	good, asked := serve(t, a, nil)
	f := newFetcher(t, liar, good)
	offers := f.offers(t.Context(), anchor{genesis: new(core.Genesis)})
	require.Len(t, offers, 2)
	require.Equal(t, Offer{testNetwork, nil, 5, []uint64{7}}, offers[0].Offer)

	listed, err := a.manifest(7)
	require.NoError(t, err)
	m, err := readManifest(listed, testNetwork, 7, f.limit)
	require.NoError(t, err)
	chunks, err := m.chunks()
	require.NoError(t, err)
	require.NoError(t, f.tidy(chunks))
	came := 0
	for hash, size := range chunks { // one by one: a fetch stops at the first bad one, whatever is under way
		err := f.chunk(t.Context(), liar+Path+"/7", hash, size)
		if came++; came <= 2 {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, ErrBad)
		}
	}
	_, err = f.fetch(t.Context(), liar, 7)
	require.ErrorIs(t, err, ErrBad)
	m, err = f.fetch(t.Context(), good, 7)
	require.NoError(t, err)
	require.EqualValues(t, 2, asked.Load(), "what the other peer gave is not asked for again")
	part, err := m.part("901")
	require.NoError(t, err)
	got, err := io.ReadAll(f.open(part))
	require.NoError(t, err)
	require.True(t, bytes.Equal(noise, got))
	_, err = f.fetch(t.Context(), good, 8)
	require.ErrorIs(t, err, ErrPeer, "a snapshot that is not there")
}

func TestFetch_RefusesWhatIsTooLargeOrOfAnotherNetwork(t *testing.T) {
	t.Parallel()
	a, _ := testArchive(t, 7)
	url, _ := serve(t, a, nil)
	f := newFetcher(t, url)
	f.limit = ChunkSize
	_, err := f.fetch(t.Context(), url, 7)
	require.ErrorIs(t, err, ErrBad)
	f = newFetcher(t, url)
	f.network[0]++
	require.Empty(t, f.offers(t.Context(), anchor{genesis: new(core.Genesis)}))
	_, err = f.fetch(t.Context(), url, 7)
	require.ErrorIs(t, err, ErrBad)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for b := make([]byte, 1<<20); ; {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
	}))
	t.Cleanup(endless.Close)
	_, err = newFetcher(t).get(t.Context(), endless.URL, 1<<20)
	require.ErrorIs(t, err, ErrBad)
}

func TestArchive_KeepsTheNewestAndForgetsDrafts(t *testing.T) {
	t.Parallel()
	a, _ := testArchive(t, 7)
	add(t, a, 9, []byte("x"))
	add(t, a, 8, []byte("y"))
	ticks, err := a.Ticks()
	require.NoError(t, err)
	require.Equal(t, []uint64{9, 8}, ticks)
	_, err = a.manifest(7)
	require.ErrorIs(t, err, ErrNotFound)
	broken := errors.New("the disk is full")
	_, err = a.Add(t.Context(), new(Head), []Source{{"901", func(io.Writer) error { return broken }}})
	require.ErrorIs(t, err, broken)
	require.NoError(t, os.Mkdir(filepath.Join(a.dir, "10"+draftSuffix), 0o755))
	_, err = OpenArchive(a.dir, testNetwork, 2, 1<<30)
	require.NoError(t, err)
	entries, err := os.ReadDir(a.dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestNeeds_OnlyWhatIsProvenOrCostsNothing(t *testing.T) {
	t.Parallel()
	offer := func(proven, from uint64) offered { return offered{head: proven, Offer: Offer{BlocksFrom: from}} }
	for _, c := range []struct {
		all          []offered
		head         uint64
		stuck        bool
		needed, wait bool
	}{
		{nil, 5, false, false, false},
		{[]offered{offer(100, 6)}, 5, false, false, false},
		{[]offered{offer(100, 7)}, 5, false, false, false}, // what a peer says of its blocks is no reason to give up a log
		{[]offered{offer(100, 7)}, 5, true, true, false},
		{[]offered{offer(5, 7)}, 5, true, false, false}, // nobody shows that the network is ahead
		{[]offered{offer(2000, 1)}, 5, false, true, false},
		{[]offered{offer(1005, 1)}, 5, false, false, false},
		{[]offered{offer(2, 1)}, 5, false, false, false},
		{[]offered{offer(0, 0), offer(0, 0)}, 0, false, false, false}, // a network that begins
		{[]offered{offer(30, 7)}, 0, false, true, true},
		{[]offered{offer(30, 7), offer(30, 1)}, 0, false, false, false},
	} {
		j := &Joiner{Joining: Joining{Behind: 1000}, Stuck: c.stuck}
		needed, wait := j.needs(c.all, c.head)
		require.Equal(t, c.needed, needed, "%+v", c)
		require.Equal(t, c.wait, wait, "%+v", c)
	}
}

// A peer that does not bring anything is left after a while; the next one goes on with what came.
func TestFetch_LeavesASlowPeer(t *testing.T) {
	t.Parallel()
	a, noise := testArchive(t, 7)
	var served atomic.Int64
	slow, _ := serve(t, a, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/chunk/") && served.Add(1) > 2 {
				<-r.Context().Done()
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	f := newFetcher(t, slow)
	f.rate, f.window = 1<<32, time.Second
	_, err := f.fetch(t.Context(), slow, 7)
	require.ErrorIs(t, err, ErrPeer)
	require.ErrorContains(t, err, "in 1s")
	kept, _ := os.ReadDir(f.dir) // a slow machine has not even made it

	good, asked := serve(t, a, nil)
	f.window = time.Hour
	m, err := f.fetch(t.Context(), good, 7)
	require.NoError(t, err)
	require.EqualValues(t, 4-len(whole(kept)), asked.Load())
	part, err := m.part("901")
	require.NoError(t, err)
	got, err := io.ReadAll(f.open(part))
	require.NoError(t, err)
	require.True(t, bytes.Equal(noise, got))
}

// whole are the chunks that came in full.
func whole(entries []os.DirEntry) []os.DirEntry {
	return slices.DeleteFunc(entries, func(e os.DirEntry) bool { return strings.HasSuffix(e.Name(), draftSuffix) })
}

func TestFetch_DoesNotFollowAndCountsManifests(t *testing.T) {
	t.Parallel()
	a, _ := testArchive(t, 7)
	good, asked := serve(t, a, nil)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, good+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(elsewhere.Close)
	_, err := newFetcher(t, elsewhere.URL).fetch(t.Context(), elsewhere.URL, 7)
	require.ErrorIs(t, err, ErrPeer)
	require.Zero(t, asked.Load())

	f := newFetcher(t, good)
	m, err := f.fetch(t.Context(), good, 7)
	require.NoError(t, err)
	f.limit = m.Size()
	_, err = f.fetch(t.Context(), good, 7)
	require.ErrorIs(t, err, ErrBad)
}
