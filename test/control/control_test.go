package control

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/proof"
)

const (
	loaded  core.RollupID = 7000 // of kind opaque, in the genesis
	joining core.RollupID = 7100 // of kind opaque
	chain   core.RollupID = 7200 // of kind opstack
	// patience bounds waits on a loaded machine.
	patience = 90 * time.Second
)

// network is a devnet with what its operators know.
type network struct {
	t    *testing.T
	net  *devnet.Devnet
	dir  string
	stop func()
	rpc  *client.Client
	url  string

	mu   sync.Mutex
	keys map[int]string // the files of Ethereum keys, of validators that do not have their first one any more
	// newer are the validators whose build knows the next version of the rules.
	newer map[int]bool
}

func start(t *testing.T, dir string, keys map[int]string) *network {
	t.Helper()
	n := &network{t: t, dir: dir, keys: keys, newer: make(map[int]bool)}
	execution := startExecution(t)
	var err error
	n.net, err = devnet.New(devnet.Options{
		Dir: dir, RPC: "127.0.0.1:0", Version: "test", Opaque: []core.RollupID{loaded},
		Configure: func(validator int, cfg *node.Config) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if file := n.keys[validator]; file != "" {
				cfg.EthereumKey = file
			}
			if n.newer[validator] {
				cfg.Protocol = core.ProtocolVersion + 1
			}
			cfg.ServeChain(chain, execution.URL)
			cfg.Snapshots.Every = 2
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.net.Run(ctx) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("devnet: %v", err)
		}
	})
	t.Cleanup(n.stop)
	select {
	case <-n.net.Ready():
	case <-time.After(patience):
		t.Fatal("devnet is not ready")
	}
	n.url = n.net.Info().RPC
	if n.rpc, err = client.Dial(within(t), n.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.rpc.Close)
	return n
}

// startExecution starts what stands for the execution client of the chain that joins: it knows the chain's id.
func startExecution(t *testing.T) *httptest.Server {
	t.Helper()
	served := rpc.NewServer()
	if err := served.RegisterName("eth", executionClient{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(served)
	t.Cleanup(server.Close)
	return server
}

type executionClient struct{}

// ChainId is eth_chainId.
func (executionClient) ChainId() hexutil.Uint64 { return hexutil.Uint64(chain) }

// chainID asks for the chain's id under its path of the gateway.
func (n *network) chainID() (id hexutil.Uint64, err error) {
	n.t.Helper()
	c, err := rpc.DialContext(within(n.t), n.url+"/rollup/"+chain.String())
	if err != nil {
		n.t.Fatal(err)
	}
	defer c.Close()
	err = c.CallContext(within(n.t), &id, "eth_chainId")
	return id, err
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// key reads the Ethereum key of a validator.
func (n *network) key(validator int) *ecdsa.PrivateKey {
	n.t.Helper()
	file := n.keys[validator]
	if file == "" {
		file = node.EthereumKey(n.dir + "/validator-" + string(rune('0'+validator)))
	}
	key, err := crypto.LoadECDSA(file)
	if err != nil {
		n.t.Fatal(err)
	}
	return key
}

// propose makes the next control entry, effective at once, signed by some validators.
func (n *network) propose(change core.Change, signers ...int) *core.Control {
	n.t.Helper()
	view, err := n.rpc.Control(within(n.t), 1)
	if err != nil {
		n.t.Fatal(err)
	}
	entry := &core.Control{Sequence: view.Next, NotAfter: uint64(time.Now().Add(time.Hour).UnixMilli()), Change: change}
	for _, i := range signers {
		if err := entry.Sign(n.net.Genesis().NetworkID(), n.key(i)); err != nil {
			n.t.Fatal(err)
		}
	}
	return entry
}

// change submits a change that three have signed and waits until it has taken effect.
func (n *network) change(change core.Change, signers ...int) gateway.ChangeView {
	n.t.Helper()
	return n.submit(n.propose(change, signers...))
}

// submit submits an entry and waits until its change has taken effect.
func (n *network) submit(entry *core.Control) gateway.ChangeView {
	n.t.Helper()
	words := entry.Change.Words()
	if _, err := n.rpc.SubmitControl(within(n.t), entry); err != nil {
		n.t.Fatalf("%s: %v", words, err)
	}
	var view gateway.ChangeView
	n.await(words, func() bool {
		list, err := n.rpc.Control(within(n.t), entry.Sequence)
		if err != nil || len(list.Changes) == 0 {
			return false
		}
		view = list.Changes[0]
		return view.State != "pending"
	})
	if view.State != "effective" || view.Change != words {
		n.t.Fatalf("%+v, want it effective", view)
	}
	return view
}

// await asks again with every tick until it is so.
func (n *network) await(what string, so func() bool) {
	n.t.Helper()
	ctx := within(n.t)
	log := n.net.Node(0).Log()
	for !so() {
		if err := log.Wait(ctx, log.Head()+1); err != nil {
			n.t.Fatalf("%s: %v", what, err)
		}
	}
}

// signers are the Ethereum addresses of those that sign the newest tick.
func (n *network) signers() (addresses []common.Address) {
	for _, v := range n.net.Node(0).Ledger().Validators() {
		addresses = append(addresses, v.Address)
	}
	return addresses
}

// load submits entries until the test ends and gives back how many were taken.
func (n *network) load() (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	taken := make(chan int, 1)
	go func() {
		c, count := lane.New(loaded, proof.FromGenesis(n.net.Genesis()), n.url), 0
		// Entries of one load are not those of another: what was ordered lately is not taken again.
		prefix := append([]byte("entry "), core.U64(n.net.Node(0).Log().Head())...)
		for ctx.Err() == nil {
			entry := append(bytes.Clone(prefix), core.U64(uint64(count))...)
			if _, err := c.Submit(ctx, entry); err == nil {
				count++
			} else if ctx.Err() == nil {
				n.t.Errorf("submit: %v", err)
				break
			}
			if err := n.net.Node(0).Log().Wait(ctx, n.net.Node(0).Log().Head()+1); err != nil && ctx.Err() == nil {
				n.t.Errorf("wait: %v", err)
				break
			}
		}
		taken <- count
	}()
	return sync.OnceValue(func() int { cancel(); return <-taken })
}

// reader reads a lane until a number of its entries are proven.
type reader struct{ entries, want uint64 }

var errEnough = errors.New("enough")

func (r *reader) Tick(t *lane.Tick, _ lane.Cursor) error {
	r.entries += uint64(len(t.Items))
	return nil
}
func (r *reader) Clock(uint64, lane.Cursor) error { return nil }
func (r *reader) Proven(fact *proof.HeadFact) error {
	if fact.Lane.NextSeq >= r.want {
		return errEnough
	}
	return nil
}

// proven reads a lane, believing nobody but the genesis, until so many of its entries are proven.
func (n *network) proven(id core.RollupID, want uint64) {
	n.t.Helper()
	c := lane.New(id, proof.FromGenesis(n.net.Genesis()), n.url)
	if err := c.Follow(within(n.t), lane.Cursor{}, &reader{want: want}); !errors.Is(err, errEnough) {
		n.t.Fatalf("lane of rollup %s: %v", id, err)
	}
}

// join runs one more validator's node and gives what the others need to know of it.
func (n *network) join(home string) (core.Validator, *node.Node) {
	n.t.Helper()
	member, _, err := devnet.NewValidator(home, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return member, n.enter(home, nil, func(*node.Config) {})
}

// enter runs a node beside the validators, with a gateway if it has a listener for one.
func (n *network) enter(home string, listener net.Listener, configure func(*node.Config)) *node.Node {
	n.t.Helper()
	cfg := node.Default(home)
	cfg.EthereumKey, cfg.Version, cfg.Ordering.Listen = node.EthereumKey(home), "test", "127.0.0.1:0"
	cfg.Logger = slog.New(slog.DiscardHandler)
	configure(&cfg)
	if listener != nil {
		served := gateway.Default()
		cfg.Gateway = &served
	}
	if _, err := node.Join(within(n.t), cfg, n.net.Genesis(), nil); err != nil {
		n.t.Fatal(err)
	}
	joined, err := node.New(cfg, n.net.Genesis(), listener)
	if err != nil {
		n.t.Fatal(err)
	}
	for i := range n.net.Genesis().Validators {
		if err := joined.AddPeers(n.net.Node(i).PeerAddr()); err != nil {
			n.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- joined.Run(ctx) }()
	n.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			n.t.Errorf("validator that joined: %v", err)
		}
	})
	return joined
}

func TestControl_ChangesARunningNetwork(t *testing.T) {
	dir := t.TempDir()
	n := start(t, dir, make(map[int]string))
	stop := n.load()

	// A chain of the OP Stack and a rollup of its own kind join. Two of four signatures are too few, and the answer says whose
	// are missing.
	operator := devnet.Operator()
	opchain := core.Change{RegisterRollup: &core.RegisterRollup{ID: chain, Name: "op-chain", Kind: core.KindOPStack, Operator: operator.Address}}
	_, err := n.rpc.SubmitControl(within(t), n.propose(opchain, 0, 1))
	if missing := crypto.PubkeyToAddress(n.key(3).PublicKey).Hex(); err == nil || !strings.Contains(err.Error(), "2 of 4") || !strings.Contains(err.Error(), missing) {
		t.Fatalf("two of four: %v, want the missing %s named", err, missing)
	}
	if _, err := lane.New(joining, proof.FromGenesis(n.net.Genesis()), n.url).Submit(within(t), []byte("early")); err == nil {
		t.Fatal("an entry is taken for a rollup that is not registered")
	}
	if _, err := n.chainID(); err == nil || !strings.Contains(err.Error(), "unknown rollup") {
		t.Errorf("the chain's JSON-RPC before it is registered: %v", err)
	}
	n.change(opchain, 0, 1, 2)
	if id, err := n.chainID(); err != nil || id != hexutil.Uint64(chain) {
		t.Errorf("the chain's JSON-RPC once it is registered: %d, %v", id, err)
	}
	n.change(core.Change{RegisterRollup: &core.RegisterRollup{ID: joining, Name: "joining", Kind: core.KindOpaque}}, 1, 2, 3)
	if _, err := lane.New(joining, proof.FromGenesis(n.net.Genesis()), n.url).Submit(within(t), []byte("first")); err != nil {
		t.Fatal(err)
	}
	block := &core.Block{Rollup: chain, Number: 1, Hash: common.Hash{1}, Timestamp: 1}
	if err := block.Sign(n.net.Genesis().NetworkID(), operator.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := lane.New(chain, proof.FromGenesis(n.net.Genesis()), n.url).SubmitBlock(within(t), block); err != nil {
		t.Fatal(err)
	}
	n.proven(joining, 1)
	n.proven(chain, 1)

	// A fifth validator: its node follows as one without a vote first, then it is added and votes.
	fifth, joined := n.join(t.TempDir())
	n.change(core.Change{AddValidator: &fifth}, 0, 1, 2)
	n.await("the fifth validator signs", func() bool { return slices.Contains(n.signers(), fifth.Address) })
	select {
	case <-joined.Joined():
	case <-within(t).Done():
		t.Fatal("the fifth validator takes no part in consensus")
	}

	// Validator 1 gets another Ethereum key; its node is restarted with it.
	file := t.TempDir() + "/new.key"
	fresh, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := crypto.SaveECDSA(file, fresh); err != nil {
		t.Fatal(err)
	}
	n.change(core.Change{ReplaceKeys: &core.ReplaceKeys{
		Address: crypto.PubkeyToAddress(n.key(1).PublicKey), Validator: rekeyed(t, dir+"/validator-1", fresh),
	}}, 0, 1, 2, 3)
	n.mu.Lock()
	n.keys[1] = file
	n.mu.Unlock()
	if err := errors.Join(n.net.Stop(1), n.net.Start(1)); err != nil {
		t.Fatal(err)
	}

	// Validator 2 leaves; the new key counts among those that let it.
	removed := crypto.PubkeyToAddress(n.key(2).PublicKey)
	n.change(core.Change{RemoveValidator: &core.RemoveValidator{Address: removed}}, 0, 1, 2, 3)
	n.await("validator 2 leaves", func() bool { return len(n.signers()) == 4 && !slices.Contains(n.signers(), removed) })
	taken := stop()
	n.proven(loaded, uint64(taken)) // by a verifier that began with the first set and follows to the last

	// Everything stops and comes back from its folders: the same ledger.
	n.stop()
	again := start(t, dir, n.keys)
	if got := again.signers(); !slices.Equal(sorted(got), sorted(n.signers())) {
		t.Errorf("signers after the restart %v, before %v", got, n.signers())
	}
	if state, _ := again.net.Node(3).Ledger().Chain(chain); state.Block.Number != 1 {
		t.Errorf("the chain's block is not there after the restart: %+v", state)
	}
	again.change(core.Change{RetireRollup: &core.RetireRollup{ID: joining}}, 0, 1, 3)
	if _, err := lane.New(joining, proof.FromGenesis(n.net.Genesis()), again.url).Submit(within(t), []byte("late")); err == nil || !strings.Contains(err.Error(), "retired") {
		t.Errorf("an entry for a retired rollup: %v", err)
	}
	same(t, again)
}

func sorted(addresses []common.Address) []common.Address {
	return slices.SortedFunc(slices.Values(addresses), common.Address.Cmp)
}

// rekeyed is the validator of a home with another Ethereum key.
func rekeyed(t *testing.T, home string, fresh *ecdsa.PrivateKey) core.Validator {
	t.Helper()
	consensus, _, err := comet.GenerateKeys(node.OrderingDir(home)) // reads those that are there
	if err != nil {
		t.Fatal(err)
	}
	v, err := core.NewValidator(consensus, fresh, 1)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// same stops the validators and compares their ledgers: after equal ticks equal roots.
func same(t *testing.T, n *network) {
	t.Helper()
	type head struct {
		height uint64
		root   common.Hash
	}
	var heads []head
	for i := range n.net.Genesis().Validators {
		machine := n.net.Node(i).Ledger()
		n.await("a tick", func() bool { return machine.Height() > 0 })
	}
	n.stop()
	for i := range n.net.Genesis().Validators {
		machine := n.net.Node(i).Ledger()
		heads = append(heads, head{machine.Height(), machine.AppHash()})
	}
	for i, a := range heads {
		for j, b := range heads[:i] {
			if a.height == b.height && a.root != b.root {
				t.Errorf("validators %d and %d differ after tick %d: %s and %s", i, j, a.height, a.root, b.root)
			}
		}
	}
}
