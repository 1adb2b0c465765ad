package snapshot

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"
)

// A peer with many forged snapshots is asked for one of them.
func TestJoin_PeerWithABadSnapshotIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	genesis := h.network.Genesis
	a, err := OpenArchive(t.TempDir(), genesis.NetworkID(), 3, 1<<30)
	require.NoError(t, err)
	for tick := range uint64(3) {
		add(t, a, tick+7, []byte("chain"))
	}
	var manifests atomic.Int64
	liar, _ := serveWith(t, a, fakeReach{from: 5, chain: h.to(9)}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/manifest") {
				manifests.Add(1)
			}
			next.ServeHTTP(w, r)
		})
	})
	j := &Joiner{
		Genesis: genesis, Home: Home{Dir: t.TempDir(), Log: "log", Engine: "ordering/data"},
		Joining: Joining{Peers: []string{liar}, MaxBytes: 1 << 30, Behind: 10}, Logger: slog.New(slog.DiscardHandler),
	}
	_, err = j.Join(t.Context(), 0)
	require.ErrorIs(t, err, ErrNone)
	require.EqualValues(t, 1, manifests.Load())
}

// forge serves a manifest made by hand, and the same bytes for every chunk.
func forge(t *testing.T, chunk []byte, parts ...Part) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/chunk/") {
			_, _ = w.Write(chunk)
			return
		}
		_ = json.NewEncoder(w).Encode(Manifest{Version: FormatVersion, Network: testNetwork, Tick: 7, Parts: parts})
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestFetch_ChunkThatStandsInManyPlacesIsOne(t *testing.T) {
	t.Parallel()
	chunk := make([]byte, ChunkSize)
	hash := common.Hash(sha256.Sum256(chunk))
	same := Part{Name: "901", Size: 64 * ChunkSize}
	for range 64 {
		same.Chunks = append(same.Chunks, hash)
	}
	url := forge(t, chunk, same)
	f := newFetcher(t, url)
	m, err := f.fetch(t.Context(), url, 7)
	require.NoError(t, err)
	require.Less(t, f.bytes.Load(), uint64(2*ChunkSize))
	got, err := io.ReadAll(f.open(&m.Parts[0]))
	require.NoError(t, err)
	require.Len(t, got, 64*ChunkSize)

	url = forge(t, chunk, same, Part{Name: "902", Size: 5, Chunks: []common.Hash{hash}})
	_, err = newFetcher(t, url).fetch(t.Context(), url, 7)
	require.ErrorIs(t, err, ErrBad, "one chunk of two sizes")
}

func TestFetch_HeadIsBounded(t *testing.T) {
	t.Parallel()
	head := Part{Name: headPart, Size: maxHead + 1, Chunks: make([]common.Hash, maxHead/ChunkSize+1)}
	url := forge(t, nil, head)
	_, err := newFetcher(t, url).fetch(t.Context(), url, 7)
	require.ErrorIs(t, err, ErrBad)
	require.ErrorContains(t, err, "head of")
}

// What is left of other snapshots does not pile up, and what the disk damaged is fetched again.
func TestFetch_FolderHoldsOneSnapshot(t *testing.T) {
	t.Parallel()
	a, _ := testArchive(t, 7)
	url, _ := serve(t, a, nil)
	f := newFetcher(t, url)
	m, err := f.fetch(t.Context(), url, 7)
	require.NoError(t, err)
	part, err := m.part("901")
	require.NoError(t, err)
	damaged := f.dir + "/" + part.Chunks[0].Hex()
	require.NoError(t, os.WriteFile(damaged, make([]byte, ChunkSize), 0o644))
	_, err = f.fetch(t.Context(), url, 7)
	require.NoError(t, err)
	b, err := os.ReadFile(damaged)
	require.NoError(t, err)
	require.Equal(t, part.Chunks[0], chunkHash(b))

	add(t, a, 8, []byte("another chain"))
	_, err = f.fetch(t.Context(), url, 8)
	require.NoError(t, err)
	kept, err := os.ReadDir(f.dir)
	require.NoError(t, err)
	require.Len(t, kept, 2, "the head and the chain of tick 8")
}
