package node

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/intents"
)

// idleZone has executed one tick and executes no more. Its rollups know every token, and everybody is rich.
type idleZone struct{ settler common.Address }

func (idleZone) Simulate(context.Context, core.DecodedBundle) (intents.Simulation, error) {
	return intents.Simulation{Leg: -1}, nil
}

func (idleZone) Next(ctx context.Context, after uint64) (tick, timeMs uint64, err error) {
	if after == 0 {
		return 1, 1000, nil
	}
	<-ctx.Done()
	return 0, 0, ctx.Err()
}

func (idleZone) Fate(context.Context, common.Hash) (intents.Fate, bool, error) {
	return intents.Fate{}, false, nil
}

func (z idleZone) HasCode(_ context.Context, _ core.RollupID, account common.Address) (bool, error) {
	return account == z.settler, nil
}

// Call answers two words to the settler (nothing is taken), a 0 to Permit2 (no nonce is used), and a large number to all others.
func (z idleZone) Call(_ context.Context, _ core.RollupID, to common.Address, data []byte) ([]byte, bool, error) {
	switch selector := [4]byte(data); {
	case to == z.settler:
		return make([]byte, 64), true, nil
	case selector == [4]byte(crypto.Keccak256([]byte("nonceBitmap(address,uint256)"))):
		return make([]byte, 32), true, nil
	}
	return common.LeftPadBytes([]byte{1, 0, 0, 0}, 32), true, nil
}

func (idleZone) SendBundle(context.Context, string, *core.Bundle) error { return nil }

// twoZones are the books of two zones with two rollups each, at tick 1, and a user.
type twoZones struct {
	t *testing.T
	*books
	settler common.Address
	user    *ecdsa.PrivateKey
}

func newTwoZones(ctx context.Context, t *testing.T, change func(*intents.Config)) *twoZones {
	t.Helper()
	user, err := crypto.ToECDSA(crypto.Keccak256([]byte("a user of two zones")))
	if err != nil {
		t.Fatal(err)
	}
	genesis := &core.Genesis{
		Version: core.GenesisVersion, Name: "two zones", Params: core.DefaultParams(), Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{901, 902}}, {ID: 2, Rollups: []core.RollupID{903, 904}}},
		Rollups: []core.Rollup{
			{ID: 901, Kind: core.KindEVM}, {ID: 902, Kind: core.KindEVM}, {ID: 903, Kind: core.KindEVM}, {ID: 904, Kind: core.KindEVM},
		},
	}
	w := &twoZones{t: t, books: &books{genesis: genesis}, settler: common.Address{0x5e}, user: user}
	cfg := intents.Default()
	if change != nil {
		change(&cfg)
	}
	zone, meters := idleZone{w.settler}, intents.NewMetrics(prometheus.NewRegistry())
	for _, z := range genesis.Zones {
		book, err := intents.New(cfg, intents.Deps{
			Genesis: genesis, Zone: z.ID, Settler: w.settler, Executor: zone, Chains: zone, Pool: zone, Metrics: meters,
			Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.all = append(w.all, zoneBook{z.ID, book})
		go func() { _ = book.Run(ctx) }() // ends with ctx, without an error
	}
	synctest.Wait()
	return w
}

// submit gives an order from one rollup to another to the books.
func (w *twoZones) submit(origin, destination, nonce int64) (common.Hash, error) {
	w.t.Helper()
	data, err := orders.EncodeIntent(orders.Intent{
		InputToken: common.Address{1}, InputAmount: big.NewInt(100), OutputToken: common.Hash{31: 2}, MinOutput: big.NewInt(1),
		Recipient: common.Hash{31: 3}, DestinationChainId: big.NewInt(destination), DestinationSettler: common.BytesToHash(w.settler[:]),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	o := orders.Order{
		OriginSettler: w.settler, User: crypto.PubkeyToAddress(w.user.PublicKey), Nonce: big.NewInt(nonce), OriginChainId: big.NewInt(origin),
		OpenDeadline: 100, FillDeadline: 100, OrderDataType: orders.DataType, OrderData: data,
	}
	signature, err := orders.Sign(o, w.user)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Submit(w.t.Context(), &o, signature)
}

func (w *twoZones) submitted(origin, destination, nonce int64) common.Hash {
	w.t.Helper()
	id, err := w.submit(origin, destination, nonce)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// next takes so many messages, and gives them sorted, as "event id".
func (w *twoZones) next(ctx context.Context, feed gateway.IntentFeed, n int) (got []string) {
	w.t.Helper()
	for range n {
		m, err := feed.Next(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		got = append(got, fmt.Sprint(m.Event, " ", m.Intent.OrderID))
	}
	slices.Sort(got)
	return got
}

// A client sees one book, whatever zones its orders are in. The bubble does not end before all goroutines have.
func TestBooks_OfSeveralZonesAreOneForClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		w := newTwoZones(ctx, t, nil)
		first, second := w.submitted(901, 902, 1), w.submitted(904, 903, 2)
		for _, id := range []common.Hash{first, second} {
			if v, err := w.Get(id); err != nil || v.OrderID != id || v.Status != "open" {
				t.Errorf("order %s: %+v, %v", id, v, err)
			}
		}
		for _, page := range []struct {
			after common.Hash
			limit int
			want  []common.Hash
		}{
			{common.Hash{}, 10, []common.Hash{first, second}}, {common.Hash{}, 1, []common.Hash{first}},
			{first, 10, []common.Hash{second}}, {first, 1, []common.Hash{second}}, {second, 1, nil},
		} {
			var got []common.Hash
			all, err := w.List(page.after, page.limit)
			for _, v := range all {
				got = append(got, v.OrderID)
			}
			if err != nil || !slices.Equal(got, page.want) {
				t.Errorf("at most %d after %s: %v, %v", page.limit, page.after, got, err)
			}
		}
		if _, err := w.List(common.Hash{1}, 10); !errors.Is(err, gateway.ErrUnknownIntent) {
			t.Errorf("after an order that nobody knows: %v", err)
		}
		if _, err := w.submit(901, 903, 3); !errors.Is(err, gateway.ErrIntentOrder) {
			t.Errorf("from one zone to another one: %v", err)
		}
		if _, err := w.submit(905, 901, 4); !errors.Is(err, gateway.ErrIntentOrder) {
			t.Errorf("from nowhere: %v", err)
		}
		if _, err := w.Get(common.Hash{1}); !errors.Is(err, gateway.ErrUnknownIntent) {
			t.Errorf("an order that nobody knows: %v", err)
		}

		feed, err := w.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		listening, leave := context.WithCancel(ctx)
		wanted := []string{fmt.Sprint("opened ", first), fmt.Sprint("opened ", second)}
		slices.Sort(wanted)
		if got := w.next(listening, feed, 2); !slices.Equal(got, wanted) {
			t.Errorf("at first: %q, want %q", got, wanted)
		}
		third := w.submitted(903, 904, 5)
		if got := w.next(listening, feed, 1); got[0] != fmt.Sprint("opened ", third) {
			t.Errorf("then: %q", got)
		}
		leave()
		if m, err := feed.Next(listening); !errors.Is(err, context.Canceled) {
			t.Errorf("after the client has left: %+v, %v", m, err)
		}
		feed.Close()
		for _, book := range w.all {
			if n := book.Stats().Subscribers; n != 0 {
				t.Errorf("zone %s still has %d subscribers", book.zone, n)
			}
		}
	})
}

// Who lags behind in one zone is told so, and who finds no room in one takes none in the other.
func TestBooks_OfSeveralZonesKeepTheirCaps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		w := newTwoZones(ctx, t, func(c *intents.Config) { c.FeedBacklog, c.MaxSubscribers = 1, 1 })
		feed, err := w.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Subscribe(); !errors.Is(err, gateway.ErrLimit) {
			t.Errorf("one more: %v", err)
		}
		w.submitted(903, 904, 1)
		w.submitted(903, 904, 2)
		listening, leave := context.WithCancel(ctx)
		w.next(listening, feed, 1)
		if m, err := feed.Next(listening); !errors.Is(err, gateway.ErrSlowConsumer) {
			t.Errorf("after two messages with room for one: %+v, %v", m, err)
		}
		leave()
		feed.Close()

		taken, err := w.all[1].Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Subscribe(); !errors.Is(err, gateway.ErrLimit) {
			t.Errorf("without room in the second zone: %v", err)
		}
		if n := w.all[0].Stats().Subscribers; n != 0 {
			t.Errorf("the first zone keeps %d places", n)
		}
		taken.Close()
	})
}
