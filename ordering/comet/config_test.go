package comet

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
)

func TestConfig_ValidateReportsAllProblems(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Listen, c.Peers, c.DB, c.RetainBlocks = "nowhere", []string{"abc@1.2.3.4:5"}, "paper", 1
	c.IdleInterval = c.TimeoutPropose / 2
	err := c.Validate()
	mustBe(t, err, ErrConfig)
	for _, word := range []string{"home", "listen", "peers[0]", "idleInterval", "retainBlocks", "db is"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not reported: %v", word, err)
		}
	}
}

func TestConfig_DefaultIsValid(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Home = t.TempDir()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

// The values of the engine that were measured; whoever changes one should measure again.
func TestEngineConfig_IsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Home = "/home"
	c.Peers = []string{strings.Repeat("a", 40) + "@10.0.0.1:1", strings.Repeat("b", 40) + "@10.0.0.2:2"}
	e, err := engineConfig(c)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{
		"mempool": []any{e.Mempool.Type, e.Mempool.ReapInterval, e.Mempool.SeenCacheSize, e.Mempool.MaxBatchBytes, e.Mempool.MaxTxBytes, e.Mempool.Recheck, e.Mempool.Broadcast},
		"propose": []any{e.Consensus.TimeoutPropose, e.Consensus.TimeoutProposeDelta},
		"vote":    []any{e.Consensus.TimeoutPrevote, e.Consensus.TimeoutPrevoteDelta, e.Consensus.TimeoutPrecommit, e.Consensus.TimeoutPrecommitDelta},
		"commit":  []any{e.Consensus.TimeoutCommit, e.Consensus.SkipTimeoutCommit, e.Consensus.CreateEmptyBlocks, e.Consensus.CreateEmptyBlocksInterval},
		"gossip":  []any{e.Consensus.PeerGossipSleepDuration, e.Consensus.PeerQueryMaj23SleepDuration, e.P2P.FlushThrottleTimeout},
		"p2p":     []any{e.P2P.SendRate, e.P2P.RecvRate, e.P2P.MaxPacketMsgPayloadSize, e.P2P.PexReactor, e.P2P.AllowDuplicateIP, e.P2P.AddrBookStrict},
		"peers":   []any{e.P2P.PersistentPeers, e.P2P.UnconditionalPeerIDs, e.P2P.PersistentPeersMaxDialPeriod},
		"rest":    []any{e.RPC.ListenAddress, e.TxIndex.Indexer, e.Storage.DiscardABCIResponses, e.BlockSync.AdaptiveSync, e.Instrumentation.Prometheus, e.FilterPeers},
	}
	ms := time.Millisecond
	want := map[string]any{
		"mempool": []any{"app", ms / 5, 1000000, 1048576, 1048512, false, true},
		"propose": []any{200 * ms, 50 * ms},
		"vote":    []any{20 * ms, 10 * ms, 20 * ms, 10 * ms},
		"commit":  []any{0 * ms, false, true, 0 * ms},
		"gossip":  []any{4 * ms, 250 * ms, ms / 50},
		"p2p":     []any{500000000, 500000000, 65536, false, true, false},
		"peers":   []any{strings.Join(c.Peers, ","), strings.Repeat("a", 40) + "," + strings.Repeat("b", 40), 500 * ms},
		"rest":    []any{"", "null", true, false, false, true},
	}
	for name := range want {
		if g, w := marshal(t, got[name]), marshal(t, want[name]); g != w {
			t.Errorf("%s: got %s, want %s", name, g, w)
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEngineGenesis_FollowsFromOurs(t *testing.T) {
	t.Parallel()
	g := testGenesis(t, 4)
	doc, err := engineGenesis(g)
	if err != nil {
		t.Fatal(err)
	}
	if doc.ChainID != g.ChainID() || doc.GenesisTime.UnixMilli() != int64(g.Time) || doc.GenesisTime.Nanosecond()%1e6 != 0 {
		t.Errorf("chain %s at %s, want %s at %d ms", doc.ChainID, doc.GenesisTime, g.ChainID(), g.Time)
	}
	p := doc.ConsensusParams
	if p.Block.MaxBytes != int64(g.Params.MaxTickBytes) || p.ABCI.VoteExtensionsEnableHeight != 1 || p.Evidence.MaxAgeDuration != 10*time.Minute {
		t.Errorf("got params %+v", p)
	}
	for i, v := range doc.Validators {
		want := g.Validators[i].ConsensusAddress()
		if !bytes.Equal(v.Address, want[:]) || v.Power != int64(g.Validators[i].Power) {
			t.Errorf("validator %d: got %s with power %d, want %x", i, v.Address, v.Power, want)
		}
	}
}

func TestGenerateKeys_ReadsWhatItMade(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	key, id, err := GenerateKeys(home)
	if err != nil {
		t.Fatal(err)
	}
	again, sameID, err := GenerateKeys(home)
	if err != nil || !key.Equal(again) || id != sameID || len(id) != 40 {
		t.Errorf("the second call gave another key or node id (%s, %s), error %v", id, sameID, err)
	}
	if !ed25519.Verify(key.Public().(ed25519.PublicKey), []byte("m"), ed25519.Sign(key, []byte("m"))) {
		t.Error("not a working ed25519 key")
	}
	for _, file := range []string{consensusKeyFile, lastSignFile, nodeKeyFile} {
		info, err := os.Stat(filepath.Join(home, file))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v", file, info.Mode(), err)
		}
	}
}

func TestGenerateKeys_RefusesDamagedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		damage     func(path string) error
	}{
		{"consensus key cut off", consensusKeyFile, func(p string) error { return os.Truncate(p, 40) }},
		{"consensus key empty", consensusKeyFile, func(p string) error { return os.WriteFile(p, []byte("{}"), 0o600) }},
		{"consensus key lost", consensusKeyFile, os.Remove},
		{"last signature lost", lastSignFile, os.Remove},
		{"last signature cut off", lastSignFile, func(p string) error { return os.Truncate(p, 3) }},
		{"node key empty", nodeKeyFile, func(p string) error { return os.WriteFile(p, []byte("{}"), 0o600) }},
		{"node key short", nodeKeyFile, func(p string) error {
			return os.WriteFile(p, []byte(`{"priv_key":{"type":"tendermint/PrivKeyEd25519","value":"AAEC"}}`), 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			if _, _, err := GenerateKeys(home); err != nil {
				t.Fatal(err)
			}
			if err := c.damage(filepath.Join(home, c.file)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := GenerateKeys(home); !errors.Is(err, ErrKeys) {
				t.Errorf("got %v, want ErrKeys", err)
			}
		})
	}
}

func TestVerifyExtension_AcceptsTheEnginesSignatureOnly(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	key, _, err := GenerateKeys(home)
	if err != nil {
		t.Fatal(err)
	}
	pv, err := openVoter(home)
	if err != nil {
		t.Fatal(err)
	}
	vote := &cmtproto.Vote{
		Type: cmtproto.PrecommitType, Height: 7, Round: 2, Extension: []byte("results"),
		BlockID: cmtproto.BlockID{Hash: make([]byte, 32), PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: make([]byte, 32)}},
	}
	if err := pv.SignVote("chain", vote); err != nil {
		t.Fatal(err)
	}
	pub, sig := []byte(key.Public().(ed25519.PublicKey)), vote.ExtensionSignature
	if !VerifyExtension(pub, 7, 2, "chain", []byte("results"), sig) {
		t.Error("the engine's own signature is refused")
	}
	for name, ok := range map[string]bool{
		"height":          VerifyExtension(pub, 8, 2, "chain", []byte("results"), sig),
		"round":           VerifyExtension(pub, 7, 0, "chain", []byte("results"), sig),
		"chain":           VerifyExtension(pub, 7, 2, "chain2", []byte("results"), sig),
		"extension":       VerifyExtension(pub, 7, 2, "chain", []byte("Results"), sig),
		"short signature": VerifyExtension(pub, 7, 2, "chain", []byte("results"), sig[:63]),
		"no signature":    VerifyExtension(pub, 7, 2, "chain", []byte("results"), nil),
		"short key":       VerifyExtension(pub[:31], 7, 2, "chain", []byte("results"), sig),
	} {
		if ok {
			t.Errorf("accepted with another %s", name)
		}
	}
}
