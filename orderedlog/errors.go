package orderedlog

import "errors"

var (
	// ErrNotFound: the log does not hold this tick (yet).
	ErrNotFound = errors.New("orderedlog: no such tick")
	// ErrPruned: the tick was in the log and is older than what the node keeps; the text names the oldest kept.
	ErrPruned = errors.New("orderedlog: tick is pruned")
	// ErrGap: the tick does not follow the head.
	ErrGap = errors.New("orderedlog: tick does not follow the head")
	// ErrConflict: another record was appended under this number. The node must halt.
	ErrConflict = errors.New("orderedlog: tick is already recorded with other content")
	// ErrForeign: the folder belongs to another network or another format version.
	ErrForeign = errors.New("orderedlog: folder does not belong to this network")
	// ErrCorrupt: what is stored cannot be read back; the text names the folder or the tick. The node must halt.
	ErrCorrupt = errors.New("orderedlog: damaged")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("orderedlog: closed")
)
