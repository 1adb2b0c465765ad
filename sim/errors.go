package sim

import (
	"errors"
	"fmt"
)

var (
	// ErrConfig: the configuration is not usable.
	ErrConfig = errors.New("sim: bad configuration")
	// ErrDied is what a crashing validator's zone returns; it never leaves the package.
	errDied = errors.New("sim: the process died")
)

// Violation says which promise was broken, when and by whom.
type Violation struct {
	// Invariant is its name in docs/guides/simulator.md.
	Invariant string `json:"invariant"`
	// Tick is the newest decided tick.
	Tick uint64 `json:"tick"`
	// Validator is the one that showed it, -1 for the network as a whole.
	Validator int    `json:"validator"`
	Detail    string `json:"detail"`
}

func (v *Violation) Error() string {
	who := "the network"
	if v.Validator >= 0 {
		who = fmt.Sprintf("validator %d", v.Validator)
	}
	return fmt.Sprintf("sim: %s broken at tick %d by %s: %s", v.Invariant, v.Tick, who, v.Detail)
}
