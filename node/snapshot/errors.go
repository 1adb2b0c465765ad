package snapshot

import "errors"

var (
	// ErrBad: a peer's snapshot is damaged, forged, of another network, or larger than allowed. The peer is not asked again.
	ErrBad = errors.New("snapshot: not a good one")
	// ErrNone: no peer has a snapshot that helps.
	ErrNone = errors.New("snapshot: none to be had")
	// ErrNotFound: the archive does not hold it (any more).
	ErrNotFound = errors.New("snapshot: not kept")
	// ErrPeer: a peer does not answer as it should.
	ErrPeer = errors.New("snapshot: peer fails")
)
