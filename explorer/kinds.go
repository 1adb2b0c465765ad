package explorer

// EntryKind says what an entry of a lane does, as far as its bytes tell.
type EntryKind string

// Kinds of entries.
const (
	// EntryTransfer moves ether and carries no data.
	EntryTransfer EntryKind = "transfer"
	EntryCall     EntryKind = "call"
	EntryCreate   EntryKind = "create"
	// EntryBytes is of a rollup that is no EVM.
	EntryBytes EntryKind = "bytes"
)

// ActivityType says what touched an account.
type ActivityType string

// Types of activity.
const (
	ActivityTransaction ActivityType = "transaction"
	ActivityTransfer    ActivityType = "transfer"
)

// Direction says on which side of an activity an account is.
type Direction string

// Directions of activity.
const (
	DirectionIn   Direction = "in"
	DirectionOut  Direction = "out"
	DirectionSelf Direction = "self"
)

// HitType says what was found by a search.
type HitType string

// Types of hits.
const (
	HitTick        HitType = "tick"
	HitTransaction HitType = "transaction"
	HitBundle      HitType = "bundle"
	HitBlock       HitType = "block"
	HitAddress     HitType = "address"
	HitRollup      HitType = "rollup"
	HitValidator   HitType = "validator"
)

// ChangeState says what became of a change of the network.
type ChangeState string

// States of a change.
const (
	// ChangePending waits for the tick with which it takes effect.
	ChangePending   ChangeState = "pending"
	ChangeEffective ChangeState = "effective"
	// ChangeRefused had been made impossible by another one.
	ChangeRefused ChangeState = "refused"
	// ChangeCancelled was given up by a later one.
	ChangeCancelled ChangeState = "cancelled"
)
