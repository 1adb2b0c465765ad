package explorer

import "errors"

var (
	// ErrConfig: a stage that the explorer needs is missing.
	ErrConfig = errors.New("explorer: wrong wiring")
	// ErrPruned: a lane position is older than what the log keeps.
	ErrPruned = errors.New("explorer: position is pruned")
	// ErrNotFound: there is no such thing, as far as this node knows.
	ErrNotFound = errors.New("explorer: not found")
)
