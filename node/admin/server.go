package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// maxScrapes is how many requests for /metrics are answered at a time.
	maxScrapes = 4
	// writeTimeout bounds a profile and a trace.
	writeTimeout = 3 * time.Minute
	drainTimeout = 2 * time.Second
)

// ErrPort: the private port cannot be opened.
var ErrPort = errors.New("admin: private port")

// Deps are what the node tells.
type Deps struct {
	Metrics *prometheus.Registry
	// Health and Ready answer /healthz and /readyz.
	Health, Ready http.Handler
	// Debug are the servers of debug_* of each rollup. They belong to the server from New on; they must be nil without Config.Debug.
	Debug map[core.RollupID]*rpc.Server
	// Control answers paths of its own below a prefix such as /opstack/; nil for none.
	Control map[string]http.Handler
	Logger  *slog.Logger
}

// Server is the private listener.
type Server struct {
	listener net.Listener
	server   *http.Server
	debug    map[core.RollupID]*rpc.Server
	log      *slog.Logger
	closed   func() error
}

// New opens the port, which must be configured, and serves nothing yet. A server that is not run must be closed.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: listen on %s: %w", ErrPort, cfg.Listen, err)
	}
	s := &Server{listener: l, debug: deps.Debug, log: deps.Logger.With("stage", "admin")}
	s.closed = sync.OnceValue(s.closeAll)
	var handler http.Handler = s.routes(deps)
	if !cfg.AllowRemote {
		handler = local(handler)
	}
	s.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: writeTimeout,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// routes is a table of its own: net/http/pprof registers itself with the default one, which nothing serves.
func (s *Server) routes(deps Deps) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(deps.Metrics, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	mux.Handle("GET /healthz", deps.Health)
	mux.Handle("GET /readyz", deps.Ready)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	for prefix, handler := range deps.Control {
		mux.Handle(prefix, handler)
	}
	for id, server := range s.debug {
		mux.Handle("POST /rollup/"+id.String(), server)
	}
	return mux
}

// local answers requests that name this machine by an address or as localhost: a web page whose name is made to point here
// is refused.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if len(host) > 1 && host[0] == '[' {
			host = host[1 : len(host)-1]
		}
		if !loopback(host) {
			http.Error(w, fmt.Sprintf("this port is addressed as localhost or by a loopback address, not as %q", r.Host), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Addr is the address of the open port.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Run serves until ctx ends. It returns nil then, and an error when the port fails.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() }) // Serve tells what there is to tell
	defer stop()
	s.log.Info("private listener", "address", s.Addr().String())
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%w: serve: %w", ErrPort, err)
	}
	return s.Close()
}

// Close ends all requests, at once after two seconds, and closes the port. It is idempotent.
func (s *Server) Close() error { return s.closed() }

func (s *Server) closeAll() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close()
	}
	for _, server := range s.debug {
		server.Stop()
	}
	if portErr := s.listener.Close(); portErr != nil && !errors.Is(portErr, net.ErrClosed) {
		err = errors.Join(err, portErr)
	}
	if err != nil {
		return fmt.Errorf("%w: close: %w", ErrPort, err)
	}
	return nil
}
