package explorer

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// The messages of GET /explorer/live. Times are ms since the Unix epoch; ticks, lane positions, blocks, counts and rates
// are numbers; hashes and addresses are 0x hex strings. What is empty is left out.

// Hello is the first message of every stream (event "hello"): what does not change while it is open.
type Hello struct {
	NetworkID common.Hash `json:"networkId"`
	Name      string      `json:"name"`
	// Version is the build of the node that serves the page.
	Version string `json:"version"`
	// ChainID is the chain id of the ordering engine.
	ChainID string `json:"chainId"`
	// Now is the node's clock. Pages show ages by it and not by their own.
	Now uint64 `json:"now"`
	// SlotMs is the length of a slot: every rollup seals one block per slot that has a tick.
	SlotMs uint64 `json:"slotMs"`
	// FrameMs is the time between two frames.
	FrameMs uint64 `json:"frameMs"`
	// Resumed: the frames that follow continue where the stream with the Last-Event-ID broke off. If false, a page forgets
	// what it has shown: the first frames that follow are the newest seconds.
	Resumed bool         `json:"resumed"`
	Rollups []RollupInfo `json:"rollups"`
	Zones   []ZoneInfo   `json:"zones"`
	// Validators are those in force when the stream was opened, by descending power, and those that were jailed.
	Validators []ValidatorInfo `json:"validators"`
	// TotalPower is that of those in force.
	TotalPower uint64 `json:"totalPower"`
	// Buckets are the upper bounds in ms of Distribution.buckets; the last bucket has none.
	Buckets []uint64 `json:"buckets"`
}

// RollupInfo is what the registry says of a rollup.
type RollupInfo struct {
	ID   core.RollupID   `json:"id"`
	Name string          `json:"name"`
	Kind core.RollupKind `json:"kind"`
	// Zone is missing if the rollup is executed in none.
	Zone core.ZoneID `json:"zone,omitempty"`
	// RPC is the path of its Ethereum JSON-RPC at this node; missing if it has none.
	RPC string `json:"rpc,omitempty"`
}

// ZoneInfo is a set of rollups that are executed jointly.
type ZoneInfo struct {
	ID      core.ZoneID     `json:"id"`
	Rollups []core.RollupID `json:"rollups"`
}

// ValidatorInfo is a validator that is in force, or was jailed.
type ValidatorInfo struct {
	// Index is its place by descending power, which changes with the set.
	Index int `json:"index"`
	// Address is that of the key that signs checkpoints.
	Address common.Address `json:"address"`
	// ConsensusAddress is the ordering engine's name for it: 20 bytes, hex without 0x.
	ConsensusAddress string `json:"consensusAddress"`
	// Power is zero for one that was jailed.
	Power uint64 `json:"power"`
}

// Frame is what happened since the frame before (event "frame").
type Frame struct {
	// Now is the node's clock when the frame was made.
	Now  uint64 `json:"now"`
	Head Head   `json:"head"`
	// Ticks ascend. A run of empty ones is one row.
	Ticks []TickRow `json:"ticks,omitempty"`
	// Outcomes are the lane positions decided since, per rollup and tick in the order decided.
	Outcomes []OutcomeRun `json:"outcomes,omitempty"`
	// Bundles are the bundles decided since.
	Bundles []BundleOutcome `json:"bundles,omitempty"`
	// Rebuilt: a zone executes again from a tick on; what frames said of outcomes from that tick on is void.
	Rebuilt []ZoneTick `json:"rebuilt,omitempty"`
	// Dropped counts entries, bundles and outcomes that were left out of this frame because there were too many.
	Dropped uint64        `json:"dropped,omitempty"`
	Zones   []ZoneState   `json:"zones"`
	Rollups []RollupState `json:"rollups"`
	Rates   Rates         `json:"rates"`
	// Times and Validators and Pool come once a second. Validators are those in force, and those that were jailed.
	Times      *Times           `json:"times,omitempty"`
	Validators []ValidatorState `json:"validators,omitempty"`
	Pool       *PoolState       `json:"pool,omitempty"`
}

// Head is the newest tick.
type Head struct {
	Tick uint64 `json:"tick"`
	Time uint64 `json:"time"`
}

// TickRow is a tick with content, or a run of empty ones.
type TickRow struct {
	// Number and Time (consensus time) are those of the tick, or of the last one of a run.
	Number uint64 `json:"number"`
	Time   uint64 `json:"time"`
	// Empty is the length of a run of empty ticks; missing if the tick has content.
	Empty uint64    `json:"empty,omitempty"`
	Lanes []LaneAdd `json:"lanes,omitempty"`
	// Bundles are the first of the tick's, in order.
	Bundles []BundleAdd `json:"bundles,omitempty"`
	// BundleCount counts all of them.
	BundleCount uint64 `json:"bundleCount,omitempty"`
}

// LaneAdd is what a tick added to a lane.
type LaneAdd struct {
	Rollup   core.RollupID `json:"rollup"`
	FirstSeq uint64        `json:"firstSeq"`
	Count    uint64        `json:"count"`
	// Legs is how many of them, the first ones, are legs of bundles.
	Legs uint64 `json:"legs,omitempty"`
	// Entries are the first few.
	Entries []EntryBrief `json:"entries"`
}

// EntryBrief is an entry of a lane.
type EntryBrief struct {
	Seq  uint64      `json:"seq"`
	Hash common.Hash `json:"hash"`
	// Kind is "transfer" (no data), "call", "create" or "bytes" (of a rollup that is no EVM).
	Kind EntryKind `json:"kind"`
	// Bundle and Leg say whose leg it is; missing for singles.
	Bundle *common.Hash `json:"bundle,omitempty"`
	Leg    *uint32      `json:"leg,omitempty"`
}

// BundleAdd is a bundle that a tick ordered.
type BundleAdd struct {
	ID        common.Hash    `json:"id"`
	Atomicity core.Atomicity `json:"atomicity"`
	Legs      []LegPlace     `json:"legs"`
}

// LegPlace is where a leg of a bundle stands.
type LegPlace struct {
	Rollup core.RollupID `json:"rollup"`
	Seq    uint64        `json:"seq"`
}

// OutcomeRun says that consecutive positions of a lane were decided alike.
type OutcomeRun struct {
	Rollup   core.RollupID `json:"rollup"`
	FirstSeq uint64        `json:"firstSeq"`
	Count    uint64        `json:"count"`
	// Tick is the tick that decided them.
	Tick     uint64           `json:"tick"`
	Outcome  core.OutcomeCode `json:"outcome"`
	Reverted bool             `json:"reverted,omitempty"`
}

// BundleOutcome is what became of a bundle.
type BundleOutcome struct {
	ID   common.Hash `json:"id"`
	Tick uint64      `json:"tick"`
	// Outcome is the failing leg's, or "included".
	Outcome core.OutcomeCode `json:"outcome"`
	// FailingLeg and Reason say why it is void.
	FailingLeg *int   `json:"failingLeg,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// ZoneTick names a tick of a zone.
type ZoneTick struct {
	Zone core.ZoneID `json:"zone"`
	Tick uint64      `json:"tick"`
}

// ZoneState is how far a zone is.
type ZoneState struct {
	ID core.ZoneID `json:"id"`
	// Executed is this node's newest executed tick, Attested the newest tick whose results are attested.
	Executed uint64 `json:"executed"`
	Attested uint64 `json:"attested"`
	// Stopped: this node does not execute the zone any more.
	Stopped bool `json:"stopped,omitempty"`
}

// RollupState is how far a rollup is.
type RollupState struct {
	ID core.RollupID `json:"id"`
	// NextSeq is the lane's length.
	NextSeq uint64 `json:"nextSeq"`
	// Waiting counts the ordered positions without an outcome.
	Waiting uint64 `json:"waiting,omitempty"`
	// Block and BlockHash name the newest sealed block; missing if this node does not execute the rollup.
	Block     *uint64      `json:"block,omitempty"`
	BlockHash *common.Hash `json:"blockHash,omitempty"`
	// Tps1 and Tps10 are entries ordered per second over the last 1 s and 10 s.
	Tps1  float64 `json:"tps1"`
	Tps10 float64 `json:"tps10"`
}

// Rates are those of the whole network, per second over the last 1 s and 10 s.
type Rates struct {
	Ticks1  float64 `json:"ticks1"`
	Ticks10 float64 `json:"ticks10"`
	Tps1    float64 `json:"tps1"`
	Tps10   float64 `json:"tps10"`
}

// Times are how long entries took to reach their levels at this node, over the last 60 s.
type Times struct {
	// Accepted are measured from when this node took the entry from a client: what a user here waits. They are empty while
	// nobody submits at this node.
	Accepted LevelDistributions `json:"accepted"`
	// Proposed are measured from the consensus time of the tick that ordered the entry, for all entries.
	Proposed LevelDistributions `json:"proposed"`
}

// LevelDistributions has one distribution for each level.
type LevelDistributions struct {
	Ordered  Distribution `json:"ordered"`
	Executed Distribution `json:"executed"`
	Attested Distribution `json:"attested"`
}

// Distribution is a histogram of times with quantiles estimated from it, in ms; all zero if count is.
type Distribution struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	// Buckets count the entries between a bound of Hello.buckets and the one before it; there is one bucket more than bounds.
	Buckets []uint64 `json:"buckets"`
}

// ValidatorState is what the votes of the newest ticks say about a validator.
type ValidatorState struct {
	Index   int            `json:"index"`
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
	// Votes holds a letter for each of the newest ticks, at most 64, the newest last: "1" the vote was handed on, "0" it was
	// not, "-" the validator was not in the set.
	Votes string `json:"votes"`
	// Share is the part of the newest ticks (at most 1000) whose commit has its vote, 0 to 1.
	Share float64 `json:"share"`
	// LastVote is the newest tick whose commit has its vote; Lag how many ticks that is behind the newest commit known.
	LastVote uint64 `json:"lastVote"`
	Lag      uint64 `json:"lag"`
	// Attests are the newest ticks whose results it has named, per zone.
	Attests []ZoneTick `json:"attests,omitempty"`
	// Jailed: it signed twice and has left for good.
	Jailed bool `json:"jailed,omitempty"`
}

// PoolState counts what waits at this node to be ordered.
type PoolState struct {
	// Pending transactions can be ordered now, queued ones wait for an earlier nonce.
	Pending uint64 `json:"pending"`
	Queued  uint64 `json:"queued"`
	Bundles uint64 `json:"bundles"`
	Bytes   uint64 `json:"bytes"`
}
