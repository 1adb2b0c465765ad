package comet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtbcproto "github.com/cometbft/cometbft/proto/tendermint/blocksync"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// bench is an App without an engine.
type bench struct {
	*App
	t    testing.TB
	pool *memPool
	log  *memLog
	book *logBook
}

func newBench(t testing.TB) *bench {
	t.Helper()
	g := testGenesis(t, 1)
	machine, err := ordering.New(g, VerifyExtension)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, pool: newMemPool(g), log: new(memLog), book: newLogBook()}
	cfg := Default()
	cfg.RetainBlocks = minRetainBlocks
	b.App = newApp(cfg, Deps{
		Genesis: g, Machine: machine, Pool: b.pool, Log: b.log, Results: memResults{b.log}, Logger: slog.New(b.book),
	})
	return b
}

// propose is tick 1 as this node proposes it.
func (b *bench) propose() *cmtabci.RequestFinalizeBlock {
	b.t.Helper()
	at := time.UnixMilli(int64(b.deps.Genesis.Time))
	res, err := b.PrepareProposal(b.t.Context(), &cmtabci.RequestPrepareProposal{Height: 1, Time: at, MaxTxBytes: 1 << 20})
	if err != nil {
		b.t.Fatal(err)
	}
	return &cmtabci.RequestFinalizeBlock{Height: 1, Time: at, Txs: res.Txs}
}

func TestApp_InsertTxTellsBadFromLater(t *testing.T) {
	t.Parallel()
	tx := testTx(t, 901, 0)
	good := core.GossipBatch{Txs: []core.GossipTx{{Rollup: 901, Raw: tx.Raw()}}}.Encode()
	for _, c := range []struct {
		name   string
		batch  []byte
		refuse error
		want   uint32
	}{
		{"good", good, nil, cmtabci.CodeTypeOK},
		{"bad", []byte{0xff}, nil, codeRefused},
		{"full", good, fmt.Errorf("pool is full: %w", ErrRetry), cmtabci.CodeTypeRetry},
		{"too large for any pool", make([]byte, core.DefaultParams().MaxGossipBytes+1), ErrRetry, codeRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.pool.refuse = c.refuse
			res, err := b.InsertTx(t.Context(), &cmtabci.RequestInsertTx{Tx: c.batch})
			if err != nil || res.Code != c.want {
				t.Errorf("got code %d, error %v, want code %d", res.Code, err, c.want)
			}
		})
	}
}

func TestApp_RefusesTheEnginesOwnIngress(t *testing.T) {
	t.Parallel()
	res, err := newBench(t).CheckTx(t.Context(), &cmtabci.RequestCheckTx{Tx: []byte{1}})
	if err != nil || res.Code == cmtabci.CodeTypeOK || res.Code >= cmtabci.CodeTypeRetry {
		t.Errorf("got code %d, error %v, want a final refusal", res.GetCode(), err)
	}
}

func TestApp_ReapsEachBatchOnceWithinTheLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.pool.submit(testTx(t, 901, 0))
	b.pool.submit(testTx(t, 901, 1))
	size := uint64(len(b.pool.outbox[0]))
	for i, want := range []int{1, 1, 0} {
		res, err := b.ReapTxs(t.Context(), &cmtabci.RequestReapTxs{MaxBytes: size})
		if err != nil || len(res.Txs) != want {
			t.Errorf("reap %d: got %d batches, error %v, want %d", i, len(res.Txs), err, want)
		}
	}
}

func TestApp_GossipDoesNotWaitForAProposer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.idle = patience
	proposed := make(chan struct{})
	go func() {
		defer close(proposed)
		b.propose()
	}()
	<-b.joined // the proposer is in the call, and waits for an entry or is about to
	batch := core.GossipBatch{Txs: []core.GossipTx{{Rollup: 901, Raw: testTx(t, 901, 0).Raw()}}}
	if res, err := b.InsertTx(t.Context(), &cmtabci.RequestInsertTx{Tx: batch.Encode()}); err != nil || res.Code != cmtabci.CodeTypeOK {
		t.Fatalf("got code %d, error %v", res.GetCode(), err)
	}
	select {
	case <-proposed:
	case <-time.After(patience / 2):
		t.Fatal("the entry did not wake the proposer")
	}
}

func TestApp_AStopWakesTheProposer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.idle = patience
	close(b.stopping)
	began := time.Now()
	b.propose()
	if took := time.Since(began); took > patience/2 {
		t.Errorf("the proposer waited for %s after the stop", took)
	}
}

func TestApp_ConnectsToNobodyWhileItStops(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, stopping := range []bool{false, true} {
		if stopping {
			close(b.stopping)
		}
		res, err := b.Query(t.Context(), &cmtabci.RequestQuery{Path: "/p2p/filter/id/ab"})
		if err != nil || res.IsErr() != stopping {
			t.Errorf("stopping %t: code %d, %v", stopping, res.GetCode(), err)
		}
	}
}

func TestApp_CommitsWhatItProposed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.pool.submit(testTx(t, 901, 0))
	req := b.propose()
	if res, err := b.ProcessProposal(t.Context(), &cmtabci.RequestProcessProposal{Height: 1, Time: req.Time, Txs: req.Txs}); err != nil || !res.IsAccepted() {
		t.Fatalf("own proposal: %v, %v", res, err)
	}
	final, err := b.FinalizeBlock(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if len(final.TxResults) != len(req.Txs) {
		t.Errorf("got %d results for %d transactions", len(final.TxResults), len(req.Txs))
	}
	if _, err := b.Commit(t.Context(), &cmtabci.RequestCommit{}); err != nil {
		t.Fatal(err)
	}
	info, err := b.Info(t.Context(), &cmtabci.RequestInfo{})
	if err != nil {
		t.Fatal(err)
	}
	if info.LastBlockHeight != 1 || !bytes.Equal(info.LastBlockAppHash, final.AppHash) {
		t.Errorf("info says tick %d with %x, want 1 with %x", info.LastBlockHeight, info.LastBlockAppHash, final.AppHash)
	}
	if len(b.pool.waiting) != 0 || b.log.head() != 1 {
		t.Errorf("%d entries waiting, log at %d", len(b.pool.waiting), b.log.head())
	}
}

func TestApp_CommitsNothingThatIsNotInTheLog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.pool.submit(testTx(t, 901, 0))
	if _, err := b.FinalizeBlock(t.Context(), b.propose()); err != nil {
		t.Fatal(err)
	}
	b.log.fail(errBroken)
	_, err := b.Commit(t.Context(), &cmtabci.RequestCommit{})
	mustBe(t, err, errBroken)
	if b.deps.Machine.Height() != 0 || len(b.pool.waiting) != 1 {
		t.Errorf("machine at tick %d and %d entries waiting after a failed write", b.deps.Machine.Height(), len(b.pool.waiting))
	}
	<-b.halted
	mustBe(t, b.cause, errBroken)
}

func TestApp_HaltsOnADecidedTickAgainstTheRules(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	req := b.propose()
	req.Txs = [][]byte{{1, 2, 3}}
	if res, err := b.FinalizeBlock(t.Context(), req); err == nil {
		t.Fatalf("got %v", res)
	}
	<-b.halted
}

// faulty is an executor that misbehaves.
type faulty func(zone core.ZoneID, from uint64, limit int) []common.Hash

func (f faulty) Digests(zone core.ZoneID, from uint64, limit int) []common.Hash {
	return f(zone, from, limit)
}

func TestApp_VotesWithoutResultsWhenTheExecutorIsFaulty(t *testing.T) {
	t.Parallel()
	for name, results := range map[string]faulty{
		"panics":   func(core.ZoneID, uint64, int) []common.Hash { panic("state is gone") },
		"too many": func(_ core.ZoneID, _ uint64, limit int) []common.Hash { return make([]common.Hash, limit+1) },
		"millions": func(core.ZoneID, uint64, int) []common.Hash { return make([]common.Hash, 1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.deps.Results = results
			res, err := b.ExtendVote(t.Context(), &cmtabci.RequestExtendVote{Height: 1})
			if err != nil {
				t.Fatal(err)
			}
			verdict, err := b.VerifyVoteExtension(t.Context(), &cmtabci.RequestVerifyVoteExtension{Height: 1, VoteExtension: res.VoteExtension})
			if err != nil || !verdict.IsAccepted() {
				t.Errorf("own extension: %v, %v", verdict, err)
			}
		})
	}
}

func TestApp_RejectsAMalformedExtension(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, ext := range [][]byte{nil, {1}, bytes.Repeat([]byte{0xff}, 1<<16)} {
		res, err := b.VerifyVoteExtension(t.Context(), &cmtabci.RequestVerifyVoteExtension{Height: 1, VoteExtension: ext})
		if err != nil || res.IsAccepted() {
			t.Errorf("%d bytes: %v, %v", len(ext), res, err)
		}
	}
}

func TestApp_AFaultyPoolCostsTheProposalOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.deps.Pool = panicking{b.pool}
	if _, err := b.PrepareProposal(t.Context(), &cmtabci.RequestPrepareProposal{Height: 1, MaxTxBytes: 1 << 20}); !errors.Is(err, ErrPanic) {
		t.Errorf("proposal: got %v, want ErrPanic", err)
	}
	if res, err := b.InsertTx(t.Context(), &cmtabci.RequestInsertTx{Tx: []byte{1}}); err != nil || res.Code != codeRefused {
		t.Errorf("gossip: got code %d, %v", res.GetCode(), err)
	}
	select {
	case <-b.halted:
		t.Error("halted")
	default:
	}
}

type panicking struct{ *memPool }

func (panicking) Insert([]byte) error                { panic("insert") }
func (panicking) Select(core.Budget) core.Candidates { panic("select") }

func TestApp_InitChainRefusesAnotherNetwork(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	doc, err := engineGenesis(b.deps.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	for name, req := range map[string]*cmtabci.RequestInitChain{
		"chain id":   {ChainId: "lockstep-0", AppStateBytes: doc.AppState},
		"network id": {ChainId: doc.ChainID, AppStateBytes: []byte(`{"networkId":"0x0000000000000000000000000000000000000000000000000000000000000001"}`)},
		"no state":   {ChainId: doc.ChainID},
	} {
		if _, err := b.InitChain(context.Background(), req); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: got %v, want ErrForeign", name, err)
		}
	}
	res, err := b.InitChain(context.Background(), &cmtabci.RequestInitChain{ChainId: doc.ChainID, AppStateBytes: doc.AppState})
	if err != nil || len(res.AppHash) != common.HashLength {
		t.Errorf("own network: %v, %v", res, err)
	}
}

// named is a peer of which only the id matters.
type named struct{ cmtp2p.Peer }

func (named) ID() cmtp2p.ID { return "peer" }

func TestServingOnly_WarnsWhenPeersHavePrunedWhatIsMissing(t *testing.T) {
	t.Parallel()
	for base, want := range map[int64]int{0: 0, 1: 0, 8: 0, 9: 1, 500: 1, -1: 0} {
		book := newLogBook()
		s := servingOnly{height: func() uint64 { return 7 }, absent: new(absence), log: slog.New(book)}
		s.Receive(cmtp2p.Envelope{Src: named{}, Message: &cmtbcproto.StatusResponse{Base: base, Height: 1000}})
		if got := book.count("peer has pruned blocks that this node lacks"); got != want {
			t.Errorf("base %d: %d warnings, want %d", base, got, want)
		}
	}
}

func TestServingOnly_DropsBlocksThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	s := servingOnly{height: func() uint64 { return 7 }, log: slog.New(newLogBook())}
	s.Receive(cmtp2p.Envelope{Src: named{}, Message: &cmtbcproto.BlockResponse{}}) // the reactor behind it is nil
	s.Receive(cmtp2p.Envelope{Src: named{}, Message: &cmtbcproto.NoBlockResponse{}})
}

func TestRetainHeight_PrunesNowAndThen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tick, retain uint64
		want         int64
	}{
		{1, 20000, 0}, {20000, 20000, 0}, {20249, 20000, 0}, {20250, 20000, 251}, {20251, 20000, 0},
		{20500, 20000, 501}, {pruneEvery * 100, 0, 0},
	} {
		if got := retainHeight(c.tick, c.retain); got != c.want {
			t.Errorf("tick %d, retain %d: got %d, want %d", c.tick, c.retain, got, c.want)
		}
	}
}
