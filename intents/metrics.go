package intents

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what the books of a node count. The labels have closed sets of values: fates are those of orders, results those of solutions
// and of windows.
type Metrics struct {
	submitted prometheus.Counter
	refused   prometheus.Counter
	orders    *prometheus.CounterVec
	solutions *prometheus.CounterVec
	auctions  *prometheus.CounterVec
	executed  prometheus.Histogram
}

// Results of solutions.
const (
	solutionTaken  = "taken"
	solutionFailed = "failed"
	solutionLate   = "refused"
)

// NewMetrics makes and registers them; the books of several zones share them.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		submitted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_intents_submitted_total", Help: "Orders taken into the book.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_intents_refused_total", Help: "Orders refused.",
		}),
		orders: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_intents_orders_total", Help: "Orders that are over, by fate.",
		}, []string{"fate"}),
		solutions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_intents_solutions_total", Help: "Solutions offered: taken, failed in their simulation, or refused for another reason.",
		}, []string{"result"}),
		auctions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_intents_auctions_total", Help: "Windows that ended: awarded to a winner, empty, or failed because no solution simulated any more.",
		}, []string{"result"}),
		executed: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_intents_executed_seconds", Help: "Time from when an order came until its fill, or a part of it, was executed.",
			Buckets: []float64{.05, .1, .2, .3, .5, .75, 1, 2, 5, 10, 30, 60},
		}),
	}
	for _, s := range []Status{Filled, Cancelled, Expired} {
		m.orders.WithLabelValues(string(s))
	}
	for _, r := range []string{solutionTaken, solutionFailed, solutionLate} {
		m.solutions.WithLabelValues(r)
	}
	for _, w := range []windowEnd{windowEmpty, windowAwarded, windowFailed} {
		m.auctions.WithLabelValues(string(w))
	}
	registry.MustRegister(m.submitted, m.refused, m.orders, m.solutions, m.auctions, m.executed)
	return m
}

// note counts effects.
func (m *Metrics) note(out *effects, now time.Time) {
	for _, s := range out.ended {
		m.orders.WithLabelValues(string(s)).Inc()
	}
	for _, w := range out.windows {
		m.auctions.WithLabelValues(string(w)).Inc()
	}
	for _, at := range out.executed {
		m.executed.Observe(now.Sub(at).Seconds())
	}
}
