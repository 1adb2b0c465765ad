package recovery

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// TestRotate_AConsensusKeyOfARunningNetwork: a validator gets another consensus key, as the runbook has it. A second node with
// the new key follows, the change takes effect, the first node ends. Ticks go on all the time, and the new key's vote counts:
// with another validator away, nothing is decided without it.
func TestRotate_AConsensusKeyOfARunningNetwork(t *testing.T) {
	n := newNetwork(t, nil)
	n.startAll()
	l := n.startLoad()
	old := n.members[3]
	fresh := n.follower(nil)
	fresh.Follow, fresh.Home = false, filepath.Join(n.dir, "second")
	rotated := n.rekey(old.Home, fresh.Home)
	fresh.start()
	begun := n.members[0].state().Head
	fresh.await("the head", func(s state) bool { return s.Head >= begun && s.Executed >= begun })

	from := n.order(core.Change{ReplaceKeys: &core.ReplaceKeys{Address: rotated.Address, Validator: rotated}}).Decided
	fresh.awaitTick(from + 5) // it votes with the new key
	old.stop()
	n.members[3] = fresh
	n.members[2].kill() // three of four have to vote
	fresh.awaitTick(fresh.state().Head + 10)
	n.members[2].start()
	n.members[2].awaitTick(n.members[0].state().Head)
	fresh.stop()
	fresh.start() // from its own folder, with the key that it has
	n.members[1].kill()
	fresh.awaitTick(n.members[0].state().Head + 10)
	n.members[1].start()
	l.end()
	n.agreeWith(from, fresh)
}

// rekey makes a home folder with the Ethereum key of a validator and another consensus key, and says what the others need of it.
func (n *network) rekey(from, to string) core.Validator {
	n.t.Helper()
	consensus, _, err := comet.GenerateKeys(node.OrderingDir(to))
	if err != nil {
		n.t.Fatal(err)
	}
	ethereum, err := crypto.LoadECDSA(node.EthereumKey(from))
	if err != nil {
		n.t.Fatal(err)
	}
	path := node.EthereumKey(to)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), crypto.SaveECDSA(path, ethereum)); err != nil {
		n.t.Fatal(err)
	}
	v, err := core.NewValidator(consensus, ethereum, 1)
	if err != nil {
		n.t.Fatal(err)
	}
	return v
}
