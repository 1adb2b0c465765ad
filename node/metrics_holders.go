package node

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// holdersMetrics are what the node counts of asking the validators who keeps what it was sent, and of answering them.
type holdersMetrics struct {
	wait prometheus.Histogram
	few  prometheus.Counter
}

func newHoldersMetrics(n *Node) *holdersMetrics {
	m := &holdersMetrics{
		wait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_gateway_accept_wait_seconds", Help: "Time that an answer waited until enough validators keep what was sent, or until it said that they do not.",
			Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
		}),
		few: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_gateway_few_hold_total", Help: "Entries whose answer said that too few validators keep them, so that they may be lost with this node.",
		}),
	}
	count := func(read func(comet.HoldersCounters) uint64) func() float64 {
		return func() float64 { return float64(read(n.engine.HoldersCounters())) }
	}
	n.metrics.registry.MustRegister(m.wait, m.few,
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "lockstep_ordering_holders_asked_total", Help: "Entries of which this node asked a validator whether it keeps them; each validator and question counts.",
		}, count(func(c comet.HoldersCounters) uint64 { return c.Asked })),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "lockstep_ordering_holders_heard_total", Help: "Those among them that were answered.",
		}, count(func(c comet.HoldersCounters) uint64 { return c.Heard })),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "lockstep_ordering_holders_answered_total", Help: "Entries of which this node told a peer whether it keeps them.",
		}, count(func(c comet.HoldersCounters) uint64 { return c.Answered })),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "lockstep_ordering_holders_dropped_total", Help: "Entries of which peers asked faster than this node answers.",
		}, count(func(c comet.HoldersCounters) uint64 { return c.Dropped })))
	return m
}

// waited notes a wait that began at a time.
func (m *holdersMetrics) waited(began time.Time, a gateway.Acceptance) {
	m.wait.Observe(time.Since(began).Seconds())
	if !a.Safe {
		m.few.Inc()
	}
}
