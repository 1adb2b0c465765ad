package execution

import "fmt"

// Options are the sizes of the workloads.
type Options struct {
	// Artifacts is the folder with the compiled contracts.
	Artifacts string
	// Transfers and Swaps are how many there are in a block, on each rollup; Slots is how many such blocks.
	Transfers, Swaps, Slots int
	// Conflicts is how many bundles of two swaps all meet in the same two pools.
	Conflicts int
}

// ticksPerSlot is how many ticks a block's transactions lie in.
const ticksPerSlot = 10

// Validate says what is too small.
func (o Options) Validate() error {
	for name, n := range map[string]int{"transfers": o.Transfers / 40, "swaps": o.Swaps / 40, "conflicts": o.Conflicts / 10, "slots": o.Slots} {
		if n < 1 {
			return fmt.Errorf("%s: at least 40 transactions in a block, 10 bundles and 1 slot are needed", name)
		}
	}
	return nil
}
