package devnet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// The addresses every Ethereum development tool prints for the mnemonic (anvil, hardhat, ganache).
var known = []string{
	"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
	"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
	"0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65", "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
	"0x976EA74026E726554dB657fA54763abd0C3a0aa9", "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
	"0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f", "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
}

func TestAccounts_AreThoseOfTheMnemonic(t *testing.T) {
	t.Parallel()
	accounts := devnet.Accounts()
	if len(accounts) != len(known) {
		t.Fatalf("%d accounts, want %d", len(accounts), len(known))
	}
	for i, a := range accounts {
		if a.Address.Hex() != known[i] {
			t.Errorf("account %d is %s, want %s", i, a.Address.Hex(), known[i])
		}
	}
}

// The explorer's wallet offers these accounts on a devnet.
func TestAccounts_AreThoseOfTheWallet(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("// Written by `go test ./node/devnet -run Accounts -rewrite` from node/devnet/accounts.go.\n\n")
	b.WriteString("/** The development accounts that a devnet funds; everybody knows their keys. */\nexport const developmentAccounts = [\n")
	for _, a := range devnet.Accounts() {
		fmt.Fprintf(&b, "  { address: %q, key: %q },\n", strings.ToLower(a.Address.Hex()), a.KeyHex())
	}
	b.WriteString("] as const;\n")
	golden.Equal(t, "../../explorer/web/src/wallet/devaccounts.ts", b.String())
}
