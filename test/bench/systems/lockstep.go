package systems

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/test/bench/harness"
)

const lockstepKind = "lockstep"

// Shape is what network of ours is started.
type Shape struct {
	Place
	Validators int
	// EVM and Opaque are how many rollups of these kinds it has.
	EVM, Opaque int
	// Gateways is how many validators, the first ones, have one; zero is all of them.
	Gateways int
	// Senders is how many accounts have funds on every EVM rollup, see SenderKey.
	Senders int
	// Settings is a TOML file with settings for every node, empty for the defaults.
	Settings string
}

// Lockstep is a network of ours that runs.
type Lockstep struct {
	*Network
	Genesis *core.Genesis
	place   Place
	tasks   []any
}

// lockstepTask tells a process which nodes it has.
type lockstepTask struct {
	Genesis  string `json:"genesis"` // file
	Homes    []home `json:"homes"`
	Settings string `json:"settings,omitempty"` // file
}

// home is that of one node.
type home struct {
	Dir     string `json:"dir"`
	Gateway bool   `json:"gateway"`
}

// The first chain ids.
const (
	FirstEVM    = core.RollupID(901)
	FirstOpaque = core.RollupID(5001)
)

// SenderKey is the key of the i-th account with funds; it is the same in every network.
func SenderKey(i int) *ecdsa.PrivateKey {
	for salt := 0; ; salt++ {
		key, err := crypto.ToECDSA(crypto.Keccak256(fmt.Appendf(nil, "lockstep bench sender %d %d", i, salt)))
		if err == nil {
			return key
		}
	}
}

func senderAddresses(n int) []common.Address {
	addresses := make([]common.Address, n)
	for i := range addresses {
		addresses[i] = crypto.PubkeyToAddress(SenderKey(i).PublicKey)
	}
	return addresses
}

// StartLockstep starts a new network of ours and waits until each validator has executed a tick.
func StartLockstep(ctx context.Context, shape Shape) (_ *Lockstep, err error) {
	network, err := newNetwork(shape.Place)
	if err != nil {
		return nil, err
	}
	l := &Lockstep{Network: network, place: shape.Place}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Stop())
		}
	}()
	homes, err := l.create(shape)
	if err != nil {
		return nil, err
	}
	for _, part := range split(homes, shape.Processes) {
		l.tasks = append(l.tasks, lockstepTask{Genesis: l.genesisFile(), Homes: part, Settings: shape.Settings})
	}
	return l, l.launch(ctx, l.place, lockstepKind, l.tasks)
}

// Restart ends the processes and starts them again with what they have on disk, and waits until each has executed a tick that is new.
// Its doors are others then.
func (l *Lockstep) Restart(ctx context.Context) error {
	l.halt()
	return l.Begin(ctx)
}

// Halt ends the processes in good order; what they have on disk stays.
func (l *Lockstep) Halt() { l.halt() }

// Begin starts the processes that Halt has ended, as Restart does.
func (l *Lockstep) Begin(ctx context.Context) error {
	return l.launch(ctx, l.place, lockstepKind, l.tasks)
}

func (l *Lockstep) genesisFile() string { return filepath.Join(l.dir, "genesis.json") }

// create makes the genesis and a home for every validator.
func (l *Lockstep) create(shape Shape) (homes []home, err error) {
	spec := devnet.Spec{Name: "bench", Operator: devnet.Operator().Address, Time: time.Now(), Funded: senderAddresses(shape.Senders)}
	for i := range shape.Validators {
		dir := filepath.Join(l.dir, fmt.Sprintf("validator-%d", i))
		member, _, err := devnet.NewValidator(dir, nil)
		if err != nil {
			return nil, err
		}
		homes, spec.Validators = append(homes, home{dir, shape.Gateways == 0 || i < shape.Gateways}), append(spec.Validators, member)
	}
	for i := range shape.EVM {
		spec.Rollups = append(spec.Rollups, FirstEVM+core.RollupID(i))
	}
	for i := range shape.Opaque {
		spec.Opaque = append(spec.Opaque, FirstOpaque+core.RollupID(i))
	}
	if l.Genesis, err = devnet.NewGenesis(spec); err != nil {
		return nil, err
	}
	text, err := json.Marshal(l.Genesis)
	if err != nil {
		return nil, err
	}
	return homes, os.WriteFile(l.genesisFile(), text, 0o644)
}

// serveLockstep is the child's side.
func serveLockstep(ctx context.Context, parent *harness.Parent) (err error) {
	var task lockstepTask
	if err := parent.Hear(&task); err != nil {
		return err
	}
	text, err := os.ReadFile(task.Genesis)
	if err != nil {
		return err
	}
	genesis, err := core.ParseGenesis(text)
	if err != nil {
		return err
	}
	var nodes []*node.Node
	defer func() {
		for _, n := range nodes {
			err = errors.Join(err, n.Close())
		}
	}()
	var open doors
	for _, home := range task.Homes {
		n, err := openNode(home, task.Settings, genesis)
		if err != nil {
			return err
		}
		nodes, open.Peers = append(nodes, n), append(open.Peers, n.PeerAddr())
		if home.Gateway {
			open.Clients = append(open.Clients, n.GatewayAddr().String())
		}
	}
	if err := parent.Tell(open); err != nil {
		return err
	}
	var peers []string
	if err := parent.Hear(&peers); err != nil {
		return err
	}
	ctx, cancel := parent.Attached(ctx)
	defer cancel()
	for _, n := range nodes {
		others := slices.DeleteFunc(slices.Clone(peers), func(peer string) bool { return peer == n.PeerAddr() })
		if err := n.AddPeers(others...); err != nil {
			return err
		}
	}
	return runNodes(ctx, nodes, genesis.Zones, func() error { return parent.Tell(ready{true}) })
}

// openNode opens a validator; its gateway is on a port that the kernel chooses.
func openNode(home home, file string, genesis *core.Genesis) (*node.Node, error) {
	effective, err := settings.Load(settings.Defaults(home.Dir), settings.Sources{File: file})
	if err != nil {
		return nil, err
	}
	cfg := effective.Config
	cfg.EthereumKey, cfg.Ordering.Listen = node.EthereumKey(home.Dir), "127.0.0.1:0"
	cfg.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if !home.Gateway {
		cfg.Gateway = nil
		return node.New(cfg, genesis, nil)
	}
	listener, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n, err := node.New(cfg, genesis, listener)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return n, nil
}

// runNodes runs them until ctx ends, and calls running when all of them have executed a tick that is new.
func runNodes(ctx context.Context, nodes []*node.Node, zones []core.Zone, running func() error) error {
	heads := make([]uint64, len(nodes))
	for i, n := range nodes {
		heads[i] = n.Log().Head()
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, n := range nodes {
		group.Go(func() error { return n.Run(ctx) })
	}
	group.Go(func() error {
		for i, n := range nodes {
			if err := n.Log().Wait(ctx, heads[i]+2); err != nil {
				return nil // ctx has ended
			}
			for _, z := range zones {
				if err := n.Zone(z.ID).WaitExecuted(ctx, heads[i]+1); err != nil {
					return nil
				}
			}
		}
		return running()
	})
	return group.Wait()
}
