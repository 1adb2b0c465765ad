package snapshot

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Path is where snapshots are served.
const Path = "/snapshots"

// maxTransfers bounds the chunks that are being read at a time.
const maxTransfers = 8

// Offer is what a node says of its snapshots, and of how far it can help without one.
type Offer struct {
	Network core.NetworkID `json:"networkId"`
	// Head is the node's newest tick, BlocksFrom the oldest one that its engine can hand to a node that lags.
	Head       uint64 `json:"head"`
	BlocksFrom uint64 `json:"blocksFrom"`
	// Ticks are those of its snapshots, newest first.
	Ticks []uint64 `json:"ticks"`
}

// Handler serves an archive under Path. reach gives Head and BlocksFrom.
func (a *Archive) Handler(reach func() (head, blocksFrom uint64)) http.Handler {
	mux, transfers := http.NewServeMux(), make(chan struct{}, maxTransfers)
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, _ *http.Request) {
		ticks, err := a.Ticks()
		if err != nil {
			respond(w, nil, err)
			return
		}
		head, from := reach()
		b, err := json.Marshal(Offer{a.network, head, from, ticks})
		respond(w, b, err)
	})
	mux.HandleFunc("GET "+Path+"/{tick}/manifest", func(w http.ResponseWriter, r *http.Request) {
		tick, _ := strconv.ParseUint(r.PathValue("tick"), 10, 64)
		b, err := a.manifest(tick)
		respond(w, b, err)
	})
	mux.HandleFunc("GET "+Path+"/{tick}/chunk/{hash}", func(w http.ResponseWriter, r *http.Request) {
		select {
		case transfers <- struct{}{}:
			defer func() { <-transfers }()
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many transfers", http.StatusServiceUnavailable)
			return
		}
		tick, _ := strconv.ParseUint(r.PathValue("tick"), 10, 64)
		b, err := a.chunk(tick, common.HexToHash(r.PathValue("hash")))
		respond(w, b, err)
	})
	return mux
}

func respond(w http.ResponseWriter, b []byte, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		http.Error(w, "not kept", http.StatusNotFound)
	case err != nil:
		http.Error(w, "not readable", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(b) // who went away needs no answer
	}
}
