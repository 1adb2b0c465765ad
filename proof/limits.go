package proof

// Bounds of a proof. A checkpoint is made once per slot, so proofs are far below them unless checkpoints were incomplete
// for hours.
const (
	// MaxBytes bounds a proof in either encoding.
	MaxBytes = 8 << 20
	// MaxHandovers bounds the changes of the validator set between the trusted one and the proof's.
	MaxHandovers = 1024
	// MaxRows bounds the rows of a lane, from the tick of what is proven to the checkpoint.
	MaxRows = 1 << 16
	// MaxTicks bounds the ticks from an outcome's to the checkpoint's result.
	MaxTicks = 1 << 20
	// MaxItems bounds the items of a lane range.
	MaxItems = 1 << 16
	// maxNodes and maxNodeBytes bound a ledger proof: a path has 64 nibbles, a branch node 17 hashes.
	maxNodes     = 64
	maxNodeBytes = 1024
)
