package opstack

import "fmt"

// Mode is what the proxy does beside passing calls on.
type Mode string

// The modes.
const (
	// PassThrough: nothing.
	PassThrough Mode = "pass-through"
	// Confirm: every block that becomes the chain's head is put into the chain's lane.
	Confirm Mode = "confirm"
	// Shared: the lane fills the chain's blocks, and they are told as in Confirm.
	Shared Mode = "shared"
)

// Modes are all modes, in the order in which a chain goes through them.
func Modes() []Mode { return []Mode{PassThrough, Confirm, Shared} }

// ParseMode reads a mode's name.
func ParseMode(text string) (Mode, error) {
	for _, m := range Modes() {
		if string(m) == text {
			return m, nil
		}
	}
	return "", fmt.Errorf("%w: %q is none, want one of %q", ErrMode, text, Modes())
}

// UnmarshalText is ParseMode.
func (m *Mode) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMode(string(text))
	return err
}

// Gap is what a block is made of in mode Shared when the network is behind its time.
type Gap string

// The policies.
const (
	// GapWait: the block waits for the network.
	GapWait Gap = "wait"
	// GapEmpty: the deposits alone.
	GapEmpty Gap = "empty"
	// GapLocal: the execution client's own pool. The order is not the network's then.
	GapLocal Gap = "local"
)

// Gaps are all policies.
func Gaps() []Gap { return []Gap{GapWait, GapEmpty, GapLocal} }
