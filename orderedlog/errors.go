package orderedlog

import "errors"

var (
	// ErrNotFound: the log does not hold this tick (yet).
	ErrNotFound = errors.New("orderedlog: no such tick")
	// ErrGap: the tick does not follow the head.
	ErrGap = errors.New("orderedlog: tick does not follow the head")
	// ErrConflict: another record was appended under this number. The node must halt.
	ErrConflict = errors.New("orderedlog: tick is already recorded with other content")
	// ErrForeign: the folder belongs to another network or another format version.
	ErrForeign = errors.New("orderedlog: folder does not belong to this network")
	// ErrCorrupt: what is stored cannot be read back. The node must halt.
	ErrCorrupt = errors.New("orderedlog: damaged record")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("orderedlog: closed")
)
