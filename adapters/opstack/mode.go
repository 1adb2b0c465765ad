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
)

// Modes are all modes, in the order in which a chain goes through them.
func Modes() []Mode { return []Mode{PassThrough, Confirm} }

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
