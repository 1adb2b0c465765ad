package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/explorer"
	"github.com/lockstep-network/lockstep/gateway"
)

// explore asks the explorer of the network's gateway.
func explore[T any](t *testing.T, n *network, path string) T {
	t.Helper()
	response, err := http.Get(n.devnet.Info().RPC + explorer.Prefix + "api/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var page T
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
	return page
}

// listen collects what the live feed says until the test ends.
func listen(t *testing.T, n *network) <-chan explorer.Frame {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.devnet.Info().RPC+explorer.Prefix+"live", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	frames, done := make(chan explorer.Frame, 4096), make(chan struct{})
	go func() {
		defer close(done)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<24)
		for frame := false; lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				frame = line == "event: frame"
			case frame && strings.HasPrefix(line, "data: "):
				var f explorer.Frame
				if json.Unmarshal([]byte(line[len("data: "):]), &f) == nil {
					frames <- f
				}
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return frames
}

// liveBundle waits until the feed has shown a bundle's order and what became of it.
func liveBundle(t *testing.T, frames <-chan explorer.Frame, id common.Hash) (explorer.BundleAdd, explorer.BundleOutcome) {
	t.Helper()
	var ordered *explorer.BundleAdd
	timeout := time.After(patience)
	for {
		select {
		case f := <-frames:
			for _, row := range f.Ticks {
				for _, b := range row.Bundles {
					if b.ID == id {
						ordered = &b
					}
				}
			}
			for _, b := range f.Bundles {
				if b.ID == id {
					if ordered == nil {
						t.Fatal("the outcome came before the order")
					}
					return *ordered, b
				}
			}
		case <-timeout:
			t.Fatalf("the feed does not show bundle %s", id)
		}
	}
}

// testExplorer holds everything that the explorer says about two bundles against what the network did.
func testExplorer(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	contract := n.mine(t, rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{Data: reverter, Gas: 300_000})).ContractAddress
	frames := listen(t, n)
	first := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})
	good := bundle(t, leg{rollupA, first}, leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(2)})})
	if code, _ := n.outcome(t, good); code != core.Included {
		t.Fatalf("bundle is %s", code)
	}
	n.explained(t, frames, good, core.Included, u, to)
	bad := bundle(t,
		leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})},
		leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &contract})})
	if code, _ := n.outcome(t, bad); code != core.VoidLegReverted {
		t.Fatalf("bundle is %s", code)
	}
	n.explained(t, frames, bad, core.VoidLegReverted, u, to)

	// The account's page shows both rollups, and everything that is attested.
	for deadline := time.Now().Add(patience); ; {
		page := explore[explorer.AddressPage](t, n, "address/"+to.address.Hex())
		if len(page.Activity) < 3 && time.Now().Before(deadline) {
			<-frames // the index follows what is attested at its own pace
			continue
		}
		if len(page.Activity) != 3 || page.Activity[0].Outcome != core.VoidOtherLeg || page.Activity[2].From != u.address || page.Activity[2].Direction != explorer.DirectionIn {
			t.Fatalf("activity is %+v", page.Activity)
		}
		for i, want := range []int64{1, 2} {
			if a := page.Accounts[i]; a.Balance.ToInt().Cmp(ether(want)) != 0 || a.Rollup != []core.RollupID{rollupA, rollupB}[i] {
				t.Errorf("account is %+v, want %d ether", a, want)
			}
		}
		break
	}
	if hits := explore[explorer.SearchPage](t, n, "search?q="+first.Hash().Hex()).Hits; len(hits) != 1 || hits[0].Type != explorer.HitTransaction {
		t.Errorf("hits are %+v", hits)
	}
	validators := explore[explorer.ValidatorList](t, n, "validators")
	for _, v := range validators.Validators {
		if len(validators.Validators) != 4 || v.State.Jailed || v.State.LastVote == 0 || len(v.State.Attests) != 1 {
			t.Errorf("validator is %+v", v)
		}
	}
}

// explained checks what feed and pages say about a bundle with legs on both rollups.
func (n *network) explained(t *testing.T, frames <-chan explorer.Frame, b *core.Bundle, code core.OutcomeCode, from, to user) {
	t.Helper()
	network, err := n.client.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := b.ID(network.NetworkID)
	ordered, outcome := liveBundle(t, frames, id)
	page := explore[explorer.BundlePage](t, n, "bundle/"+id.Hex())
	var status gateway.Status
	if err := json.Unmarshal(page.Status, &status); err != nil {
		t.Fatal(err)
	}
	attempt := status.Attempts[0]
	if outcome.Outcome != code || *attempt.Outcome != code || outcome.Tick != attempt.DecidedTick || !page.Final || page.Accepted == 0 || page.Accepted > attempt.Times.Ordered {
		t.Errorf("feed: %+v; page: %+v, accepted %d, %+v", outcome, attempt, page.Accepted, attempt.Times)
	}
	if code.Void() && (outcome.FailingLeg == nil || *outcome.FailingLeg != 1 || !strings.Contains(outcome.Reason, "revert")) {
		t.Errorf("feed: %+v", outcome)
	}
	for i, l := range page.Bundle.Legs {
		place := attempt.Legs[i]
		if l.Rollup != b.Legs[i].Rollup || string(l.Raw) != string(b.Legs[i].Tx) || l.Evm.From != from.address || *place.TxHash != l.Hash {
			t.Errorf("leg %d is %+v at %+v", i, l, place)
		}
		if ordered.Legs[i] != (explorer.LegPlace{Rollup: *place.Rollup, Seq: *place.Seq}) {
			t.Errorf("leg %d: feed %+v, page rollup %s, seq %d", i, ordered.Legs[i], *place.Rollup, *place.Seq)
		}
		tx := explore[explorer.TransactionPage](t, n, "tx/"+l.Hash.Hex())
		if len(tx.Bundles) != 1 || tx.Bundles[0] != id || len(tx.Transactions) != 1 || tx.Transactions[0].Hash != l.Hash || !tx.Final {
			t.Errorf("leg %d as a transaction: %+v", i, tx)
		}
		if code.Void() {
			continue
		}
		if l.Evm.To == nil || *l.Evm.To != to.address || len(place.Receipt) == 0 {
			t.Errorf("leg %d is %+v, receipt %s", i, l.Evm, place.Receipt)
		}
	}
	tick := explore[explorer.TickPage](t, n, "tick/"+core.RollupID(attempt.Tick).String())
	var view gateway.TickView
	if err := json.Unmarshal(tick.Tick, &view); err != nil || len(view.Bundles) == 0 || len(tick.Votes) != 4 || tick.Seen == 0 || tick.Bytes == 0 {
		t.Errorf("tick is %+v, %v", tick, err)
	}
}
