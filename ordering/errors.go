package ordering

import "errors"

// Why a proposal is refused. Errors of Check wrap one of these and, where a rule of package core is broken, its sentinel;
// the text names what is wrong and where.
var (
	// ErrHeight: the proposal is not for the tick after the last committed one.
	ErrHeight = errors.New("ordering: wrong height")
	// ErrTime: the proposal's time is before that of the tick before.
	ErrTime = errors.New("ordering: time goes back")
	// ErrLayout: the tick is not a system entry, at most one control entry and one bundle section, and one section per rollup, ascending.
	ErrLayout = errors.New("ordering: wrong layout")
	// ErrDecode: a part of the tick is not a canonical encoding, or holds what cannot be decoded for its rollup.
	ErrDecode = errors.New("ordering: undecodable")
	// ErrSystemEntry: the system entry is not a valid extended commit of the tick before.
	ErrSystemEntry = errors.New("ordering: invalid system entry")
	// ErrQuorum: the system entry's votes carry no more than 2/3 of the total power.
	ErrQuorum = errors.New("ordering: system entry without a quorum")
	// ErrCap: the tick as a whole exceeds a cap of the parameters.
	ErrCap = errors.New("ordering: tick above a cap")
	// ErrDuplicate: a transaction or a bundle stands in the tick twice.
	ErrDuplicate = errors.New("ordering: duplicate within the tick")
	// ErrEntry: a single or a bundle breaks a rule that holds at every door; the wrapped error of package core says which.
	ErrEntry = errors.New("ordering: entry breaks a rule")
	// ErrParentTick: a bundle with a parentTick is not the first one of the tick after that.
	ErrParentTick = errors.New("ordering: a bundle with a parentTick may only be the first of the next tick")
	// ErrBucket: the tick declares more gas than a work bucket has left.
	ErrBucket = errors.New("ordering: work bucket over its capacity")
	// ErrExtension: the vote extension is malformed or too long.
	ErrExtension = errors.New("ordering: invalid vote extension")
	// ErrControl: the control entry may not stand in this tick; the wrapped error of package core says why.
	ErrControl = errors.New("ordering: control entry refused")
)

// Broken invariants: the node must halt.
var (
	// ErrDecidedInvalid: the engine decided a block that Check refuses.
	ErrDecidedInvalid = errors.New("ordering: decided block breaks the rules")
	// ErrLedger: the stored ledger cannot be read, or belongs to another network or tick.
	ErrLedger = errors.New("ordering: broken ledger")
	// ErrProtocol: the network follows rules that this build does not know. Nothing is broken: a newer build goes on from here.
	ErrProtocol = errors.New("ordering: this build is too old for the network")
)

// reasons name what Check and CheckExtension refuse, in a few words that stay the same.
var reasons = []struct {
	err  error
	word string
}{
	{ErrHeight, "height"}, {ErrTime, "time"}, {ErrLayout, "layout"}, {ErrDecode, "decode"}, {ErrQuorum, "quorum"},
	{ErrSystemEntry, "system_entry"}, {ErrCap, "cap"}, {ErrDuplicate, "duplicate"}, {ErrEntry, "entry"}, {ErrBucket, "bucket"},
	{ErrExtension, "extension"}, {ErrParentTick, "parent_tick"}, {ErrControl, "control"}, {ErrProtocol, "protocol"},
}

// Reason is the name of a refusal, for logs and metrics; "other" for errors that are none of this package's.
func Reason(err error) string {
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return "other"
}
