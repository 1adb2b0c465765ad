package snapshot

import "errors"

var (
	// ErrBad: a peer's snapshot is damaged, forged, of another network, or larger than allowed. The peer is not asked again.
	ErrBad = errors.New("snapshot: not a good one")
	// ErrContradicts: a peer or the node's own log is of another history than the checkpoint that is trusted.
	ErrContradicts = errors.New("snapshot: contradicts the trusted checkpoint")
	// ErrNone: no peer has a snapshot that helps.
	ErrNone = errors.New("snapshot: none to be had")
	// ErrNotFound: the archive does not hold it (any more).
	ErrNotFound = errors.New("snapshot: not kept")
	// ErrPeer: a peer does not answer as it should, or too slowly. Others are asked first from then on.
	ErrPeer = errors.New("snapshot: peer fails")
)
