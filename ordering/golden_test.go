package ordering_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// dump lists a ledger: AppHash, then key and value per line.
func dump(appHash common.Hash, store map[string][]byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "app hash %x\n", appHash)
	for _, key := range slices.Sorted(maps.Keys(store)) {
		fmt.Fprintf(&b, "%x %x\n", key, store[key])
	}
	return b.String()
}

// The first ledger of a network: every key that there is at genesis, and the AppHash.
func TestLedger_GenesisGolden(t *testing.T) {
	t.Parallel()
	appHash, entries := NewNetwork(t, 3, 2, 1).Machine(t).InitChain()
	store := make(map[string][]byte)
	for _, kv := range entries {
		store[string(kv.Key)] = kv.Value
	}
	golden.Equal(t, "testdata/genesis.golden", dump(appHash, store))
}

// A ledger with lanes, filled buckets, attested results and lists that are not attested.
func TestLedger_LaterGolden(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 3, 2, 1)
	c := n.NewCluster(t)
	c.Results = func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
		return Honest(z, from, min(c.Height(), 3+uint64(2*i)), limit)
	}
	for i := range uint64(8) {
		c.Step(core.Candidates{
			Bundles:  []core.DecodedBundle{n.Bundle(c.Time(), Tx(t, RollupA, 1, i), Tx(t, RollupB, 1, i))},
			Sections: []core.Section{Section(Tx(t, RollupC, 1, i, Gas(1<<20))), Section(core.NewOpaqueTransaction(Opaque, []byte{byte(i)}))},
		})
	}
	golden.Equal(t, "testdata/later.golden", dump(c.Machines[0].AppHash(), c.Store(0)))
}

// The AppHash is the root of a Merkle-Patricia trie that can be computed from the stored keys and values alone.
func TestLedger_RootIsThatOfTheStoredContent(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 4, 3, 2, 1).NewCluster(t)
	for i := range uint64(20) {
		c.Silent = map[int]bool{1 + int(i)%3: true}
		c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, i))}})
		leaves := make(map[common.Hash][]byte)
		for key, value := range c.Store(1) {
			leaves[core.TagLedgerKey.Sum([]byte(key))] = value
		}
		st := trie.NewStackTrie(nil)
		for _, path := range slices.SortedFunc(maps.Keys(leaves), common.Hash.Cmp) {
			if err := st.Update(path[:], leaves[path]); err != nil {
				t.Fatal(err)
			}
		}
		if root := st.Hash(); root != c.Machines[1].AppHash() {
			t.Fatalf("tick %d: app hash %s, stored content has root %s", i+1, c.Machines[1].AppHash(), root)
		}
	}
}

// The registry commits to the code of the EVM's system contracts: another code, another ledger.
func TestLedger_CommitsToSystemContracts(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1)
	registry := func() string {
		_, entries := n.Machine(t).InitChain()
		for _, kv := range entries {
			if kv.Key[0] == 0x20 {
				return string(kv.Value)
			}
		}
		t.Fatal("no rollup in the ledger")
		return ""
	}
	last := registry()
	for _, address := range []common.Address{
		params.BeaconRootsAddress, params.HistoryStorageAddress, params.WithdrawalQueueAddress, params.ConsolidationQueueAddress,
	} {
		account := n.Genesis.Rollups[0].EVM.Alloc[address]
		account.Code = []byte{1}
		n.Genesis.Rollups[0].EVM.Alloc[address] = account
		next := registry()
		if next == last {
			t.Errorf("code of %s does not change the registry", address)
		}
		last = next
	}
	n.Genesis.Rollups[0].EVM.Alloc[common.Address{5}] = n.Genesis.Rollups[0].EVM.Alloc[params.BeaconRootsAddress]
	if registry() != last {
		t.Error("the code of an ordinary account changes the registry")
	}
}
