package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

const somebody = "0x00000000000000000000000000000000000000aa"

// cast is the program, with an account of its own for each scenario.
type cast struct {
	network
	binary string
	bank   sync.Mutex // one transfer at a time: cast asks for the nonce
}

// user is a scenario's account.
type user struct {
	*cast
	address, key string
}

func testCast(t *testing.T, n network, seen *coverage) {
	arch := map[string]string{"amd64": "amd64", "arm64": "arm64"}[runtime.GOARCH]
	c := &cast{network: n, binary: filepath.Join("node_modules", "@foundry-rs", "cast-"+runtime.GOOS+"-"+arch, "bin", "cast")}
	if _, err := os.Stat(c.binary); err != nil {
		t.Fatal("cast is not installed: run `make clients`: ", err)
	}
	for _, s := range castScenarios {
		t.Run(s.name, func(t *testing.T) {
			if !strings.HasPrefix(s.name, "time") {
				t.Parallel()
			}
			s.play(t, c.funded(t))
			if !t.Failed() {
				seen.works(s.name, "cast")
			}
		})
	}
}

// funded makes an account with 10 ETH.
func (c *cast) funded(t *testing.T) user {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	u := user{c, crypto.PubkeyToAddress(key.PublicKey).Hex(), hexutil.Encode(crypto.FromECDSA(key))}
	c.bank.Lock()
	defer c.bank.Unlock()
	c.succeeds(t, "send", u.address, "--value", "10ether", "--private-key", c.Bank)
	return u
}

// says runs a command and gives what it prints.
func (c *cast) says(t *testing.T, command string, args ...string) string {
	t.Helper()
	return strings.TrimSpace(string(run(t, nil, c.binary, c.line(command, args)...)))
}

// fails runs a command that must fail with this text.
func (c *cast) fails(t *testing.T, want, command string, args ...string) {
	t.Helper()
	if _, err := try(t, nil, c.binary, c.line(command, args)...); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("cast %s %.200q: %v, want an error with %q", command, args, err, want)
	}
}

// succeeds runs a command that prints a receipt, which must be a success.
func (c *cast) succeeds(t *testing.T, command string, args ...string) receipt {
	t.Helper()
	var r receipt
	out := c.says(t, command, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("cast %s prints %s: %v", command, out, err)
	}
	if r.Status != "0x1" {
		t.Errorf("cast %s %.200q: status %s", command, args, r.Status)
	}
	return r
}

func (c *cast) line(command string, args []string) []string {
	return append([]string{command, "--rpc-url", c.HTTP}, args...)
}

// receipt is what the scenarios look at in a receipt.
type receipt struct {
	Status          string           `json:"status"`
	Type            string           `json:"type"`
	TransactionHash string           `json:"transactionHash"`
	BlockNumber     hexutil.Uint64   `json:"blockNumber"`
	ContractAddress string           `json:"contractAddress"`
	Logs            []*gethtypes.Log `json:"logs"`
}

// send sends a transaction of the account and waits for its receipt.
func (u user) send(t *testing.T, args ...string) receipt {
	t.Helper()
	return u.succeeds(t, "send", append(args, "--private-key", u.key)...)
}

// deploys deploys the counter, which begins at 5.
func (u user) deploys(t *testing.T) (address string) {
	t.Helper()
	return u.succeeds(t, "send", "--private-key", u.key, "--json", "--create", u.Counter.Bytecode, "constructor(uint256)", "5").ContractAddress
}

func (u user) value(t *testing.T, counter string) string {
	t.Helper()
	return u.says(t, "call", counter, "value()(uint256)")
}

// sealed waits until a block is sealed.
func (u user) sealed(t *testing.T, number hexutil.Uint64) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; {
		if n, err := strconv.ParseUint(u.says(t, "block-number"), 10, 64); err != nil {
			t.Fatal(err)
		} else if n >= uint64(number) {
			return
		}
	}
	t.Fatalf("block %d is not sealed", number)
}

// want compares what a command prints.
func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// wantPart looks for a part of what a command prints.
func wantPart(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%s: got %q, want something with %q", what, got, want)
	}
}

// elapsed is how long something takes, in ms.
func elapsed(do func()) string {
	begin := time.Now()
	do()
	return fmt.Sprintf("%d ms", time.Since(begin).Milliseconds())
}
