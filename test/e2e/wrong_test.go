package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// poison is the recipient whose transfers wrong executors get wrong.
var poison = common.HexToAddress("0x000000000000000000000000000000000000bad0")

// wrongly makes a validator's executors void every transfer to poison.
func wrongly(code core.OutcomeCode) func(core.RollupID, zone.Engine) zone.Engine {
	return func(_ core.RollupID, e zone.Engine) zone.Engine {
		return &zonetest.Wrong{Engine: e, Code: code, Of: toPoison}
	}
}

func toPoison(tx core.Transaction) bool {
	return tx.Eth() != nil && tx.Eth().To() != nil && *tx.Eth().To() == poison
}

// panicking makes a validator's executors panic at every transfer to poison.
func panicking(_ core.RollupID, e zone.Engine) zone.Engine {
	return &zonetest.Wrong{Engine: e, Of: func(tx core.Transaction) bool {
		if toPoison(tx) {
			panic("a bug outside of the EVM")
		}
		return false
	}}
}

// builds are what the validators run; changing one takes effect with the validator's next start.
type builds struct {
	mu      sync.Mutex
	version map[int]string
	engine  map[int]func(core.RollupID, zone.Engine) zone.Engine
	log     alarms
}

func (b *builds) set(validator int, version string, engine func(core.RollupID, zone.Engine) zone.Engine) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version[validator], b.engine[validator] = version, engine
}

// configure gives every validator its build and a gateway of its own.
func (b *builds) configure(validator int, cfg *node.Config) {
	b.mu.Lock()
	defer b.mu.Unlock()
	cfg.Engine = b.engine[validator]
	if version := b.version[validator]; version != "" {
		cfg.Version = version
	}
	if cfg.Gateway == nil {
		served := gateway.Default()
		served.Listen = "127.0.0.1:0"
		cfg.Gateway = &served
	}
}

// alarms counts log lines that say ALARM.
type alarms struct {
	slog.Handler
	mu    sync.Mutex
	lines []string
}

func (a *alarms) Enabled(context.Context, slog.Level) bool { return true }

func (a *alarms) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "ALARM") {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.lines = append(a.lines, r.Message)
	}
	return nil
}

func (a *alarms) WithAttrs([]slog.Attr) slog.Handler { return a }
func (a *alarms) WithGroup(string) slog.Handler      { return a }

func (a *alarms) count(text string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, line := range a.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// await waits until so many log lines that say ALARM have a text: some are written a moment after what they tell of has happened.
func (a *alarms) await(t *testing.T, text string, want int) {
	t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for a.count(text) < want {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d alarms say %q, want %d", a.count(text), text, want)
		}
	}
}

// startBuilds runs a devnet of these builds.
func startBuilds(t *testing.T, b *builds) *network {
	t.Helper()
	return startWith(t, devnet.Options{
		Dir: t.TempDir(), RPC: "127.0.0.1:0", Version: "test", Configure: b.configure, Logger: slog.New(&b.log),
	})
}

func newBuilds() *builds {
	return &builds{version: make(map[int]string), engine: make(map[int]func(core.RollupID, zone.Engine) zone.Engine)}
}

// gatewayOf connects to a validator's own gateway.
func (n *network) gatewayOf(t *testing.T, validator int) (*client.Client, string) {
	t.Helper()
	addr := n.devnet.Node(validator).GatewayAddr().String()
	c, err := client.Dial(t.Context(), "http://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, "http://" + addr
}

// get reads a page of a gateway.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// ready reads a node's /readyz.
func ready(t *testing.T, url string) (r gateway.Readiness) {
	t.Helper()
	status, body := get(t, url+"/readyz")
	if err := json.Unmarshal([]byte(body), &r); err != nil || r.Ready != (status == http.StatusOK) {
		t.Fatalf("/readyz: %d %s (%v)", status, body, err)
	}
	return r
}

// metric reads a value from a node's /metrics.
func metric(t *testing.T, url, name string) string {
	t.Helper()
	_, page := get(t, url+"/metrics")
	for line := range strings.Lines(page) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("no %s in /metrics", name)
	return ""
}

// switchedOff waits until a validator's zone has given up.
func (n *network) switchedOff(t *testing.T, validator int) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	z := n.devnet.Node(validator).Zone(zoneID)
	if err := z.WaitExecuted(ctx, 1<<40); ctx.Err() != nil {
		t.Fatalf("the zone of validator %d goes on: %v", validator, err)
	}
	// Waits end a moment before the loop has said why.
	if z.Err() == nil {
		t.Fatalf("the zone of validator %d has stopped without a reason", validator)
	}
	return z.Err()
}

// watch asks a node for a status again and again until it is told to end, and once more then. It fails if a level goes back from
// ordered or attested, or if an attested outcome is not the right one.
func watch(t *testing.T, c *client.Client, id common.Hash, want core.OutcomeCode) (end func() core.Level) {
	stop, ended := make(chan struct{}), make(chan core.Level, 1)
	var promised, highest core.Level
	look := func() {
		s, err := c.Status(context.Background(), id)
		if err != nil {
			return // the node restarts
		}
		if s.Level < promised {
			t.Errorf("%s went back from %s to %s", id, promised, s.Level)
		}
		if s.Level == core.LevelOrdered || s.Level == core.LevelAttested {
			promised = max(promised, s.Level)
		}
		if highest = max(highest, s.Level); s.Level >= core.LevelAttested {
			if got := *s.Attempts[0].Outcome; got != want {
				t.Errorf("%s is attested as %s, right is %s", id, got, want)
			}
		}
	}
	go func() {
		ticker := time.NewTicker(3 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				look()
				ended <- highest
				return
			case <-ticker.C:
				look()
			}
		}
	}()
	return func() core.Level { close(stop); return <-ended }
}

func TestOneWrongExecutorIsOutvotedAndSwitchedOff(t *testing.T) {
	t.Parallel()
	b := newBuilds()
	b.set(0, "wrong", wrongly(core.VoidNonceTooHigh)) // users are connected to the wrong one
	n := startBuilds(t, b)
	u := n.funded(t)
	right, rightURL := n.gatewayOf(t, 1)
	wrong, wrongURL := n.gatewayOf(t, 0)

	tx := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &poison, Value: big.NewInt(1)})
	ends := []func() core.Level{watch(t, right, tx.Hash(), core.Included), watch(t, wrong, tx.Hash(), core.Included)}
	_ = n.eth[rollupA].SendTransaction(t.Context(), tx) // the wrong node may say that it is void
	if s, err := right.WaitFor(t.Context(), tx.Hash(), core.LevelAttested, 20*time.Second); err != nil || s.Level != core.LevelAttested {
		t.Fatalf("the right result is not attested: %+v, %v", s, err)
	}
	cause := n.switchedOff(t, 0)
	if n.devnet.Node(0).Zone(zoneID).Rebuilds() != 1 {
		t.Errorf("%d rebuilds before %v", n.devnet.Node(0).Zone(zoneID).Rebuilds(), cause)
	}
	if highest := ends[0](); highest != core.LevelAttested {
		t.Errorf("on the right node the highest level seen is %s", highest)
	}
	if highest := ends[1](); highest >= core.LevelAttested {
		t.Errorf("on the wrong node the highest level seen is %s", highest)
	}
	if s, err := wrong.Status(t.Context(), tx.Hash()); err != nil || s.Level != core.LevelOrdered || s.Attempts[0].Outcome != nil {
		t.Errorf("the wrong node says %+v, %v; want ordered", s, err)
	}

	checkAlarms(t, b, wrongURL)
	if r := ready(t, rightURL); !r.Ready {
		t.Errorf("a right node is not ready: %+v", r)
	}
	if status, body := blockNumber(t, wrongURL+"/rollup/901"); status != http.StatusServiceUnavailable || !strings.Contains(body, "stopped executing") {
		t.Errorf("the wrong node serves the rollup: %d %s", status, body)
	}

	// Its votes count: with another validator stopped, nothing is ordered without them.
	if err := n.devnet.Stop(2); err != nil {
		t.Fatal(err)
	}
	head := n.devnet.Node(1).Log().Head()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := n.devnet.Node(1).Log().Wait(ctx, head+20); err != nil {
		t.Fatalf("order does not go on without validator 2: %v", err)
	}
	if err := n.devnet.Start(2); err != nil {
		t.Fatal(err)
	}
	n.agree(t, 1, 2, 3)
}

// checkAlarms checks that a node says in every way that its zone is off.
func checkAlarms(t *testing.T, b *builds, url string) {
	t.Helper()
	b.log.await(t, "switched off", 1)
	b.log.await(t, "not the attested one", 2)
	r := ready(t, url)
	if r.Ready || len(r.Reasons) != 1 || r.Reasons[0].Code != "zoneStopped" {
		t.Errorf("/readyz says %+v", r)
	}
	if off := metric(t, url, `lockstep_zone_off{zone="1"}`); off != "1" {
		t.Errorf("lockstep_zone_off is %s", off)
	}
	if n := metric(t, url, `lockstep_zone_digest_mismatches_total{zone="1"}`); n != "2" {
		t.Errorf("%s mismatches, want one before and one after the rebuild", n)
	}
	if b.log.count("switched off") != 1 || b.log.count("not the attested one") != 2 {
		t.Errorf("alarms: %q", b.log.lines)
	}
}

// blockNumber sends an eth_blockNumber.
func blockNumber(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url,
		strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestTwoWrongExecutorsStopAttestationUntilTheyAreReplaced(t *testing.T) {
	t.Parallel()
	b := newBuilds()
	b.set(2, "wrong", wrongly(core.VoidNonceTooHigh))
	b.set(3, "wrong too", wrongly(core.VoidInsufficientFunds))
	n := startBuilds(t, b)
	u := n.funded(t)
	tx := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &poison, Value: big.NewInt(1)})
	if err := n.eth[rollupA].SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	n.receipt(t, rollupA, tx.Hash())
	right, _ := n.gatewayOf(t, 0)
	wrong, _ := n.gatewayOf(t, 3)
	ends := []func() core.Level{watch(t, right, tx.Hash(), core.Included), watch(t, wrong, tx.Hash(), core.Included)}

	// Order goes on, and nothing is attested.
	head := n.devnet.Node(0).Log().Head()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := n.devnet.Node(0).Log().Wait(ctx, head+30); err != nil {
		t.Fatal(err)
	}
	place := n.mine(t, rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &common.Address{1}, Value: big.NewInt(1)}))
	for i, end := range ends {
		if highest := end(); highest >= core.LevelAttested {
			t.Errorf("watcher %d saw level %s", i, highest)
		}
	}
	status, err := right.Status(t.Context(), tx.Hash())
	if err != nil {
		t.Fatal(err)
	}
	if attested := n.devnet.Node(0).Ledger().Attested(zoneID).Tick; attested >= status.Attempts[0].Tick {
		t.Errorf("tick %d is attested, two of four are wrong since tick %d", attested, status.Attempts[0].Tick)
	}

	for _, v := range []int{2, 3} {
		b.set(v, "right", nil)
		if err := n.devnet.Stop(v); err != nil {
			t.Fatal(err)
		}
		if err := n.devnet.Start(v); err != nil {
			t.Fatal(err)
		}
	}
	for _, hash := range []common.Hash{tx.Hash(), place.TxHash} {
		if s, err := right.WaitFor(t.Context(), hash, core.LevelAttested, 25*time.Second); err != nil || s.Level != core.LevelAttested {
			t.Errorf("%s after the restarts: %+v, %v", hash, s, err)
		}
	}
	n.agree(t, 0, 1, 2, 3)
}

func TestExecutorThatPanicsIsSwitchedOffAndOrderingGoesOn(t *testing.T) {
	t.Parallel()
	b := newBuilds()
	b.set(3, "panics", panicking)
	n := startBuilds(t, b)
	u := n.funded(t)
	tx := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &poison, Value: big.NewInt(1)})
	n.mine(t, rollupA, tx)
	n.outcomeOf(t, tx.Hash())
	cause := n.switchedOff(t, 3)
	if rebuilds := n.devnet.Node(3).Zone(zoneID).Rebuilds(); rebuilds != 1 {
		t.Errorf("%d rebuilds before %v", rebuilds, cause)
	}
	if err := n.devnet.Stop(3); err != nil {
		t.Fatal(err)
	}
	if err := n.devnet.Start(3); err != nil {
		t.Fatal(err)
	}
	if err := n.switchedOff(t, 3); !strings.Contains(fmt.Sprint(err), "switched off") {
		t.Errorf("the same build starts with %v", err)
	}
	head := n.devnet.Node(3).Log().Head()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := n.devnet.Node(3).Log().Wait(ctx, head+20); err != nil {
		t.Fatalf("validator 3 does not order: %v", err)
	}
	b.set(3, "repaired", nil)
	if err := n.devnet.Stop(3); err != nil {
		t.Fatal(err)
	}
	if err := n.devnet.Start(3); err != nil {
		t.Fatal(err)
	}
	n.agree(t, 0, 1, 2, 3)
}

// outcomeOf waits until a transaction is attested.
func (n *network) outcomeOf(t *testing.T, hash common.Hash) {
	t.Helper()
	if s, err := n.client.WaitFor(t.Context(), hash, core.LevelAttested, 20*time.Second); err != nil || s.Level != core.LevelAttested {
		t.Fatalf("%s is not attested: %+v, %v", hash, s, err)
	}
}
