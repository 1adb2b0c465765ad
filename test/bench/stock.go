package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// stock is go-ethereum's own node with a rollup's sealed blocks, in a process of its own.
type stock struct {
	cmd *exec.Cmd
	url string
}

// startStock starts this program again as a stock node that imports the first rollup's blocks.
func startStock(ctx context.Context, info devnet.Info) (*stock, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &stock{cmd: exec.CommandContext(ctx, self, "-stock", info.Dir, "-from", info.Rollups[0].HTTP)}
	s.cmd.Stderr = os.Stderr
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the stock node did not get ready: %w", err)
	}
	s.url = strings.TrimSpace(line)
	return s, nil
}

func (s *stock) stop() {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		_ = s.cmd.Wait() // ended by the signal
	}
}

// serveStock is the child's side: it runs the node until ctx ends, and prints its URL when the blocks are imported.
func serveStock(ctx context.Context, dir, from string) (err error) {
	b, err := os.ReadFile(filepath.Join(dir, "genesis.json"))
	if err != nil {
		return err
	}
	genesis, err := core.ParseGenesis(b)
	if err != nil {
		return err
	}
	cfg := evm.ConfigOf(genesis, genesis.Rollups[0].ID, "")
	data, err := os.MkdirTemp("", "lockstep-bench-stock-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	stack, err := node.New(&node.Config{
		Name: "geth", DataDir: data, HTTPHost: "127.0.0.1", HTTPModules: []string{"eth", "net", "web3"},
		HTTPTimeouts: rpc.DefaultHTTPTimeouts, P2P: p2p.Config{NoDiscovery: true, NoDial: true},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	config := ethconfig.Defaults
	config.Genesis = cfg.Genesis()
	config.NetworkId, config.SyncMode, config.NoPruning = config.Genesis.Config.ChainID.Uint64(), ethconfig.FullSync, true
	// Nobody makes blocks of what is sent here, so the pool must have room for all of it.
	config.TxPool.AccountSlots, config.TxPool.GlobalSlots = 1<<20, 1<<20
	service, err := eth.New(stack, &config)
	if err != nil {
		return err
	}
	// As cmd/geth does it.
	system := filters.NewFilterSystem(service.APIBackend, filters.Config{LogCacheSize: config.FilterLogCacheSize, LogQueryLimit: config.LogQueryLimit})
	stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}})
	if err := stack.Start(); err != nil {
		return err
	}
	service.SetSynced()
	if err := importBlocks(ctx, service, from); err != nil {
		return err
	}
	fmt.Println(stack.HTTPEndpoint())
	<-ctx.Done()
	return nil
}

// importBlocks executes every sealed block of the node at an address.
func importBlocks(ctx context.Context, service *eth.Ethereum, from string) error {
	client, err := ethclient.DialContext(ctx, from)
	if err != nil {
		return err
	}
	defer client.Close()
	head, err := client.HeaderByNumber(ctx, nil)
	if err != nil {
		return err
	}
	chain := service.BlockChain()
	for number := uint64(1); number <= head.Number.Uint64(); number++ {
		block, err := client.BlockByNumber(ctx, new(big.Int).SetUint64(number))
		if err != nil {
			return fmt.Errorf("block %d: %w", number, err)
		}
		if _, err := chain.InsertChain(gethtypes.Blocks{block}); err != nil {
			return fmt.Errorf("import block %d: %w", number, err)
		}
	}
	if have := chain.CurrentBlock().Hash(); have != head.Hash() {
		return fmt.Errorf("the stock node is at %s, want %s", have, head.Hash())
	}
	return nil
}

// loadWETH reads the compiled contract that the reads go to.
func loadWETH(artifacts string) (string, error) {
	b, err := os.ReadFile(filepath.Join(artifacts, "node_modules/@uniswap/v2-periphery/build/WETH9.json"))
	if err != nil {
		return "", fmt.Errorf("%w\n`make artifacts` installs it", err)
	}
	var file struct {
		Bytecode string `json:"bytecode"`
	}
	return file.Bytecode, json.Unmarshal(b, &file)
}
