package opstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// State is what the proxy tells those who operate it.
type State struct {
	Mode Mode `json:"mode"`
	// Leaving is there while the mode is Shared and will be another one as soon as blocks have what the lane holds.
	Leaving *Leaving `json:"leaving,omitempty"`
	// Engine says whether the execution client answers: "ok", "silent", or "unknown" before the first call.
	Engine string `json:"engine"`
	// Head is the chain's newest head that the execution client took from op-node; null before the first.
	Head *common.Hash `json:"head"`
	// HeadSince is when it was taken.
	HeadSince *time.Time `json:"headSince"`
	// Confirm is how far the network has been told; absent without an operator.
	Confirm *ConfirmState `json:"confirm,omitempty"`
	// Shared is how far the lane was taken; absent without a journal.
	Shared *SharedState `json:"shared,omitempty"`
	// Stream is what the stream of pre-confirmed blocks has said; absent without one.
	Stream *PreviewState `json:"stream,omitempty"`
}

// State is the proxy's state now.
func (a *Adapter) State() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := State{Mode: a.mode, Engine: "ok"}
	heard, missed := a.proxy.heard.Load(), a.proxy.missed.Load()
	switch {
	case heard == 0 && missed == 0:
		s.Engine = "unknown"
	case missed > heard:
		s.Engine = "silent"
	}
	if a.head != (common.Hash{}) {
		head, since := a.head, a.headAt.UTC()
		s.Head, s.HeadSince = &head, &since
	}
	if a.leaving != nil {
		leaving := *a.leaving
		s.Leaving = &leaving
	}
	if a.operator != nil {
		s.Confirm = a.confirm.view(a.operator, time.Now())
	}
	if a.filler != nil {
		s.Shared = a.filler.view()
		s.Stream = a.filler.previews.view()
	}
	return s
}

// Health answers /healthz: the process runs.
func (a *Adapter) Health() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
}

// Ready answers /readyz with the state: 503 while the execution client does not answer. The network is no part of that: calls pass
// without it, and nobody should take the proxy away from op-node because of it.
func (a *Adapter) Ready() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		state, status := a.State(), http.StatusOK
		if state.Engine == "silent" {
			status = http.StatusServiceUnavailable
		}
		answerJSON(w, status, state)
	})
}

// ControlPath is where Control belongs on the private listener.
const ControlPath = "/opstack/"

// Control answers GET /opstack/state with the state, and POST /opstack/mode, whose body is {"mode": "confirm"}, changes the mode;
// with "now": true out of Shared without waiting for blocks to take what the lane holds.
func (a *Adapter) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPath+"state", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, a.State()) })
	mux.HandleFunc("POST "+ControlPath+"mode", a.changeMode)
	// A page in a browser on this machine can reach the private listener, too.
	return http.NewCrossOriginProtection().Handler(mux)
}

// maxControl is the size of the largest request to Control.
const maxControl = 4 << 10

func (a *Adapter) changeMode(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Mode Mode `json:"mode"`
		Now  bool `json:"now"`
	}
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	in.DisallowUnknownFields()
	err := in.Decode(&wanted)
	if err == nil {
		err = a.change(wanted.Mode, wanted.Now)
	} else if !errors.Is(err, ErrMode) {
		err = fmt.Errorf(`want {"mode": one of %q}: %w`, Modes(), err)
	}
	if errors.Is(err, ErrJournal) {
		answerJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	answerJSON(w, http.StatusOK, a.State())
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who hung up does not want it
}
