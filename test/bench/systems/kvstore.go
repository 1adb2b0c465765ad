package systems

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtkvstore "github.com/cometbft/cometbft/abci/example/kvstore"
	cmtcfg "github.com/cometbft/cometbft/config"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtprivval "github.com/cometbft/cometbft/privval"
	cmtproxy "github.com/cometbft/cometbft/proxy"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/test/bench/harness"
)

const kvstoreKind = "kvstore"

// KVStoreShape is what network of CometBFT with its example application is started.
type KVStoreShape struct {
	Place
	Validators int
	// Tuned gives the engine the settings that ours has; otherwise it has its own defaults.
	Tuned bool
	// Settings is the settings file of ours that Tuned follows, empty for the defaults.
	Settings string
}

// KVStore is such a network that runs.
type KVStore struct{ *Network }

// kvstoreTask tells a process which members it has.
type kvstoreTask struct {
	Homes    []string `json:"homes"`
	Tuned    bool     `json:"tuned"`
	Settings string   `json:"settings,omitempty"`
}

// StartKVStore starts such a network and waits until its first block.
func StartKVStore(ctx context.Context, shape KVStoreShape) (_ *KVStore, err error) {
	network, err := newNetwork(shape.Place)
	if err != nil {
		return nil, err
	}
	k := &KVStore{network}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.Stop())
		}
	}()
	homes, err := k.create(shape)
	if err != nil {
		return nil, err
	}
	var tasks []any
	for _, part := range split(homes, shape.Processes) {
		tasks = append(tasks, kvstoreTask{Homes: part, Tuned: shape.Tuned, Settings: shape.Settings})
	}
	if err := k.launch(ctx, shape.Place, kvstoreKind, tasks); err != nil {
		return nil, err
	}
	return k, k.awaitBlock(ctx)
}

// create makes the members' keys and the genesis in each home, as `cometbft testnet` does.
func (k *KVStore) create(shape KVStoreShape) (homes []string, err error) {
	params := cmttypes.DefaultConsensusParams()
	if shape.Tuned {
		params.Block.MaxBytes = int64(core.DefaultParams().MaxTickBytes)
	}
	doc := cmttypes.GenesisDoc{GenesisTime: time.Now(), ChainID: "bench", InitialHeight: 1, ConsensusParams: params}
	for i := range shape.Validators {
		config := cmtcfg.DefaultConfig().SetRoot(filepath.Join(k.dir, fmt.Sprintf("member-%d", i)))
		for _, dir := range []string{"config", "data"} {
			if err := os.MkdirAll(filepath.Join(config.RootDir, dir), 0o755); err != nil {
				return nil, err
			}
		}
		key, err := cmtprivval.LoadOrGenFilePV(config.PrivValidatorKeyFile(), config.PrivValidatorStateFile()).GetPubKey()
		if err != nil {
			return nil, err
		}
		doc.Validators = append(doc.Validators, cmttypes.GenesisValidator{Address: key.Address(), PubKey: key, Power: 1})
		homes = append(homes, config.RootDir)
	}
	for _, home := range homes {
		if err := doc.SaveAs(cmtcfg.DefaultConfig().SetRoot(home).GenesisFile()); err != nil {
			return nil, err
		}
	}
	return homes, nil
}

// member is one node on the child's side.
type member struct {
	config   *cmtcfg.Config
	key      *cmtp2p.NodeKey
	p2p, rpc net.Listener // hold the ports until the node takes them
	node     *cmtnode.Node
}

func serveKVStore(ctx context.Context, parent *harness.Parent) (err error) {
	var task kvstoreTask
	if err := parent.Hear(&task); err != nil {
		return err
	}
	var members []*member
	var open doors
	for _, home := range task.Homes {
		m, err := newMember(home, task)
		if err != nil {
			return err
		}
		members = append(members, m)
		open.Peers, open.Clients = append(open.Peers, m.peer()), append(open.Clients, m.rpc.Addr().String())
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
	for _, m := range members {
		if err := m.start(peers); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, m.stop()) }()
	}
	if err := parent.Tell(ready{true}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func newMember(home string, task kvstoreTask) (*member, error) {
	m := &member{config: cmtcfg.DefaultConfig().SetRoot(home)}
	m.config.P2P.AddrBookStrict, m.config.P2P.AllowDuplicateIP = false, true // as `cometbft testnet` sets them for one machine
	if task.Tuned {
		effective, err := settings.Load(settings.Defaults(home), settings.Sources{File: task.Settings})
		if err != nil {
			return nil, err
		}
		tune(m.config, effective.Config.Ordering)
	}
	var err error
	if m.key, err = cmtp2p.LoadOrGenNodeKey(m.config.NodeKeyFile()); err != nil {
		return nil, err
	}
	if m.p2p, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	m.rpc, err = net.Listen("tcp", "127.0.0.1:0")
	return m, err
}

// tune gives the engine what ours gives it, see ordering/comet/settings.go. Its own mempool stays, as its application has none; a
// block is proposed when there is a transaction, as ours waits for one.
func tune(e *cmtcfg.Config, ours comet.Config) {
	e.DBBackend = comet.GoLevelDB // ours is no database that the engine has by itself
	e.TxIndex.Indexer = "null"
	e.Storage.DiscardABCIResponses = true
	c := e.Consensus
	c.TimeoutPropose, c.TimeoutProposeDelta = ours.TimeoutPropose, ours.TimeoutPropose/4
	c.TimeoutPrevote, c.TimeoutPrecommit = ours.TimeoutVote, ours.TimeoutVote
	c.TimeoutPrevoteDelta, c.TimeoutPrecommitDelta = ours.TimeoutVote/2, ours.TimeoutVote/2
	c.TimeoutCommit, c.SkipTimeoutCommit = 0, false
	c.CreateEmptyBlocks = false
	c.PeerGossipSleepDuration, c.PeerQueryMaj23SleepDuration = time.Millisecond, 250*time.Millisecond // all that is said waits for it there
	e.P2P.FlushThrottleTimeout = ours.FlushInterval
	e.P2P.SendRate, e.P2P.RecvRate = 500_000_000, 500_000_000
	e.P2P.MaxPacketMsgPayloadSize = 64 << 10
	e.P2P.PexReactor = false
	e.Mempool.Recheck = false
	e.Mempool.Size, e.Mempool.CacheSize = 1<<16, 1<<20
}

// peer is nodeid@host:port.
func (m *member) peer() string { return string(m.key.ID()) + "@" + m.p2p.Addr().String() }

// start gives the ports to a node and runs it.
func (m *member) start(peers []string) error {
	var others []string
	for _, peer := range peers {
		if peer != m.peer() {
			others = append(others, peer)
		}
	}
	m.config.P2P.ListenAddress, m.config.RPC.ListenAddress = "tcp://"+m.p2p.Addr().String(), "tcp://"+m.rpc.Addr().String()
	m.config.P2P.PersistentPeers = strings.Join(others, ",")
	if err := m.config.ValidateBasic(); err != nil {
		return err
	}
	db, err := cmtdb.NewDB("kvstore", cmtdb.BackendType(m.config.DBBackend), m.config.DBDir())
	if err != nil {
		return err
	}
	if err := errors.Join(m.p2p.Close(), m.rpc.Close()); err != nil {
		return err
	}
	m.node, err = cmtnode.NewNode(m.config, cmtprivval.LoadFilePV(m.config.PrivValidatorKeyFile(), m.config.PrivValidatorStateFile()), m.key,
		cmtproxy.NewLocalClientCreator(cmtkvstore.NewApplication(db)), cmtnode.DefaultGenesisDocProviderFunc(m.config), cmtcfg.DefaultDBProvider,
		cmtnode.DefaultMetricsProvider(m.config.Instrumentation), cmtlog.NewNopLogger())
	if err != nil {
		return err
	}
	return m.node.Start()
}

func (m *member) stop() error {
	if err := m.node.Stop(); err != nil {
		return err
	}
	m.node.Wait()
	return nil
}

// newBlock is what a subscriber is told, as far as it is needed.
type newBlock struct {
	Data struct {
		Value struct {
			Block struct {
				Data struct {
					Txs [][]byte `json:"txs"`
				} `json:"data"`
			} `json:"block"`
		} `json:"value"`
	} `json:"data"`
}

func (b *newBlock) parse(result json.RawMessage) error { return json.Unmarshal(result, b) }
