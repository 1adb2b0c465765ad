package control

import (
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/zone"
)

const (
	executed core.RollupID = 901 // of kind evm, in the genesis
	third    core.RollupID = 903 // of kind evm, joins
	evmZone  core.ZoneID   = 1
)

// writeJoining writes the first state of the third rollup into a home folder, with an amount of wei for the spender.
func writeJoining(t *testing.T, home string, wei *big.Int) {
	t.Helper()
	writeState(t, home, &core.Joining{Zone: evmZone, Rollup: core.Rollup{ID: third, Name: "third", Kind: core.KindEVM, EVM: &core.EVMGenesis{
		BaseFee: params.GWei, Alloc: gethtypes.GenesisAlloc{spender().Address: {Balance: wei}},
	}}})
}

// writeState writes the first state of a rollup into a home folder.
func writeState(t *testing.T, home string, joining *core.Joining) {
	t.Helper()
	text, err := json.Marshal(joining)
	if err != nil {
		t.Fatal(err)
	}
	path := node.JoiningFile(home, joining.ID)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func spender() devnet.Account { return devnet.Accounts()[1] }

// transfer is one of a wei by the spender.
func transfer(t *testing.T, rollup core.RollupID, nonce uint64) []byte {
	t.Helper()
	chainID, to := new(big.Int).SetUint64(uint64(rollup)), common.Address{1}
	tx, err := gethtypes.SignNewTx(spender().Key, gethtypes.LatestSignerForChainID(chainID), &gethtypes.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Value: big.NewInt(1), Gas: params.TxGas,
		GasFeeCap: big.NewInt(10 * params.GWei), GasTipCap: big.NewInt(params.GWei),
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// bundle sends one over an old and the new rollup, and waits until it is at a level.
func (n *network) bundle(nonce uint64, level core.Level) {
	n.t.Helper()
	n.sendBundle(level, leg{executed, nonce}, leg{third, nonce})
}

// leg is a transfer of the spender.
type leg struct {
	rollup core.RollupID
	nonce  uint64
}

func bundleOf(t *testing.T, legs ...leg) *core.Bundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(5 * time.Minute).UnixMilli())}
	for _, l := range legs {
		b.Legs = append(b.Legs, core.Leg{Rollup: l.rollup, Tx: transfer(t, l.rollup, l.nonce)})
	}
	return b
}

// reaches waits until an entry is at a level.
func (n *network) reaches(hash common.Hash, level core.Level) (status *gateway.Status) {
	n.t.Helper()
	for ctx := within(n.t); status == nil || status.Level < level; {
		var err error
		if status, err = n.rpc.WaitFor(ctx, hash, level, 20*time.Second); err != nil {
			n.t.Fatalf("%s: %v", hash, err)
		}
	}
	return status
}

// sendBundle sends a bundle and waits until it is at a level, with all legs included.
func (n *network) sendBundle(level core.Level, legs ...leg) common.Hash {
	n.t.Helper()
	hash, err := n.rpc.SendBundle(within(n.t), bundleOf(n.t, legs...))
	if err != nil {
		n.t.Fatal(err)
	}
	for _, attempt := range n.reaches(hash, level).Attempts {
		for _, leg := range attempt.Legs {
			if leg.Outcome == nil || *leg.Outcome != core.Included {
				n.t.Fatalf("bundle %s: leg %+v", hash, leg)
			}
		}
	}
	return hash
}

// agree waits until nodes have executed what the first validator has, and compares the results.
func (n *network) agree(nodes ...*node.Node) {
	n.t.Helper()
	n.agreeOn(evmZone, nodes...)
}

func (n *network) agreeOn(id core.ZoneID, nodes ...*node.Node) {
	n.t.Helper()
	first := n.net.Node(0).Zone(id)
	tick := first.Executed()
	want, _ := first.Digest(tick)
	for i, other := range nodes {
		z := other.Zone(id)
		if err := z.WaitExecuted(within(n.t), tick); err != nil {
			n.t.Fatalf("node %d: %v; %v", i, err, z.Err())
		}
		if got, ok := z.Digest(tick); !ok || got != want {
			n.t.Errorf("node %d: digest of tick %d is %s, that of validator 0 %s", i, tick, got, want)
		}
	}
}

func (n *network) home(validator int) string {
	return filepath.Join(n.dir, "validator-"+string(rune('0'+validator)))
}

// An evm rollup joins the zone of a running network and leaves it. Validator 3 is down while it joins, validator 2 has another
// genesis of it.
func TestControl_ARollupJoinsAZoneAndLeavesIt(t *testing.T) {
	ether := big.NewInt(params.Ether)
	n := start(t, t.TempDir(), make(map[int]string))
	for i := range 4 {
		amount := ether
		if i == 2 {
			amount = big.NewInt(7)
		}
		writeJoining(t, n.home(i), amount)
		n.restart(i)
	}
	joining, err := node.LoadJoining(node.JoiningFile(n.home(0), third), n.net.Genesis())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.rpc.SubmitControl(within(t), n.propose(core.Change{RegisterRollup: &core.RegisterRollup{
		ID: third, Name: "third", Kind: core.KindEVM, Zone: evmZone, Genesis: common.Hash{1}, SystemContracts: common.Hash{2},
	}}, 0, 1, 2)); err == nil || !strings.Contains(err.Error(), "system contracts") {
		t.Fatalf("a rollup with other system contracts: %v", err)
	}
	if err := n.net.Stop(3); err != nil {
		t.Fatal(err)
	}
	joined := n.change(joining.Change(n.net.Genesis()), 0, 1, 2)
	if err := n.net.Node(0).Zone(evmZone).WaitExecuted(within(t), joined.Decided); err != nil {
		t.Fatal(err)
	}
	chain, err := n.rpc.Rollup(within(t), third)
	if err != nil {
		t.Fatal(err)
	}
	if balance, err := chain.BalanceAt(within(t), spender().Address, nil); err != nil || balance.Cmp(ether) != 0 {
		t.Fatalf("the spender owns %v on the new rollup, %v", balance, err)
	}
	n.bundle(0, core.LevelExecuted)

	// Validator 2 would build another genesis: it says what it has and what was agreed, and goes on ordering.
	stopped := n.net.Node(2).Zone(evmZone)
	n.await("validator 2 stops executing", func() bool { return stopped.Err() != nil })
	agreed := joining.Hash(n.net.Genesis().NetworkID()).Hex()
	if err := stopped.Err(); !errors.Is(err, zone.ErrMember) || !strings.Contains(err.Error(), agreed) {
		t.Errorf("validator 2 stops with %v, want the agreed genesis %s named", err, agreed)
	}

	// With validator 3 back more than 2/3 agree. With the agreed genesis validator 2 agrees too, and so does one that replays.
	if err := n.net.Start(3); err != nil {
		t.Fatal(err)
	}
	n.bundle(1, core.LevelAttested)
	if err := n.net.Stop(2); err != nil {
		t.Fatal(err)
	}
	if err := n.net.Start(2); !errors.Is(err, node.ErrJoining) || !strings.Contains(err.Error(), agreed) {
		t.Fatalf("validator 2 starts with another genesis: %v", err)
	}
	writeJoining(t, n.home(2), ether)
	if err := n.net.Start(2); err != nil {
		t.Fatal(err)
	}
	replaying := t.TempDir()
	writeJoining(t, replaying, ether)
	_, late := n.join(replaying)
	n.agree(n.net.Node(1), n.net.Node(2), n.net.Node(3), late)

	// It leaves, with what was ordered for it executed, and its last state stays readable.
	left := n.change(core.Change{RetireRollup: &core.RetireRollup{ID: third}}, 0, 1, 2)
	n.await("the rollup leaves", func() bool {
		status, err := n.rpc.Network(within(t))
		return err == nil && len(status.Zones[0].Rollups) == 2 && *status.Zones[0].Executed > left.Decided
	})
	err = chain.SendTransaction(within(t), decodeTx(t, transfer(t, third, 2)))
	if err == nil || !strings.Contains(err.Error(), "retired") {
		t.Errorf("a transaction on a retired rollup: %v", err)
	}
	if nonce, err := chain.NonceAt(within(t), spender().Address, nil); err != nil || nonce != 2 {
		t.Errorf("nonce %d on the retired rollup, want 2: %v", nonce, err)
	}
	n.restart(1)
	n.agree(n.net.Node(1), n.net.Node(2), n.net.Node(3), late)
	n.awaitSealAfter(left.Decided)
	n.restart(3)
	n.agree(n.net.Node(1), n.net.Node(2), n.net.Node(3), late)
}

// awaitSealAfter waits until a slot after the one that a tick opens is sealed and attested, so that a restart begins behind it.
func (n *network) awaitSealAfter(tick uint64) {
	n.t.Helper()
	slot := n.net.Genesis().Params.SlotSeconds * 1000
	record, err := n.net.Node(0).Log().Record(tick)
	if err != nil {
		n.t.Fatal(err)
	}
	n.await("two slots", func() bool {
		log := n.net.Node(0).Log()
		newest, err := log.Record(min(log.Head(), max(1, n.net.Node(0).Zone(evmZone).Agreed())))
		return err == nil && newest.Time > record.Time+2*slot
	})
}

func decodeTx(t *testing.T, raw []byte) *gethtypes.Transaction {
	t.Helper()
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(raw); err != nil {
		t.Fatal(err)
	}
	return tx
}
