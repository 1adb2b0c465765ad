package zone

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestRevertReason_DecodesWhatSolidityGives(t *testing.T) {
	word := func(hex string) string { return strings.Repeat("0", 64-len(hex)) + hex }
	for _, test := range []struct{ name, data, want string }{
		{"nothing", "", "execution reverted"},
		{"too short for a selector", "08c379", "execution reverted"},
		{"Error(string)", "08c379a0" + word("20") + word("3") + "6e6f21" + strings.Repeat("0", 58), "execution reverted: no!"},
		{"Panic(uint256) of an assertion", "4e487b71" + word("1"), "execution reverted: assert(false)"},
		{"Panic(uint256) of a division", "4e487b71" + word("12"), "execution reverted: division or modulo by zero"},
		{"custom error", "cf479181" + word("1") + word("2"), "execution reverted: custom error 0xcf479181"},
		{"custom error without arguments", "82b42900", "execution reverted: custom error 0x82b42900"},
		{"Error(string) cut off", "08c379a0" + word("20"), "execution reverted: custom error 0x08c379a0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := revertReason(common.FromHex(test.data)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
