package mempool_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/mempool"
)

// bring has a client send a bundle of one transfer.
func (f *fixture) bring(client string, tr transfer) (common.Hash, error) {
	return f.pool.AddClientBundle(f.t.Context(), client, f.bundle(tr))
}

// voidAll orders what is selectable, executes it, and finds every bundle without effect.
func (f *fixture) voidAll() {
	var ids []common.Hash
	for _, b := range f.order().Bundles {
		ids = append(ids, b.Hash)
	}
	f.pool.Voided(ids...)
	f.pool.Voided(ids...) // a zone that executes again says so again
	f.executed()
}

// A client that floods with bundles that fail is refused with the time after which it may try again; another client's
// bundle is ordered in the next tick all the while.
func TestQuota_RefusesTheClientWhoseBundlesFail(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxClientVoids, c.VoidWindow = 8, time.Minute })
	refused := 0
	for i := range 40 {
		if _, err := f.bring("flooder", transfer{Key: 1, Gas: 22_000 + uint64(i)}); err != nil {
			wantRefusal(t, err, mempool.ErrQuota, "more than 8 in 1m0s had no effect", "try again in")
			refused++
		}
		honest, err := f.bring("honest", transfer{Key: 2, Gas: 22_000 + uint64(i)})
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		bundles := f.order().Bundles
		if len(bundles) == 0 || bundles[len(bundles)-1].Hash != honest {
			t.Fatalf("round %d: the honest bundle is not in the next tick", i)
		}
		for _, b := range bundles {
			if b.Hash != honest {
				f.pool.Voided(b.Hash)
			}
		}
		f.executed()
	}
	if refused != 40-9 { // 8 are allowed, and the ninth is admitted before it is known that it fails
		t.Errorf("%d of 40 refused, want 31", refused)
	}
	if got := f.pool.Counters().Voided; got != 9 {
		t.Errorf("%d void bundles counted, want 9", got)
	}
	f.clock.Add(time.Minute.Milliseconds() / 8)
	if _, err := f.bring("flooder", transfer{Key: 1}); err != nil {
		t.Errorf("after its share of the window: %v", err)
	}
}

// However many of a client's bundles fail, it is shut out for one window at most.
func TestQuota_ForgivesAfterAWindow(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxClientVoids, c.VoidWindow = 4, time.Minute })
	for i := range 100 {
		if _, err := f.bring("client", transfer{Key: 1 + i}); err != nil {
			t.Fatal(err)
		}
	}
	f.voidAll()
	_, err := f.bring("client", transfer{Key: 1, Gas: 30_000})
	wantRefusal(t, err, mempool.ErrQuota, "try again in 1m0s")
	f.clock.Add(time.Minute.Milliseconds())
	if _, err := f.bring("client", transfer{Key: 1, Gas: 30_000}); err != nil {
		t.Error(err)
	}
}

func TestQuota_BoundsWhatAClientHasUnderWay(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxClientBundles = 3 })
	for i := range 3 {
		if _, err := f.bring("client", transfer{Key: 1 + i}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.bring("client", transfer{Key: 4})
	wantRefusal(t, err, mempool.ErrQuota, "3 of this client's bundles")
	if _, err := f.bring("other", transfer{Key: 4}); err != nil {
		t.Error(err)
	}
	f.mustAddBundle(f.bundle(transfer{Key: 5})) // the node's own are not counted
	f.order()
	if _, err := f.bring("client", transfer{Key: 6}); !errors.Is(err, mempool.ErrQuota) {
		t.Errorf("ordered and not executed: got %v, want %v", err, mempool.ErrQuota)
	}
	f.executed()
	if _, err := f.bring("client", transfer{Key: 6}); err != nil {
		t.Errorf("executed: %v", err)
	}
}

// Nobody pays for bundles that others bring with its transactions, and gossip charges nobody here.
func TestQuota_ChargesTheClientAndNotTheSender(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxClientVoids = 1 })
	for i := range 5 {
		if _, err := f.bring(fmt.Sprintf("attacker %d", i), transfer{Key: 1, Gas: 22_000 + uint64(i)}); err != nil {
			t.Fatal(err)
		}
		f.voidAll()
	}
	if _, err := f.bring("victim", transfer{Key: 1}); err != nil {
		t.Error(err)
	}
}

// The memory of clients is bounded; beyond it the pool's other caps hold.
func TestQuota_RemembersSoManyClients(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxClients, c.MaxClientBundles = 2, 1 })
	for i := range 4 {
		if _, err := f.bring(fmt.Sprint("client ", i), transfer{Key: 1 + i}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.bring("client 1", transfer{Key: 9}); !errors.Is(err, mempool.ErrQuota) {
		t.Errorf("got %v, want %v", err, mempool.ErrQuota)
	}
	if _, err := f.bring("client 3", transfer{Key: 9}); err != nil {
		t.Error(err)
	}
}
