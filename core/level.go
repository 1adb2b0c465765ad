package core

import "fmt"

// Level says how far an entry has come; from Ordered (its order) and Attested (its result) nothing ever goes back.
type Level uint8

const (
	// LevelUnknown: this node has never heard of it.
	LevelUnknown Level = iota
	// LevelAccepted: in this node's pool; one node's claim.
	LevelAccepted
	// LevelOrdered: its place in the lane is final.
	LevelOrdered
	// LevelExecuted: this node knows the result; one node's claim.
	LevelExecuted
	// LevelAttested: the result is signed by more than 2/3 of the power.
	LevelAttested
	// LevelPosted: its data is on L1 or the DA layer, agreed by the network.
	LevelPosted
	// LevelFinal: final on L1.
	LevelFinal
)

var levelNames = [...]string{"unknown", "accepted", "ordered", "executed", "attested", "posted", "final"}

// String is the name used in RPC.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a level's name.
func (l *Level) UnmarshalText(text []byte) error {
	for i, name := range levelNames {
		if name == string(text) {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("core: unknown level %q", text)
}
