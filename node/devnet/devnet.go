package devnet

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// Options say where a devnet lives and how it is reached.
type Options struct {
	// Dir is the devnet's folder.
	Dir string
	// Fresh throws away what is in it.
	Fresh bool
	// Shape is the network's, fixed by the first start; zero fields accept what the folder has.
	Shape Shape
	// Opaque are rollups of kind opaque that a new network gets beside its EVM rollups; their operator is the account Operator. A folder's
	// network must have them.
	Opaque []core.RollupID
	// OPStack are chains of the OP Stack that a new network gets besides, with the same operator. A folder's network must have them.
	OPStack []core.RollupID
	// RPC is the gateway's address HOST:PORT; port 0 lets the kernel choose.
	RPC string
	// Version is the build's name, as clients see it.
	Version string
	// Configure changes a validator's configuration before it is opened; nil for none.
	Configure func(validator int, cfg *node.Config)
	// Logger gets the log of all validators; nil for none.
	Logger *slog.Logger
}

// Devnet is a network in one process.
type Devnet struct {
	options    Options
	folder     *folder
	genesis    *core.Genesis
	rpc        net.Listener // until the first validator takes it
	rpcAddr    string
	validators []*validator
	ready      chan struct{}
}

// Info is what a user needs to know of a running devnet.
type Info struct {
	NetworkID  core.NetworkID `json:"networkId"`
	Validators int            `json:"validators"`
	Dir        string         `json:"dir"`
	RPC        string         `json:"rpc"`
	Rollups    []RollupInfo   `json:"rollups"`
	Accounts   []AccountInfo  `json:"accounts"`
	// Mnemonic is public: nothing of value may ever be sent to its accounts.
	Mnemonic string `json:"mnemonic"`
}

// RollupInfo is how to reach a rollup.
type RollupInfo struct {
	Name      string        `json:"name"`
	ChainID   core.RollupID `json:"chainId"`
	Zone      core.ZoneID   `json:"zone"`
	HTTP      string        `json:"http"`
	WebSocket string        `json:"webSocket"`
}

// AccountInfo is a prefunded account; its key is public.
type AccountInfo struct {
	Address    common.Address `json:"address"`
	PrivateKey string         `json:"privateKey"`
}

// New takes the port and the folder, makes keys and genesis at the first start, and opens all validators. Whatever is
// wrong is found here, before anything runs. A devnet that is not run must be closed.
func New(options Options) (d *Devnet, err error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	d = &Devnet{options: options, ready: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
			d = nil
		}
	}()
	if err = options.Shape.Validate(); err != nil {
		return d, err
	}
	if d.rpc, err = gateway.Listen(options.RPC); err != nil {
		return d, fmt.Errorf("%w; give --rpc another address (port 0: any free one), or stop what listens there", err)
	}
	d.rpcAddr = d.rpc.Addr().String()
	if d.folder, err = openFolder(options.Dir, options.Fresh); err != nil {
		return d, err
	}
	if d.genesis, err = d.folder.loadGenesis(); err != nil {
		return d, err
	}
	if d.genesis == nil {
		err = d.create()
	} else {
		err = errors.Join(options.Shape.check(d.genesis, options.Dir), options.checkRollups(d.genesis))
	}
	if err != nil {
		return d, err
	}
	for i := range d.genesis.Validators {
		d.validators = append(d.validators, newValidator(d, i))
	}
	return d, d.openAll()
}

// create makes the validators' keys and the genesis; the genesis is written last, so that a killed first start is
// simply begun again.
func (d *Devnet) create() error {
	var members []core.Validator
	shape := d.options.Shape.OrDefault()
	for i := range shape.Validators {
		member, _, err := NewValidator(d.home(i), nil)
		if err != nil {
			return fmt.Errorf("devnet: keys of validator %d: %w", i, err)
		}
		members = append(members, member)
	}
	spec := Spec{
		Name: "devnet", Validators: members, Rollups: shape.RollupIDs(), Opaque: d.options.Opaque, OPStack: d.options.OPStack, Operator: Operator().Address,
		FeeRecipient: feeRecipient(), Time: time.Now(),
	}
	for _, a := range Accounts() {
		spec.Funded = append(spec.Funded, a.Address)
	}
	var err error
	if d.genesis, err = NewGenesis(spec); err != nil {
		return err
	}
	return d.folder.saveGenesis(d.genesis)
}

// NewValidator makes the keys of a validator in its home folder, or reads those that are there, and gives what a genesis
// needs of them, with power 1, and the node id that peers know it by. save writes a new Ethereum key; nil writes it in the
// plain, for development.
func NewValidator(home string, save func(*ecdsa.PrivateKey) error) (member core.Validator, nodeID string, err error) {
	consensus, nodeID, err := comet.GenerateKeys(node.OrderingDir(home))
	if err != nil {
		return member, "", err
	}
	ethereum, err := loadEthereumKey(home, save)
	if err != nil {
		return member, "", err
	}
	member, err = core.NewValidator(consensus, ethereum, 1)
	return member, nodeID, err
}

// loadEthereumKey reads or makes the key that signs checkpoints.
func loadEthereumKey(home string, save func(*ecdsa.PrivateKey) error) (*ecdsa.PrivateKey, error) {
	path := node.EthereumKey(home)
	if key, err := crypto.LoadECDSA(path); !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key, err := crypto.GenerateKey()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	if save == nil {
		return key, crypto.SaveECDSA(path, key)
	}
	return key, save(key)
}

func (d *Devnet) home(validator int) string {
	return d.folder.path(fmt.Sprintf("validator-%d", validator))
}

// openAll opens the validators and names them to each other.
func (d *Devnet) openAll() error {
	for _, v := range d.validators {
		if err := v.open(); err != nil {
			return err
		}
	}
	for _, v := range d.validators {
		if err := v.meet(); err != nil {
			return err
		}
	}
	return nil
}

// Run runs all validators until ctx ends (nil) or one of them fails, and closes everything.
func (d *Devnet) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, v := range d.validators {
		group.Go(func() error { return v.run(ctx) })
	}
	group.Go(func() error { return d.awaitReady(ctx) })
	return errors.Join(group.Wait(), d.Close())
}

// awaitReady closes Ready once every validator has executed a tick.
func (d *Devnet) awaitReady(ctx context.Context) error {
	for _, v := range d.validators {
		n := v.node.Load()
		for _, z := range d.genesis.Zones {
			if err := n.Zone(z.ID).WaitExecuted(ctx, n.Log().Head()+1); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return fmt.Errorf("devnet: validator %d: %w", v.index, err)
			}
		}
	}
	close(d.ready)
	return nil
}

// Ready is closed once the network orders and every validator executes.
func (d *Devnet) Ready() <-chan struct{} { return d.ready }

// Close gives port, folder and files back. Run does so itself; it is idempotent.
func (d *Devnet) Close() error {
	var errs []error
	for _, v := range d.validators {
		if n := v.node.Load(); n != nil {
			errs = append(errs, n.Close())
		}
	}
	if d.rpc != nil {
		errs = append(errs, closeListener(d.rpc))
	}
	if d.folder != nil {
		errs = append(errs, d.folder.Close())
	}
	return errors.Join(errs...)
}

// Genesis is the network's genesis.
func (d *Devnet) Genesis() *core.Genesis { return d.genesis }

// Node is a validator's newest node.
func (d *Devnet) Node(validator int) *node.Node { return d.validators[validator].node.Load() }

// Stop stops one validator and waits until it is closed; the devnet must run.
func (d *Devnet) Stop(validator int) error {
	v := d.validators[validator]
	return v.ask(v.stops)
}

// Start opens a stopped validator again and lets it catch up.
func (d *Devnet) Start(validator int) error {
	v := d.validators[validator]
	return v.ask(v.starts)
}

// Info is what a user needs to know.
func (d *Devnet) Info() Info { return InfoOf(d.genesis, d.options.Dir, d.rpcAddr) }

// InfoOf is what a user needs to know of a network with development accounts, with a gateway at HOST:PORT.
func InfoOf(g *core.Genesis, dir, gateway string) Info {
	info := Info{NetworkID: g.NetworkID(), Validators: len(g.Validators), Dir: dir, RPC: "http://" + gateway, Mnemonic: Mnemonic}
	for _, r := range g.Rollups {
		path := gateway + "/rollup/" + r.ID.String()
		info.Rollups = append(info.Rollups, RollupInfo{r.Name, r.ID, g.ZoneOf(r.ID), "http://" + path, "ws://" + path})
	}
	for _, a := range Accounts() {
		info.Accounts = append(info.Accounts, AccountInfo{a.Address, a.KeyHex()})
	}
	return info
}
