package recovery

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// TestJoin_NewValidatorWhileOthersOrder: a validator that a control entry adds begins with an empty home, joins by a snapshot, and
// votes: with another one away, nothing is decided without it. The load goes on from the first tick to the last.
func TestJoin_NewValidatorWhileOthersOrder(t *testing.T) {
	n := newNetwork(t, func(c *child) { c.SnapshotEvery, c.Behind = 2, 20 })
	n.startAll()
	l := n.startLoad()
	l.await(10)
	begun := n.members[0].state().Head
	n.members[0].await("ticks and a snapshot", func(s state) bool { return s.Head > begun+60 && n.hasSnapshot(begun) })
	fresh, member := n.newcomer()
	n.add(member)
	first := n.join(fresh)
	l.await(5)
	n.members[2].kill() // four of five have to vote
	fresh.awaitTick(fresh.state().Head + 10)
	n.members[2].start()
	n.members[2].awaitTick(n.members[0].state().Head)
	l.end()
	n.agreeWith(first, fresh)
}

// newcomer makes a member with a validator's keys and nothing else.
func (n *network) newcomer() (*member, core.Validator) {
	n.t.Helper()
	m := n.follower([]string{"http://" + n.members[0].RPC, "http://" + n.members[1].RPC})
	m.Follow, m.Home = false, filepath.Join(n.dir, "newcomer")
	v, _, err := devnet.NewValidator(m.Home, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return m, v
}

// add orders a control entry that adds a validator, and waits until it has taken effect.
func (n *network) add(v core.Validator) {
	n.t.Helper()
	n.order(core.Change{AddValidator: &v})
}

func (n *network) genesis() *core.Genesis {
	n.t.Helper()
	b, err := os.ReadFile(n.members[0].Genesis)
	if err != nil {
		n.t.Fatal(err)
	}
	genesis, err := core.ParseGenesis(b)
	if err != nil {
		n.t.Fatal(err)
	}
	return genesis
}

// order orders a change that three have signed, and waits until it has taken effect.
func (n *network) order(change core.Change) gateway.ChangeView {
	n.t.Helper()
	rpc, err := client.Dial(n.t.Context(), "http://"+n.members[0].RPC)
	if err != nil {
		n.t.Fatal(err)
	}
	defer rpc.Close()
	info, err := rpc.Control(n.t.Context(), 1)
	if err != nil {
		n.t.Fatal(err)
	}
	entry := &core.Control{Sequence: info.Next, NotAfter: uint64(time.Now().Add(time.Hour).UnixMilli()), Change: change}
	network := n.genesis().NetworkID()
	for _, m := range n.members[:3] {
		key, err := crypto.LoadECDSA(node.EthereumKey(m.Home))
		if err == nil {
			err = entry.Sign(network, key)
		}
		if err != nil {
			n.t.Fatal(err)
		}
	}
	if _, err := rpc.SubmitControl(n.t.Context(), entry); err != nil {
		n.t.Fatal(err)
	}
	var view gateway.ChangeView
	n.members[0].await("the change", func(state) bool {
		list, err := rpc.Control(n.t.Context(), entry.Sequence)
		if err == nil && len(list.Changes) > 0 {
			view = list.Changes[0]
		}
		return view.State != "" && view.State != "pending"
	})
	if view.State != "effective" {
		n.t.Fatalf("%+v, want it effective", view)
	}
	return view
}
