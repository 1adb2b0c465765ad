package node

import "github.com/prometheus/client_golang/prometheus"

var (
	descRoundTrip  = prometheus.NewDesc("lockstep_ordering_round_trip_seconds", "Round trip to another node on the connection that votes take, smoothed.", []string{"peer"}, nil)
	descBound      = prometheus.NewDesc("lockstep_ordering_round_trip_bound_seconds", "What nearly all round trips to another node stay below; timeouts follow from the highest one of a validator.", []string{"peer"}, nil)
	descTimeout    = prometheus.NewDesc("lockstep_ordering_timeout_seconds", "How long this node waits for a proposal, and for late votes.", []string{"step"}, nil)
	descLateRounds = prometheus.NewDesc("lockstep_ordering_late_rounds", "Rounds beyond the first one of a tick that were needed since the start of the node.", nil, nil)
)

// delayCollector tells of the connections to the other nodes. Its peers are those that this node is connected to.
type delayCollector struct{ node *Node }

// Describe implements prometheus.Collector.
func (delayCollector) Describe(out chan<- *prometheus.Desc) {
	out <- descRoundTrip
	out <- descBound
	out <- descTimeout
	out <- descLateRounds
}

// Collect implements prometheus.Collector.
func (c delayCollector) Collect(out chan<- prometheus.Metric) {
	engine := c.node.engine
	for _, d := range engine.Delays() {
		out <- prometheus.MustNewConstMetric(descRoundTrip, prometheus.GaugeValue, d.RoundTrip.Seconds(), d.Peer)
		out <- prometheus.MustNewConstMetric(descBound, prometheus.GaugeValue, d.Bound.Seconds(), d.Peer)
	}
	timeouts := engine.Timeouts()
	out <- prometheus.MustNewConstMetric(descTimeout, prometheus.GaugeValue, timeouts.Propose.Seconds(), "propose")
	out <- prometheus.MustNewConstMetric(descTimeout, prometheus.GaugeValue, timeouts.Vote.Seconds(), "vote")
	out <- prometheus.MustNewConstMetric(descLateRounds, prometheus.GaugeValue, float64(engine.LateRounds()))
}
