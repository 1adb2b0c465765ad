package deployment

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

var zone = []core.RollupID{901, 902, 903}

// chain seals a block for each transaction.
type chain struct {
	simulated.Client
	backend *simulated.Backend
	sent    int
}

func (c *chain) SendTransaction(ctx context.Context, tx *gethtypes.Transaction) error {
	c.sent++
	defer c.backend.Commit()
	return c.Client.SendTransaction(ctx, tx)
}

// newChain is stock go-ethereum with this chain id, these codes beside or in place of those of its system accounts, and an
// account that can pay.
func newChain(t *testing.T, id core.RollupID, accounts map[common.Address][]byte) (*chain, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	alloc := gethtypes.GenesisAlloc{crypto.PubkeyToAddress(key.PublicKey): {Balance: big.NewInt(params.Ether)}}
	for address, code := range accounts {
		alloc[address] = gethtypes.Account{Nonce: 1, Code: code, Balance: new(big.Int)}
	}
	backend := simulated.NewBackend(alloc, func(_ *node.Config, eth *ethconfig.Config) {
		config := *eth.Genesis.Config
		config.ChainID = new(big.Int).SetUint64(uint64(id))
		eth.Genesis.Config = &config
	})
	t.Cleanup(func() {
		if err := backend.Close(); err != nil {
			t.Error(err)
		}
	})
	return &chain{Client: backend.Client(), backend: backend}, key
}

func TestDeploy_PutsTheContractsWhereOfSays(t *testing.T) {
	c, key := newChain(t, 902, nil)
	got, err := Deploy(t.Context(), c, 902, zone, key)
	if err != nil {
		t.Fatal(err)
	}
	if got != Of(zone) || c.sent != 5 {
		t.Errorf("%d transactions made %+v, want 5 and %+v", c.sent, got, Of(zone))
	}
	for _, contract := range Contracts(zone) {
		if code, err := c.CodeAt(t.Context(), contract.Address, nil); err != nil || len(code) == 0 {
			t.Errorf("%s: no code at %s, %v", contract.Name, contract.Address, err)
		}
	}
	// What was created has the arguments.
	bridge := tokenbridge.NewTokenBridge()
	if in, err := bridge.UnpackINBOX(call(t, c, got.TokenBridge, bridge.PackINBOX())); err != nil || in != got.Inbox {
		t.Errorf("the bridge's inbox is %s, %v", in, err)
	}
	for _, id := range append(zone, 904) {
		contract, want := inbox.NewInbox(), got.Outbox
		if id == 904 {
			want = common.Address{}
		}
		out, err := contract.UnpackOutboxOf(call(t, c, got.Inbox, contract.PackOutboxOf(new(big.Int).SetUint64(uint64(id)))))
		if err != nil || out != want {
			t.Errorf("the inbox takes messages of rollup %s from %s, %v, want %s", id, out, err, want)
		}
	}
	if again, err := Deploy(t.Context(), c, 902, zone, key); err != nil || again != got || c.sent != 5 {
		t.Errorf("a second deployment sent %d transactions: %+v, %v", c.sent-5, again, err)
	}
}

// A zone that gets another rollup needs another inbox and bridge; the rest stays.
func TestDeploy_AddsWhatIsMissing(t *testing.T) {
	c, key := newChain(t, 901, nil)
	if _, err := Deploy(t.Context(), c, 901, zone[:2], key); err != nil {
		t.Fatal(err)
	}
	if _, err := Deploy(t.Context(), c, 901, zone, key); err != nil || c.sent != 7 {
		t.Errorf("%d transactions, %v; want 7", c.sent, err)
	}
}

func TestDeploy_RefusesWhatCannotWork(t *testing.T) {
	c, key := newChain(t, 901, nil)
	for _, rollup := range []core.RollupID{902, 904} {
		if _, err := Deploy(t.Context(), c, rollup, zone, key); !errors.Is(err, ErrWrongRollup) {
			t.Errorf("rollup %s: %v", rollup, err)
		}
	}
	bare, key := newChain(t, 901, map[common.Address][]byte{Factory: nil})
	if _, err := Deploy(t.Context(), bare, 901, zone, key); !errors.Is(err, ErrNoFactory) {
		t.Errorf("without a factory: %v", err)
	}
	// Something else at the factory's address creates nothing: STOP.
	other, key := newChain(t, 901, map[common.Address][]byte{Factory: {0}})
	if _, err := Deploy(t.Context(), other, 901, zone, key); !errors.Is(err, ErrFailed) {
		t.Errorf("with another factory: %v", err)
	}
	if c.sent != 0 || bare.sent != 0 {
		t.Error("something was sent")
	}
}

func call(t *testing.T, c *chain, to common.Address, data []byte) []byte {
	t.Helper()
	answer, err := c.CallContract(t.Context(), ethereum.CallMsg{To: &to, Data: data}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
