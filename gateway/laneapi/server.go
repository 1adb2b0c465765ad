package laneapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
)

// Deps are the stages behind the API, fitted together by package node.
type Deps struct {
	// Genesis says which rollups there are.
	Genesis     *core.Genesis
	Pool        Pool
	Log         Log
	Checkpoints Checkpoints
	// Holders asks the validators who keeps what was handed in; nil if they are not asked. AcceptWait bounds how long an answer waits for
	// them.
	Holders    Holders
	AcceptWait time.Duration
	// Metrics is where the API's own are registered.
	Metrics *prometheus.Registry
	Logger  *slog.Logger
}

// Pool is where entries wait to be ordered. What it refuses is an error of the gateway's table.
type Pool interface {
	AddTransaction(ctx context.Context, rollup core.RollupID, raw []byte) (common.Hash, error)
	// AddTransactions is AddTransaction for many of one rollup, each of which is taken or refused by itself.
	AddTransactions(ctx context.Context, rollup core.RollupID, raws [][]byte) ([]common.Hash, []error)
	AddBundle(ctx context.Context, b *core.Bundle, r *core.Replacement) (common.Hash, error)
	// AddOperatorEntry admits the encoding of a block or a report.
	AddOperatorEntry(ctx context.Context, enc []byte) (common.Hash, error)
}

// Holders asks the validators which of them keep an entry, in their pools or their logs.
type Holders interface {
	// Await returns as soon as validators with more than a third of the power say that they do, or the entry is ordered here, and at
	// the latest when ctx ends.
	Await(ctx context.Context, id common.Hash) gateway.Acceptance
}

// Log is the ordered log. What it returns is shared and must not be changed; what is not kept is an error of the gateway's
// table.
type Log interface {
	// Head is the newest tick.
	Head() uint64
	// Wait returns when tick n is in the log, or with ctx's error.
	Wait(ctx context.Context, n uint64) error
	// Time is the consensus time of a tick up to the head.
	Time(n uint64) (uint64, error)
	Decoded(n uint64) (*core.Tick, error)
	Lanes
}

// Lanes finds places in lanes.
type Lanes interface {
	// LaneRow is the row that holds a position, with the lane head before it; ok is false beyond the lane's end.
	LaneRow(rollup core.RollupID, seq uint64) (row core.LaneTick, before common.Hash, ok bool, err error)
	// LaneAfter is the lane after a tick up to the head.
	LaneAfter(rollup core.RollupID, tick uint64) (core.LaneState, error)
	// TickUntil is the newest tick not later than a consensus time in ms, zero if all are.
	TickUntil(timeMs uint64) (uint64, error)
}

// LaneProof is a proof of a lane at a complete checkpoint.
type LaneProof struct {
	Tick  uint64
	Lane  core.LaneHead
	Proof []byte
}

// Checkpoints finds complete checkpoints and proves lanes at them.
type Checkpoints interface {
	// Newest is the newest complete one; ok is false before the first.
	Newest() (c *core.CompleteCheckpoint, ok bool, err error)
	OfSlot(slot uint64) (c *core.CompleteCheckpoint, ok bool, err error)
	// LaneProof proves a lane at the newest complete checkpoint of a tick not above last in which that can be done; nil if
	// there is none.
	LaneProof(rollup core.RollupID, last uint64) (*LaneProof, error)
	// LaneProofAt proves it at a checkpoint; nil if the lane did not move between that and the one before.
	LaneProofAt(rollup core.RollupID, c *core.CompleteCheckpoint) (*LaneProof, error)
}

// Server answers the API. It is an http.Handler for the paths that it Serves.
type Server struct {
	cfg     Config
	deps    Deps
	network core.NetworkID
	log     *slog.Logger
	handler http.Handler
	meters  *meters

	streams chan struct{} // capacity Config.MaxStreams, taken by streams; a full one refuses
	waiters chan struct{} // capacity Config.MaxWaiters, taken by waiting calls of Cut; a full one refuses
	closed  chan struct{} // closed by Close
	close   func()
}

// New makes a server; it starts nothing.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, deps: deps, network: deps.Genesis.NetworkID(), log: deps.Logger.With("stage", "gateway"),
		meters: newMeters(deps.Metrics), streams: make(chan struct{}, cfg.MaxStreams), waiters: make(chan struct{}, cfg.MaxWaiters),
		closed: make(chan struct{}),
	}
	s.close = sync.OnceFunc(func() { close(s.closed) })
	_, s.handler = rollupv1connect.NewRollupServiceHandler(service{s},
		connect.WithReadMaxBytes(cfg.MaxMessage), connect.WithInterceptors(s.interceptor()), connect.WithRecover(s.recovered))
	return s, nil
}

// Close ends all streams and waits, so that the port's server can shut down. It is idempotent.
func (s *Server) Close() { s.close() }

const (
	servicePath = "/" + rollupv1connect.RollupServiceName + "/"
	shortPath   = "/v1/"
)

// Serves reports whether a path is one of the API: /lockstep.rollup.v1.RollupService/{Method}, which every client library
// makes of the protobuf file, and /v1/{Method}, the same for people.
func (*Server) Serves(path string) bool {
	return strings.HasPrefix(path, servicePath) || strings.HasPrefix(path, shortPath)
}

// ServeHTTP serves a request for one of the API's paths.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, short := strings.CutPrefix(r.URL.Path, shortPath); short {
		r = r.Clone(r.Context())
		r.URL.Path = servicePath + name
	}
	if r.URL.Path == rollupv1connect.RollupServiceSubscribeLaneProcedure {
		w = newPatientWriter(w, s.cfg.Patience)
	}
	r.Body = refusedBody{r.Body, s}
	s.handler.ServeHTTP(w, r)
}

// refusedBody is a request's body of which the gateway may refuse a part; the client is told why.
type refusedBody struct {
	io.ReadCloser
	s *Server
}

// Read implements io.Reader.
func (b refusedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if refusal := (*gateway.Refusal)(nil); errors.As(err, &refusal) {
		err = b.s.answer(refusal)
	}
	return n, err
}

// open is a context that ends with the request or with the server.
func (s *Server) open(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// knows refuses rollups that are not registered.
func (s *Server) knows(id uint64) (core.RollupID, error) {
	rollup := core.RollupID(id)
	if _, ok := s.deps.Genesis.Rollup(rollup); !ok {
		return 0, unknownRollup(rollup)
	}
	return rollup, nil
}
