package sim

import (
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/core/state"

	"github.com/lockstep-network/lockstep/core"
)

// tokenBook is what the oracle knows of tokens beside storage.
type tokenBook struct {
	// flying is what was sent and not used, and forged what was used and never sent.
	flying, forged map[flight]int64
	// waiting are the messages that were sent and not used, in the order in which they were sent; used the newest that were.
	waiting, used []sentMessage
	// touched are the cells that changed since the last comparison.
	touched []place
}

func newTokenBook() *tokenBook {
	return &tokenBook{
		flying: make(map[flight]int64), forged: make(map[flight]int64),
	}
}

// commit takes a bundle's changes over.
func (o *oracle) commit(s *staged) {
	for _, at := range s.order {
		o.storage[at.rollup][at.cell] = s.get(at.rollup, at.cell)
		o.book.touched = append(o.book.touched, at)
		if t := o.s.net.tokens; t != nil && at.account == t.at.Swap {
			o.outcomes["sidesOfSwapsPaid"]++
		}
	}
	for _, c := range s.carried {
		if !c.used {
			o.outcomes["messagesSent"]++
			o.book.flying[c.flight] += c.amount
			o.book.waiting = append(o.book.waiting, c.sentMessage)
			continue
		}
		o.outcomes["messagesUsed"]++
		if _, forged := o.s.net.tokens.forged[c.id]; forged {
			o.outcomes["forgedMessagesUsed"]++
			o.book.forged[c.flight] += c.amount
		} else {
			o.book.flying[c.flight] -= c.amount
		}
		if o.book.used = append(o.book.used, c.sentMessage); len(o.book.used) > 64 {
			o.book.used = o.book.used[32:]
		}
	}
	// A message may be used before it is sent, in one bundle.
	for _, c := range s.carried {
		if i := slices.IndexFunc(o.book.waiting, func(m sentMessage) bool { return m.id == c.id }); c.used && i >= 0 {
			o.book.waiting = slices.Delete(o.book.waiting, i, i+1)
		}
	}
}

// tokensKept compares what contracts wrote with the model, and checks on the states of all rollups that of each token as
// much is locked at home as there is elsewhere or on its way, not counting what a dishonest rollup made up.
func (o *oracle) tokensKept(v *validator, states map[core.RollupID]*state.StateDB) {
	t := o.s.net.tokens
	for _, at := range o.book.touched {
		have, want := states[at.rollup].GetState(at.account, at.slot), o.storage[at.rollup][at.cell]
		o.check(have == want, by{v.index, "contracts do what they say"}, "rollup %s: slot %s of %s is %s, want %s", at.rollup, at.slot, at.account, have, want)
	}
	o.book.touched = o.book.touched[:0]
	if t == nil || states[t.zone[0]] == nil {
		return
	}
	number := func(rollup core.RollupID, at cell) *big.Int {
		return states[rollup].GetState(at.account, at.slot).Big()
	}
	for _, home := range t.zone {
		for _, token := range t.home() {
			sum := new(big.Int)
			for _, away := range t.zone {
				if away == home {
					continue
				}
				f := flight{asset{home, token}, away}
				locked, there := number(home, t.lockedCell(token, away)), number(away, supplyCell(t.bridged[f.asset][away]))
				want := new(big.Int).Add(there, big.NewInt(o.book.flying[f]-o.book.forged[f]))
				o.check(locked.Cmp(want) == 0, by{v.index, "tokens are conserved"},
					"%s of rollup %s: %s locked for %s, where there are %s, %d on the way, %d made up", token, home, locked, away, there, o.book.flying[f], o.book.forged[f])
				sum.Add(sum, locked)
			}
			held := states[home].GetBalance(t.at.TokenBridge).ToBig()
			if token == t.coin {
				held = number(home, balanceCell(t.coin, t.at.TokenBridge))
			}
			o.check(held.Cmp(sum) == 0, by{v.index, "tokens are conserved"}, "the bridge of rollup %s holds %s of %s, %s are locked", home, held, token, sum)
		}
		supply := number(home, supplyCell(t.coin))
		o.check(supply.Int64() == holders*coins, by{v.index, "tokens are conserved"}, "there are %s coins on rollup %s", supply, home)
	}
}
