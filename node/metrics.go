package node

import (
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/intents"
	"github.com/lockstep-network/lockstep/zone"
)

// metrics are what the node counts of its stages, in a registry of its own: several nodes may run in one process. Names
// are lockstep_<stage>_<what>_<unit>; every label has a closed set of values.
type metrics struct {
	node       *Node
	registry   *prometheus.Registry
	rejected   *prometheus.CounterVec
	misbehaved *prometheus.CounterVec
	mismatches *prometheus.CounterVec
	stopped    *prometheus.CounterVec
	sealed     prometheus.Histogram
	levels     *prometheus.HistogramVec

	snapshots     prometheus.Histogram
	snapshotBytes prometheus.Gauge
}

func newMetrics(n *Node) *metrics {
	m := &metrics{
		node: n, registry: prometheus.NewRegistry(),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_ordering_proposals_rejected_total", Help: "Proposals that this node voted against.",
		}, []string{"reason"}),
		misbehaved: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_ordering_misbehaviour_total", Help: "Rules broken by validators and peers otherwise.",
		}, []string{"reason"}),
		mismatches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_zone_digest_mismatches_total", Help: "Results of this node that were not the attested ones.",
		}, []string{"zone"}),
		stopped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_zone_lanes_stopped_total", Help: "Times that a lane waited for the next block because its block was full.",
		}, []string{"rollup"}),
		sealed: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_zone_seal_duration_seconds", Help: "Time that sealing a slot's blocks of all rollups holds up the next tick.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2},
		}),
		levels: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lockstep_explorer_level_seconds", Help: "Time from when this node took an entry from a client until it reached a level.",
			Buckets: []float64{.01, .02, .05, .1, .2, .3, .5, .75, 1, 2, 5, 10},
		}, []string{"level"}),
		snapshots: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_node_snapshot_duration_seconds", Help: "Time to write a snapshot for nodes that join.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}),
		snapshotBytes: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lockstep_node_snapshot_bytes", Help: "Size of the newest snapshot.",
		}),
	}
	for _, level := range []core.Level{core.LevelOrdered, core.LevelExecuted, core.LevelAttested} {
		m.levels.WithLabelValues(level.String())
	}
	for _, z := range n.genesis.Zones { // those that are formed later have theirs from their first one on
		m.mismatches.WithLabelValues(z.ID.String())
	}
	m.registry.MustRegister(m.rejected, m.misbehaved, m.mismatches, m.stopped, m.sealed, m.levels, m.snapshots, m.snapshotBytes, stageCollector{n}, &diskCollector{home: n.cfg.Home}, delayCollector{n},
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector())
	return m
}

// ProposalRejected implements comet.Listener.
func (m *metrics) ProposalRejected(reason string) {
	m.rejected.WithLabelValues(reason).Inc()
	m.node.log.Warn("proposal rejected", "stage", "ordering", "reason", reason)
}

// reached notes how long an entry took to a level.
func (m *metrics) reached(level core.Level, took time.Duration) {
	m.levels.WithLabelValues(level.String()).Observe(took.Seconds())
}

// PeerMisbehaved implements comet.Listener.
func (m *metrics) PeerMisbehaved(reason string) { m.misbehaved.WithLabelValues(reason).Inc() }

// reading is a metric that is read from a stage when it is asked for.
type reading struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(*Node) float64
}

func poolReading(name, help string, kind prometheus.ValueType, read func(*Node) float64) reading {
	return reading{prometheus.NewDesc("lockstep_mempool_"+name, help, nil, nil), kind, read}
}

var poolReadings = []reading{
	poolReading("admitted_total", "Transactions and bundles admitted, local and gossiped.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Admitted) }),
	poolReading("refused_total", "Transactions and bundles refused.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Refused) }),
	poolReading("dropped_total", "Entries that left the pool without being ordered.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Dropped) }),
	poolReading("evicted_total", "Entries dropped to make room.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Evicted) }),
	poolReading("expired_total", "Entries dropped after waiting too long.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Expired) }),
	poolReading("gossip_sent_total", "Batches handed to gossip.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().GossipOut) }),
	poolReading("gossip_received_total", "Items received by gossip.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().GossipIn) }),
	poolReading("gossip_refused_total", "Items received by gossip and refused; most are known already.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().GossipRefused) }),
	poolReading("state_errors_total", "Reads of the executed state that failed.", prometheus.CounterValue,
		func(n *Node) float64 { return float64(n.pool.Counters().StateErrors) }),
	poolReading("transactions", "Single transactions held that are not ordered yet.", prometheus.GaugeValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Txs) }),
	poolReading("bundles", "Bundles held that are not ordered yet.", prometheus.GaugeValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Bundles) }),
	poolReading("bytes", "Size of the transactions and bundles that are not ordered yet.", prometheus.GaugeValue,
		func(n *Node) float64 { c := n.pool.Counters(); return float64(c.Bytes + c.BundleBytes) }),
	poolReading("ordered", "Lane positions ordered and not executed yet.", prometheus.GaugeValue,
		func(n *Node) float64 { return float64(n.pool.Counters().Ordered) }),
}

var (
	descRollupPool = prometheus.NewDesc("lockstep_mempool_rollup_transactions", "Single transactions of a rollup held that are not ordered yet.", []string{"rollup"}, nil)
	descCheckpoint = prometheus.NewDesc("lockstep_ordering_checkpoint_time_seconds", "Consensus time of the newest complete checkpoint, since the Unix epoch; missing before the first.", nil, nil)
	descSigned     = prometheus.NewDesc("lockstep_ordering_checkpoint_signed", "1 if the validator signed the newest complete checkpoint, otherwise 0; it may just have been late.", []string{"validator"}, nil)
	descPower      = prometheus.NewDesc("lockstep_ordering_checkpoint_power_ratio", "Share of the signing set's power that signed the newest complete checkpoint, from 2/3 to 1.", nil, nil)
	descPeers      = prometheus.NewDesc("lockstep_ordering_peers", "Other nodes that this one is connected to.", nil, nil)
	descUnattested = prometheus.NewDesc("lockstep_ordering_attested_lag_ticks", "Ticks in the log whose results of the zone are not attested.", []string{"zone"}, nil)
	descOldest     = prometheus.NewDesc("lockstep_orderedlog_oldest_tick", "Oldest tick in the log.", nil, nil)
	descStreams    = prometheus.NewDesc("lockstep_explorer_streams", "Explorer pages that are sent what happens.", nil, nil)
)

var (
	descIntents    = prometheus.NewDesc("lockstep_intents_open", "Orders that are open or pending.", nil, nil)
	descSolvers    = prometheus.NewDesc("lockstep_intents_subscribers", "Subscribers of the book.", nil, nil)
	descIntentWork = prometheus.NewDesc("lockstep_intents_work", "Simulations, sendings and comparisons of the book that wait or are under way.", nil, nil)
)

var descHead = prometheus.NewDesc("lockstep_orderedlog_head_tick", "Newest tick in the log.", nil, nil)

// zoneReading is a metric of every zone.
type zoneReading struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(n *Node, z *zone.Zone) float64
}

func zoneMetric(name, help string, kind prometheus.ValueType, read func(n *Node, z *zone.Zone) float64) zoneReading {
	return zoneReading{prometheus.NewDesc("lockstep_zone_"+name, help, []string{"zone"}, nil), kind, read}
}

var zoneReadings = []zoneReading{
	zoneMetric("executed_tick", "Newest executed tick.", prometheus.GaugeValue,
		func(_ *Node, z *zone.Zone) float64 { return float64(z.Executed()) }),
	zoneMetric("agreed_tick", "Newest attested tick at which this node's result is the attested one.", prometheus.GaugeValue,
		func(_ *Node, z *zone.Zone) float64 { return float64(z.Agreed()) }),
	zoneMetric("lag_ticks", "Ticks in the log that are not executed.", prometheus.GaugeValue,
		func(n *Node, z *zone.Zone) float64 { return float64(n.ticks.Head()) - float64(z.Executed()) }),
	zoneMetric("rebuilds_total", "Times that the zone went back to an attested seal since the start.", prometheus.CounterValue,
		func(_ *Node, z *zone.Zone) float64 { return float64(z.Rebuilds()) }),
	zoneMetric("off", "1 once the zone does not execute any more, otherwise 0.", prometheus.GaugeValue,
		func(_ *Node, z *zone.Zone) float64 {
			if z.Err() != nil {
				return 1
			}
			return 0
		}),
}

var descAttested = prometheus.NewDesc("lockstep_ordering_attested_tick", "Newest tick whose results of the zone are attested.", []string{"zone"}, nil)

// stageCollector reads the stages when it is asked.
type stageCollector struct{ node *Node }

// Describe implements prometheus.Collector.
func (c stageCollector) Describe(out chan<- *prometheus.Desc) {
	out <- descHead
	out <- descAttested
	out <- descRollupPool
	out <- descCheckpoint
	out <- descSigned
	out <- descPower
	out <- descPeers
	out <- descOldest
	out <- descUnattested
	out <- descStreams
	out <- descIntents
	out <- descSolvers
	out <- descIntentWork
	for _, r := range poolReadings {
		out <- r.desc
	}
	for _, r := range zoneReadings {
		out <- r.desc
	}
}

// Collect implements prometheus.Collector.
func (c stageCollector) Collect(out chan<- prometheus.Metric) {
	n := c.node
	out <- prometheus.MustNewConstMetric(descHead, prometheus.GaugeValue, float64(n.ticks.Head()))
	out <- prometheus.MustNewConstMetric(descOldest, prometheus.GaugeValue, float64(n.ticks.Oldest()))
	for id, count := range n.pool.Waiting() {
		out <- prometheus.MustNewConstMetric(descRollupPool, prometheus.GaugeValue, float64(count), id.String())
	}
	if newest, ok, err := (checkpoints{n.ticks}).Newest(); err != nil {
		out <- prometheus.NewInvalidMetric(descCheckpoint, err)
	} else if ok {
		out <- prometheus.MustNewConstMetric(descCheckpoint, prometheus.GaugeValue, float64(newest.Draft.Checkpoint.Time)/1000)
		collectSigners(out, newest.Completion)
	}
	out <- prometheus.MustNewConstMetric(descPeers, prometheus.GaugeValue, float64(n.engine.Peers()))
	if n.explorer != nil {
		out <- prometheus.MustNewConstMetric(descStreams, prometheus.GaugeValue, float64(n.explorer.Streams()))
	}
	var total intents.Stats
	for _, book := range n.books {
		stats := book.Stats()
		total.Orders, total.Subscribers, total.Work = total.Orders+stats.Orders, total.Subscribers+stats.Subscribers, total.Work+stats.Work
	}
	out <- prometheus.MustNewConstMetric(descIntents, prometheus.GaugeValue, float64(total.Orders))
	out <- prometheus.MustNewConstMetric(descSolvers, prometheus.GaugeValue, float64(total.Subscribers))
	out <- prometheus.MustNewConstMetric(descIntentWork, prometheus.GaugeValue, float64(total.Work))
	for _, r := range poolReadings {
		out <- prometheus.MustNewConstMetric(r.desc, r.kind, r.read(n))
	}
	for _, z := range n.genesis.InForce().Zones { // those that this node does not execute, too, and none that is not formed
		attested := n.machine.Attested(z.ID).Tick
		out <- prometheus.MustNewConstMetric(descAttested, prometheus.GaugeValue, float64(attested), z.ID.String())
		// The machine is a tick ahead of the log while a block is decided.
		out <- prometheus.MustNewConstMetric(descUnattested, prometheus.GaugeValue, float64(n.ticks.Head()-min(attested, n.ticks.Head())), z.ID.String())
	}
	for id, z := range n.zones {
		for _, r := range zoneReadings {
			out <- prometheus.MustNewConstMetric(r.desc, r.kind, r.read(n, z), id.String())
		}
	}
}

// collectSigners tells who signed a checkpoint, and with how much power.
func collectSigners(out chan<- prometheus.Metric, c *core.CheckpointCompletion) {
	signed := make(map[common.Address]float64, len(c.Signatures))
	for _, s := range c.Signatures {
		signed[s.Validator] = 1
	}
	var power uint64
	for _, m := range c.Set {
		power += m.Power * uint64(signed[m.Address])
		out <- prometheus.MustNewConstMetric(descSigned, prometheus.GaugeValue, signed[m.Address], m.Address.Hex())
	}
	out <- prometheus.MustNewConstMetric(descPower, prometheus.GaugeValue, float64(power)/float64(c.Set.TotalPower()))
}
