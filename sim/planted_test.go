package sim

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/zone"
)

// plantedSeeds is within how many seeds a planted bug must be found.
const plantedSeeds = 3

// TestRun_FindsPlantedBugs breaks one rule at a time. A simulator that does not notice would be worth nothing.
func TestRun_FindsPlantedBugs(t *testing.T) {
	for _, c := range []struct {
		name string
		bugs bugs
		// want is the invariant that must show it; several may.
		want []string
	}{
		{"one executor keeps failed attempts", bugs{engine: only(3, keepsFailed)}, []string{"digests are equal", "a right executor is never outvoted"}},
		{"all executors keep failed attempts", bugs{engine: all(keepsFailed)}, []string{"void has no effect, included has", "supply is conserved"}},
		{"bundles take effect on one rollup only", bugs{engine: all(dropsGood)}, []string{"void has no effect, included has", "supply is conserved"}},
		{"executors say included of used nonces", bugs{engine: all(includesAgain)}, []string{"a transaction is included once", "supply is conserved"}},
		{"executors report too little gas", bugs{engine: all(cheap)}, []string{"supply is conserved"}},
		{"reverted legs do not void their bundle", bugs{engine: all(hidesReverts)}, []string{"void has no effect, included has", "no half bundle", "supply is conserved", "assertions hold"}},
		{"assertions are forgotten", bugs{engine: all(forgetsAssertions)}, []string{"assertions hold"}},
		{"assertions see an empty state", bugs{engine: all(readsNothing)}, []string{"assertions hold"}},
		{"inboxes forget which messages were used", bugs{network: forgets(inboxOf)}, []string{"contracts do what they say", "messages are used once, tokens spent once"}},
		{"bridges forget what is locked", bugs{network: forgets(bridgeOf)}, []string{"contracts do what they say", "tokens are conserved"}},
		{"a bridge claims more than was locked", bugs{network: lockedTooMuch}, []string{"tokens are conserved"}},
		{"disks do not sync", bugs{unsynced: true}, []string{"what was appended survives", "a validator starts from what it finds"}},
		{"pools hold some entries back", bugs{candidates: heldBack}, []string{"accepted entries come to an end"}},
		{"validators accept everything", bugs{check: func(int, ordering.Proposal, error) error { return nil }}, []string{"bad proposals are refused"}},
		{"one log names another lane head", bugs{decided: wrongHead}, []string{"lane heads chain"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(plantedSeeds) {
				cfg := Config{Seed: seed + 1, Ticks: 80, Validators: 4, Rollups: 2, Bundles: 6, Faults: []Fault{Crash, Gossip, Load, Proposal}, bugs: c.bugs}
				r, err := Run(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				if r.Violation == nil {
					continue
				}
				for _, invariant := range c.want {
					if r.Violation.Invariant == invariant {
						t.Logf("seed %d: %v", seed+1, r.Violation)
						return
					}
				}
				t.Fatalf("found by another invariant than %q: %v", c.want, r.Violation)
			}
			t.Errorf("not found with %d seeds", plantedSeeds)
		})
	}
}

// A violation found in a long run is found in the shorter run that Shrink gives, at the same place.
func TestShrink_GivesARunThatStillFails(t *testing.T) {
	cfg := Config{Seed: 1, Ticks: 60, Validators: 4, Rollups: 2, Bundles: 6, bugs: bugs{engine: all(cheap)}}
	found, err := Run(t.Context(), cfg)
	if err != nil || found.Violation == nil {
		t.Fatalf("%v, %v", found.Violation, err)
	}
	shrunk, err := Shrink(t.Context(), cfg, found, 6)
	if err != nil || shrunk.Violation == nil || shrunk.Ticks > found.Ticks {
		t.Fatalf("%+v, %v", shrunk, err)
	}
	if *shrunk.Violation != *found.Violation || shrunk.Repeat == found.Repeat {
		t.Errorf("%v by %q, found was %v by %q", shrunk.Violation, shrunk.Repeat, found.Violation, found.Repeat)
	}
}

func all(wrap func(zone.Engine) zone.Engine) func(int, zone.Engine) zone.Engine {
	return func(_ int, e zone.Engine) zone.Engine { return wrap(e) }
}

func only(validator int, wrap func(zone.Engine) zone.Engine) func(int, zone.Engine) zone.Engine {
	return func(v int, e zone.Engine) zone.Engine {
		if v == validator {
			return wrap(e)
		}
		return e
	}
}

// planted is an engine with a wrong rule about attempts or results.
type planted struct {
	zone.Engine
	result func(core.Transaction, zone.Execution) zone.Execution
	end    func(a zone.Attempt, merge bool) error
}

func (p *planted) Apply(tx core.Transaction) (zone.Execution, error) {
	x, err := p.Engine.Apply(tx)
	return p.result(tx, x), err
}

func (p *planted) Attempt() zone.Attempt { return &plantedAttempt{p.Engine.Attempt(), p} }

type plantedAttempt struct {
	zone.Attempt
	rules *planted
}

func (a *plantedAttempt) Apply(tx core.Transaction) (zone.Execution, error) {
	x, err := a.Attempt.Apply(tx)
	return a.rules.result(tx, x), err
}

func (a *plantedAttempt) Merge() error { return a.rules.end(a.Attempt, true) }
func (a *plantedAttempt) Drop()        { _ = a.rules.end(a.Attempt, false) }

func rightResult(_ core.Transaction, x zone.Execution) zone.Execution { return x }

func rightEnd(a zone.Attempt, merge bool) error {
	if merge {
		return a.Merge()
	}
	a.Drop()
	return nil
}

func keepsFailed(e zone.Engine) zone.Engine {
	return &planted{e, rightResult, func(a zone.Attempt, _ bool) error { return a.Merge() }}
}

// dropsGood forgets what bundles did on the second rollup.
func dropsGood(e zone.Engine) zone.Engine {
	if inner, ok := e.(*engine); !ok || inner.x.cfg.Rollup.ID == firstRollup {
		return e
	}
	return &planted{e, rightResult, func(a zone.Attempt, _ bool) error { a.Drop(); return nil }}
}

func includesAgain(e zone.Engine) zone.Engine {
	return &planted{e, func(_ core.Transaction, x zone.Execution) zone.Execution {
		if x.Code == core.VoidNonceTooLow {
			return zone.Execution{Code: core.Included, ReceiptHash: common.Hash{1}}
		}
		return x
	}, rightEnd}
}

func cheap(e zone.Engine) zone.Engine {
	return &planted{e, func(_ core.Transaction, x zone.Execution) zone.Execution {
		x.GasUsed -= min(x.GasUsed, 1)
		return x
	}, rightEnd}
}

// hidesReverts takes a revert for a void of nothing: the other legs stay.
func hidesReverts(e zone.Engine) zone.Engine {
	return &planted{e, func(_ core.Transaction, x zone.Execution) zone.Execution {
		if x.Reverted {
			x.Reverted, x.GasUsed = false, 0
		}
		return x
	}, rightEnd}
}

// forgetsAssertions hides what legs logged.
func forgetsAssertions(e zone.Engine) zone.Engine {
	return &planted{e, func(_ core.Transaction, x zone.Execution) zone.Execution {
		x.Logs = nil
		return x
	}, rightEnd}
}

type blindEngine struct{ zone.Engine }

func (b blindEngine) Attempt() zone.Attempt { return blindAttempt{b.Engine.Attempt()} }

type blindAttempt struct{ zone.Attempt }

func (blindAttempt) Storage(common.Address, common.Hash) (common.Hash, bool, error) {
	return common.Hash{}, true, nil
}

// readsNothing takes all storage for empty.
func readsNothing(e zone.Engine) zone.Engine { return blindEngine{e} }

func heldBack(_ int, c core.Candidates) core.Candidates {
	var kept core.Candidates
	for _, b := range c.Bundles {
		if b.Hash[3]%8 != 0 {
			kept.Bundles = append(kept.Bundles, b)
		}
	}
	for _, s := range c.Sections {
		section := core.Section{Rollup: s.Rollup}
		for _, tx := range s.Txs {
			if tx.Hash()[3]%8 == 0 {
				break
			}
			section.Txs = append(section.Txs, tx)
		}
		if len(section.Txs) > 0 {
			kept.Sections = append(kept.Sections, section)
		}
	}
	return kept
}

func wrongHead(validator int, d *core.Decided) {
	if validator == 2 && d.Record.Number > 20 && len(d.Record.Lanes) > 0 {
		d.Record.Lanes[0].Head[0]++
	}
}

func inboxOf(t *tokens) common.Address  { return t.at.Inbox }
func bridgeOf(t *tokens) common.Address { return t.at.TokenBridge }

// forgets makes a contract of all rollups write what lasts for a transaction only: TSTORE in place of SSTORE.
func forgets(which func(*tokens) common.Address) func(*network) {
	return func(n *network) {
		for _, r := range n.genesis.Rollups {
			if !n.tokens.member(r.ID) {
				continue
			}
			account := r.EVM.Alloc[which(n.tokens)]
			code := bytes.Clone(account.Code)
			for i := 0; i < len(code); i++ {
				switch op := vm.OpCode(code[i]); {
				case op.IsPush():
					i += int(op - vm.PUSH0)
				case op == vm.SSTORE:
					code[i] = byte(vm.TSTORE)
				}
			}
			account.Code = code
			r.EVM.Alloc[which(n.tokens)] = account
		}
	}
}

// lockedTooMuch has a number of the first state wrong, in the network as in what the oracle starts from.
func lockedTooMuch(n *network) {
	t := n.tokens
	at := t.lockedCell(t.coin, t.zone[1])
	t.allocs[t.zone[0]][at.account].Storage[at.slot] = small(brought + 1)
}
