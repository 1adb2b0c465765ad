package opstack

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// chain is one OP Stack chain: what sequences it, what posts it to L1, and what follows it from L1 alone.
type chain struct {
	t         *testing.T // its programs end with it
	id        uint64
	blockTime time.Duration
	dir       string
	started   time.Time
	l1        *layer1
	programs  programs
	users     []account
	crowd     []account // more of them, for load
	batcher   account

	secret, l1Config, rollupConfig string // files

	sequencer *execution
	node      *consensus
	follower  *execution
	verifier  *consensus
	pace      *pace
	meter     *meter
	proxy     *proxy
	outages   int
	mode      string // the proxy's
	network   *network
	joinedAt  uint64               // the first block that must be in the lane
	sharedAt  uint64               // the head when the mode became shared
	onGap     string               // the proxy's --on-gap
	unfilled  float64              // blocks that earlier runs of the proxy could not fill
	own       map[common.Hash]bool // transactions that were handed to the execution client while the mode is shared
}

func (c *chain) String() string { return fmt.Sprintf("%d (%v)", c.id, c.blockTime) }

// execution is an op-geth.
type execution struct {
	*ethclient.Client
	process *process
	url     string // http, and ws on the same port
	engine  string // http, with a JWT
}

// consensus is an op-node.
type consensus struct {
	*rpc.Client
	process *process
	address string // HOST:PORT
}

var (
	gethListens   = regexp.MustCompile(`HTTP server started\s+endpoint=(127\.0\.0\.1:\d+) auth=false`)
	engineListens = regexp.MustCompile(`HTTP server started\s+endpoint=(127\.0\.0\.1:\d+) auth=true`)
	nodeListens   = regexp.MustCompile(`Started RPC server" endpoint=http://(127\.0\.0\.1:\d+)`)
)

// newChain writes the files of a chain that begins with L1's first block.
func newChain(t *testing.T, dir string, id uint64, blockTime time.Duration) (*chain, error) {
	c := &chain{t: t, id: id, blockTime: blockTime, dir: filepath.Join(dir, fmt.Sprint(id)), mode: passThrough, own: map[common.Hash]bool{}, onGap: "empty", batcher: newAccount(fmt.Sprint("batcher", id))}
	for i := range 4 {
		c.users = append(c.users, newAccount(fmt.Sprint("user", i)))
	}
	for i := range 64 {
		c.crowd = append(c.crowd, newAccount(fmt.Sprint("crowd", i)))
	}
	return c, os.MkdirAll(c.dir, 0o700)
}

// prepare writes a chain's files: genesis, rollup and L1 configuration, the engine's secret.
func (c *chain) prepare() error {
	var funded []common.Address
	for _, user := range slices.Concat(c.users, c.crowd) {
		funded = append(funded, user.address)
	}
	genesis, err := l2Genesis(c.id, c.l1.time, funded)
	if err != nil {
		return err
	}
	if _, err = writeJSON(c.dir, "genesis.json", genesis); err != nil {
		return err
	}
	if c.rollupConfig, err = writeJSON(c.dir, "rollup.json", rollupConfig(c, c.l1, genesis)); err != nil {
		return err
	}
	if c.l1Config, err = writeJSON(c.dir, "l1.json", l1ChainConfig()); err != nil {
		return err
	}
	c.secret = filepath.Join(c.dir, "jwt.hex")
	if err := os.WriteFile(c.secret, []byte(hex.EncodeToString(crypto.Keccak256([]byte(c.String())))), 0o600); err != nil {
		return err
	}
	// The deposit contract logs what it is called with as a deposit from and to its caller.
	if err := c.l1.call("anvil_setCode", onL1(depositContract, c.id), hexutil.Bytes(depositCode())); err != nil {
		return err
	}
	if err := c.l1.fund(c.batcher); err != nil {
		return err
	}
	return nil
}

// startExecution starts an op-geth from the chain's genesis.
func (c *chain) startExecution(name string) (*execution, error) {
	data := filepath.Join(c.dir, name)
	initial, err := start(c.t, c.dir, name+"-init", c.programs.geth, "init", "--datadir", data, filepath.Join(c.dir, "genesis.json"))
	if err != nil {
		return nil, err
	}
	<-initial.done
	if code := initial.cmd.ProcessState.ExitCode(); code != 0 {
		return nil, fmt.Errorf("op-geth init ends with %d: %s", code, initial.log)
	}
	p, err := start(c.t, c.dir, name, c.programs.geth, "--datadir", data, "--networkid", fmt.Sprint(c.id),
		"--syncmode", "full", "--gcmode", "archive", "--nodiscover", "--maxpeers", "0", "--port", "0", "--ipcdisable",
		"--http", "--http.addr", "127.0.0.1", "--http.port", "0", "--http.api", "eth,net,web3,txpool,debug,miner",
		"--ws", "--ws.addr", "127.0.0.1", "--ws.port", "0", "--ws.api", "eth,net,web3",
		"--authrpc.addr", "127.0.0.1", "--authrpc.port", "0", "--authrpc.jwtsecret", c.secret, "--rollup.disabletxpoolgossip", "--verbosity", "3")
	if err != nil {
		return nil, err
	}
	address, err := p.says(gethListens)
	if err != nil {
		return nil, err
	}
	engine, err := p.says(engineListens)
	if err != nil {
		return nil, err
	}
	e := &execution{process: p, url: "http://" + address, engine: "http://" + engine}
	if e.Client, err = ethclient.DialContext(interrupted, "ws://"+address); err != nil {
		return nil, err
	}
	c.t.Cleanup(e.Close)
	return e, nil
}

// startNode starts an op-node on an execution client's engine, or on what stands in front of it.
func (c *chain) startNode(name, engine string, more ...string) (*consensus, error) {
	args := append([]string{
		"--l1", c.l1.url, "--l1.rpckind", "basic", "--l1.trustrpc", "--l1.http-poll-interval", "1s", "--l1.epoch-poll-interval", "2s", "--l1.beacon.ignore",
		"--l2", engine, "--l2.jwt-secret", c.secret, "--l2.enginekind", "geth",
		"--rollup.config", c.rollupConfig, "--rollup.l1-chain-config", c.l1Config, "--rollup.load-protocol-versions=false",
		"--p2p.disable", "--rpc.addr", "127.0.0.1", "--log.level", "info",
	}, more...)
	p, err := start(c.t, c.dir, name, c.programs.opNode, args...)
	if err != nil {
		return nil, err
	}
	n := &consensus{process: p}
	if n.address, err = p.says(nodeListens); err != nil {
		return nil, err
	}
	if n.Client, err = rpc.DialContext(interrupted, "http://"+n.address); err != nil {
		return nil, err
	}
	c.t.Cleanup(n.Close)
	return n, nil
}

// startSequencer starts the op-node that makes the blocks; the engine's address is the one flag in which joining Lockstep differs.
// The batcher asks it at the port of the one before.
func (c *chain) startSequencer(name, engine string) (err error) {
	port := "0"
	if c.node != nil {
		if _, port, err = net.SplitHostPort(c.node.address); err != nil {
			return err
		}
	}
	c.node, err = c.startNode(name, engine, "--rpc.port", port, "--sequencer.enabled", "--sequencer.l1-confs", "0", "--verifier.l1-confs", "0")
	return err
}

// startBatcher starts what posts the blocks to L1.
func (c *chain) startBatcher(name string) error {
	_, err := start(c.t, c.dir, name, c.programs.opBatcher, "--l1-eth-rpc", c.l1.url, "--l2-eth-rpc", c.sequencer.url, "--rollup-rpc", "http://"+c.node.address,
		"--private-key", hex.EncodeToString(crypto.FromECDSA(c.batcher.key)), "--data-availability-type", "calldata", "--num-confirmations", "1",
		"--max-channel-duration", "2", "--sub-safety-margin", "4", "--poll-interval", "1s", "--txmgr.receipt-query-interval", "1s",
		"--rpc.addr", "127.0.0.1", "--rpc.port", "0")
	return err
}

// syncStatus is what op-node knows about the heads.
func (n *consensus) syncStatus() (*eth.SyncStatus, error) {
	var status eth.SyncStatus
	if err := n.CallContext(interrupted, &status, "optimism_syncStatus"); err != nil {
		return nil, err
	}
	return &status, nil
}
