package explorer

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// TestAPI_Changes lists changes that wait apart from those that are decided, with who signed them, page by page.
func TestAPI_Changes(t *testing.T) {
	n := newNetwork()
	entry := &core.Control{Sequence: 2, NotAfter: start, Change: core.Change{SetProtocol: &core.SetProtocol{Version: 2}}}
	for _, signer := range []byte{2, 3} { // of power 20 of 30, and an operator
		if err := entry.Sign(n.genesis.NetworkID(), testKey(signer)); err != nil {
			t.Fatal(err)
		}
	}
	n.order(nil)
	n.ticks[n.order(nil)-1].Control = entry
	n.oldest = 2
	ordered := []ChangeBrief{
		{Sequence: 1, Change: "set maxBundleLegs to 8", State: ChangeEffective, Ordered: 1, Decided: 1},
		{Sequence: 2, Change: entry.Change.Words(), State: ChangePending, Effective: 99, Ordered: 2},
		{Sequence: 3, Change: "give up change 4", State: ChangeEffective, Ordered: 9, Decided: 9}, // the log is a moment behind
		{Sequence: 4, Change: "retire rollup 901 for good", State: ChangeCancelled, Ordered: 1, Decided: 9, Cancelled: 3},
	}
	n.calls = func(result any, method string, args ...any) error {
		if method != "lockstep_getControl" {
			return fmt.Errorf("asked for %s", method)
		}
		from := slices.IndexFunc(ordered, func(c ChangeBrief) bool { return fmt.Sprint(c.Sequence) >= fmt.Sprint(args[0]) })
		view := controlView{Next: 5, ProtocolVersion: 1, ProtocolSince: 1}
		if args[0] != uint64(noChange) {
			view.Changes = ordered[from:]
		}
		encoded, err := json.Marshal(view)
		if err != nil {
			return err
		}
		return json.Unmarshal(encoded, result)
	}
	x := n.open(t, filepath.Join(t.TempDir(), "x"), nil)
	url := serve(t, x)
	list := func(query string) (list ChangeList) {
		t.Helper()
		response, body := ask(t, url, "api/changes"+query)
		if err := json.Unmarshal([]byte(body), &list); err != nil || response.StatusCode != 200 {
			t.Fatalf("%s: %d %s", query, response.StatusCode, body)
		}
		return list
	}
	numbers := func(changes []Change) string {
		var list []string
		for _, c := range changes {
			list = append(list, fmt.Sprint(c.Sequence))
		}
		return strings.Join(list, " ")
	}
	page := list("")
	if numbers(page.Pending) != "2" || numbers(page.Changes) != "4 3 1" || page.Before != 0 || page.TotalPower != 30 || page.Next != 5 {
		t.Errorf("%+v", page)
	}
	waiting := page.Pending[0]
	if waiting.SignedPower != 20 || len(waiting.Signers) != 2 || waiting.Time != start+20 || waiting.Effective != 99 {
		t.Errorf("%+v", waiting)
	}
	for _, s := range waiting.Signers {
		if want := map[bool]uint64{true: 20}[s.Address == testAddress(2)]; s.Power != want {
			t.Errorf("%s has power %d, want %d", s.Address, s.Power, want)
		}
	}
	if pruned := page.Changes[2]; pruned.Time != 0 || pruned.Signers == nil || len(pruned.Signers) > 0 {
		t.Errorf("a change whose tick is not kept: %+v", pruned)
	}
	if got := x.undecided.Load(); got != 2 {
		t.Errorf("all below %d are decided, want 2", got)
	}
	first := list("?limit=1")
	if second := list(fmt.Sprintf("?limit=1&before=%d", first.Before)); numbers(first.Changes) != "4" || numbers(second.Changes) != "3" || second.Before != 3 {
		t.Errorf("%s, %s, then %d", numbers(first.Changes), numbers(second.Changes), second.Before)
	}
	if response, body := ask(t, url, "api/changes?before=x"); response.StatusCode != 400 || !strings.Contains(body, "a change's number") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// TestVoters_FollowTheSetInForce shows a validator that came, one with another power, and none that left.
func TestVoters_FollowTheSetInForce(t *testing.T) {
	g := testGenesis()
	v := newVoters(g)
	one, two, three := testAddress(1), testAddress(2), testAddress(3)
	v.add(1, []core.Vote{{Validator: one, Signed: true}, {Validator: two, Signed: true}})
	// The newcomer votes before it is known who that is.
	v.add(2, []core.Vote{{Validator: one, Signed: true}, {Validator: three, Signed: true}})
	if infos, power := v.infos(); len(infos) != 2 || power != 30 {
		t.Errorf("before: %+v of power %d", infos, power)
	}
	stronger, newcomer := g.Validators[0], g.Validators[1]
	stronger.Power, newcomer.Address, newcomer.Power = 40, three, 5
	v.seat([]core.Validator{newcomer, stronger}, nil)
	states := v.states()
	if len(states) != 2 || states[0].Address != one || states[0].Power != 40 || states[0].Votes != "11" || states[1].Address != three || states[1].Votes != "-1" {
		t.Errorf("%+v", states)
	}
	if votes := v.of(1); len(votes) != 2 || votes[1].Address != two || !votes[1].Signed {
		t.Errorf("the votes of one that left are its own for as long as they are known: %+v", votes)
	}
	v.add(voteWindow+10, []core.Vote{{Validator: one, Signed: true}})
	v.seat([]core.Validator{newcomer, stronger}, nil)
	if len(v.rows) != 2 {
		t.Errorf("%d rows, want 2: the votes of the one that left are old", len(v.rows))
	}
}
