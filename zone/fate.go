package zone

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// NoLeg is Fate.FailingLeg where no leg failed.
const NoLeg = -1

// maxDetail bounds Fate.Detail in bytes.
const maxDetail = 512

// Fate is everything that is known about a decided lane position. Outcome is what the digests commit to, together with
// the tick; the rest explains it.
type Fate struct {
	core.Outcome
	// Tick is the tick that decided it: the one that ordered it, or a later one after its lane was stopped.
	Tick uint64
	// Block and Index say where an included transaction stands in its rollup's chain; zero when void.
	Block uint64
	Index uint64
	// Reverted: included with receipt status 0.
	Reverted bool
	// GasUsed is that of an included transaction.
	GasUsed uint64
	// FailingLeg is the index of the leg because of which a bundle is void, NoLeg otherwise.
	FailingLeg int
	// Detail explains a void for people; at most 512 bytes.
	Detail string
}

// LegPlace is the lane position of a bundle's leg.
type LegPlace struct {
	// Leg is its index in the bundle.
	Leg    uint64
	Rollup core.RollupID
	Seq    uint64
}

// BundlePlace is one place in the order at which a bundle stands. Legs lists those on the zone's rollups.
type BundlePlace struct {
	ID        common.Hash
	Tick      uint64
	Atomicity core.Atomicity
	Legs      []LegPlace
}

// LegFate is a leg's place with what became of it.
type LegFate struct {
	LegPlace
	// Decided is false while the leg of an inclusion bundle waits in a stopped lane.
	Decided bool
	Fate    Fate
}

// BundleFate is what became of a bundle at one place in the order.
type BundleFate struct {
	ID        common.Hash
	Tick      uint64
	Atomicity core.Atomicity
	// Code is that of the failing leg, Included if no leg failed. The legs of inclusion bundles have fates of their
	// own and none fails for the others.
	Code core.OutcomeCode
	// FailingLeg is the index of the leg because of which an execution bundle is void, NoLeg otherwise.
	FailingLeg int
	Legs       []LegFate
}

// SealRecord says how far the zone was when it sealed a slot's blocks; recovery begins at one.
type SealRecord struct {
	// Slot is the slot of the sealed blocks.
	Slot uint64
	// NextTick is the tick that caused the seal: the first one whose effects are not in the sealed blocks.
	NextTick uint64
	// Digest is the zone's digest after the tick before NextTick.
	Digest common.Hash
	// Rollups ascend by rollup.
	Rollups []RollupSeal
}

// RollupSeal is one rollup's part of a SealRecord.
type RollupSeal struct {
	Rollup core.RollupID
	Number uint64
	Hash   common.Hash
	// NextSeq is the first lane position that ticks before NextTick did not order.
	NextSeq uint64
	// FirstUnapplied is the first lane position without an outcome; NextSeq unless the lane was stopped.
	FirstUnapplied uint64
	// Leaving: the rollup is retired. It leaves the zone with NextTick, or once its lane is not stopped any more.
	Leaving bool `rlp:"optional"`
}

// TickResult is what a tick did.
type TickResult struct {
	Tick uint64
	// Time is the tick's consensus time in ms.
	Time uint64
	// Before is the zone's digest before the tick, Digest the one after it.
	Before common.Hash
	Digest common.Hash
	// Rollups are what the digest commits to, ascending by rollup.
	Rollups []core.RollupResult
	// Outcomes are those decided in this tick, ascending by rollup and per rollup in the order decided.
	Outcomes []Fate
	// Bundles are the places of the tick's bundles that touch the zone.
	Bundles []BundlePlace
	// Sealed is the seal that this tick caused; nil for most ticks.
	Sealed *SealRecord
	// Stopped are the lanes that stopped in this tick, ascending by rollup.
	Stopped []LaneStopped
}
