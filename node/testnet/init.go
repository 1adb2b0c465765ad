package testnet

import (
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

var (
	// ErrExists: the output folder is there already.
	ErrExists = errors.New("testnet: folder exists")
	// ErrOptions: the options contradict each other.
	ErrOptions = errors.New("testnet: options")
)

// Files in a validator's home, beside what the stages have there.
const (
	GenesisFile  = "genesis.json"
	SettingsFile = "node.toml"
)

// Options say what network to write.
type Options struct {
	// Output is the new folder that gets a home for each validator.
	Output string
	// Shape is how many validators and rollups; zero fields are the defaults.
	Shape devnet.Shape
	// Followers is how many nodes follow without a vote, Gateways how many gateways stand alone in front of the followers, or
	// of the validators where there are none.
	Followers, Gateways int
	// Hosts are the names or addresses of validators, followers and gateways, in this order, as the others reach them, one
	// each; none is 127.0.0.1 for all, with ports counted up.
	Hosts []string
	// P2PPort is the port for the other nodes, RPCPort that of the gateway.
	P2PPort, RPCPort uint16
	// Funded accounts get 10,000 ETH on every rollup.
	Funded []common.Address
	// FeeRecipient gets the fees of every rollup.
	FeeRecipient common.Address
	// Password encrypts the validators' Ethereum keys, PasswordFile is where their nodes find it; both empty: the keys
	// are in the plain.
	Password, PasswordFile string
	// Cost of the encryption; zero is keys.Standard.
	Cost keys.Cost
	// Progress is called as each node's folder is written; nil for none.
	Progress func(done, all int)
}

// member is one node; of a validator it has what the genesis needs.
type member struct {
	role                   node.Role
	home, p2p, rpc, nodeID string
	validator              core.Validator
}

// name is that of the node's folder.
func (m member) name() string { return filepath.Base(m.home) }

// limit of nodes of one role beside the validators.
const maxBeside = 64

// Init writes the network and gives its genesis.
func Init(options Options) (genesis *core.Genesis, err error) {
	members, err := options.members()
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(options.Output); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s; it stays as it is, choose a new one", ErrExists, options.Output)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(options.Output))
		}
	}()
	for i := range members {
		if err := options.keys(&members[i]); err != nil {
			return nil, fmt.Errorf("testnet: %s: %w", members[i].name(), err)
		}
		if options.Progress != nil {
			options.Progress(i+1, len(members))
		}
	}
	spec := devnet.Spec{Name: filepath.Base(options.Output), Rollups: options.Shape.OrDefault().RollupIDs(), Funded: options.Funded, FeeRecipient: options.FeeRecipient, Time: time.Now()}
	for _, m := range members {
		if m.role == node.RoleValidator {
			spec.Validators = append(spec.Validators, m.validator)
		}
	}
	if genesis, err = devnet.NewGenesis(spec); err != nil {
		return nil, err
	}
	return genesis, options.write(members, genesis)
}

// check refuses options that contradict each other.
func (o Options) check(count int) error {
	if o.Followers < 0 || o.Followers > maxBeside || o.Gateways < 0 || o.Gateways > maxBeside {
		return fmt.Errorf("%w: %d followers and %d gateways, want 0 to %d each", ErrOptions, o.Followers, o.Gateways, maxBeside)
	}
	if len(o.Hosts) != 0 && len(o.Hosts) != count {
		return fmt.Errorf("%w: %d hosts for %d nodes, want one each (validators, followers, gateways), or none for this machine", ErrOptions, len(o.Hosts), count)
	}
	if (o.Password == "") != (o.PasswordFile == "") {
		return fmt.Errorf("%w: a password needs the file in which the nodes find it", ErrOptions)
	}
	if o.P2PPort == 0 || o.RPCPort == 0 || int(max(o.P2PPort, o.RPCPort))+count > 65535 {
		return fmt.Errorf("%w: ports %d and %d, want 1 to %d", ErrOptions, o.P2PPort, o.RPCPort, 65535-count)
	}
	if low, high := min(o.P2PPort, o.RPCPort), max(o.P2PPort, o.RPCPort); len(o.Hosts) == 0 && int(high-low) < count {
		return fmt.Errorf("%w: ports %d and %d are less than %d apart, and %d nodes on this machine take as many of each", ErrOptions, low, high, count, count)
	}
	return nil
}

// members plans the nodes' places: validators, followers, gateways.
func (o Options) members() ([]member, error) {
	if err := o.Shape.Validate(); err != nil {
		return nil, err
	}
	validators := o.Shape.OrDefault().Validators
	if err := o.check(validators + o.Followers + o.Gateways); err != nil {
		return nil, err
	}
	var members []member
	for _, kind := range []struct {
		role  node.Role
		count int
	}{{node.RoleValidator, validators}, {node.RoleFollower, o.Followers}, {node.RoleGateway, o.Gateways}} {
		for i := range kind.count {
			host, shift := "127.0.0.1", uint16(len(members))
			if len(o.Hosts) != 0 {
				host, shift = o.Hosts[len(members)], 0
			}
			members = append(members, member{
				role: kind.role, home: filepath.Join(o.Output, fmt.Sprintf("%s-%d", kind.role, i)),
				p2p: net.JoinHostPort(host, strconv.Itoa(int(o.P2PPort+shift))), rpc: net.JoinHostPort(host, strconv.Itoa(int(o.RPCPort+shift))),
			})
		}
	}
	return members, nil
}

// keys makes a node's folder with the keys that its role needs: all of a validator's, of a follower that by which its peers know
// it, of a gateway none.
func (o Options) keys(m *member) (err error) {
	switch m.role {
	case node.RoleGateway:
		return os.MkdirAll(m.home, 0o755)
	case node.RoleFollower:
		m.nodeID, err = comet.GenerateNodeKey(node.OrderingDir(m.home))
		return err
	}
	var save func(*ecdsa.PrivateKey) error
	if o.Password != "" {
		cost := o.Cost
		if cost == (keys.Cost{}) {
			cost = keys.Standard
		}
		save = func(key *ecdsa.PrivateKey) error {
			_, err := keys.Save(node.EthereumKey(m.home), key, o.Password, cost)
			return err
		}
	}
	m.validator, m.nodeID, err = devnet.NewValidator(m.home, save)
	return err
}

// write puts genesis and settings into every home, and the scripts beside them.
func (o Options) write(members []member, genesis *core.Genesis) error {
	text, err := json.MarshalIndent(genesis, "", "  ")
	if err != nil {
		return fmt.Errorf("testnet: encode genesis: %w", err)
	}
	for i := range members {
		for name, content := range map[string]string{GenesisFile: string(text) + "\n", SettingsFile: o.settings(members, i)} {
			if err := os.WriteFile(filepath.Join(members[i].home, name), []byte(content), 0o644); err != nil {
				return fmt.Errorf("testnet: %w", err)
			}
		}
	}
	if len(o.Hosts) != 0 {
		return nil
	}
	if err := os.WriteFile(filepath.Join(o.Output, "start.sh"), []byte(startScript(members)), 0o755); err != nil {
		return fmt.Errorf("testnet: %w", err)
	}
	return nil
}
