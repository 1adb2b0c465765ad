package comet

import (
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// protectedBundle is an execution bundle over both rollups whose first leg cannot stand anywhere else.
func protectedBundle(t testing.TB, g *core.Genesis) core.DecodedBundle {
	t.Helper()
	commitment := common.Hash{0xc0}
	leg := func(rollup core.RollupID, access gethtypes.AccessList) core.Transaction {
		chain := new(big.Int).SetUint64(uint64(rollup))
		signed, err := gethtypes.SignNewTx(ethKey(t, 101), gethtypes.LatestSignerForChainID(chain), &gethtypes.DynamicFeeTx{
			ChainID: chain, Gas: 50_000, GasFeeCap: big.NewInt(10), GasTipCap: big.NewInt(1), To: &common.Address{19: 1}, Value: new(big.Int), AccessList: access,
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
	txs := []core.Transaction{
		leg(901, gethtypes.AccessList{{Address: g.Predeploy.Address, StorageKeys: []common.Hash{g.Predeploy.Marker, commitment}}}), leg(902, nil),
	}
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: g.Time + 5*60_000, Commitment: commitment}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Hash: b.ID(g.NetworkID()), Txs: txs}
}

// addTwin adds a member with the consensus key of another one, and an empty record of what it has signed. The network
// has not more validators by that.
func (c *cluster) addTwin(of int) int {
	c.t.Helper()
	original := c.members[of]
	cfg := original.cfg
	cfg.Home, cfg.Listen = c.t.TempDir(), "127.0.0.1:0"
	if _, _, err := GenerateKeys(cfg.Home); err != nil {
		c.t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(original.cfg.Home, consensusKeyFile))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Home, consensusKeyFile), key, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.members = append(c.members, &member{cfg: cfg, log: new(memLog), book: newLogBook(), ears: newEars(), pool: newMemPool(c.genesis)})
	twin := len(c.members) - 1
	c.build(twin)
	for i, m := range c.members {
		peers := c.addrs()[twin:]
		if i == twin {
			peers = c.addrs()
		}
		if err := m.node.AddPeers(peers...); err != nil {
			c.t.Fatal(err)
		}
	}
	return twin
}
