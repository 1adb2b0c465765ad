package core

// Budget bounds what a pool may offer for one tick.
type Budget struct {
	// Tick is the number of the tick being proposed.
	Tick uint64
	// Time is its consensus time in ms.
	Time uint64
	// Bytes bounds the payload's encodings in sum.
	Bytes uint64
	// SingleGas bounds, per `evm` rollup, the declared gas of singles; a rollup without an entry has no gas left.
	SingleGas map[RollupID]uint64
	// BundleGas bounds, per zone, the declared gas of bundles.
	BundleGas map[ZoneID]uint64
}

// Candidates is what a pool offers for one tick, in the order in which it should be executed.
type Candidates struct {
	// Control is a control entry, nil for none.
	Control *Control
	Bundles []DecodedBundle
	// Sections ascend by rollup; none is empty.
	Sections []Section
}

// Empty reports whether nothing is offered.
func (c Candidates) Empty() bool {
	return c.Control == nil && len(c.Bundles) == 0 && len(c.Sections) == 0
}
