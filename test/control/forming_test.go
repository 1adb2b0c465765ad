package control

import (
	"encoding/json"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/snapshot"
	"github.com/lockstep-network/lockstep/proof"
)

const (
	formedZone core.ZoneID   = 5
	founder    core.RollupID = 905 // forms it
	second     core.RollupID = 906 // joins it
)

// stateOf is the first state of a rollup of the zone that is formed.
func stateOf(id core.RollupID) *core.Joining {
	j := &core.Joining{Zone: formedZone, Rollup: core.Rollup{ID: id, Name: "rollup-" + id.String(), Kind: core.KindEVM, EVM: &core.EVMGenesis{
		BaseFee: params.GWei, Alloc: gethtypes.GenesisAlloc{spender().Address: {Balance: big.NewInt(params.Ether)}},
	}}}
	if id == founder {
		j.Operator = founding().Address
	}
	return j
}

// founding is the operator of the rollup that forms the zone.
func founding() devnet.Account { return devnet.Accounts()[2] }

func writeStates(t *testing.T, home string) string {
	t.Helper()
	writeState(t, home, stateOf(founder))
	writeState(t, home, stateOf(second))
	return home
}

// registration loads what a node makes of the first state of a rollup.
func (n *network) registration(id core.RollupID) *core.Joining {
	n.t.Helper()
	j, err := node.LoadJoining(node.JoiningFile(n.home(0), id), n.net.Genesis())
	if err != nil {
		n.t.Fatal(err)
	}
	return j
}

// consented submits a change of the new zone's members, which the founder's operator signs beside three validators.
func (n *network) consented(change core.Change) gateway.ChangeView {
	n.t.Helper()
	entry := n.propose(change, 0, 1, 2)
	if _, err := n.rpc.SubmitControl(within(n.t), entry); err == nil || !strings.Contains(err.Error(), founding().Address.Hex()) {
		n.t.Fatalf("without the consent of its operator: %v", err)
	}
	if err := entry.Sign(n.net.Genesis().NetworkID(), founding().Key); err != nil {
		n.t.Fatal(err)
	}
	return n.submit(entry)
}

// refused submits changes that must not be ordered.
func (n *network) refused() {
	n.t.Helper()
	for want, edit := range map[string]func(*core.RegisterRollup){
		"system contracts":     func(r *core.RegisterRollup) { r.SystemContracts = common.Hash{2} },
		"zone 1 exists":        func(r *core.RegisterRollup) { r.Zone = evmZone },
		"none of this network": func(r *core.RegisterRollup) { r.Forms = false },
	} {
		change := n.registration(founder).Forming(n.net.Genesis())
		edit(change.RegisterRollup)
		if _, err := n.rpc.SubmitControl(within(n.t), n.propose(change, 0, 1, 2)); err == nil || !strings.Contains(err.Error(), want) {
			n.t.Errorf("%s: %v, want %q", change.Words(), err, want)
		}
	}
}

// decides reads a subscription to ticks until it told of everything that was decided for a rollup, up to a number of positions.
func (n *network) decides(from uint64, rollup core.RollupID, positions uint64) {
	n.t.Helper()
	c, err := rpc.DialContext(within(n.t), "ws"+strings.TrimPrefix(n.url, "http"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer c.Close()
	events := make(chan json.RawMessage, 1<<12)
	sub, err := c.Subscribe(within(n.t), "lockstep", events, "ticks", map[string]any{"from": from})
	if err != nil {
		n.t.Fatal(err)
	}
	defer sub.Unsubscribe()
	for next := uint64(0); next < positions; {
		var e client.TickEvent
		select {
		case raw := <-events:
			if err := json.Unmarshal(raw, &e); err != nil {
				n.t.Fatalf("%s: %v", raw, err)
			}
		case err := <-sub.Err():
			n.t.Fatalf("ticks: %v", err)
		case <-within(n.t).Done():
			n.t.Fatalf("%d positions of rollup %s are told, want %d", next, rollup, positions)
		}
		for _, o := range e.Outcomes {
			if o.Rollup != rollup {
				continue
			}
			if o.Seq != next || e.Zone != formedZone {
				n.t.Fatalf("position %d in zone %s, want %d in zone %s", o.Seq, e.Zone, next, formedZone)
			}
			next++
		}
	}
}

// A zone is formed by one rollup while the network is under load and validator 3 is down, another one joins it. All agree on it:
// those that were there, one that comes back, one that replays everything, one that begins with a snapshot; and one that has no
// first state of it goes on without it.
func TestControl_AZoneIsFormed(t *testing.T) {
	dir := t.TempDir()
	n := start(t, dir, make(map[int]string))
	for i := range 4 {
		writeStates(t, n.home(i))
		n.restart(i)
	}
	n.refused()
	if status, err := n.rpc.Network(within(t)); err != nil || len(status.Zones) != 1 {
		t.Fatalf("zones before one is formed: %+v, %v", status, err)
	}
	n.awaitSnapshotAfter(1)
	waiting := n.follower() // begins with a snapshot in which the zone is not
	stop := n.load()
	t.Cleanup(func() { stop() })
	if err := n.net.Stop(3); err != nil {
		t.Fatal(err)
	}
	formed := n.consented(n.registration(founder).Forming(n.net.Genesis()))
	if since := n.net.Node(0).Ledger().ZoneSince(formedZone); since != formed.Decided {
		t.Errorf("the zone began with tick %d, decided was %d", since, formed.Decided)
	}
	chain, err := n.rpc.Rollup(within(t), founder)
	if err != nil {
		t.Fatal(err)
	}
	single := decodeTx(t, transfer(t, founder, 0))
	if err := chain.SendTransaction(within(t), single); err != nil {
		t.Fatal(err)
	}
	n.reaches(single.Hash(), core.LevelAttested)
	n.consented(n.registration(second).Change(n.net.Genesis()))
	bundle := n.sendBundle(core.LevelAttested, leg{founder, 1}, leg{second, 0})

	// A zone is a trust domain: bundles do not reach across.
	if _, err := n.rpc.SendBundle(within(t), bundleOf(t, leg{executed, 0}, leg{founder, 2})); err == nil || !strings.Contains(err.Error(), "zone") {
		t.Errorf("a bundle over two zones: %v", err)
	}
	verifier := &client.Verifier{Client: n.rpc, Trust: proof.FromGenesis(n.net.Genesis()), Wait: 20 * time.Second}
	if fact, err := verifier.Transaction(within(t), single.Hash()); err != nil || fact.Transaction.Decided == nil || fact.Transaction.Decided.Code != core.Included {
		t.Errorf("the transaction is not proven: %+v, %v", fact, err)
	}
	if _, err := verifier.Bundle(within(t), bundle); err != nil {
		t.Errorf("the bundle is not proven: %v", err)
	}
	n.decides(1, founder, 2)
	n.decides(formed.Decided+1, second, 1)

	if err := n.net.Start(3); err != nil {
		t.Fatal(err)
	}
	_, replaying := n.join(writeStates(t, t.TempDir()))
	n.agreeOn(formedZone, n.net.Node(1), n.net.Node(2), n.net.Node(3), replaying, waiting)
	n.agree(n.net.Node(3), replaying, waiting)
	n.goesOnWithout(formed.Decided, single.Hash())
	stop()

	// Everything stops and comes back from its folders.
	n.stop()
	again := start(t, dir, n.keys)
	again.sendBundle(core.LevelAttested, leg{founder, 2}, leg{second, 1})
	again.agreeOn(formedZone, again.net.Node(1), again.net.Node(2), again.net.Node(3))
	again.beginLater()
}

// lines is a log that is written and read at the same time.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// goesOnWithout runs a node that has no first state of the new zone: it says what it lacks, to its operator and to clients that ask
// for what became of a transaction there, and executes the other zone.
func (n *network) goesOnWithout(formed uint64, single common.Hash) {
	t, log, home := n.t, new(lines), n.t.TempDir()
	t.Helper()
	if _, _, err := devnet.NewValidator(home, nil); err != nil {
		t.Fatal(err)
	}
	listener, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	without := n.enter(home, listener, func(cfg *node.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	if err := without.Log().Wait(within(t), formed+1); err != nil || without.Zone(formedZone) != nil {
		t.Errorf("a node without the first state: %v", err)
	}
	n.agree(without)
	hash := n.registration(founder).Hash(n.net.Genesis().NetworkID()).Hex()
	if text := log.String(); !strings.Contains(text, "ALARM: a zone was formed") || !strings.Contains(text, hash) {
		t.Errorf("the log does not name genesis %s of the new zone:\n%s", hash, text)
	}
	url := "http://" + without.GatewayAddr().String()
	asked, err := client.Dial(within(t), url)
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	if status, err := asked.Status(within(t), single); err != nil || status.Level != core.LevelOrdered {
		t.Errorf("a transaction that this node does not execute: %+v, %v", status, err)
	}
	verifier := &client.Verifier{Client: asked, Trust: proof.FromGenesis(n.net.Genesis()), Wait: 20 * time.Second}
	if _, err := verifier.Transaction(within(t), single); err == nil || !strings.Contains(err.Error(), "does not execute rollup 905") {
		t.Errorf("a proof of what this node does not execute: %v", err)
	}
	verifier.OrderOnly = true
	if _, err := verifier.Transaction(within(t), single); err != nil {
		t.Errorf("a proof of the order: %v", err)
	}
	if err := n.balance(url, founder); err == nil || !strings.Contains(err.Error(), "does not execute rollup 905") {
		t.Errorf("the state of a rollup that this node does not execute: %v", err)
	}
}

// balance asks a gateway for the spender's balance on a rollup.
func (n *network) balance(url string, id core.RollupID) error {
	n.t.Helper()
	c, err := rpc.DialContext(within(n.t), url+"/rollup/"+id.String())
	if err != nil {
		return err
	}
	defer c.Close()
	var answer string
	return c.CallContext(within(n.t), &answer, "eth_getBalance", spender().Address, "latest")
}

// beginLater lets nodes join by snapshots: one that executes the new zone, and after the second rollup was retired one that never
// sees it executed and says so.
func (n *network) beginLater() {
	t := n.t
	t.Helper()
	n.awaitSnapshotAfter(n.net.Node(0).Log().Head())
	joined := n.follower()
	n.agreeOn(formedZone, joined)
	n.sendBundle(core.LevelAttested, leg{founder, 3}, leg{second, 2})
	n.agreeOn(formedZone, joined)
	n.agree(joined)

	retired := n.change(core.Change{RetireRollup: &core.RetireRollup{ID: second}}, 0, 1, 2)
	last := n.propose(core.Change{RetireRollup: &core.RetireRollup{ID: founder}}, 0, 1, 2)
	if _, err := n.rpc.SubmitControl(within(t), last); err == nil || !strings.Contains(err.Error(), "last one of zone 5") {
		t.Errorf("the last rollup of the zone leaves: %v", err)
	}
	n.awaitSealAfter(retired.Decided)
	n.awaitSnapshotAfter(n.net.Node(0).Log().Head())
	late := n.follower()
	n.agreeOn(formedZone, late)
	url := "http://" + late.GatewayAddr().String()
	if err := n.balance(url, founder); err != nil {
		t.Errorf("a rollup that is executed: %v", err)
	}
	if err := n.balance(url, second); err == nil || !strings.Contains(err.Error(), "state unavailable") {
		t.Errorf("a rollup that was retired before the node began: %v", err)
	}
}

// follower runs a follower that has the first states and begins with a snapshot.
func (n *network) follower() *node.Node {
	n.t.Helper()
	home := writeStates(n.t, n.t.TempDir())
	if _, _, err := devnet.NewValidator(home, nil); err != nil {
		n.t.Fatal(err)
	}
	listener, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	joined := n.enter(home, listener, func(cfg *node.Config) {
		cfg.Role, cfg.EthereumKey, cfg.StateSync.Peers, cfg.StateSync.Behind = node.RoleFollower, "", []string{n.url}, 1
	})
	if joined.Log().Oldest() == 1 {
		n.t.Error("the follower did not begin with a snapshot")
	}
	return joined
}

// awaitSnapshotAfter waits until the gateway's node has a snapshot of a tick after one.
func (n *network) awaitSnapshotAfter(tick uint64) {
	n.t.Helper()
	n.await("a snapshot", func() bool { return n.newestSnapshot() > tick })
}

// newestSnapshot is the tick of the newest snapshot that the gateway's node offers, zero for none.
func (n *network) newestSnapshot() (newest uint64) {
	n.t.Helper()
	answer, err := http.Get(n.url + snapshot.Path)
	if err != nil {
		n.t.Fatal(err)
	}
	defer answer.Body.Close()
	var offer struct {
		Ticks []uint64 `json:"ticks"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&offer); err != nil {
		n.t.Fatal(err)
	}
	for _, tick := range offer.Ticks {
		newest = max(newest, tick)
	}
	return newest
}
