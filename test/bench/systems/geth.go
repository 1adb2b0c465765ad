package systems

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

const gethKind = "geth"

// developmentChain is the chain id of development nodes that are told one.
const developmentChain = 1337

// developmentGas is the gas limit of their blocks, as high as that of our rollups.
const developmentGas = 1 << 28

// Development is a development node of one chain that runs.
type Development struct{ *Network }

// gethTask tells a process what node it is.
type gethTask struct {
	Period  uint64 `json:"period"` // seconds; 0 makes a block as soon as there is a transaction
	Senders int    `json:"senders"`
}

// StartGeth starts go-ethereum in its dev mode, in a process of its own, everything in memory as dev mode has it: with a block as soon as there is
// a transaction, or one each period seconds.
func StartGeth(ctx context.Context, place Place, period uint64, senders int) (_ *Development, err error) {
	network, err := newNetwork(place)
	if err != nil {
		return nil, err
	}
	d := &Development{network}
	if err := d.launch(ctx, place, gethKind, []any{gethTask{period, senders}}); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

// serveGeth is the child's side. It puts the node together as cmd/geth does with --dev, which cannot be built from the module alone.
func serveGeth(ctx context.Context, parent *harness.Parent) (err error) {
	var task gethTask
	if err := parent.Hear(&task); err != nil {
		return err
	}
	stack, err := node.New(&node.Config{
		Name: "geth", WSHost: "127.0.0.1", WSModules: []string{"eth", "net", "web3"}, P2P: p2p.Config{NoDiscovery: true, NoDial: true},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	if err := develop(stack, task); err != nil {
		return err
	}
	if err := parent.Tell(doors{Clients: []string{strings.TrimPrefix(stack.WSEndpoint(), "ws://")}}); err != nil {
		return err
	}
	if err := parent.Hear(&[]string{}); err != nil {
		return err
	}
	ctx, cancel := parent.Attached(ctx)
	defer cancel()
	if err := parent.Tell(ready{true}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// develop puts the chain into a node and starts it.
func develop(stack *node.Node, task gethTask) error {
	config := ethconfig.Defaults
	config.NetworkId, config.SyncMode, config.EnablePreimageRecording = developmentChain, ethconfig.FullSync, true
	config.Genesis = gethcore.DeveloperGenesisBlock(developmentGas, nil)
	config.Miner.GasCeil, config.Miner.GasPrice = developmentGas, big.NewInt(1)
	for _, account := range senderAddresses(task.Senders) {
		config.Genesis.Alloc[account] = gethtypes.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	}
	service, err := eth.New(stack, &config)
	if err != nil {
		return err
	}
	system := filters.NewFilterSystem(service.APIBackend, filters.Config{LogCacheSize: config.FilterLogCacheSize, LogQueryLimit: config.LogQueryLimit})
	stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}})
	beacon, err := catalyst.NewSimulatedBeacon(task.Period, common.Address{}, service)
	if err != nil {
		return err
	}
	catalyst.RegisterSimulatedBeaconAPIs(stack, beacon)
	stack.RegisterLifecycle(beacon)
	return stack.Start()
}

// StartAnvil starts Foundry's development node from its npm package: with a block as soon as there is a transaction, or one each
// period seconds.
func StartAnvil(ctx context.Context, place Place, binary string, period uint64, senders int) (_ *Development, err error) {
	network, err := newNetwork(place)
	if err != nil {
		return nil, err
	}
	network.foreign = true
	d := &Development{network}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Stop())
		}
	}()
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	genesis := gethcore.Genesis{Config: params.AllDevChainProtocolChanges, GasLimit: developmentGas, Difficulty: new(big.Int), BaseFee: big.NewInt(params.GWei), Alloc: gethtypes.GenesisAlloc{}}
	for _, account := range senderAddresses(senders) {
		genesis.Alloc[account] = gethtypes.Account{Balance: new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))}
	}
	text, err := genesis.MarshalJSON()
	if err != nil {
		return nil, err
	}
	file := network.dir + "/genesis.json"
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return nil, err
	}
	args := []string{"--port", fmt.Sprint(port), "--chain-id", fmt.Sprint(developmentChain), "--init", file, "--gas-limit", fmt.Sprint(developmentGas), "--silent", "--accounts", "1"}
	if period > 0 {
		args = append(args, "--block-time", fmt.Sprint(period))
	}
	p, err := harness.Start(ctx, binary, args...)
	if err != nil {
		return nil, err
	}
	network.processes, network.Doors = append(network.processes, p), []string{fmt.Sprintf("127.0.0.1:%d", port)}
	return d, d.awaitAnswer(ctx)
}

// awaitAnswer waits until the node answers.
func (d *Development) awaitAnswer(ctx context.Context) error {
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		c, err := ethclient.DialContext(ctx, "ws://"+d.Doors[0])
		if err == nil {
			_, err = c.ChainID(ctx)
			c.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the node does not answer: %w", err)
		case <-d.processes[0].Ended():
			return fmt.Errorf("the node has ended: %s", d.processes[0].Stderr())
		case <-poll.C:
		}
	}
}

// DevelopmentTransfers is a load of transfers on a development node.
type DevelopmentTransfers struct {
	*transfers
	door string
}

// Transfers is a load of transfers that are sent to the node and watched there by another connection. The caller closes it.
func (d *Development) Transfers(ctx context.Context, senders int) (*DevelopmentTransfers, error) {
	t, err := newTransfers(ctx, senders, map[uint64]string{developmentChain: "ws://" + d.Doors[0]}, []uint64{developmentChain})
	return &DevelopmentTransfers{t, d.Doors[0]}, err
}

// Levels implements load.Target: who makes the blocks alone has executed what it orders.
func (t *DevelopmentTransfers) Levels() []load.Level { return []load.Level{load.Executed} }

// Follow implements load.Target: by new heads, and each block's hashes.
func (t *DevelopmentTransfers) Follow(ctx context.Context, sink load.Sink) (func(), error) {
	c, err := rpc.DialContext(ctx, "ws://"+t.door)
	if err != nil {
		return nil, err
	}
	heads := make(chan *struct{ Hash common.Hash }, 1<<12)
	sub, err := c.EthSubscribe(ctx, heads, "newHeads")
	if err != nil {
		c.Close()
		return nil, err
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case err := <-sub.Err():
				sink.Failed(fmt.Errorf("the subscription has ended: %w", err))
				return
			case head := <-heads:
				var block struct{ Transactions []common.Hash }
				if err := c.CallContext(ctx, &block, "eth_getBlockByHash", head.Hash, false); err != nil {
					sink.Failed(err)
					return
				}
				sink.Tick()
				now := time.Now()
				for _, hash := range block.Transactions {
					if i, ok := t.index[hash]; ok {
						sink.Saw(i, load.Executed, now)
					}
				}
			}
		}
	}()
	return func() { close(quit); <-done; c.Close() }, nil
}
