package zone

import "errors"

var (
	// ErrInvariant: the zone met what cannot be; it halts rather than guess.
	ErrInvariant = errors.New("zone: invariant broken")
	// ErrDiverged: this node's result of a tick is not the attested one.
	ErrDiverged = errors.New("zone: result differs from the attested one")
	// ErrSwitchedOff: the zone died twice at the same place with this build and does not try a third time.
	ErrSwitchedOff = errors.New("zone: switched off")
	// ErrStopped: the zone no longer executes; what is asked for will not come.
	ErrStopped = errors.New("zone: stopped")
	// ErrForeign: the folder belongs to another network or zone, or to another format version.
	ErrForeign = errors.New("zone: folder is of another network, zone or version")
	// ErrCorrupt: the folder holds what this build cannot have written.
	ErrCorrupt = errors.New("zone: corrupt folder")
	// ErrNoResults: the folder does not hold the results of these ticks (yet, or any more).
	ErrNoResults = errors.New("zone: results are not kept")
	// ErrMember: a rollup joined the zone that this node is not configured for, or with another genesis than the agreed one.
	ErrMember = errors.New("zone: rollup cannot be executed by this node")
	// ErrConfig: the zone cannot be built from this configuration.
	ErrConfig = errors.New("zone: invalid configuration")
	// ErrNotReady: nothing has been executed since the start, so there is no open state to simulate on yet.
	ErrNotReady = errors.New("zone: no open state yet")
	// ErrBeginning: what should be a zone's beginning does not lead to the attested result, or has other blocks or lanes.
	ErrBeginning = errors.New("zone: not a beginning of the zone")
)
