package proof

import "errors"

var (
	// ErrFormat: the proof is not of a form that this build reads, or exceeds a bound.
	ErrFormat = errors.New("proof: malformed")
	// ErrNetwork: the proof is of another network than the trusted one.
	ErrNetwork = errors.New("proof: of another network")
	// ErrCheckpoint: a checkpoint is not signed by those who have to, as far as the trusted set and the proof's handovers say.
	ErrCheckpoint = errors.New("proof: checkpoint is not trusted")
	// ErrLane: the rows do not lead to the lane head in the checkpoint's ledger.
	ErrLane = errors.New("proof: rows do not lead to the ledger's lane head")
	// ErrPosition: the item does not stand at its position of the lane.
	ErrPosition = errors.New("proof: item is not at this position")
	// ErrResult: the results do not lead to the digest in the checkpoint.
	ErrResult = errors.New("proof: results do not lead to the checkpoint's digest")
	// ErrOutcome: the outcome is not among the results of its tick.
	ErrOutcome = errors.New("proof: outcome is not among the tick's results")
	// ErrBundle: the legs are not those of the bundle, or do not belong together.
	ErrBundle = errors.New("proof: legs are not the bundle")
	// ErrUnknown: a builder's node has nothing at this place of the order.
	ErrUnknown = errors.New("proof: not in the order")
	// ErrUndecided: a builder's node does not know what became of the position yet.
	ErrUndecided = errors.New("proof: not executed yet")
	// ErrHalfBundle: everything in the proof is signed, and some legs of an execution bundle took effect and others did
	// not. That is the network breaking its promise, and the proof is the evidence.
	ErrHalfBundle = errors.New("proof: the network took half of an execution bundle")
)
