package core

// LaneEntry is a lane position as the ordered log gives it back.
type LaneEntry struct {
	Seq uint64
	// Tick is the tick that ordered it.
	Tick uint64
	Item LaneItem
}

// Place is where an entry stands in the order.
type Place struct {
	Rollup RollupID
	Seq    uint64
	Tick   uint64
}

// BundlePlace is where a bundle stands in the order: its index among the bundles of a tick.
type BundlePlace struct {
	Tick  uint64
	Index uint32
}

// LaneTick is a row of a lane with the tick that added it.
type LaneTick struct {
	Tick uint64
	LaneRow
}
