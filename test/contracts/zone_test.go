package contracts

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/outbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

const chainA, chainB = 901, 902

var (
	alice = common.HexToAddress("0x000000000000000000000000000000000000a11c")
	bob   = common.HexToAddress("0x0000000000000000000000000000000000000b0b")
)

// pair is two chains whose contracts have the same addresses; what forge, with one EVM, cannot have.
type pair map[uint64]*chain

func newPair(t *testing.T) pair {
	p := make(pair)
	for _, id := range []uint64{chainA, chainB} {
		p[id] = newChain(t, id)
		p[id].put(here.Address, predeploy.Assertions())
		for _, account := range []common.Address{alice, bob} {
			p[id].state.AddBalance(account, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
		}
	}
	return p
}

// deploy creates a contract on both chains.
func (p pair) deploy(code string, arguments ...[]byte) common.Address {
	address := p[chainA].deploy(code, arguments...)
	if other := p[chainB].deploy(code, arguments...); other != address {
		p[chainA].t.Fatalf("%s on one chain and %s on the other", address, other)
	}
	return address
}

// run executes a leg that must succeed, with the marker in its access list.
func (p pair) run(chain uint64, from, to common.Address, value uint64, data []byte) {
	c := p[chain]
	c.t.Helper()
	result, _ := c.execute(&gethcore.Message{From: from, To: &to, Value: uint256.NewInt(value), Data: data, AccessList: marked()})
	if result.Err != nil {
		c.t.Fatalf("leg on %d: %v: %x", chain, result.Err, result.Revert())
	}
}

// wrong counts the assertions so far, and those among them that do not hold at this moment.
func (p pair) wrong() (wrong, all int) {
	for _, c := range p {
		for _, log := range c.state.Logs() {
			if log.Address != here.Address {
				continue
			}
			all++
			event, err := contract.UnpackStorageAssertedEvent(log)
			if err != nil {
				c.t.Fatal(err)
			}
			about := p[event.ChainId.Uint64()]
			if about == nil || len(about.state.GetCode(event.Account)) == 0 || about.state.GetState(event.Account, event.Slot) != event.Value {
				wrong++
			}
		}
	}
	return wrong, all
}

func (p pair) want(t *testing.T, wantWrong, wantAll int) {
	t.Helper()
	if wrong, all := p.wrong(); wrong != wantWrong || all != wantAll {
		t.Errorf("%d of %d assertions do not hold, want %d of %d", wrong, all, wantWrong, wantAll)
	}
}

func TestSwap_SidesAssertEachOther(t *testing.T) {
	p, contract := newPair(t), swap.NewSwap()
	address := p.deploy(swap.SwapMetaData.Bin)
	terms := contract.PackPay(swap.SwapTerms{
		First:    swap.SwapSide{ChainId: big.NewInt(chainA), Payer: alice, Payee: bob, Amount: big.NewInt(100)},
		Second:   swap.SwapSide{ChainId: big.NewInt(chainB), Payer: bob, Payee: alice, Amount: big.NewInt(70)},
		Deadline: big.NewInt(1),
	})
	p.run(chainA, alice, address, 100, terms)
	p.want(t, 1, 1)
	p.run(chainB, bob, address, 70, terms)
	p.want(t, 0, 2)
	if got := p[chainB].state.GetBalance(alice).Uint64(); got != 1070 {
		t.Errorf("Alice has %d on B, want 1070", got)
	}
}

func TestTokenBridge_ThereAndBack(t *testing.T) {
	p := newPair(t)
	out := p.deploy(outbox.OutboxMetaData.Bin)
	in := p.deploy(inbox.InboxMetaData.Bin, inbox.NewInbox().PackConstructor([]inbox.InboxSource{
		{ChainId: big.NewInt(chainA), Outbox: out}, {ChainId: big.NewInt(chainB), Outbox: out},
	}))
	contract := tokenbridge.NewTokenBridge()
	bridge := p.deploy(tokenbridge.TokenBridgeMetaData.Bin, contract.PackConstructor(out, in))

	p.run(chainA, alice, bridge, 300, contract.PackLockEther(big.NewInt(chainB), bob))
	p.run(chainB, sender, in, 0, p.delivery(chainA, out))
	p.want(t, 0, 1)
	token := p.bridged(chainB, bridge, chainA)
	if got := p.balance(chainB, token, bob); got != 300 {
		t.Fatalf("Bob has %d of the token, want 300", got)
	}

	p.run(chainB, bob, bridge, 0, contract.PackBurn(token, alice, big.NewInt(120)))
	p.run(chainA, sender, in, 0, p.delivery(chainB, out))
	p.want(t, 0, 2)
	if got := p[chainA].state.GetBalance(alice).Uint64(); got != 1000-300+120 {
		t.Errorf("Alice has %d wei, want 820", got)
	}
	if got := p[chainA].state.GetBalance(bridge).Uint64(); got != 180 || p.balance(chainB, token, bob) != 180 {
		t.Errorf("%d wei are locked, want 180, as much as there is of the token", got)
	}
}

// delivery is the call that delivers what the chain's outbox sent last.
func (p pair) delivery(from uint64, address common.Address) []byte {
	c := p[from]
	for logs := c.state.Logs(); len(logs) > 0; logs = logs[:len(logs)-1] {
		log := logs[len(logs)-1]
		event, err := outbox.NewOutbox().UnpackSentEvent(log)
		if log.Address != address || err != nil {
			continue
		}
		return inbox.NewInbox().PackDeliver(inbox.Message{
			SourceChain: new(big.Int).SetUint64(from), Sender: event.Sender, DestinationChain: event.DestinationChain,
			Recipient: event.Recipient, Nonce: event.Nonce, Payload: event.Payload,
		})
	}
	c.t.Fatal("nothing was sent")
	return nil
}

func (p pair) bridged(chain uint64, bridge common.Address, home uint64) common.Address {
	contract := tokenbridge.NewTokenBridge()
	ether := view(p[chain], bridge, contract.PackETHER(), contract.UnpackETHER)
	return view(p[chain], bridge, contract.PackBridged(new(big.Int).SetUint64(home), ether), contract.UnpackBridged)
}

func (p pair) balance(chain uint64, token, owner common.Address) uint64 {
	contract := bridgederc20.NewBridgedERC20()
	return view(p[chain], token, contract.PackBalanceOf(owner), contract.UnpackBalanceOf).Uint64()
}

// view calls a function that changes nothing.
func view[T any](c *chain, to common.Address, data []byte, unpack func([]byte) (T, error)) T {
	c.t.Helper()
	result, _ := c.send(to, data, nil)
	value, err := unpack(result.ReturnData)
	if result.Err != nil || err != nil {
		c.t.Fatal(result.Err, err)
	}
	return value
}
