package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/core"
)

// maxScrapes is how many requests for /metrics are answered at a time.
const maxScrapes = 4

// meters are what the gateway counts. Labels have closed sets of values: endpoints are "network" and "rollup", transports
// "http" and "websocket", reasons the limits and those of core's outcome codes, rollups those of the registry.
type meters struct {
	requests   *prometheus.CounterVec
	refused    prometheus.Counter
	limits     *prometheus.CounterVec
	active     *prometheus.GaugeVec
	interval   prometheus.Histogram
	ticks      prometheus.Counter
	entries    *prometheus.CounterVec
	outcomes   *prometheus.CounterVec
	lastSeenAt time.Time // of the log's follower alone
}

func newMeters(registry *prometheus.Registry, g *Gateway) *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_gateway_requests_total", Help: "HTTP requests and WebSocket connections that were served.",
		}, []string{"endpoint", "transport"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_gateway_unserved_total", Help: "Requests answered 503 because a zone executes again or has stopped.",
		}),
		limits: newRefusals(registry),
		active: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lockstep_gateway_active", Help: "Requests and WebSocket connections being served.",
		}, []string{"endpoint", "transport"}),
		interval: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_ordering_tick_interval_seconds", Help: "Time between two ticks as this node sees them in its log.",
			Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10},
		}),
		ticks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_ordering_ticks_total", Help: "Ticks since the start of the node.",
		}),
		entries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_ordering_entries_total", Help: "Lane positions ordered since the start of the node, bundle legs included.",
		}, []string{"rollup"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_zone_outcomes_total", Help: "Lane positions decided since the start of the node, by outcome.",
		}, []string{"rollup", "outcome"}),
	}
	subscribers := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "lockstep_gateway_subscribers", Help: "Subscriptions of all WebSockets.",
	}, func() float64 { return float64(g.subscriptions.Load()) })
	waiters := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "lockstep_gateway_waiters", Help: "Calls that wait for a level.",
	}, func() float64 { return float64(g.waiters.size()) })
	registry.MustRegister(m.requests, m.refused, m.active, m.interval, m.ticks, m.entries, m.outcomes, subscribers, waiters)
	return m
}

// newRefusals registers the counter of refusals because of limits.
func newRefusals(registry *prometheus.Registry) *prometheus.CounterVec {
	limits := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lockstep_gateway_refusals_total", Help: "What was refused because of a limit of the gateway; the reason is the setting.",
	}, []string{"reason"})
	for _, name := range limitNames {
		limits.WithLabelValues(name)
	}
	registry.MustRegister(limits)
	return limits
}

// exceeded counts a refusal because of a limit.
func (m *meters) exceeded(limit string) { m.limits.WithLabelValues(limit).Inc() }

// request counts a request; the result ends it.
func (m *meters) request(to *mount, websocket bool) (done func()) {
	endpoint, transport := "network", "http"
	if to.rollup != nil {
		endpoint = "rollup"
	}
	if websocket {
		transport = "websocket"
	}
	m.requests.WithLabelValues(endpoint, transport).Inc()
	active := m.active.WithLabelValues(endpoint, transport)
	active.Inc()
	return active.Dec
}

// ordered counts a tick.
func (m *meters) ordered(record *core.TickRecord, now time.Time) {
	if !m.lastSeenAt.IsZero() {
		m.interval.Observe(now.Sub(m.lastSeenAt).Seconds())
	}
	m.lastSeenAt = now
	m.ticks.Inc()
	for _, row := range record.Lanes {
		m.entries.WithLabelValues(row.Rollup.String()).Add(float64(row.Count))
	}
}

// executed counts what a tick decided.
func (m *meters) executed(fates []Fate) {
	for _, f := range fates {
		m.outcomes.WithLabelValues(f.Rollup.String(), f.Code.String()).Inc()
	}
}

// size is the number of waiting calls.
func (w *waiters) size() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}
