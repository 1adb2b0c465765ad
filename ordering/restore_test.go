package ordering_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// A ledger may come from a peer, and its root is compared when it is loaded: nothing in it may stop the process.
func TestMachine_LoadRefusesKeysThatNoLedgerHas(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	store := c.Store(0)
	for key := range maps.Clone(store) {
		for name, forged := range map[string]string{"short": key[:1], "long": key + "x"} {
			if store[forged] != nil {
				continue
			}
			with := maps.Clone(store)
			with[forged] = store[key]
			require.ErrorIs(t, n.Machine(t).Load(1, Pairs(with)), ordering.ErrLedger, "%s: %x", name, key)
		}
	}
	require.NoError(t, n.Machine(t).Load(1, Pairs(store)))
}

func TestMachine_RestoredIsWhatWasDecided(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	drafts, moved := 0, 0
	for i := range 60 {
		var candidates core.Candidates
		if i%3 == 0 {
			rollup := n.Genesis.Rollups[i%2].ID
			candidates.Sections = append(candidates.Sections, Section(Tx(t, rollup, i%2, uint64(i/3))))
		}
		d := c.Step(candidates)
		restored := n.Machine(t)
		require.NoError(t, restored.Load(d.Record.Number, Pairs(c.Store(0))))
		got, err := restored.Restored(d.Record.Payload, d.Record.Attested)
		require.NoError(t, err)
		require.Equal(t, d.Record.Encode(), got.Record.Encode())
		require.Equal(t, d.Draft == nil, got.Draft == nil)
		if d.Draft != nil {
			drafts++
			got.Draft.Skipped = d.Draft.Skipped // that of another tick, which only the log before it knows
			require.Equal(t, d.Draft.Encode(), got.Draft.Encode())
		}
		if len(d.Record.Lanes) > 0 {
			moved++
			_, err = restored.Restored(nil, nil)
			require.ErrorIs(t, err, ordering.ErrLedger, "another payload")
		}
		if len(d.Record.Attested) > 0 {
			forged := slices.Clone(d.Record.Attested)
			forged[0].Digest = common.Hash{1}
			_, err = restored.Restored(d.Record.Payload, forged)
			require.ErrorIs(t, err, ordering.ErrLedger, "another result")
		}
	}
	require.NotZero(t, drafts)
	require.NotZero(t, moved)
}
