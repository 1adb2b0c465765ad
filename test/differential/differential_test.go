package differential

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
	"github.com/lockstep-network/lockstep/zone/evm"
)

const (
	patience = time.Minute
	// attempts is how often a question is asked anew because a block was sealed meanwhile.
	attempts = 20
)

// world is a devnet and the stock node that follows one of its rollups.
type world struct {
	stock *stock
	eth   *ethclient.Client
	// endpoints are the gateway's URLs: the ordinary one and the strict one.
	endpoints map[endpoint]string
	webSocket string
	author    *author
	facts     facts
	mark      string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	d := devnettest.Start(t, devnet.Options{})
	rollup := d.Info().Rollups[0]
	eth, err := ethclient.DialContext(t.Context(), rollup.WebSocket)
	require.NoError(t, err)
	t.Cleanup(eth.Close)
	author := newAuthor(t, eth)
	author.write()
	cfg := evm.ConfigOf(d.Genesis(), rollup.ChainID, "")
	return &world{
		stock: startStock(t, cfg.Genesis()), eth: eth, author: author, facts: author.facts, webSocket: rollup.WebSocket,
		endpoints: map[endpoint]string{open: rollup.HTTP, sealed: rollup.HTTP + "/sealed"},
	}
}

// position tells how far the gateway's chain is: a question whose answers are compared must lie between two equal ones.
func (w *world) position(t *testing.T) string {
	t.Helper()
	_, answer := ask(t, w.endpoints[open], `[{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"},{"jsonrpc":"2.0","id":2,"method":"eth_getHeaderByNumber","params":["safe"]}]`)
	return string(answer)
}

// answers is what each endpoint, and the stock node, answered.
type answers struct {
	ours   map[endpoint]any
	theirs any
}

// ask asks everybody while no block is sealed.
func (w *world) ask(t *testing.T, body string) answers {
	t.Helper()
	for range attempts {
		mark := w.position(t)
		if mark != w.mark {
			w.stock.follow(t.Context(), t, w.eth)
			w.mark = mark
		}
		a := answers{ours: make(map[endpoint]any)}
		theirStatus, theirs := ask(t, w.stock.url, body)
		a.theirs = withStatus(theirStatus, theirs)
		for at, url := range w.endpoints {
			status, ours := ask(t, url, body)
			a.ours[at] = withStatus(status, ours)
		}
		if w.position(t) == mark {
			return a
		}
	}
	t.Fatalf("a block was sealed during each of %d attempts to ask %s", attempts, body)
	return answers{}
}

// withStatus adds the HTTP status to what is compared, where it is not the usual one.
func withStatus(status int, body []byte) any {
	if status == 200 {
		return decode(body)
	}
	return map[string]any{"status": fmt.Sprint(status), "body": decode(body)}
}

// One network serves all of it; what is asked first needs an empty pool.
func TestGateway(t *testing.T) {
	w := newWorld(t)
	t.Run("answers as go-ethereum does", w.testAnswers)
	t.Run("announces as go-ethereum does", w.testSubscriptions)
	t.Run("keeps filters as go-ethereum does", w.testFilters)
	t.Run("queues as go-ethereum does", w.testPool)
	t.Run("goes on whatever is asked", w.testAbuse)
}

func (w *world) testAnswers(t *testing.T) {
	methods, _ := w.stock.methods()
	all := questions(methods, w.facts)

	asked := make(map[string]bool)
	for _, q := range single {
		asked[q.method] = true
	}
	for _, m := range slices.Concat(byBlock, byBlockHash) {
		asked[m.method] = true
	}
	for _, method := range byTransaction {
		asked[method] = true
	}
	for _, method := range methods {
		require.True(t, asked[method], "no question for %s, which go-ethereum has", method)
	}
	for _, method := range slices.Sorted(maps.Keys(asked)) {
		require.Contains(t, methods, method, "a question for a method that go-ethereum does not have")
	}

	ledger := newLedger()
	for _, q := range all {
		w.compare(t, ledger, q, request(q, w.facts))
	}
	for _, body := range malformed {
		w.compare(t, ledger, question{method: "(request)", name: body.name}, w.facts.fill(body.json))
	}
	ledger.settle(t)
	t.Logf("%d questions at %d endpoints", len(all)+len(malformed), len(w.endpoints))
}

// compare asks a question and books the differences.
func (w *world) compare(t *testing.T, ledger *ledger, q question, body string) {
	t.Helper()
	a := w.ask(t, body)
	for at, ours := range a.ours {
		theirs := a.theirs
		if q.opaque {
			ours, theirs = form(ours), form(theirs)
		}
		for _, path := range differences("", ours, theirs) {
			ledger.book(t, finding{at: at, question: q, path: path, ours: ours, theirs: theirs})
		}
	}
}
