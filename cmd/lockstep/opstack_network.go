package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/spf13/pflag"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/proof"
)

// codeNotOrdered is the number of the error "not in the order".
const codeNotOrdered = 47204

// operatorFlags are what it takes to speak for a chain in the network.
type operatorFlags struct {
	rollup                           uint64
	genesis, gateways, key, password string
}

func (f *operatorFlags) register(flags *pflag.FlagSet) {
	flags.Uint64Var(&f.rollup, "rollup", 0, "`ID` of the chain in the network, which is its chain id; for modes confirm and shared")
	flags.StringVar(&f.genesis, "genesis", "", "`FILE` with the network's genesis: what is trusted; for modes confirm and shared")
	flags.StringVar(&f.gateways, "gateways", "", "`URLS` of gateways of the network, separated by commas, any of which will do; for modes confirm and shared")
	flags.StringVar(&f.key, "operator-key", "", "`FILE` with the key of the chain's operator, a keystore file or 64 hex digits; for modes confirm and shared")
	flags.StringVar(&f.password, "operator-password", "", "`FILE` with the password of that key in its first line")
}

// operator is nil if nothing is said of one. All of it or nothing must be said.
func (f *operatorFlags) operator(mode opstack.Mode) (*opstack.Operator, error) {
	if *f == (operatorFlags{}) && mode == opstack.PassThrough {
		return nil, nil
	}
	if f.rollup == 0 || f.genesis == "" || f.gateways == "" || f.key == "" {
		return nil, errors.New("modes confirm and shared need all of --rollup, --genesis, --gateways and --operator-key")
	}
	text, err := os.ReadFile(f.genesis)
	if err != nil {
		return nil, err
	}
	genesis, err := core.ParseGenesis(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.genesis, err)
	}
	key, err := keys.Load(f.key, f.password)
	if err != nil {
		return nil, err
	}
	rollup, ok := genesis.Rollup(core.RollupID(f.rollup))
	switch address := crypto.PubkeyToAddress(key.PublicKey); {
	case !ok:
		// It has joined since the genesis, if at all; the network refuses what it is told of a rollup that it does not know.
		rollup = &core.Rollup{ID: core.RollupID(f.rollup), Kind: core.KindOPStack, Operator: address}
	case rollup.Kind != core.KindOPStack:
		return nil, fmt.Errorf("rollup %s is of kind %s, want %s", rollup.ID, rollup.Kind, core.KindOPStack)
	case rollup.Operator != address:
		return nil, fmt.Errorf("%s is the key of %s, the operator of rollup %s is %s", f.key, address, rollup.ID, rollup.Operator)
	}
	network := &operatorNetwork{rollup: rollup.ID, trust: proof.FromGenesis(genesis), gateways: strings.Split(f.gateways, ",")}
	network.lane = lane.New(rollup.ID, network.trust, network.gateways...)
	return &opstack.Operator{Rollup: rollup.ID, NetworkID: genesis.NetworkID(), Key: key, Network: network}, nil
}

// operatorNetwork is the network as the proxy needs it.
type operatorNetwork struct {
	rollup   core.RollupID
	trust    proof.Trust
	gateways []string

	mu   sync.Mutex
	lane *lane.Client
	// first is the gateway to be asked first: the one after that of the reading before.
	first int
}

func (n *operatorNetwork) client() *lane.Client {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lane
}

// Newest implements opstack.Network: it asks one gateway after the other.
func (n *operatorNetwork) Newest(ctx context.Context) (seq uint64, ok bool, err error) {
	n.mu.Lock()
	order := append(append([]string(nil), n.gateways[n.first:]...), n.gateways[:n.first]...)
	n.first = (n.first + 1) % len(n.gateways)
	n.lane = lane.New(n.rollup, n.trust, order...)
	n.mu.Unlock()
	var errs []error
	for _, url := range order {
		if seq, ok, err = n.newest(ctx, url); err == nil {
			return seq, ok, nil
		}
		errs = append(errs, err)
	}
	return 0, false, errors.Join(errs...)
}

func (n *operatorNetwork) newest(ctx context.Context, url string) (uint64, bool, error) {
	c, err := client.Dial(ctx, url)
	if err != nil {
		return 0, false, err
	}
	defer c.Close()
	view, err := c.Finality(ctx, n.rollup, "latest")
	var answer rpc.Error
	if errors.As(err, &answer) && answer.ErrorCode() == codeNotOrdered {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return view.Seq, true, nil
}

// Follow implements opstack.Network.
func (n *operatorNetwork) Follow(ctx context.Context, from lane.Cursor, reader lane.Reader) error {
	return n.client().Follow(ctx, from, reader)
}

// SubmitBlock implements opstack.Network.
func (n *operatorNetwork) SubmitBlock(ctx context.Context, b *core.Block) (common.Hash, error) {
	return n.client().SubmitBlock(ctx, b)
}

// SubmitReport implements opstack.Network.
func (n *operatorNetwork) SubmitReport(ctx context.Context, r *core.Report) (common.Hash, error) {
	return n.client().SubmitReport(ctx, r)
}
