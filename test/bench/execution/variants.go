package execution

import "runtime"

const (
	zoned    = "zone, one rollup"
	stock    = "go-ethereum imports the same blocks"
	single   = "the same, without prefetching"
	archived = "the same, as an archive"
	alone    = "engine alone, one tick a block"
	both     = "zone, two rollups"
	oneCore  = "zone, one rollup, one core"
	legs     = "zone, pairs as singles"
	bundled  = "zone, pairs as bundles"
	conflict = "zone, bundles that meet in one pool on each rollup"
)

// kind is a sort of transaction, and its workloads.
type kind struct {
	name             string
	one, two         *workload
	singles, bundles *workload
	blocks           executed
}

// kinds of transactions.
const (
	transfersKind = "transfers"
	swapsKind     = "swaps"
)

var kinds = []string{transfersKind, swapsKind}

func variantsOf(o Options) ([]*variant, error) {
	var all []*variant
	swaps := plan{o.Artifacts, swapsKind, shape{o.Slots, ticksPerSlot, o.Swaps}, swap}
	for _, p := range []plan{{o.Artifacts, transfersKind, shape{o.Slots, ticksPerSlot, o.Transfers}, transfer}, swaps} {
		k, err := workloads(p)
		if err != nil {
			return nil, err
		}
		all = append(all, k.variants()...)
	}
	swaps.shape = shape{slots: 1, ticks: ticksPerSlot, txs: o.Conflicts}
	meeting, err := fill(swaps, len(rollups), asBundles)
	if err != nil {
		return nil, err
	}
	return append(all, &variant{kind: swaps.name, name: conflict, run: meeting.run}), nil
}

func workloads(p plan) (k *kind, err error) {
	k = &kind{name: p.name}
	if k.one, err = fill(p, 1, asSingles); err != nil {
		return nil, err
	}
	if k.two, err = fill(p, len(rollups), asSingles); err != nil {
		return nil, err
	}
	p.shape.txs /= 4 // the bundles of a tick are bounded in number
	if k.singles, err = fill(p, len(rollups), asSingles); err != nil {
		return nil, err
	}
	if k.bundles, err = fill(p, len(rollups), asBundles); err != nil {
		return nil, err
	}
	// The blocks that are imported are those that the zone makes.
	k.blocks, err = k.one.inZone()
	return k, err
}

func (k *kind) variants() []*variant {
	return []*variant{
		{kind: k.name, name: zoned, run: k.one.run},
		{kind: k.name, name: stock, run: func() (cost, error) { return k.one.imported(k.blocks.blocks) }},
		{kind: k.name, name: single, run: func() (cost, error) { return k.one.imported(k.blocks.blocks, withoutPrefetch) }},
		{kind: k.name, name: archived, run: func() (cost, error) { return k.one.imported(k.blocks.blocks, withoutPrefetch, asArchive) }},
		{kind: k.name, name: alone, run: func() (cost, error) { return k.one.alone(k.blocks.blocks) }},
		{kind: k.name, name: both, run: k.two.run},
		{kind: k.name, name: oneCore, run: func() (cost, error) { return onOneCore(k.one.run) }},
		{kind: k.name, name: legs, run: k.singles.run},
		{kind: k.name, name: bundled, run: k.bundles.run},
	}
}

// onOneCore runs something with one processor for everything, the collector and the database's own work included.
func onOneCore(run func() (cost, error)) (cost, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return run()
}

// run executes the workload in a zone, all of which has to be included.
func (w *workload) run() (cost, error) {
	e, err := w.inZone()
	if err != nil {
		return cost{}, err
	}
	return e.cost, e.whole(w.name)
}

// comparison is a ratio of two variants that an aim is about.
type comparison struct {
	what, aim, above, below string
	of                      func(Cost) float64
}

var comparisons = []comparison{
	{"per second and core, zone by import", "≥ 0.85", stock, zoned, processorTime},
	{"the same, by import without prefetching", "≥ 0.85", single, zoned, processorTime},
	{"the same, by import as an archive", "≥ 0.85", archived, zoned, processorTime},
	{"per second, zone by import", "", stock, zoned, wallTime},
	{"per second, two rollups by one", "≥ 1.7", zoned, both, wallTime},
	{"per second, two rollups by one on one core", "", oneCore, both, wallTime},
	{"CPU, zone by engine alone", "≤ 1.15", zoned, alone, processorTime},
	{"CPU, bundles by their legs as singles", "≤ 1.15", bundled, legs, processorTime},
}

func processorTime(c Cost) float64 { return c.CPU }

func wallTime(c Cost) float64 { return c.Wall }
