package snapshot

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// Path is where snapshots are served.
const Path = "/snapshots"

// maxTransfers bounds the chunks that are being read at a time.
const maxTransfers = 8

// Offer is what a node says of its snapshots, and of how far it can help without one.
type Offer struct {
	Network core.NetworkID `json:"networkId"`
	// Checkpoints lead from the genesis to the newest complete one: those that name another set of validators, and that one. They
	// prove up to where the network is at least. Empty before the first.
	Checkpoints []proof.Handover `json:"checkpoints"`
	// BlocksFrom is the oldest tick that its engine can hand to a node that lags.
	BlocksFrom uint64 `json:"blocksFrom"`
	// Ticks are those of its snapshots, newest first.
	Ticks []uint64 `json:"ticks"`
}

// Reach is what a node has beside its snapshots. Its methods are called from any goroutine.
type Reach interface {
	// BlocksFrom and Checkpoints are those of an Offer.
	BlocksFrom() uint64
	Checkpoints() ([]proof.Handover, error)
	// Checkpoint is the complete one of a tick, or wraps ErrNotFound.
	Checkpoint(tick uint64) (*proof.Handover, error)
}

// Handler serves an archive under Path, and what else a node has for one that joins.
func (a *Archive) Handler(reach Reach) http.Handler {
	mux, transfers := http.NewServeMux(), make(chan struct{}, maxTransfers)
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, _ *http.Request) {
		ticks, err := a.Ticks()
		if err != nil {
			respond(w, nil, err)
			return
		}
		checkpoints, err := reach.Checkpoints()
		if err != nil {
			respond(w, nil, err)
			return
		}
		b, err := json.Marshal(Offer{a.network, checkpoints, reach.BlocksFrom(), ticks})
		respond(w, b, err)
	})
	mux.HandleFunc("GET "+Path+"/{tick}/checkpoint", func(w http.ResponseWriter, r *http.Request) {
		tick, _ := strconv.ParseUint(r.PathValue("tick"), 10, 64)
		h, err := reach.Checkpoint(tick)
		if err != nil {
			respond(w, nil, err)
			return
		}
		b, err := json.Marshal(h)
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
