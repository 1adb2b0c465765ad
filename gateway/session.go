package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// What carries a client's view of the network from one gateway to another.
const (
	// tickHeader comes with every answer of JSON-RPC: the newest tick of the log when it was given. Nothing in the answer is
	// of a later one.
	tickHeader = "Lockstep-Tick"
	// minTickHeader goes with a request: the answer must be of a state in which this tick is executed.
	minTickHeader = "Lockstep-Min-Tick"
	// minTickQuery is the same for those who cannot set headers: WebSockets of browsers.
	minTickQuery = "minTick"
)

// minTick is the tick that a request wants to see executed, 0 for none.
func minTick(r *http.Request) (uint64, error) {
	field, text := minTickHeader, r.Header.Get(minTickHeader)
	if text == "" {
		field, text = minTickQuery, r.URL.Query().Get(minTickQuery)
	}
	if text == "" {
		return 0, nil
	}
	tick, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, &Refusal{Cause: ErrHTTP, Field: field, Have: excerpt([]byte(text)), Want: "the number of a tick, as " + tickHeader + " had it"}
	}
	return tick, nil
}

// catchUp waits up to Config.SessionWait until all zones of this node have executed a tick, or says how far they are. Of a zone that
// has stopped there is nothing to wait for: its rollups are refused by admit.
func (g *Gateway) catchUp(ctx context.Context, tick uint64) error {
	if tick == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.SessionWait)
	defer cancel()
	if err := g.deps.Log.Wait(ctx, tick); err != nil {
		return g.behindOf(ctx, tick, g.deps.Log.Head())
	}
	for _, z := range g.deps.Zones {
		if err := z.WaitExecuted(ctx, tick); err != nil && z.Err() == nil {
			return g.behindOf(ctx, tick, z.Executed())
		}
	}
	return nil
}

// behindOf says that this gateway has not come as far as the client has seen.
func (g *Gateway) behindOf(ctx context.Context, want, have uint64) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ErrTimeout
	}
	return &Refusal{
		Cause: ErrBehind, Field: minTickHeader, Have: strconv.FormatUint(have, 10), Want: "at most the newest executed tick",
		Detail: fmt.Sprintf("it has executed tick %d, and tick %d was wanted; it waited %s", have, want, g.cfg.SessionWait.Round(time.Millisecond)),
	}
}

// admitSession waits for what the client has seen elsewhere; what is refused is answered.
func (g *Gateway) admitSession(w http.ResponseWriter, r *http.Request) bool {
	tick, err := minTick(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return false
	}
	if err := g.catchUp(r.Context(), tick); err != nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, err)
		return false
	}
	return true
}

// tickWriter adds the newest tick to an answer, at the moment at which it is written, and whether what was brought is known here alone.
type tickWriter struct {
	http.ResponseWriter
	log     Log
	alone   *alone
	written bool
}

// WriteHeader implements http.ResponseWriter.
func (w *tickWriter) WriteHeader(status int) {
	if !w.written {
		w.written = true
		w.Header().Set(tickHeader, strconv.FormatUint(w.log.Head(), 10))
		if w.alone.set.Load() {
			w.Header().Set(heldHeader, "false")
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *tickWriter) Write(p []byte) (int, error) {
	if !w.written {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Flush implements http.Flusher, which the RPC server uses for answers of requests that took too long.
func (w *tickWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
