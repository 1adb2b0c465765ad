package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
)

// Relay is a gateway that stands alone: it has no copy of the network, and forwards clients to the gateways of nodes. The limits
// of the door are its own; what it forwards, the gateways behind it judge and answer. It follows that it can be trusted
// as much as they are.
type Relay struct {
	door
	deps      RelayDeps
	log       *slog.Logger
	listener  *limitedListener
	server    *http.Server
	upstreams *upstreams
	proxy     *httputil.ReverseProxy
	metrics   http.Handler
	serving   sync.WaitGroup
	draining  chan struct{}
}

// RelayDeps is what a Relay is told by its node.
type RelayDeps struct {
	// Network is the id that every gateway behind must have, as text.
	Network string
	// Listener is the open port, see Listen; nil lets NewRelay open it.
	Listener net.Listener
	// Metrics collects what /metrics shows; nil for a registry of the relay's own.
	Metrics *prometheus.Registry
	Version string
	Logger  *slog.Logger
}

// NewRelay checks the configuration and opens the port; it asks nobody anything yet. Close must be called if Run is not.
func NewRelay(cfg Config, behind RelayConfig, deps RelayDeps) (*Relay, error) {
	if err := errors.Join(cfg.Validate(), behind.Validate()); err != nil {
		return nil, err
	}
	if deps.Logger == nil || deps.Network == "" {
		return nil, fmt.Errorf("%w: network and logger are required", ErrWiring)
	}
	if deps.Metrics == nil {
		deps.Metrics = prometheus.NewRegistry()
	}
	r := &Relay{deps: deps, log: deps.Logger.With("stage", "relay"), draining: make(chan struct{})}
	r.upstreams = newUpstreams(behind, cfg.MaxLag, deps.Network, r.log)
	refusals := newRefusals(deps.Metrics)
	deps.Metrics.MustRegister(r.upstreams.requests, r.upstreams.readiness)
	r.metrics = promhttp.HandlerFor(deps.Metrics, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
	var err error
	if r.door, err = newDoor(cfg, time.Now, func(limit string) { refusals.WithLabelValues(limit).Inc() }); err != nil {
		return nil, err
	}
	if r.listener, err = r.listen(deps.Listener); err != nil {
		return nil, err
	}
	r.proxy = &httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetXForwarded() },
		Transport:     r.upstreams,
		FlushInterval: -1, // streams go on as they come
		ErrorHandler:  answerLost,
		ModifyResponse: func(res *http.Response) error {
			for name := range res.Header { // the door has said who may read
				if strings.HasPrefix(name, "Access-Control-") {
					res.Header.Del(name)
				}
			}
			res.Header.Del("X-Content-Type-Options")
			return nil
		},
		ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelDebug),
	}
	r.server = &http.Server{
		Handler: http.HandlerFunc(r.serveHTTP), ReadHeaderTimeout: cfg.ReadHeaderTimeout, ReadTimeout: cfg.ReadTimeout, IdleTimeout: cfg.IdleTimeout,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelDebug), Protocols: new(http.Protocols),
	}
	r.server.Protocols.SetHTTP1(true)
	r.server.Protocols.SetUnencryptedHTTP2(true) // gRPC
	return r, nil
}

// Addr is the address of the open port.
func (r *Relay) Addr() net.Addr { return r.listener.Addr() }

// Close closes the port of a relay that is not run. It is idempotent.
func (r *Relay) Close() error {
	if err := r.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("relay: close port: %w", err)
	}
	return nil
}

// Run forwards until ctx ends, then lets requests under way finish for up to Config.DrainTimeout. It returns nil after an orderly
// shutdown, and can be called once.
func (r *Relay) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { r.upstreams.watch(ctx); return nil })
	group.Go(func() error {
		if err := r.server.Serve(r.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("relay: serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return r.drain()
	})
	r.log.Info("gateway listens", "address", r.Addr().String())
	return group.Wait()
}

// drain takes no more connections, lets requests finish, and then ends everything that is still open, WebSockets at once.
func (r *Relay) drain() error {
	close(r.draining)
	ctx, cancel := context.WithTimeout(context.Background(), r.cfg.DrainTimeout)
	defer cancel()
	err := r.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		r.log.Warn("requests were cut off at shutdown", "after", r.cfg.DrainTimeout)
		err = r.server.Close()
	}
	r.listener.closeAll()
	r.serving.Wait()
	r.upstreams.close()
	if err != nil {
		return fmt.Errorf("relay: shut down: %w", err)
	}
	return nil
}

func (r *Relay) serveHTTP(w http.ResponseWriter, req *http.Request) {
	r.serving.Add(1)
	defer r.serving.Done()
	if !r.admitHost(w, req) {
		return
	}
	switch req.URL.Path {
	case "/healthz":
		writeJSON(w, http.StatusOK, map[string]any{"ok": true})
		return
	case "/readyz":
		r.serveReady(w)
		return
	case "/metrics":
		r.metrics.ServeHTTP(w, req)
		return
	}
	req.RemoteAddr = r.proxies.remote(req)
	if !r.allow(w, req, 1) {
		return
	}
	if req.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if websocket.IsWebSocketUpgrade(req) && !r.originAllowed(req.Header.Get("Origin")) {
		refuse(w, http.StatusForbidden, &Refusal{Cause: ErrHTTP, Field: "origin", Have: excerpt([]byte(req.Header.Get("Origin"))), Want: "one of gateway.cors"})
		return
	}
	least, err := minTick(req)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	f := forwarded{client: clientOf(req.RemoteAddr), least: least}
	if isCalls(req) {
		body, release, ok := r.body(w, req)
		if !ok {
			return
		}
		defer release()
		if !r.allowBatch(w, req, body) {
			return
		}
		heads, _ := parseCalls(body)
		f.body, f.submits = body, slices.ContainsFunc(heads, callHead.submits)
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	} else {
		f.submits = req.Method != http.MethodGet && req.Method != http.MethodHead
	}
	r.proxy.ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), forwardedKey{}, f)))
}

// isCalls is whether a request's body is JSON-RPC, which is read as a whole before it goes on.
func isCalls(req *http.Request) bool {
	name, _, _ := strings.Cut(req.URL.Path, "/rollup/")
	return req.Method == http.MethodPost && (req.URL.Path == "/" || name == "")
}

// submits is whether a call changes something if it is made twice, or answers otherwise the second time.
func (h callHead) submits() bool {
	_, verb, _ := strings.Cut(h.Method, "_")
	for _, begin := range []string{"send", "submit", "replace", "cancel", "prepare"} {
		if strings.HasPrefix(verb, begin) {
			return true
		}
	}
	return false
}

// serveReady answers 200 while somebody behind is ready, otherwise 503.
func (r *Relay) serveReady(w http.ResponseWriter) {
	answer := Readiness{Reasons: []Reason{}}
	answer.Tick, answer.Ready = r.upstreams.newest()
	if !answer.Ready {
		answer.Reasons = append(answer.Reasons, Reason{Code: "noUpstream", Text: r.upstreams.why()})
	}
	select {
	case <-r.draining:
		answer.Ready = false
		answer.Reasons = append(answer.Reasons, Reason{Code: "draining", Text: "the node is shutting down"})
	default:
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, answer)
}

// answerLost answers what could not be forwarded.
func answerLost(w http.ResponseWriter, _ *http.Request, err error) {
	if !errors.Is(err, ErrNoUpstream) {
		refuse(w, http.StatusBadGateway, &Refusal{Cause: ErrUpstreamLost})
		return
	}
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusServiceUnavailable, err)
}
