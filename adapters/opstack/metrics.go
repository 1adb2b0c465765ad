package opstack

import "github.com/prometheus/client_golang/prometheus"

// meters are the metrics of the proxy. Labels are from closed sets.
type meters struct {
	engine, added *prometheus.HistogramVec
	refused       *prometheus.CounterVec
	unanswered    prometheus.Counter
	overlooked    prometheus.Counter
	builds        *prometheus.CounterVec
	open          prometheus.Histogram
	mode          *prometheus.GaugeVec

	told, reorgs, failures prometheus.Counter
	ordered                prometheus.Histogram
	height, provenHeight   prometheus.Gauge
	behind                 prometheus.Gauge

	fill                          prometheus.Histogram
	filled, skipped, rounds, gaps prometheus.Counter
	unfilled                      prometheus.Counter
	cursor, leaving               prometheus.Gauge

	previews, previewResets, foreseen, blind, streamDropped prometheus.Counter
	previewed                                               prometheus.Histogram
	subscribers                                             prometheus.Gauge
}

func newMeters(r prometheus.Registerer) *meters {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "lockstep", Subsystem: "opstack", Name: name, Help: help}
	}
	buckets := func(name, help string, from float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Namespace: "lockstep", Subsystem: "opstack", Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(from, 2, 16)}
	}
	m := &meters{
		engine:     prometheus.NewHistogramVec(buckets("engine_seconds", "From a call's way out to the begin of the execution client's answer.", 0.0002), []string{"call"}),
		added:      prometheus.NewHistogramVec(buckets("added_seconds", "What the proxy adds to a call: all of its time but the execution client's.", 0.00002), []string{"call"}),
		refused:    prometheus.NewCounterVec(counter("refused_total", "Requests that got nothing through: for their token, their body, or because they are no HTTP calls."), []string{"reason"}),
		unanswered: prometheus.NewCounter(counter("unanswered_total", "Calls that the execution client did not answer.")),
		overlooked: prometheus.NewCounter(counter("overlooked_total", "Calls that passed while the proxy was too busy to look at them.")),
		builds:     prometheus.NewCounterVec(counter("builds_total", "Builds that op-node asked for: as a sequencer, or derived, with all transactions given."), []string{"kind"}),
		open:       prometheus.NewHistogram(buckets("build_open_seconds", "From the begin of a sequencer's build until op-node wants its payload.", 0.001)),
		mode:       prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "lockstep", Subsystem: "opstack", Name: "mode", Help: "1 for the mode that the proxy is in, 0 for the others."}, []string{"mode"}),
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "lockstep", Subsystem: "opstack", Name: name, Help: help})
	}
	m.told = prometheus.NewCounter(counter("told_total", "Blocks handed in to be ordered."))
	m.reorgs = prometheus.NewCounter(counter("reorgs_total", "Times that the chain went back, as the lane tells it."))
	m.failures = prometheus.NewCounter(counter("failures_total", "Tries to tell a block or to read the lane that failed."))
	m.ordered = prometheus.NewHistogram(buckets("ordered_seconds", "From a head's being taken until its block is seen in the lane.", 0.002))
	m.height = gauge("ordered_height", "The newest block in the lane.")
	m.provenHeight = gauge("proven_height", "The newest block of which the validators have signed that it is in the lane.")
	m.behind = gauge("behind_blocks", "Blocks up to the head that are not in the lane yet.")
	m.fill = prometheus.NewHistogram(buckets("fill_seconds", "From op-node's wanting a payload until the block that the lane fills is there.", 0.001))
	m.filled = prometheus.NewCounter(counter("filled_total", "Transactions of the lane in blocks."))
	m.skipped = prometheus.NewCounter(counter("skipped_total", "Transactions of the lane that were consumed without effect."))
	m.rounds = prometheus.NewCounter(counter("rounds_total", "Builds that were tried to fill blocks."))
	m.gaps = prometheus.NewCounter(counter("gaps_total", "Blocks for which the network was behind too long."))
	m.unfilled = prometheus.NewCounter(counter("unfilled_total", "Blocks of deposits alone because something failed."))
	m.cursor = gauge("cursor", "The lane position behind what the newest block took.")
	m.leaving = gauge("leaving_transactions", "Transactions of the lane that blocks take before mode shared is left; 0 while nobody wants to leave.")
	m.previews = prometheus.NewCounter(counter("previews_total", "Builds of what the lane had brought so far, before op-node wanted the block."))
	m.previewResets = prometheus.NewCounter(counter("preview_resets_total", "Times that what the stream had told became void."))
	m.foreseen = prometheus.NewCounter(counter("foreseen_total", "Blocks that a preview had made when op-node wanted them."))
	m.blind = prometheus.NewCounter(counter("preview_blind_total", "Messages of the stream without receipts, because the execution client did not give them."))
	m.previewed = prometheus.NewHistogram(buckets("preview_seconds", "From the reading of a tick with transactions until the stream has told them.", 0.001))
	m.subscribers = gauge("stream_subscribers", "Subscribers of the stream.")
	m.streamDropped = prometheus.NewCounter(counter("stream_dropped_total", "Subscribers that were dropped because they were too slow."))
	for _, k := range kinds {
		m.engine.WithLabelValues(string(k))
		m.added.WithLabelValues(string(k))
	}
	for _, reason := range []string{"token", "upgrade", "body"} {
		m.refused.WithLabelValues(reason)
	}
	for _, kind := range []string{buildSequencer, buildDerived} {
		m.builds.WithLabelValues(kind)
	}
	r.MustRegister(m.engine, m.added, m.refused, m.unanswered, m.overlooked, m.builds, m.open, m.mode,
		m.told, m.reorgs, m.failures, m.ordered, m.height, m.provenHeight, m.behind,
		m.fill, m.filled, m.skipped, m.rounds, m.gaps, m.unfilled, m.cursor, m.leaving,
		m.previews, m.previewResets, m.foreseen, m.blind, m.previewed, m.subscribers, m.streamDropped)
	return m
}

const (
	buildSequencer = "sequencer"
	buildDerived   = "derived"
)

// inMode says which mode it is.
func (m *meters) inMode(mode Mode) {
	for _, one := range Modes() {
		value := 0.0
		if one == mode {
			value = 1
		}
		m.mode.WithLabelValues(string(one)).Set(value)
	}
}

// leave says what the way out of Shared waits for; nil for no such way.
func (m *meters) leave(l *Leaving) {
	if l == nil {
		l = new(Leaving)
	}
	m.leaving.Set(float64(l.Waiting))
}
