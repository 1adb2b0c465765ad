package recovery

import (
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

const third core.RollupID = 903 // of kind evm, joins

// TestJoin_AcrossAChangeOfMembers: nodes join by snapshots of ticks after a rollup joined the zone, and after it left. They execute
// what the others do, and serve what they have.
func TestJoin_AcrossAChangeOfMembers(t *testing.T) {
	n := newNetwork(t, func(c *child) {
		c.SnapshotEvery, c.Behind = 2, 20
		writeJoining(t, c.Home)
	})
	n.startAll()
	l := n.startLoad()
	joining, err := node.LoadJoining(node.JoiningFile(n.members[0].Home, third), n.genesis())
	if err != nil {
		t.Fatal(err)
	}
	joined := n.order(joining.Change(n.genesis())).Decided
	n.awaitSnapshot(joined)
	doors := []string{"http://" + n.members[0].RPC, "http://" + n.members[1].RPC}
	early := n.follower(doors)
	writeJoining(t, early.Home)
	n.agreeWith(n.join(early), early)
	if owns := n.balance(early); owns.Cmp(big.NewInt(params.Ether)) != 0 {
		t.Errorf("the follower says that the account owns %v on the rollup that joined", owns)
	}

	left := n.order(core.Change{RetireRollup: &core.RetireRollup{ID: third}}).Decided
	n.awaitSnapshot(left)
	early.kill()
	late := n.follower(doors)
	late.Home = filepath.Join(n.dir, "late")
	n.identify(late)
	writeJoining(t, late.Home)
	n.agreeWith(n.join(late), late)
	l.end()
}

// account owns an ether on the rollup that joins.
var account = common.Address{19: 0xac}

// writeJoining writes the first state of the third rollup into a home folder.
func writeJoining(t *testing.T, home string) {
	t.Helper()
	text, err := json.Marshal(&core.Joining{Zone: zoneID, Rollup: core.Rollup{ID: third, Name: "third", Kind: core.KindEVM, EVM: &core.EVMGenesis{
		BaseFee: params.GWei, Alloc: gethtypes.GenesisAlloc{account: {Balance: big.NewInt(params.Ether)}},
	}}})
	path := node.JoiningFile(home, third)
	if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// awaitSnapshot waits until there is a snapshot of a later tick, for a node that is far behind it.
func (n *network) awaitSnapshot(tick uint64) {
	n.t.Helper()
	n.members[0].await("a snapshot", func(s state) bool { return s.Head > tick+40 && n.hasSnapshot(tick+1) })
}

// balance asks a member's gateway for what the account owns.
func (n *network) balance(m *member) *big.Int {
	n.t.Helper()
	rpc, err := client.Dial(n.t.Context(), "http://"+m.RPC)
	if err != nil {
		n.t.Fatal(err)
	}
	defer rpc.Close()
	chain, err := rpc.Rollup(n.t.Context(), third)
	if err != nil {
		n.t.Fatal(err)
	}
	owns, err := chain.BalanceAt(n.t.Context(), account, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return owns
}
