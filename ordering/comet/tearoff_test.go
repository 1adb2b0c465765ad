package comet

import (
	"context"
	"math/big"
	"testing"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// scripted proposes the honest system entry and a payload of its own, until that is decided.
type scripted struct {
	*App
	payload [][]byte
	done    func() bool
}

func (s scripted) PrepareProposal(ctx context.Context, req *cmtabci.RequestPrepareProposal) (*cmtabci.ResponsePrepareProposal, error) {
	honest, err := s.App.PrepareProposal(ctx, req)
	if err != nil || s.done() {
		return honest, err
	}
	return &cmtabci.ResponsePrepareProposal{Txs: append(honest.Txs[:1:1], s.payload...)}, nil
}

// protectedLeg is a transaction that names a commitment under the predeploy.
func protectedLeg(t *testing.T, g *core.Genesis, commitment common.Hash) core.Transaction {
	t.Helper()
	const rollup = 901
	chain := big.NewInt(rollup)
	signed, err := gethtypes.SignNewTx(ethKey(t, 100), gethtypes.LatestSignerForChainID(chain), &gethtypes.DynamicFeeTx{
		ChainID: chain, Gas: 50_000, GasFeeCap: big.NewInt(10), To: &common.Address{19: 1}, Value: new(big.Int),
		AccessList: gethtypes.AccessList{{Address: g.Predeploy.Address, StorageKeys: []common.Hash{commitment}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := core.NewTransaction(rollup, signed)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// A proposer that has a protected leg cannot get it ordered alone, in an inclusion bundle, or under another commitment;
// the whole bundle still goes through afterwards.
func TestCluster_AProposerCannotTearALegOut(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil)
	commitment := common.Hash{7}
	leg, other := protectedLeg(t, c.genesis, commitment), testTx(t, 902, 0)
	whole := bundleOf(t, c, core.AtomicExecution, commitment, leg, other)
	hostile := map[int]core.Tick{
		1: {Sections: []core.Section{{Rollup: leg.Rollup(), Txs: []core.Transaction{leg}}}},
		2: {Bundles: []core.DecodedBundle{bundleOf(t, c, core.AtomicInclusion, commitment, leg, other)}},
		3: {Bundles: []core.DecodedBundle{bundleOf(t, c, core.AtomicExecution, common.Hash{8}, leg)}},
	}
	ordered := func(i int) func() bool {
		return func() bool { return bundleTick(c.members[i].log, whole.Hash) != 0 }
	}
	for i, forged := range hostile {
		c.run(i, func(a *App) cmtabci.Application { return scripted{a, forged.Payload(), ordered(i)} })
	}
	// The one honest proposer waits with the bundle until each of the others has tried.
	tick := core.Tick{Bundles: []core.DecodedBundle{whole}}
	c.run(0, func(a *App) cmtabci.Application {
		return scripted{a, tick.Payload(), func() bool {
			return c.members[0].book.count("proposal rejected") < len(hostile) || ordered(0)()
		}}
	})
	for i := range c.members {
		c.await(i, "the whole bundle", func(l *memLog) bool { return bundleTick(l, whole.Hash) != 0 })
		if n := c.members[i].log.tickOf(leg.Hash()); n != 0 {
			t.Errorf("validator %d: the leg stands alone in tick %d", i, n)
		}
	}
	for i := range c.members {
		c.mustStop(i)
	}
	c.mustAgree()
	for _, d := range c.members[0].log.all() {
		for _, b := range d.Tick.Bundles {
			if b.Hash != whole.Hash {
				t.Errorf("tick %d holds a bundle that tears the leg out", d.Record.Number)
			}
		}
	}
}

func bundleOf(t *testing.T, c *cluster, atomicity core.Atomicity, commitment common.Hash, txs ...core.Transaction) core.DecodedBundle {
	t.Helper()
	b := &core.Bundle{Atomicity: atomicity, NotAfter: c.genesis.Time + c.genesis.Params.MaxBundleWindow, Commitment: commitment}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	d, err := b.DecodeLegs(c.genesis.NetworkID(), c.genesis.Kind)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bundleTick is the tick that ordered a bundle, zero before.
func bundleTick(l *memLog, id common.Hash) uint64 {
	for _, d := range l.all() {
		for _, b := range d.Tick.Bundles {
			if b.Hash == id {
				return d.Record.Number
			}
		}
	}
	return 0
}
