package comet

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/core"
)

// What all nodes must agree on without it being in the genesis: message sizes. A peer that sends more is cut off.
const (
	maxGossipMessage = 1 << 20
	// maxGossipItem leaves room for the item's framing in a message.
	maxGossipItem  = maxGossipMessage - 64
	maxPacketBytes = 64 << 10
)

// Evidence of double signing is accepted for this long; blocks inside the window cannot be pruned.
const (
	evidenceBlocks = 20000
	evidenceAge    = 10 * time.Minute
)

// engineConfig maps our configuration to the engine's, which was measured: flush bounds the tick interval from below, packet size and rates
// dominate throughput, and timeout_commit is zero because PrepareProposal paces.
func engineConfig(c Config) (*cmtcfg.Config, error) {
	e := cmtcfg.DefaultConfig()
	e.SetRoot(c.Home)
	e.RPC.ListenAddress, e.RPC.GRPCListenAddress = "", ""
	e.TxIndex.Indexer = "null"
	e.Storage.DiscardABCIResponses = true
	e.BlockSync.AdaptiveSync = false // see catchup.go
	e.Instrumentation.Prometheus = false
	e.FilterPeers = true // see App.Query

	e.Mempool.Type = cmtcfg.MempoolTypeApp
	e.Mempool.ReapInterval = c.ReapInterval
	e.Mempool.ReapMaxBytes = maxGossipMessage
	e.Mempool.SeenCacheSize = 1000000
	e.Mempool.MaxBatchBytes = maxGossipMessage
	e.Mempool.MaxTxBytes = maxGossipItem
	e.Mempool.CheckTxRetryDelay = time.Second
	e.Mempool.Recheck = false

	setTimeouts(e.Consensus, c.TimeoutPropose, c.TimeoutVote)
	e.Consensus.TimeoutCommit = 0
	e.Consensus.SkipTimeoutCommit = false // go on with more than 2/3 of the precommits, do not wait for the last one
	e.Consensus.CreateEmptyBlocks = true
	e.Consensus.PeerGossipSleepDuration = c.GossipSleep
	e.Consensus.PeerQueryMaj23SleepDuration = 250 * time.Millisecond

	e.P2P.ListenAddress = "tcp://" + c.Listen
	e.P2P.PersistentPeers = strings.Join(c.Peers, ",")
	e.P2P.UnconditionalPeerIDs = strings.Join(peerIDs(c.Peers), ",") // strangers cannot take the validators' places
	e.P2P.PersistentPeersMaxDialPeriod = 500 * time.Millisecond
	e.P2P.FlushThrottleTimeout = c.FlushInterval
	e.P2P.SendRate, e.P2P.RecvRate = 500000000, 500000000
	e.P2P.MaxPacketMsgPayloadSize = maxPacketBytes
	e.P2P.PexReactor = false
	e.P2P.AllowDuplicateIP = true
	e.P2P.AddrBookStrict = false
	if err := e.ValidateBasic(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return e, nil
}

func peerIDs(peers []string) []string {
	ids := make([]string, len(peers))
	for i, peer := range peers {
		ids[i], _, _ = strings.Cut(peer, "@")
	}
	return ids
}

// appState is what the engine's genesis carries for InitChain.
type appState struct {
	NetworkID core.NetworkID `json:"networkId"`
}

// engineGenesis is the engine's genesis of a network; it follows from ours alone.
func engineGenesis(g *core.Genesis) (*cmttypes.GenesisDoc, error) {
	state, err := json.Marshal(appState{NetworkID: g.NetworkID()})
	if err != nil {
		return nil, fmt.Errorf("ordering: encode app state: %w", err)
	}
	params := cmttypes.DefaultConsensusParams()
	params.Block = cmttypes.BlockParams{MaxBytes: int64(g.Params.MaxTickBytes), MaxGas: -1}
	params.Evidence = cmttypes.EvidenceParams{
		MaxAgeNumBlocks: evidenceBlocks, MaxAgeDuration: evidenceAge,
		MaxBytes: int64(g.Params.MaxTickBytes / 8),
	}
	params.Validator.PubKeyTypes = []string{cmttypes.ABCIPubKeyTypeEd25519}
	params.Version.App = g.Params.ProtocolVersion
	params.ABCI.VoteExtensionsEnableHeight = 1
	doc := &cmttypes.GenesisDoc{
		GenesisTime:     time.UnixMilli(int64(g.Time)).UTC(),
		ChainID:         g.ChainID(),
		InitialHeight:   1,
		ConsensusParams: params,
		AppState:        state,
	}
	for _, v := range g.Validators {
		key := cmted25519.PubKey(v.ConsensusKey)
		doc.Validators = append(doc.Validators, cmttypes.GenesisValidator{Address: key.Address(), PubKey: key, Power: int64(v.Power)})
	}
	if err := doc.ValidateAndComplete(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return doc, nil
}
