package deployment

import "errors"

var (
	// ErrWrongRollup: the endpoint is that of another chain, or the rollup is not one of the zone.
	ErrWrongRollup = errors.New("deployment: not the rollup")
	// ErrNoFactory: the rollup has no CREATE2 factory at its usual address.
	ErrNoFactory = errors.New("deployment: no CREATE2 factory")
	// ErrFailed: a transaction was executed and did not create its contract.
	ErrFailed = errors.New("deployment: contract not created")
)
