package sim

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/messages"
	"github.com/lockstep-network/lockstep/contracts/swaps"
	"github.com/lockstep-network/lockstep/core"
)

// Declared gas of legs, above what they use.
const (
	lockGas    = 160_000
	deliverGas = 150_000
	burnGas    = 140_000
	payGas     = 110_000
	// mostMoved is the most of a token that a leg moves.
	mostMoved = 500
)

// tokenLegs adds legs that move tokens: there, back, or from hand to hand, now and then in a way that must not work.
func (l *load) tokenLegs(v *validator, d *draft) {
	d.protected = true
	book := l.s.oracle.book
	from, to := l.pair()
	switch l.rand.IntN(16) {
	case 0, 1, 2, 3:
		l.carry(v, d, l.lockLeg(v, d, from, to))
	case 4:
		l.lockLeg(v, d, from, to)
	case 5, 6, 7:
		if n := len(book.waiting); n > 0 {
			l.deliverLeg(v, d, book.waiting[l.rand.IntN(n)].message)
		}
	case 8, 9, 10:
		l.carry(v, d, l.burnLeg(v, d, from, to))
	case 11:
		l.burnLeg(v, d, from, to)
	case 12, 13:
		l.swapLegs(v, d, from, to)
	default:
		l.foulLegs(v, d, from, to)
	}
	if n := len(d.legs); n > 1 && l.rand.IntN(2) == 0 {
		d.legs[0], d.legs[1] = d.legs[1], d.legs[0] // used before it is sent
	}
	for len(d.legs) > 0 && l.rand.IntN(4) == 0 {
		if !l.leg(v, d, l.rollup(l.s.net.genesis.Zones[0].ID)) {
			break
		}
	}
}

// pair is two rollups of the zone.
func (l *load) pair() (from, to core.RollupID) {
	zone := l.s.net.tokens.zone
	i := l.rand.IntN(len(zone))
	j := (i + 1 + l.rand.IntN(len(zone)-1)) % len(zone)
	return zone[i], zone[j]
}

// foulLegs adds legs of which the bundle must be void, or which a dishonest rollup makes possible.
func (l *load) foulLegs(v *validator, d *draft, from, to core.RollupID) {
	t, book := l.s.net.tokens, l.s.oracle.book
	switch l.rand.IntN(4) {
	case 0:
		if n := len(book.used); n > 0 {
			l.s.count("load:messageAgain")
			l.deliverLeg(v, d, book.used[l.rand.IntN(n)].message)
		}
	case 1:
		if n := len(t.forgedIDs); n > 0 {
			l.s.count("load:messageForged")
			l.deliverLeg(v, d, t.forged[t.forgedIDs[l.rand.IntN(n)]])
		}
	case 2:
		l.s.count("load:messageNeverSent")
		l.deliverLeg(v, d, t.message(from, to, l.amount(), payload{kindBurned, t.coin, l.s.net.accounts[0].address, l.amount(), metadata{}}))
	case 3:
		l.s.count("load:swapOfOne")
		l.swapLegs(v, d, from, to)
		d.legs = d.legs[:min(1, len(d.legs))]
	}
}

// holder is take for an account that has coins.
func (l *load) holder(v *validator, rollup core.RollupID) (at slot, nonce uint64, ok bool) {
	return l.owner(v, rollup, l.s.net.tokens.coin)
}

// owner is take for an account that has some of a token, as far as such a one is found.
func (l *load) owner(v *validator, rollup core.RollupID, token common.Address) (at slot, nonce uint64, ok bool) {
	for tries := range 2 * holders {
		at = slot{rollup, l.rand.IntN(holders)}
		owns := l.s.oracle.storage[rollup][balanceCell(token, l.s.net.accounts[at.account].address)] != common.Hash{}
		if l.busy[at] <= l.s.nowMs && (owns || tries >= holders) {
			l.busy[at] = l.s.nowMs + busyMs
			return at, l.nonce(v, at), true
		}
	}
	return at, 0, false
}

// lockLeg sends a token away from home, and gives the message.
func (l *load) lockLeg(v *validator, d *draft, from, to core.RollupID) *messages.Message {
	at, n, ok := l.holder(v, from)
	if !ok {
		return nil
	}
	t := l.s.net.tokens
	token, amount, recipient := t.home()[l.rand.IntN(2)], l.amount(), l.s.net.accounts[l.rand.IntN(holders)].address
	chain := new(big.Int).SetUint64(uint64(to))
	a := action{to: &t.at.TokenBridge, gas: lockGas, data: bridge.PackLock(token, chain, recipient, amount)}
	if token == ether {
		a.data, a.value = bridge.PackLockEther(chain, recipient), amount.Int64()
	}
	l.add(d, at, n, a)
	return l.next(at, to, payload{kindLocked, token, recipient, amount, nameOf(token)})
}

// burnLeg sends a token home, sometimes more of it than the account has.
func (l *load) burnLeg(v *validator, d *draft, from, home core.RollupID) *messages.Message {
	t := l.s.net.tokens
	token := t.home()[l.rand.IntN(2)]
	contract := t.bridged[asset{home, token}][from]
	at, n, ok := l.owner(v, from, contract)
	if !ok {
		return nil
	}
	has := l.s.oracle.storage[from][balanceCell(contract, l.s.net.accounts[at.account].address)].Big()
	amount := l.amount()
	if has.Sign() > 0 && has.Cmp(amount) < 0 {
		amount = has
	}
	recipient := l.s.net.accounts[l.rand.IntN(holders)].address
	l.add(d, at, n, action{to: &t.at.TokenBridge, gas: burnGas, data: bridge.PackBurn(contract, recipient, amount)})
	return l.next(at, home, payload{kindBurned, token, recipient, amount, metadata{}})
}

// next is the account's next message through the bridge.
func (l *load) next(at slot, to core.RollupID, p payload) *messages.Message {
	t, user := l.s.net.tokens, l.s.net.accounts[at.account].address
	m := t.message(at.rollup, to, nonce(user, l.s.oracle.storage[at.rollup][t.nonceCell(user)]), p)
	return &m
}

// carry adds the leg that uses a message of the same bundle.
func (l *load) carry(v *validator, d *draft, m *messages.Message) {
	if m != nil {
		l.deliverLeg(v, d, *m)
	}
}

// deliverLeg uses a message; anybody may.
func (l *load) deliverLeg(v *validator, d *draft, m messages.Message) {
	at, n, ok := l.take(v, rollupOf(m.DestinationChain))
	call, err := messages.DeliverCall(m)
	if err != nil {
		_ = l.s.broken("the simulator builds bundles", -1, "%v", err)
		return
	}
	if ok {
		l.add(d, at, n, action{to: &l.s.net.tokens.at.Inbox, gas: deliverGas, data: call})
	}
}

// swapLegs has two holders pay each other, in coins or one of them in ether.
func (l *load) swapLegs(v *validator, d *draft, a, b core.RollupID) {
	first, firstNonce, ok := l.holder(v, a)
	if !ok {
		return
	}
	second, secondNonce, ok := l.holder(v, b)
	if !ok {
		return
	}
	t := l.s.net.tokens
	address := func(at slot) common.Address { return l.s.net.accounts[at.account].address }
	l.serial++
	terms := swaps.Terms{
		First:    swaps.Side{ChainId: new(big.Int).SetUint64(uint64(a)), Payer: address(first), Payee: address(second), Token: t.coin, Amount: l.amount()},
		Second:   swaps.Side{ChainId: new(big.Int).SetUint64(uint64(b)), Payer: address(second), Payee: address(first), Token: t.coin, Amount: l.amount()},
		Deadline: new(big.Int).SetUint64(d.notAfter/1000 + 1), Salt: small(l.serial),
	}
	value := int64(0)
	if l.rand.IntN(3) == 0 {
		terms.Second.Token, value = common.Address{}, terms.Second.Amount.Int64()
	}
	call, err := swaps.PayCall(terms)
	if err != nil {
		_ = l.s.broken("the simulator builds bundles", -1, "%v", err)
		return
	}
	l.add(d, first, firstNonce, action{to: &t.at.Swap, gas: payGas, data: call})
	l.add(d, second, secondNonce, action{to: &t.at.Swap, gas: payGas, data: call, value: value})
}

func (l *load) amount() *big.Int { return big.NewInt(1 + l.rand.Int64N(mostMoved)) }

func (l *load) add(d *draft, at slot, nonce uint64, a action) {
	a.feeCap = 4000 + l.rand.Int64N(4000)
	d.legs = append(d.legs, draftLeg{at: at, nonce: nonce, action: a})
}
