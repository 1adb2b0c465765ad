package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/explorer"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/node/admin"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/ordering/signer"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// Node is one validator: all stages, fitted together.
type Node struct {
	cfg     Config
	genesis *core.Genesis
	log     *slog.Logger

	gateway *gateway.Gateway // nil without one
	// explorer is nil without a gateway, or when it is switched off.
	explorer *explorer.Explorer
	pool     *mempool.Pool
	machine  *ordering.Machine
	engine   *comet.Node
	signer   *signer.Signer // nil without a key
	ticks    *orderedlog.Log
	zones    map[core.ZoneID]*zone.Zone
	chains   map[core.RollupID]*evm.Chain
	rollups  func() evm.Config // what the configurations of all chains have in common
	joining  map[core.RollupID]*core.Joining
	rpcs     []*evm.RPC
	served   []*chainrpc.Chain // chains that others execute
	admin    *admin.Server     // nil without one
	work     *evm.Work         // of the calls of all rollups
	// books are those of intents, calls how they ask the rollups.
	books []zoneBook
	calls map[core.RollupID]*rpc.Client

	snapshots *snapshots // nil for a node that serves none

	progress *progress
	safe     sync.Mutex // held while safe blocks move
	metrics  *metrics
	closed   func() error // closes everything, once
}

// New opens everything a validator needs in its home folder, in the order of the data's way, and starts nothing.
// listener is the gateway's open port and belongs to the node; nil without a gateway. A node that is not run must be
// closed.
func New(cfg Config, genesis *core.Genesis, listener net.Listener) (*Node, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Role == RoleGateway {
		return nil, fmt.Errorf("node: role %q is no node's: it has no stages", cfg.Role)
	}
	n := &Node{
		cfg: cfg, genesis: genesis, log: cfg.Logger,
		zones: make(map[core.ZoneID]*zone.Zone), chains: make(map[core.RollupID]*evm.Chain), progress: newProgress(genesis), work: evm.NewWork(),
		calls: make(map[core.RollupID]*rpc.Client),
	}
	n.genesis = genesis.Following(func() *core.Genesis { return n.inForce(genesis) })
	n.rollups = sync.OnceValue(func() evm.Config { return evm.ConfigOf(n.genesis, 0, "") })
	n.metrics = newMetrics(n)
	n.closed = sync.OnceValue(n.closeAll)
	for _, open := range []func() error{
		homeOf(cfg).Settle, n.readJoining, n.readCrash, n.openLog, n.openChains, n.openPool, n.openSigner, n.openOrdering, n.checkJoining, n.openZones, n.openSnapshots, n.openExplorer, n.openIntents,
		func() error { return n.openGateway(listener) }, n.openAdmin,
	} {
		if err := open(); err != nil {
			return nil, errors.Join(err, n.Close())
		}
	}
	return n, nil
}

// openLog opens the ordered log, which does not follow from anything else that the node has.
func (n *Node) openLog() (err error) {
	n.ticks, err = orderedlog.Open(orderedlog.Config{Dir: n.cfg.logDir(), Network: n.genesis.NetworkID(), Kind: n.genesis.Kind})
	if errors.Is(err, orderedlog.ErrCorrupt) {
		return fmt.Errorf("%w: %w (remove %s, and everything in %s except priv_validator_state.json, and start again: "+
			"both come back from the peers, as far as they keep blocks)", ErrDamaged, err, n.cfg.logDir(), filepath.Join(OrderingDir(n.cfg.Home), "data"))
	}
	return err
}

// openChains opens every `evm` rollup. Those of a zone whose files are damaged begin anew, together.
func (n *Node) openChains() error {
	for _, z := range n.knownZones() {
		err := n.marked(z.ID)
		if err == nil {
			err = n.openChainsOf(z)
		}
		if err != nil && repairable(err) {
			if err = n.rebuild(z, err); err == nil {
				err = n.openChainsOf(z)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openChainsOf opens a zone's rollups.
func (n *Node) openChainsOf(z core.Zone) error {
	for _, id := range n.rollupsOf(z) {
		cfg := n.chainConfig(id)
		cfg.Logger = n.log
		chain, err := evm.Open(cfg)
		if errors.Is(err, evm.ErrOtherGenesis) && n.joining[id] != nil { // its file was replaced: nothing that joined is of the old one
			if err = n.moveAside(z.ID, cfg.Dir, err); err == nil {
				chain, err = evm.Open(cfg)
			}
		}
		if err != nil {
			return fmt.Errorf("open rollup %s: %w", id, err)
		}
		n.chains[id] = chain
	}
	return nil
}

func (n *Node) openPool() (err error) {
	n.pool, err = mempool.New(n.cfg.Mempool, n.genesis, poolState{n.chains, n.progress, n}, time.Now)
	return err
}

// openSigner takes the key that signs checkpoints.
func (n *Node) openSigner() (err error) {
	if n.cfg.EthereumKey == "" {
		return nil
	}
	key, err := keys.Load(n.cfg.EthereumKey, n.cfg.EthereumPassword)
	if err != nil {
		return err
	}
	if n.signer, err = signer.Open(key, n.cfg.EthereumKey, n.genesis.NetworkID()); err != nil {
		return err
	}
	return nil
}

// checkSigner says when the key that signs checkpoints is no validator's now: it may be that of one that is to join, or that
// gets this key.
func (n *Node) checkSigner() {
	if n.signer == nil {
		return
	}
	for _, v := range n.machine.Validators() {
		if v.Address == n.signer.Address() {
			return
		}
	}
	n.log.Warn("the Ethereum key is no validator's now: its signatures count once a control entry makes it one", "stage", "ordering", "peer", n.signer.Address())
}

// inForce is what the ledger has made of the genesis; the genesis until the ledger is open.
func (n *Node) inForce(genesis *core.Genesis) *core.Genesis {
	if n.machine == nil {
		return genesis
	}
	return n.machine.InForce()
}

// openOrdering loads the ordering machine with the ledger that the log keeps beside its newest tick.
func (n *Node) openOrdering() error {
	machine, err := ordering.New(n.genesis, comet.VerifyExtension, ordering.Supports(cmp.Or(n.cfg.Protocol, core.ProtocolVersion)))
	if err != nil {
		return err
	}
	if height := n.ticks.Head(); height > 0 {
		rows, err := n.ticks.Ledger()
		if err != nil {
			return err
		}
		if err := machine.Load(height, pairs(rows)); err != nil {
			return fmt.Errorf("load ledger of tick %d: %w", height, err)
		}
	}
	cfg := n.cfg.Ordering
	cfg.Home, cfg.Follow = OrderingDir(n.cfg.Home), n.cfg.Role == RoleFollower
	n.machine = machine
	n.checkSigner()
	deps := comet.Deps{
		Genesis: n.genesis, Machine: machine, Pool: gossipPool{n.pool, n.committed}, Log: sharedLog{n.ticks, n.pool}, Results: results{n.zones}, Logger: n.log,
		Listener: n.metrics, Holdings: holdings{n.pool, n.ticks},
	}
	if n.signer != nil {
		deps.Signer, deps.Identity = n.signer, n.signer
	}
	n.engine, err = comet.New(cfg, deps)
	return err
}

func pairs(rows []core.KV) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for _, kv := range rows {
			if !yield(kv.Key, kv.Value) {
				return
			}
		}
	}
}

func (n *Node) openGateway(listener net.Listener) (err error) {
	if n.cfg.Gateway == nil {
		return nil
	}
	asked := holders{n.engine, newHoldersMetrics(n)}
	lanes, err := n.openLanes(asked)
	if err != nil {
		return err
	}
	n.gateway, err = gateway.New(*n.cfg.Gateway, gateway.Deps{
		Genesis: n.genesis, Pool: clientPool{n.pool, n.accepted}, Log: servedLog{n.ticks}, Index: n.ticks, Chains: n.ticks, Reports: n.ticks, Ledger: agreed{n.machine}, Control: control{n.pool, n.machine}, Holders: asked, Checkpoints: checkpoints{n.ticks},
		Prover:  newProver(n.genesis, n.ticks, n.zones),
		Rollups: lanes, Zones: n.servedZones(), Decided: n.decided(), Intents: n.intentBooks(), Explorer: n.explorerHandler(), Snapshots: n.snapshotHandler(), Listener: listener, Metrics: n.metrics.registry, Version: n.cfg.Version, Logger: n.log,
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(n.chains)) {
		if n.missed(id) {
			continue
		}
		if err := n.mount(id, n.chains[id]); err != nil {
			return fmt.Errorf("serve rollup %s: %w", id, err)
		}
	}
	return n.mountChains()
}

// decided tells a follower how far its peers are. A validator decides itself, and its log is as good as theirs.
func (n *Node) decided() func() uint64 {
	if n.cfg.Role != RoleFollower {
		return nil
	}
	return n.engine.Decided
}

// servedZones are all zones as the gateway asks them.
func (n *Node) servedZones() map[core.ZoneID]gateway.Zone {
	zones := make(map[core.ZoneID]gateway.Zone, len(n.zones))
	for id, z := range n.zones {
		zones[id] = servedZone{z, n.progress}
	}
	return zones
}

// mount serves a rollup's Ethereum JSON-RPC, and the strict variant in which `latest` is sealed everywhere.
func (n *Node) mount(id core.RollupID, chain *evm.Chain) error {
	serve := func(sealedOnly bool) (*evm.RPC, error) {
		server, err := evm.NewRPC(chain, evm.RPCDeps{
			Submit: n.gateway.Sender(id), Pool: rollupPool{n.pool, id}, Finality: finality{n.progress, id},
			ClientVersion: "Lockstep/" + n.cfg.Version, SealedOnly: sealedOnly, Work: n.work, MaxSyncWait: n.cfg.Gateway.MaxWait,
		})
		if err == nil {
			n.rpcs = append(n.rpcs, server)
		}
		return server, err
	}
	open, err := serve(false)
	if err != nil {
		return err
	}
	sealed, err := serve(true)
	if err != nil {
		return err
	}
	if err := n.gateway.Mount(id, open.Server(), sealed.Server()); err != nil {
		return err
	}
	n.calls[id] = open.Client() // once the server has its limits: a client makes it work
	return nil
}

// Run orders, executes and serves until ctx ends (nil) or a stage that the node cannot do without fails. When it
// returns everything is closed. It may be called once.
func (n *Node) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.pool.Run(ctx) })
	group.Go(func() error { return n.engine.Run(ctx) })
	group.Go(func() error { return n.followAttested(ctx) })
	group.Go(func() error { return n.retain(ctx) })
	group.Go(func() error { return n.watchStanding(ctx) })
	if n.snapshots != nil {
		group.Go(func() error { n.snapshots.run(ctx); return nil })
	}
	for id, z := range n.zones {
		group.Go(func() error { n.runZone(ctx, id, z); return nil })
	}
	if n.gateway != nil {
		group.Go(func() error { return n.gateway.Run(ctx) })
	}
	for _, chain := range n.served {
		group.Go(func() error { return chain.Run(ctx) })
	}
	for _, book := range n.books {
		group.Go(func() error { return book.Run(ctx) })
	}
	if n.explorer != nil {
		group.Go(func() error { return n.explorer.Run(ctx) })
	}
	if n.admin != nil {
		group.Go(func() error { return n.admin.Run(ctx) })
	}
	return errors.Join(group.Wait(), n.Close())
}

// Close closes what New opened. Run does so itself; it is idempotent.
func (n *Node) Close() error { return n.closed() }

// closeAll goes through the stages in reverse order.
func (n *Node) closeAll() error {
	var errs []error
	if n.admin != nil {
		errs = append(errs, n.admin.Close())
	}
	if n.gateway != nil {
		errs = append(errs, n.gateway.Close())
	}
	if n.explorer != nil {
		errs = append(errs, n.explorer.Close())
	}
	for _, calls := range n.calls {
		calls.Close()
	}
	for _, chain := range n.served {
		chain.Close()
	}
	for _, server := range n.rpcs {
		server.Stop()
	}
	if n.engine != nil {
		errs = append(errs, n.engine.Close())
	}
	if n.signer != nil {
		errs = append(errs, n.signer.Close())
	}
	for _, z := range n.zones {
		errs = append(errs, z.Close())
	}
	for _, chain := range n.chains {
		errs = append(errs, chain.Close())
	}
	if n.ticks != nil {
		errs = append(errs, n.ticks.Close())
	}
	return errors.Join(errs...)
}

// PeerAddr is nodeid@host:port, as other validators name this one.
func (n *Node) PeerAddr() string { return n.engine.P2PAddr() }

// AddPeers names the other validators; before Run.
func (n *Node) AddPeers(peers ...string) error { return n.engine.AddPeers(peers...) }

// Joined is closed at the first proposal that this node makes or votes on.
func (n *Node) Joined() <-chan struct{} { return n.engine.Joined() }

// GatewayAddr is where the gateway listens, nil without one.
func (n *Node) GatewayAddr() net.Addr {
	if n.gateway == nil {
		return nil
	}
	return n.gateway.Addr()
}

// Log is the node's ordered log.
func (n *Node) Log() *orderedlog.Log { return n.ticks }

// Zone is the executor of a zone, nil if this node has none of that id.
func (n *Node) Zone(id core.ZoneID) *zone.Zone { return n.zones[id] }

// Chain is a rollup's chain, nil if this node does not execute it.
func (n *Node) Chain(id core.RollupID) *evm.Chain { return n.chains[id] }

// Ledger is the replicated state of ordering.
func (n *Node) Ledger() *ordering.Machine { return n.machine }
