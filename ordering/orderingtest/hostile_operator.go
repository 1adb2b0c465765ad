package orderingtest

import (
	"crypto/ecdsa"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// operators puts words into the mouths of rollups' operators. Every network has rollups without one; where there is one
// with an operator, its signature is forged too.
func (f *forger) operators() []Forgery {
	entry := func(name string, want error, parts func() core.Transaction) Forgery {
		return payload(name, "entry", want, func(uint64) [][]byte { return [][]byte{Section(parts()).Encode()} })
	}
	list := []Forgery{
		entry("block of an evm rollup", core.ErrNoOperator, func() core.Transaction { return f.block(f.a, f.stranger(), nil) }),
		entry("report of an evm rollup", core.ErrNoOperator, func() core.Transaction { return f.report(f.a, f.stranger(), nil) }),
		payload("block of another rollup", "decode", core.ErrMalformed, func(uint64) [][]byte {
			return [][]byte{core.Section{Rollup: f.b, Txs: []core.Transaction{f.block(f.a, f.stranger(), nil)}}.Encode()}
		}),
	}
	for _, r := range f.genesis.Rollups {
		if r.Kind == core.KindEVM || r.Operator == (common.Address{}) {
			continue
		}
		return append(list,
			entry("block that the operator did not sign", core.ErrOperatorSignature, func() core.Transaction { return f.block(r.ID, f.stranger(), nil) }),
			entry("report that the operator did not sign", core.ErrOperatorSignature, func() core.Transaction { return f.report(r.ID, f.stranger(), nil) }),
			entry("report about what is not ordered", core.ErrReport, func() core.Transaction {
				return f.report(r.ID, OperatorKey(), func(r *core.Report) { r.NextSeq = 1 << 40 })
			}),
			entry("report that skips outside of its range", core.ErrReport, func() core.Transaction {
				return f.report(r.ID, OperatorKey(), func(r *core.Report) { r.Skips = []core.Skip{{Seq: 7, Code: core.VoidRejected}} })
			}),
			payload("block that follows none", "entry", core.ErrChainOrder, func(uint64) [][]byte {
				first := f.block(r.ID, OperatorKey(), nil)
				orphan := f.block(r.ID, OperatorKey(), func(b *core.Block) { b.Number, b.Hash = 2, common.Hash{3} })
				return [][]byte{Section(first, orphan).Encode()}
			}),
			payload("more blocks than a tick may hold", "cap", ordering.ErrCap, func(uint64) [][]byte {
				s := core.Section{Rollup: r.ID}
				for n := uint64(1); n <= core.MaxOperatorEntries+1; n++ {
					s.Txs = append(s.Txs, f.block(r.ID, OperatorKey(), func(b *core.Block) {
						b.Branch, b.Number, b.Hash, b.Parent = 0, n, BlockHash(0, n), BlockHash(0, n-1)
					}))
				}
				return [][]byte{s.Encode()}
			}),
		)
	}
	return list
}

// stranger is the key of nobody.
func (f *forger) stranger() *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("stranger")))
	if err != nil {
		panic(err)
	}
	return key
}

// block is block 1 of a chain, signed with a key.
func (f *forger) block(rollup core.RollupID, key *ecdsa.PrivateKey, edit func(*core.Block)) core.Transaction {
	b := &core.Block{Rollup: rollup, Number: 1, Hash: common.Hash{1}, Parent: common.Hash{2}}
	if edit != nil {
		edit(b)
	}
	if err := b.Sign(f.genesis.NetworkID(), key); err != nil {
		panic(err)
	}
	return core.NewBlockEntry(b)
}

// report is a report of block 1 of a chain, about nothing, signed with a key.
func (f *forger) report(rollup core.RollupID, key *ecdsa.PrivateKey, edit func(*core.Report)) core.Transaction {
	r := &core.Report{Rollup: rollup, Number: 1, Hash: common.Hash{1}, Parent: common.Hash{2}, Decision: core.CutByTicks}
	if edit != nil {
		edit(r)
	}
	if err := r.Sign(f.genesis.NetworkID(), key); err != nil {
		panic(err)
	}
	return core.NewReportEntry(r)
}
