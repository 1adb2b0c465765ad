package comet

import "errors"

var (
	// ErrConfig: the configuration cannot work; the text lists every problem.
	ErrConfig = errors.New("ordering: bad configuration")
	// ErrKeys: a key file is missing, damaged, or of another type than ed25519.
	ErrKeys = errors.New("ordering: bad key file")
	// ErrForeign: the home folder or the engine's genesis belongs to another network.
	ErrForeign = errors.New("ordering: data of another network")
	// ErrRetry is for Pool.Insert: the batch may be good but cannot be taken now; the engine lets it be offered again.
	ErrRetry = errors.New("ordering: try again later")
	// ErrSnapshot: what should be an engine's snapshot is damaged, forged, or of another tick than the ledger.
	ErrSnapshot = errors.New("ordering: bad snapshot")
	// ErrHalted: an invariant is broken, or the engine stopped deciding. The node must stop and not go on by itself.
	ErrHalted = errors.New("ordering: halted")
	// ErrPanic: a called stage panicked; the text has the stack.
	ErrPanic = errors.New("ordering: panic")
	// ErrFollower: a follower was asked for a signature.
	ErrFollower = errors.New("ordering: a follower signs nothing")
	// ErrUsed: Run was called twice, or after Close.
	ErrUsed = errors.New("ordering: node was already run or closed")
)
