package client

import (
	"net/http"
	"strconv"
	"sync/atomic"
)

// Headers by which a view of the network goes from one gateway to another.
const (
	tickHeader    = "Lockstep-Tick"
	minTickHeader = "Lockstep-Min-Tick"
)

// Session lets somebody who asks several gateways of a network, one after another or behind a load balancer, never see an
// older state than before: it remembers the newest tick that an answer was of, and asks for at least that one. A gateway that has not
// executed it waits for a moment, and is refused with reason "behind" after that. It is an http.RoundTripper, for one
// network, and safe for concurrent use. The zero Session begins with no tick and http.DefaultTransport.
type Session struct {
	// Transport makes the requests; nil is http.DefaultTransport. It must not be changed once the session is used.
	Transport http.RoundTripper
	tick      atomic.Uint64
}

// Tick is the newest tick that was seen.
func (s *Session) Tick() uint64 { return s.tick.Load() }

// Saw takes notice of a tick that was seen otherwise, such as in another process or by WebSocket.
func (s *Session) Saw(tick uint64) {
	before := s.tick.Load()
	for tick > before && !s.tick.CompareAndSwap(before, tick) {
		before = s.tick.Load()
	}
}

// RoundTrip implements http.RoundTripper.
func (s *Session) RoundTrip(req *http.Request) (*http.Response, error) {
	base := s.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	if tick := s.tick.Load(); tick > 0 {
		req = req.Clone(req.Context())
		req.Header.Set(minTickHeader, strconv.FormatUint(tick, 10))
	}
	res, err := base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if tick, err := strconv.ParseUint(res.Header.Get(tickHeader), 10, 64); err == nil {
		s.Saw(tick)
	}
	return res, nil
}
