package laneapi

import (
	"context"
	"path"

	"connectrpc.com/connect"
	"github.com/prometheus/client_golang/prometheus"
)

// meters are what the API counts. Methods are those of the service, codes those of Connect, "ok" for success.
type meters struct {
	requests *prometheus.CounterVec
	streams  prometheus.Gauge
	waiters  prometheus.Gauge
	ticks    prometheus.Counter
}

func newMeters(registry *prometheus.Registry) *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_gateway_lane_requests_total", Help: "Calls of the API for rollup nodes that have ended, by method and result.",
		}, []string{"method", "code"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lockstep_gateway_lane_streams", Help: "Open streams of lanes.",
		}),
		waiters: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lockstep_gateway_lane_waiters", Help: "Calls that wait for a cut to be known.",
		}),
		ticks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_gateway_lane_ticks_total", Help: "Ticks with entries that were sent on streams.",
		}),
	}
	registry.MustRegister(m.requests, m.streams, m.waiters, m.ticks)
	return m
}

// ended counts a call.
func (m *meters) ended(procedure string, err *connect.Error) {
	code := "ok"
	if err != nil {
		code = err.Code().String()
	}
	m.requests.WithLabelValues(path.Base(procedure), code).Inc()
}

// interceptor counts every call, and answers its error as clients may see it.
func (s *Server) interceptor() connect.Interceptor { return interceptor{s} }

type interceptor struct{ server *Server }

func (i interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		res, err := next(ctx, req)
		return res, i.end(req.Spec().Procedure, err)
	}
}

func (i interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		return i.end(conn.Spec().Procedure, next(ctx, conn))
	}
}

func (i interceptor) end(procedure string, err error) error {
	if err == nil {
		i.server.meters.ended(procedure, nil)
		return nil
	}
	answer := i.server.answer(err)
	i.server.meters.ended(procedure, answer)
	return answer
}
