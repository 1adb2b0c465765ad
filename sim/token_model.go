package sim

import (
	"bytes"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/messages"
	"github.com/lockstep-network/lockstep/contracts/swaps"
	"github.com/lockstep-network/lockstep/core"
)

// flight is an asset on its way between its home and another rollup, in whichever direction.
type flight struct {
	asset
	away core.RollupID
}

// tokenCall is a leg as the model reads it.
type tokenCall struct {
	rollup core.RollupID
	from   common.Address
	value  *big.Int
	data   []byte
}

// interpret does what a leg that calls bridge, inbox or swap does if it does not revert. What must not happen, it names.
func (t *tokens) interpret(s *staged, to common.Address, c tokenCall) (e effect, wrong string) {
	e.rollup = c.rollup
	is := func(m abi.Method) bool { return len(c.data) >= 4 && bytes.Equal(c.data[:4], m.ID) }
	var ok bool
	switch {
	case to == t.at.TokenBridge && is(bridgeABI.Methods["lock"]):
		args := read(bridgeABI.Methods["lock"], c.data)
		ok = t.lock(s, c, movement{args[0].(common.Address), rollupOf(args[1].(*big.Int)), args[2].(common.Address), args[3].(*big.Int)})
	case to == t.at.TokenBridge && is(bridgeABI.Methods["lockEther"]):
		args := read(bridgeABI.Methods["lockEther"], c.data)
		ok = t.lock(s, c, movement{ether, rollupOf(args[0].(*big.Int)), args[1].(common.Address), c.value})
	case to == t.at.TokenBridge && is(bridgeABI.Methods["burn"]):
		args := read(bridgeABI.Methods["burn"], c.data)
		ok = t.burn(s, c, args[0].(common.Address), movement{to: args[1].(common.Address), amount: args[2].(*big.Int)})
	case to == t.at.Inbox && is(deliverABI):
		m := *abi.ConvertType(read(deliverABI, c.data)[0], new(messages.Message)).(*messages.Message)
		id := t.id(m)
		source := rollupOf(m.SourceChain)
		e.asserted = append(e.asserted, core.NewAssertion(source, t.at.Outbox, messages.SentSlot(id), small(1)))
		ok = t.deliver(s, c.rollup, id, m)
	case to == t.at.Swap && is(payABI):
		terms := *abi.ConvertType(read(payABI, c.data)[0], new(swaps.Terms)).(*swaps.Terms)
		var other core.RollupID
		var id common.Hash
		id, other, ok = t.pay(s, c.rollup, terms)
		e.asserted = append(e.asserted, core.NewAssertion(other, t.at.Swap, swaps.PaidSlot(id), small(1)))
	default:
		return e, ""
	}
	if !ok {
		wrong = fmt.Sprintf("a call of %s on rollup %s with %x", to, c.rollup, c.data[:4])
	}
	return e, wrong
}

// movement is a token that goes to another rollup.
type movement struct {
	token  common.Address
	chain  core.RollupID
	to     common.Address
	amount *big.Int
}

func (t *tokens) lock(s *staged, c tokenCall, m movement) bool {
	ok := s.add(c.rollup, t.lockedCell(m.token, m.chain), m.amount)
	if m.token != ether {
		ok = s.transfer(c.rollup, m.token, transfer{c.from, t.at.TokenBridge, m.amount}) && ok
	}
	t.send(s, c, m.chain, payload{kindLocked, m.token, m.to, m.amount, nameOf(m.token)})
	return ok
}

func (t *tokens) burn(s *staged, c tokenCall, token common.Address, m movement) bool {
	for a, contracts := range t.bridged { // at most one is it
		if contracts[c.rollup] != token {
			continue
		}
		less := new(big.Int).Neg(m.amount)
		ok := s.add(c.rollup, supplyCell(token), less) && s.add(c.rollup, balanceCell(token, c.from), less)
		t.send(s, c, a.home, payload{kindBurned, a.token, m.to, m.amount, metadata{}})
		return ok
	}
	return false
}

// send is what the outbox does for the bridge.
func (t *tokens) send(s *staged, c tokenCall, to core.RollupID, p payload) {
	sent := s.get(c.rollup, t.nonceCell(c.from))
	s.add(c.rollup, t.nonceCell(c.from), common.Big1)
	m := t.message(c.rollup, to, nonce(c.from, sent), p)
	id := t.id(m)
	s.set(c.rollup, t.sentCell(id), small(1))
	s.carried = append(s.carried, carried{sentMessage{id, m}, false, flightOf(c.rollup, to, p), p.Amount.Int64()})
}

func flightOf(from, to core.RollupID, p payload) flight {
	if p.Kind == kindLocked {
		return flight{asset{from, p.Token}, to}
	}
	return flight{asset{to, p.Token}, from}
}

func (t *tokens) deliver(s *staged, rollup core.RollupID, id common.Hash, m messages.Message) bool {
	source := rollupOf(m.SourceChain)
	p, err := readPayload(m)
	if err != nil {
		return false
	}
	ok := s.mark(rollup, t.usedCell(id))
	if p.Kind == kindLocked {
		token := t.bridged[asset{source, p.Token}][rollup]
		ok = s.add(rollup, supplyCell(token), p.Amount) && s.add(rollup, balanceCell(token, p.To), p.Amount) && ok
	} else {
		ok = s.add(rollup, t.lockedCell(p.Token, source), new(big.Int).Neg(p.Amount)) && ok
		if p.Token != ether {
			ok = s.transfer(rollup, p.Token, transfer{t.at.TokenBridge, p.To, p.Amount}) && ok
		}
	}
	s.carried = append(s.carried, carried{sentMessage{id, m}, true, flightOf(source, rollup, p), p.Amount.Int64()})
	return ok
}

func (t *tokens) pay(s *staged, rollup core.RollupID, terms swaps.Terms) (id common.Hash, other core.RollupID, ok bool) {
	id, err := swaps.ID(terms)
	mine, theirs := terms.First, terms.Second
	if rollupOf(theirs.ChainId) == rollup {
		mine, theirs = theirs, mine
	}
	ok = err == nil && s.mark(rollup, cell{t.at.Swap, swaps.PaidSlot(id)})
	if (mine.Token != common.Address{}) {
		ok = s.transfer(rollup, mine.Token, transfer{mine.Payer, mine.Payee, mine.Amount}) && ok
	}
	return id, rollupOf(theirs.ChainId), ok
}

// transfer of a token.
type transfer struct {
	from, to common.Address
	amount   *big.Int
}

func (s *staged) transfer(rollup core.RollupID, token common.Address, t transfer) bool {
	return s.add(rollup, balanceCell(token, t.from), new(big.Int).Neg(t.amount)) && s.add(rollup, balanceCell(token, t.to), t.amount)
}

func read(m abi.Method, data []byte) []any {
	values, err := m.Inputs.Unpack(data[4:])
	if err != nil {
		panic(fmt.Sprintf("sim: %s: %v", m.Sig, err)) // the load writes no other calls
	}
	return values
}

func rollupOf(chain *big.Int) core.RollupID { return core.RollupID(chain.Uint64()) }
