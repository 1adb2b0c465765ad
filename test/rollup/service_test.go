package rollup

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/proof"
)

// One network serves all of what follows: the tests use different lanes and only add to them.
func TestService(t *testing.T) {
	d := start(t)
	url := "http://" + d.Node(1).GatewayAddr().String() // not the one that the devnet prints
	t.Run("operator", func(t *testing.T) { testOperator(t, d, url) })
	t.Run("bundle", func(t *testing.T) { testBundle(t, d, url) })
	t.Run("cut", func(t *testing.T) { testCut(t, d, url) })
	t.Run("protocols", func(t *testing.T) { testProtocols(t, d, url) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, url) })
}

func follow(t *testing.T, c *lane.Client, enough func(*recorder) bool) *recorder {
	t.Helper()
	r := &recorder{enough: enough}
	if err := c.Follow(within(t), lane.Cursor{}, r); !errors.Is(err, errEnough) {
		t.Fatalf("after %d entries, %d of them proven: %v", len(r.entries), r.proven, err)
	}
	return r
}

// An operator's blocks and reports go through the pool into the lane and come out proven; forgeries are refused by name.
func testOperator(t *testing.T, d *devnet.Devnet, url string) {
	c, network, key := lane.New(notes, proof.FromGenesis(d.Genesis()), url), d.Genesis().NetworkID(), devnet.Operator().Key
	ctx := within(t)
	block := func(n uint64) *core.Block {
		b := &core.Block{Rollup: notes, Number: n, Hash: common.Hash{1, byte(n)}, Parent: common.Hash{1, byte(n - 1)}, Timestamp: n}
		if err := b.Sign(network, key); err != nil {
			t.Fatal(err)
		}
		return b
	}
	submit := func(n uint64) {
		if _, err := c.SubmitBlock(ctx, block(n)); err != nil {
			t.Fatal(err)
		}
	}
	submit(1) // the first one says where the chain begins, so those after it wait until it is ordered
	follow(t, c, func(r *recorder) bool { return len(r.entries) >= 1 })
	submit(3) // waits in the pool for the second one
	submit(2)
	r := follow(t, c, func(r *recorder) bool { return r.proven >= 3 })
	for i, item := range r.entries {
		if b := item.Tx.Block(); b == nil || b.Number != uint64(i+1) {
			t.Errorf("position %d holds %v", i, item.Tx)
		}
	}
	report := &core.Report{
		Rollup: notes, Number: 3, Hash: common.Hash{1, 3}, Parent: common.Hash{1, 2}, Timestamp: 3, NextSeq: 3,
		Decision: core.CutByTicks, CutTick: r.cursor.Tick - 1, Skips: []core.Skip{{Seq: 0, Code: core.VoidUndecodable}},
	}
	if err := report.Sign(network, key); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SubmitReport(ctx, report); err != nil {
		t.Fatal(err)
	}
	last := follow(t, c, func(r *recorder) bool { return r.proven >= 4 }).entries[3].Tx
	if last.Report() == nil || len(last.Report().Skips) != 1 {
		t.Errorf("position 3 is no report: %v", last)
	}
	forged := block(4)
	forged.Timestamp++
	for want, b := range map[string]*core.Block{"operatorSignature": forged, "chainOrder": block(2)} {
		if _, err := c.SubmitBlock(ctx, b); lane.Reason(err) != want && lane.Reason(err) != "alreadyKnown" {
			t.Errorf("want %s, got %v (%s)", want, err, lane.Reason(err))
		}
	}
}

// A bundle over two opaque rollups is ordered in one tick, and has no level above ordered.
func testBundle(t *testing.T, d *devnet.Devnet, url string) {
	trust := proof.FromGenesis(d.Genesis())
	a, b := lane.New(counters, trust, url), lane.New(notes, trust, url)
	legs := []core.Leg{{Rollup: counters, Tx: []byte("add x 1 bundled")}, {Rollup: notes, Tx: []byte("a note on it")}}
	bundle := &core.Bundle{Atomicity: core.AtomicInclusion, NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli()), Legs: legs}
	id, err := a.SubmitBundle(within(t), bundle)
	if err != nil {
		t.Fatal(err)
	}
	has := func(r *recorder) bool {
		return len(r.entries) > 0 && r.entries[len(r.entries)-1].Bundle == id && r.proven >= uint64(len(r.entries))
	}
	onA, onB := follow(t, a, has), follow(t, b, has)
	if got := onB.entries[len(onB.entries)-1]; got.Leg != 1 || string(got.Tx.Raw()) != "a note on it" {
		t.Errorf("leg of the second rollup: %+v", got)
	}
	if len(onA.entries) != 1 {
		t.Errorf("%d entries on the first", len(onA.entries))
	}
	rpc, err := client.Dial(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer rpc.Close()
	status, err := rpc.Status(t.Context(), id)
	if err != nil || status.Level != core.LevelOrdered {
		t.Errorf("status %+v, %v: want ordered, there is nothing above it", status, err)
	}
	bundle.Atomicity = core.AtomicExecution
	if _, err := a.SubmitBundle(within(t), bundle); lane.Reason(err) != "noCommonZone" {
		t.Errorf("an execution bundle of opaque rollups: %v", err)
	}
}

// A cut is known once a later tick is there, waits for that, and is the same everywhere from then on.
func testCut(t *testing.T, d *devnet.Devnet, url string) {
	trust := proof.FromGenesis(d.Genesis())
	c, other := lane.New(counters, trust, url), lane.New(counters, trust, "http://"+d.Node(0).GatewayAddr().String())
	if _, err := c.Submit(within(t), []byte("add y 1 cut")); err != nil {
		t.Fatal(err)
	}
	r := follow(t, c, func(r *recorder) bool {
		return len(r.entries) > 0 && string(r.entries[len(r.entries)-1].Tx.Raw()) == "add y 1 cut"
	})
	at := r.time + 200
	cut, err := c.Cut(within(t), at, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if cut.NextSeq != uint64(len(r.entries)) || cut.Head != r.cursor.Head || cut.Tick < r.cursor.Tick-1 {
		t.Errorf("cut %+v, the lane %+v", cut, r.cursor)
	}
	if again, err := other.Cut(within(t), at, 20*time.Second); err != nil || again != cut {
		t.Errorf("another gateway says %+v, %v, want %+v", again, err, cut)
	}
	if before, err := c.Cut(within(t), r.time-1, 0); err != nil || before.NextSeq >= cut.NextSeq {
		t.Errorf("a millisecond before its tick: %+v, %v", before, err)
	}
	if first, err := c.Cut(within(t), d.Genesis().Time-1, 0); err != nil || first != (lane.Cut{}) {
		t.Errorf("before the first tick: %+v, %v", first, err)
	}
	if _, err := c.Cut(within(t), uint64(time.Now().Add(time.Hour).UnixMilli()), 10*time.Millisecond); !errors.Is(err, lane.ErrCut) {
		t.Errorf("in an hour: %v", err)
	}
}

// The same service speaks Connect with JSON, short paths for people, and gRPC without TLS.
func testProtocols(t *testing.T, d *devnet.Devnet, url string) {
	res, err := http.Post(url+"/v1/GetCheckpoint", "application/json", strings.NewReader(`{"rollup": "7000"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	var checkpoint struct{ Tick, Signed, LedgerRoot string }
	if err := json.Unmarshal(body, &checkpoint); err != nil || res.StatusCode != http.StatusOK || checkpoint.Tick == "" || checkpoint.Signed == "" {
		t.Errorf("GetCheckpoint in JSON: %s %s %v", res.Status, body, err)
	}
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	h2c := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	defer h2c.CloseIdleConnections()
	grpc := rollupv1connect.NewRollupServiceClient(h2c, url, connect.WithGRPC())
	got, err := grpc.Range(within(t), connect.NewRequest(&rollupv1.RangeRequest{Rollup: uint64(counters), Count: 1000}))
	if err != nil {
		t.Fatalf("Range by gRPC: %v", err)
	}
	if err := d.Node(0).Log().Wait(within(t), got.Msg.NextTick-1); err != nil { // the gateway is another node's
		t.Fatal(err)
	}
	state, err := d.Node(0).Log().LaneAfter(counters, got.Msg.NextTick-1)
	if err != nil || got.Msg.NextSeq != state.NextSeq || got.Msg.NextSeq == 0 {
		t.Errorf("Range ends at %d, tick %d: the lane is at %+v, %v", got.Msg.NextSeq, got.Msg.NextTick, state, err)
	}
	ctx, cancel := context.WithCancel(within(t))
	stream, err := grpc.SubscribeLane(ctx, connect.NewRequest(&rollupv1.SubscribeLaneRequest{Rollup: uint64(counters), FromSeq: got.Msg.NextSeq, FromTick: got.Msg.NextTick}))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if !stream.Receive() {
			t.Fatalf("stream by gRPC: %v", stream.Err())
		}
	}
	cancel()
	stream.Close()
}

func testRefusals(t *testing.T, url string) {
	c := rollupv1connect.NewRollupServiceClient(http.DefaultClient, url)
	ctx := within(t)
	_, unknown := c.Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: 1, Transaction: []byte("x")}))
	_, empty := c.Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(counters)}))
	_, large := c.Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(counters), Transaction: make([]byte, 130<<10)}))
	_, huge := c.Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(counters), Transaction: make([]byte, 1<<20)}))
	_, nothing := c.Report(ctx, connect.NewRequest(&rollupv1.ReportRequest{}))
	_, beyond := c.Range(ctx, connect.NewRequest(&rollupv1.RangeRequest{Rollup: uint64(counters), FromSeq: 1 << 40, Count: 1}))
	elsewhere := func() error {
		s, err := c.SubscribeLane(ctx, connect.NewRequest(&rollupv1.SubscribeLaneRequest{Rollup: uint64(counters), FromSeq: 1 << 40, FromTick: 5}))
		if err != nil {
			return err
		}
		defer s.Close()
		s.Receive()
		return s.Err()
	}()
	for _, c := range []struct {
		name   string
		err    error
		code   connect.Code
		reason string
	}{
		{"unknown rollup", unknown, connect.CodeNotFound, "unknownRollup"}, {"empty", empty, connect.CodeInvalidArgument, "empty"},
		{"above params.maxTxBytes", large, connect.CodeInvalidArgument, "tooLarge"}, {"above the message cap", huge, connect.CodeResourceExhausted, ""},
		{"no entry", nothing, connect.CodeInvalidArgument, "missingField"}, {"beyond the lane", beyond, connect.CodeNotFound, "notOrdered"},
		{"a place where the lane never was", elsewhere, connect.CodeInvalidArgument, "badValue"},
	} {
		if connect.CodeOf(c.err) != c.code || lane.Reason(c.err) != c.reason {
			t.Errorf("%s: %v (%s)", c.name, c.err, lane.Reason(c.err))
		}
	}
}
