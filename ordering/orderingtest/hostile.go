package orderingtest

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// Forgery is one way in which a proposer breaks the rules. Its Forge makes, of an honest proposal, one that no honest
// validator may accept, and leaves the honest one as it is.
type Forgery struct {
	Name string
	// Reason is ordering.Reason of the refusal, and Want what the error wraps.
	Reason string
	Want   error
	// Local forgeries do not get past the engine of the proposer itself, so only machines can meet them.
	Local bool
	Forge func(p ordering.Proposal) ordering.Proposal
}

// Forgeries lists the misbehaviours of proposers for a network that has a zone with two `evm` rollups. The proposals must
// be for tick 3 or later. "votes of an older tick" remembers the first proposal that it is given, so a list is for one
// network.
func Forgeries(g *core.Genesis) []Forgery {
	f := newForger(g)
	return slices.Concat(f.layouts(), f.lanes(), f.duplicates(), f.sizes(), f.protected(), f.windows(), f.parentTicks(), f.operators(), f.systemEntries())
}

// forger makes what forgeries are made of: transactions of an account of its own, with nonces never used before.
type forger struct {
	genesis *core.Genesis
	a, b    core.RollupID // of one zone, ascending
	nonce   uint64
	oldest  []byte // system entry
}

func newForger(g *core.Genesis) *forger {
	for _, z := range g.Zones {
		if len(z.Rollups) > 1 {
			return &forger{genesis: g, a: z.Rollups[0], b: z.Rollups[1]}
		}
	}
	panic("orderingtest: no zone with two rollups")
}

// tx signs a transfer; keys are what it names under the predeploy, if it names it at all.
func (f *forger) tx(rollup core.RollupID, gas uint64, data int, access gethtypes.AccessList) core.Transaction {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("hostile proposer")))
	if err != nil {
		panic(err)
	}
	f.nonce++
	chain := new(big.Int).SetUint64(uint64(rollup))
	signed := gethtypes.MustSignNewTx(key, gethtypes.LatestSignerForChainID(chain), &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: f.nonce, Gas: gas, To: &common.Address{0x11}, Data: make([]byte, data),
		GasFeeCap: big.NewInt(2), GasTipCap: big.NewInt(1), Value: big.NewInt(1), AccessList: access,
	})
	tx, err := core.NewTransaction(rollup, signed)
	if err != nil {
		panic(err)
	}
	return tx
}

func (f *forger) plain(rollup core.RollupID) core.Transaction { return f.tx(rollup, 21_000, 0, nil) }

// naming is a transaction whose access list names the predeploy.
func (f *forger) naming(rollup core.RollupID, keys ...common.Hash) core.Transaction {
	return f.tx(rollup, 21_000, 0, gethtypes.AccessList{{Address: f.genesis.Predeploy.Address, StorageKeys: keys}})
}

// bundle is valid for a minute.
func (f *forger) bundle(timeMs uint64, atomicity core.Atomicity, txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: atomicity, NotBefore: timeMs, NotAfter: timeMs + 60_000}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Hash: b.ID(f.genesis.NetworkID()), Txs: txs}
}

// pair is a bundle that keeps the rules.
func (f *forger) pair(timeMs uint64) core.DecodedBundle {
	return f.bundle(timeMs, core.AtomicExecution, f.plain(f.a), f.plain(f.b))
}

// section is one of plain transactions.
func (f *forger) section(rollup core.RollupID) []byte { return Section(f.plain(rollup)).Encode() }

// payload makes a forgery of what replaces the payload.
func payload(name, reason string, want error, parts func(timeMs uint64) [][]byte) Forgery {
	return Forgery{Name: name, Reason: reason, Want: want, Forge: func(p ordering.Proposal) ordering.Proposal {
		p.Txs = append(slices.Clone(p.Txs[:1]), parts(p.Time)...)
		return p
	}}
}

func bundles(bs ...core.DecodedBundle) []byte { return core.EncodeBundleSection(bs) }

func (f *forger) layouts() []Forgery {
	layout := func(name string, parts func(timeMs uint64) [][]byte) Forgery {
		return payload(name, "layout", ordering.ErrLayout, parts)
	}
	return []Forgery{
		layout("sections descending", func(uint64) [][]byte { return [][]byte{f.section(f.b), f.section(f.a)} }),
		layout("two sections of a rollup", func(uint64) [][]byte { return [][]byte{f.section(f.a), f.section(f.a)} }),
		layout("empty section", func(uint64) [][]byte { return [][]byte{core.Section{Rollup: f.a}.Encode()} }),
		layout("empty bundle section", func(uint64) [][]byte { return [][]byte{bundles()} }),
		layout("bundle section last", func(at uint64) [][]byte { return [][]byte{f.section(f.a), bundles(f.pair(at))} }),
		layout("two bundle sections", func(at uint64) [][]byte { return [][]byte{bundles(f.pair(at)), bundles(f.pair(at))} }),
		payload("garbage", "decode", ordering.ErrDecode, func(uint64) [][]byte { return [][]byte{bytes.Repeat([]byte{0xff}, 100)} }),
		payload("trailing byte", "decode", ordering.ErrDecode, func(uint64) [][]byte { return [][]byte{append(f.section(f.a), 0)} }),
	}
}

func (f *forger) lanes() []Forgery {
	const unknown core.RollupID = 4_000_000_007
	return []Forgery{
		payload("transaction of another rollup", "decode", core.ErrWrongChainID, func(uint64) [][]byte {
			return [][]byte{core.Section{Rollup: f.a, Txs: []core.Transaction{f.plain(f.b)}}.Encode()}
		}),
		payload("unknown rollup", "decode", core.ErrUnknownRollup, func(uint64) [][]byte { return [][]byte{f.section(unknown)} }),
		payload("leg of an unknown rollup", "decode", core.ErrUnknownRollup, func(at uint64) [][]byte {
			return [][]byte{bundles(f.bundle(at, core.AtomicInclusion, f.plain(unknown)))}
		}),
	}
}

func (f *forger) duplicates() []Forgery {
	duplicate := func(name string, parts func(timeMs uint64) [][]byte) Forgery {
		return payload(name, "duplicate", ordering.ErrDuplicate, parts)
	}
	return []Forgery{
		duplicate("single twice", func(uint64) [][]byte { tx := f.plain(f.a); return [][]byte{Section(tx, tx).Encode()} }),
		duplicate("bundle twice", func(at uint64) [][]byte { b := f.pair(at); return [][]byte{bundles(b, b)} }),
		duplicate("leg also single", func(at uint64) [][]byte {
			b := f.pair(at)
			return [][]byte{bundles(b), Section(b.Txs[0]).Encode()}
		}),
		duplicate("leg of two bundles", func(at uint64) [][]byte {
			b := f.pair(at)
			return [][]byte{bundles(b, f.bundle(at, core.AtomicExecution, b.Txs[1]))}
		}),
	}
}

func (f *forger) sizes() []Forgery {
	params := f.genesis.Params
	tick := payload("tick above the cap", "cap", ordering.ErrCap, func(uint64) [][]byte {
		s := core.Section{Rollup: f.a}
		for size := uint64(0); size <= params.MaxTickBytes; size += params.MaxTxBytes / 2 {
			s.Txs = append(s.Txs, f.tx(f.a, params.MaxTxGas, int(params.MaxTxBytes/2), nil))
		}
		return [][]byte{s.Encode()}
	})
	tick.Local = true
	return []Forgery{
		tick,
		payload("transaction above the cap", "entry", core.ErrTooLarge, func(uint64) [][]byte {
			return [][]byte{Section(f.tx(f.a, params.MaxTxGas, int(params.MaxTxBytes), nil)).Encode()}
		}),
		payload("gas above the cap", "entry", core.ErrGasAboveCap, func(uint64) [][]byte {
			return [][]byte{Section(f.tx(f.a, params.MaxTxGas+1, 0, nil)).Encode()}
		}),
		payload("too many bundles", "cap", ordering.ErrCap, func(at uint64) [][]byte {
			var bs []core.DecodedBundle
			for range params.MaxBundlesPerTick + 1 {
				bs = append(bs, f.bundle(at, core.AtomicExecution, f.plain(f.a)))
			}
			return [][]byte{bundles(bs...)}
		}),
		payload("bucket of singles over-full", "bucket", ordering.ErrBucket, func(uint64) [][]byte {
			s := core.Section{Rollup: f.a}
			for range params.SingleGasCapacity/params.MaxTxGas + 1 {
				s.Txs = append(s.Txs, f.tx(f.a, params.MaxTxGas, 0, nil))
			}
			return [][]byte{s.Encode()}
		}),
		payload("bucket of bundles over-full", "bucket", ordering.ErrBucket, func(at uint64) [][]byte {
			var bs []core.DecodedBundle
			for range params.BundleGasCapacity/params.MaxTxGas + 1 {
				bs = append(bs, f.bundle(at, core.AtomicExecution, f.tx(f.a, params.MaxTxGas, 0, nil)))
			}
			return [][]byte{bundles(bs...)}
		}),
	}
}

// protected tears a protected leg out of its bundle.
func (f *forger) protected() []Forgery {
	bound := common.Hash{0xc0, 1}
	leg := func(name string, want error, parts func(timeMs uint64) [][]byte) Forgery {
		return payload(name, "entry", want, parts)
	}
	with := func(at uint64, atomicity core.Atomicity, commitment common.Hash) [][]byte {
		b := f.bundle(at, atomicity, f.naming(f.a, f.genesis.Predeploy.Marker, bound), f.plain(f.b))
		b.Commitment = commitment
		return [][]byte{bundles(b)}
	}
	return []Forgery{
		leg("protected leg as single", core.ErrProtectedAlone, func(uint64) [][]byte { return [][]byte{Section(f.naming(f.a, bound)).Encode()} }),
		leg("protected leg naming no key as single", core.ErrProtectedAlone, func(uint64) [][]byte { return [][]byte{Section(f.naming(f.a)).Encode()} }),
		leg("protected leg in an inclusion bundle", core.ErrProtectedAlone, func(at uint64) [][]byte { return with(at, core.AtomicInclusion, bound) }),
		leg("protected leg under another commitment", core.ErrProtectedKeys, func(at uint64) [][]byte { return with(at, core.AtomicExecution, common.Hash{9}) }),
		leg("protected leg without commitment", core.ErrProtectedKeys, func(at uint64) [][]byte { return with(at, core.AtomicExecution, common.Hash{}) }),
	}
}

// windows uses bundles at times for which they were not made.
func (f *forger) windows() []Forgery {
	at := func(name string, want error, edit func(b *core.Bundle, now uint64)) Forgery {
		return payload(name, "entry", want, func(now uint64) [][]byte {
			b := f.pair(now)
			edit(b.Bundle, now)
			return [][]byte{bundles(b)}
		})
	}
	back := Forgery{Name: "time goes back", Reason: "time", Want: ordering.ErrTime, Local: true}
	back.Forge = func(p ordering.Proposal) ordering.Proposal { p.Time = f.genesis.Time - 1; return p }
	return []Forgery{
		at("expired bundle", core.ErrExpired, func(b *core.Bundle, now uint64) { b.NotBefore, b.NotAfter = 0, now-1 }),
		at("early bundle", core.ErrTooEarly, func(b *core.Bundle, now uint64) { b.NotBefore = now + 1 }),
		at("window too long", core.ErrWindowTooLong, func(b *core.Bundle, now uint64) { b.NotAfter = now + f.genesis.Params.MaxBundleWindow + 1 }),
		back,
	}
}

// parentTicks puts bundles with a parentTick where they must not stand.
func (f *forger) parentTicks() []Forgery {
	pinned := func(name string, position int, parent func(height uint64) uint64) Forgery {
		return Forgery{Name: name, Reason: "parent_tick", Want: ordering.ErrParentTick, Forge: func(p ordering.Proposal) ordering.Proposal {
			var bs []core.DecodedBundle
			for range position {
				bs = append(bs, f.pair(p.Time))
			}
			b := f.pair(p.Time)
			b.ParentTick = parent(p.Height)
			p.Txs = append(slices.Clone(p.Txs[:1]), bundles(append(bs, b)...))
			return p
		}}
	}
	before := func(height uint64) uint64 { return height - 1 }
	inclusion := payload("parentTick of an inclusion bundle", "entry", core.ErrParentTick, func(at uint64) [][]byte {
		b := f.bundle(at, core.AtomicInclusion, f.plain(f.a), f.plain(f.b))
		b.ParentTick = 1
		return [][]byte{bundles(b)}
	})
	return []Forgery{
		pinned("bundle with a parentTick second", 1, before),
		pinned("bundle one tick after its place", 0, func(height uint64) uint64 { return height - 2 }),
		pinned("bundle one tick before its place", 0, func(height uint64) uint64 { return height }),
		pinned("bundle with the last parentTick of all", 0, func(uint64) uint64 { return math.MaxUint64 }),
		inclusion,
	}
}

func (f *forger) systemEntries() []Forgery {
	entry := func(name, reason string, want error, edit func(e *core.SystemEntry)) Forgery {
		return Forgery{Name: name, Reason: reason, Want: want, Forge: func(p ordering.Proposal) ordering.Proposal {
			e, err := core.DecodeSystemEntry(p.Txs[0])
			if err != nil {
				panic(fmt.Sprintf("orderingtest: honest proposal: %v", err))
			}
			edit(&e)
			p.Txs = slices.Clone(p.Txs)
			p.Txs[0] = e.Encode()
			return p
		}}
	}
	system := func(name string, edit func(e *core.SystemEntry)) Forgery {
		return entry(name, "system_entry", ordering.ErrSystemEntry, edit)
	}
	missing := Forgery{Name: "no system entry", Reason: "layout", Want: ordering.ErrLayout}
	missing.Forge = func(p ordering.Proposal) ordering.Proposal { p.Txs = [][]byte{f.section(f.a)}; return p }
	older := Forgery{Name: "votes of an older tick", Reason: "system_entry", Want: ordering.ErrSystemEntry}
	older.Forge = func(p ordering.Proposal) ordering.Proposal {
		if f.oldest == nil {
			f.oldest = bytes.Clone(p.Txs[0])
			return missing.Forge(p) // for once: there is nothing older yet
		}
		p.Txs = append([][]byte{f.oldest}, p.Txs[1:]...)
		return p
	}
	return []Forgery{
		missing, older,
		system("signature of a vote forged", func(e *core.SystemEntry) { present(e).Signature[0] ^= 1 }),
		system("extension of a vote exchanged", func(e *core.SystemEntry) {
			present(e).Extension = (&core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1, Digests: []common.Hash{{0xbd}}}}}).Encode()
		}),
		system("round of another commit", func(e *core.SystemEntry) { e.Round += 7 }),
		system("vote left out", func(e *core.SystemEntry) { e.Votes = e.Votes[1:] }),
		system("votes in another order", func(e *core.SystemEntry) { slices.Reverse(e.Votes) }),
		entry("votes without a quorum", "quorum", ordering.ErrQuorum, func(e *core.SystemEntry) {
			for i := range e.Votes[1:] {
				e.Votes[1+i].Extension, e.Votes[1+i].Signature = nil, nil
			}
		}),
	}
}

// present is a vote that is not absent.
func present(e *core.SystemEntry) *core.ExtendedVote {
	i := slices.IndexFunc(e.Votes, func(v core.ExtendedVote) bool { return len(v.Signature) > 0 })
	v := &e.Votes[i]
	v.Signature = bytes.Clone(v.Signature)
	return v
}
