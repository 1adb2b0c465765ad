package explorer

import (
	"net/http"
	"time"
)

// startWith is how many of the newest messages a new page gets: five seconds, so that it does not begin empty.
const startWith = 25

// serveLive streams messages to one page until it goes, falls behind, or the node ends.
func (x *Explorer) serveLive(w http.ResponseWriter, r *http.Request) {
	select {
	case x.streams <- struct{}{}:
		defer func() { <-x.streams }()
	default:
		w.Header().Set("Retry-After", "5")
		fail(w, http.StatusServiceUnavailable, "too many pages are open at this node, try again later")
		return
	}
	place, resumed := x.backlog.after(r.Header.Get("Last-Event-ID"), startWith)
	hello, err := event("", "hello", x.hello(resumed))
	if err != nil {
		x.failInternal(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not collect messages
	// The server's limits are for requests that end; a stream has a time limit for each message instead.
	out := stream{w: w, control: http.NewResponseController(w), timeout: x.cfg.WriteTimeout}
	if out.control.SetReadDeadline(time.Time{}) != nil || !out.send([]byte("retry: 1000\n\n"), hello) {
		return
	}
	for {
		messages, grown, ok := x.backlog.read(place)
		if !ok || !out.send(messages...) {
			return
		}
		place += uint64(len(messages))
		select {
		case <-grown:
		case <-r.Context().Done():
			return
		case <-x.done:
			return
		}
	}
}

// stream writes to one page.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

// send reports whether the page has taken the messages in time.
func (s *stream) send(messages ...[]byte) bool {
	if len(messages) == 0 {
		return true
	}
	if s.control.SetWriteDeadline(time.Now().Add(s.timeout)) != nil {
		return false
	}
	for _, m := range messages {
		if _, err := s.w.Write(m); err != nil {
			return false
		}
	}
	return s.control.Flush() == nil
}

// hello is the first message of a stream.
func (x *Explorer) hello(resumed bool) Hello {
	h := x.fixed
	h.Now, h.Resumed = x.now(), resumed
	h.Rollups, h.Zones = x.registry()
	x.live.seat(x.deps.Ledger)
	x.live.mu.Lock()
	defer x.live.mu.Unlock()
	h.Validators, h.TotalPower = x.live.voters.infos()
	return h
}
