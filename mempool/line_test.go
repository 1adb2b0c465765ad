package mempool_test

import (
	"crypto/ecdsa"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

var lineUUID = core.UUID{1, 2, 3}

func lineKey(t testing.TB, n byte) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{0x77, n}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (f *fixture) network() core.NetworkID { return mempooltest.Genesis().NetworkID() }

func (f *fixture) replacement(key byte, nonce uint64, b *core.Bundle) core.Replacement {
	f.t.Helper()
	r := core.Replacement{UUID: lineUUID, Nonce: nonce}
	if err := r.Sign(lineKey(f.t, key), f.network(), b.ID(f.network())); err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fixture) cancellation(key byte, nonce uint64) core.Cancellation {
	f.t.Helper()
	c := core.Cancellation{UUID: lineUUID, Nonce: nonce}
	if err := c.Sign(lineKey(f.t, key), f.network()); err != nil {
		f.t.Fatal(err)
	}
	return c
}

// replace sends a bundle signed by key n with a nonce.
func (f *fixture) replace(key byte, nonce uint64, b *core.Bundle) (common.Hash, error) {
	f.t.Helper()
	return f.pool.AddReplacement(f.t.Context(), "", b, f.replacement(key, nonce, b))
}

func (f *fixture) mustReplace(key byte, nonce uint64, b *core.Bundle) common.Hash {
	f.t.Helper()
	id, err := f.replace(key, nonce, b)
	if err != nil {
		f.t.Fatalf("replacement with nonce %d: %v", nonce, err)
	}
	return id
}

func (f *fixture) cancel(key byte, nonce uint64) (common.Hash, error) {
	return f.pool.CancelBundle(f.t.Context(), f.cancellation(key, nonce))
}

// versions are different bundles of one transaction.
func (f *fixture) versions(n int) []*core.Bundle {
	list := make([]*core.Bundle, n)
	for i := range list {
		list[i] = f.bundle(transfer{})
		list[i].NotAfter += uint64(i)
	}
	return list
}

func (f *fixture) wantHeld(id common.Hash, held bool) {
	f.t.Helper()
	if have := f.pool.Find(id).Held; have != held {
		f.t.Errorf("bundle %s: held %v, want %v", id, have, held)
	}
}

func TestLine_AHigherNonceReplaces(t *testing.T) {
	f := newFixture(t)
	v := f.versions(4)
	first := f.mustReplace(1, 5, v[0])
	if again, err := f.replace(1, 5, v[0]); err != nil || again != first {
		t.Errorf("the same again: %s, %v", again, err)
	}
	_, err := f.replace(1, 5, v[1])
	wantRefusal(t, err, mempool.ErrReplacementNonce, "have 5, want above 5", first.Hex())
	_, err = f.replace(1, 4, v[1])
	wantRefusal(t, err, mempool.ErrReplacementNonce, "have 4, want above 5")
	second := f.mustReplace(1, 9, v[1])
	f.wantHeld(first, false)
	reason, _ := f.pool.Dropped(first)
	wantRefusal(t, reason, mempool.ErrReplaced, "by "+second.Hex())
	if c := f.sel(); len(c.Bundles) != 1 || c.Bundles[0].Hash != second {
		t.Errorf("selected %d bundles", len(c.Bundles))
	}
	if c := f.pool.Counters(); c.Replaced != 1 || c.Bundles != 1 || c.Lines != 1 {
		t.Errorf("%+v", c)
	}
}

func TestLine_AReplacementThatIsRefusedChangesNothing(t *testing.T) {
	f := newFixture(t)
	first := f.mustReplace(1, 1, f.bundle(transfer{}))
	poor := f.bundle(transfer{Key: 3, Value: new(big.Int).Lsh(big.NewInt(1), 255)})
	if _, err := f.replace(1, 2, poor); !errors.Is(err, mempool.ErrInsufficientFunds) {
		t.Fatalf("have %v", err)
	}
	f.wantHeld(first, true)
	f.mustReplace(1, 2, f.versions(2)[1])
}

func TestLine_AReplacementTakesThePlaceOfTheOldOneInTheCaps(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxBundles, c.MaxSenderBundles = 1, 1 })
	v := f.versions(3)
	f.mustReplace(1, 1, v[0])
	f.mustReplace(1, 2, v[1])
	_, err := f.replace(2, 3, v[2])
	wantRefusal(t, err, mempool.ErrFull)
}

func TestLine_Cancel(t *testing.T) {
	f := newFixture(t)
	v := f.versions(3)
	id := f.mustReplace(1, 5, v[0])
	_, err := f.cancel(1, 5)
	wantRefusal(t, err, mempool.ErrReplacementNonce, "want above 5")
	if dropped, err := f.cancel(1, 7); err != nil || dropped != id {
		t.Fatalf("cancelled %s, %v", dropped, err)
	}
	f.wantHeld(id, false)
	reason, _ := f.pool.Dropped(id)
	wantRefusal(t, reason, mempool.ErrCancelled, "nonce 7")
	if dropped, err := f.cancel(1, 7); err != nil || dropped != (common.Hash{}) {
		t.Errorf("the same again: %s, %v", dropped, err)
	}
	_, err = f.replace(1, 6, v[1])
	wantRefusal(t, err, mempool.ErrReplacementNonce, "have 6, want above 7, which cancelled")
	f.mustReplace(1, 8, v[2])
}

// A cancellation that overtakes its bundle still blocks it.
func TestLine_ACancellationMayComeFirst(t *testing.T) {
	f := newFixture(t)
	if dropped, err := f.cancel(1, 2); err != nil || dropped != (common.Hash{}) {
		t.Fatalf("cancelled %s, %v", dropped, err)
	}
	_, err := f.replace(1, 1, f.bundle(transfer{}))
	wantRefusal(t, err, mempool.ErrReplacementNonce, "which cancelled")
}

func TestLine_WhatIsOrderedStays(t *testing.T) {
	f := newFixture(t)
	v := f.versions(2)
	id := f.mustReplace(1, 1, v[0])
	f.order()
	_, err := f.replace(1, 2, v[1])
	wantRefusal(t, err, mempool.ErrAlreadyOrdered, id.Hex(), "tick 1")
	_, err = f.cancel(1, 3)
	wantRefusal(t, err, mempool.ErrAlreadyOrdered, id.Hex())
	if again, err := f.replace(1, 1, v[0]); err != nil || again != id {
		t.Errorf("the same again: %s, %v", again, err)
	}
}

// Another validator may have ordered the first version before it knew of the second one.
func TestLine_AnOrderedVersionTakesItsReplacementAlong(t *testing.T) {
	f := newFixture(t)
	old, young := f.bundle(transfer{}), f.bundle(transfer{Key: 1})
	f.mustReplace(1, 1, old)
	candidates := f.sel()
	id := f.mustReplace(1, 2, young)
	f.commit(candidates)
	f.wantHeld(id, false)
	reason, _ := f.pool.Dropped(id)
	wantRefusal(t, reason, mempool.ErrAlreadyOrdered, old.ID(f.network()).Hex())
}

// Whoever sees a bundle can sign a replacement for it, which gives no power over a bundle that others brought too.
func TestLine_NobodyTakesAwayWhatOthersBrought(t *testing.T) {
	for name, bring := range map[string]func(f *fixture, b *core.Bundle){
		"owner first":    func(f *fixture, b *core.Bundle) { f.mustReplace(1, 1, b); f.mustReplace(2, 1, b) },
		"stranger first": func(f *fixture, b *core.Bundle) { f.mustReplace(2, 1, b); f.mustReplace(1, 1, b) },
		"sent openly":    func(f *fixture, b *core.Bundle) { f.mustAddBundle(b); f.mustReplace(2, 1, b) },
		"sent openly later": func(f *fixture, b *core.Bundle) {
			f.mustReplace(2, 1, b)
			if _, err := f.pool.AddBundle(f.t.Context(), b); !errors.Is(err, mempool.ErrAlreadyKnown) {
				f.t.Errorf("sent openly: %v", err)
			}
		},
		"many strangers first": func(f *fixture, b *core.Bundle) {
			for key := byte(2); key < 6; key++ {
				f.mustReplace(key, 1, b)
			}
			_, err := f.replace(1, 1, b)
			wantRefusal(f.t, err, mempool.ErrFull)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			b, other := f.versions(2)[0], f.bundle(transfer{Key: 4})
			bring(f, b)
			for key := byte(3); key < 6; key++ {
				if dropped, err := f.cancel(key, 9); err != nil || dropped != (common.Hash{}) {
					t.Errorf("cancelled %s, %v", dropped, err)
				}
			}
			f.mustReplace(2, 2, other)
			f.wantHeld(b.ID(f.network()), true)
		})
	}
}

func TestLine_IsForgottenWhenEverythingHasExpired(t *testing.T) {
	f := newFixture(t)
	f.mustReplace(1, 1, f.bundle(transfer{}))
	f.clock.Add(int64(mempooltest.Genesis().Params.MaxBundleWindow))
	f.pool.Drain()
	_, err := f.replace(1, 1, f.bundle(transfer{}))
	wantRefusal(t, err, mempool.ErrReplacementNonce)
	f.clock.Add(6000)
	f.pool.Drain()
	if n := f.pool.Counters().Lines; n != 0 {
		t.Errorf("%d lines left", n)
	}
	f.mustReplace(1, 1, f.bundle(transfer{}))
}

func TestLine_MemoryIsBounded(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxLines, c.MaxSignerLines = 8, 3 })
	held := f.mustReplace(1, 1, f.bundle(transfer{}))
	for key := byte(2); key < 60; key++ {
		if _, err := f.cancel(key, 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.pool.Counters().Lines; n != 8 {
		t.Errorf("%d lines, want 8", n)
	}
	if dropped, err := f.cancel(1, 2); err != nil || dropped != held {
		t.Errorf("the line of the waiting bundle: %s, %v", dropped, err)
	}
	for i := range 4 {
		c := core.Cancellation{UUID: core.UUID{9, byte(i)}, Nonce: 1}
		if err := c.Sign(lineKey(t, 1), f.network()); err != nil {
			t.Fatal(err)
		}
		_, err := f.pool.CancelBundle(t.Context(), c)
		if i >= 2 {
			wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "under 3 uuids")
		} else if err != nil {
			t.Error(err)
		}
	}
}

// pass carries what one pool has for its peers to another one.
func pass(from, to *fixture) {
	from.clock.Add(10)
	for _, batch := range from.pool.Reap(0) {
		if err := to.pool.Insert(batch); err != nil {
			to.t.Fatal(err)
		}
	}
	to.pool.Drain()
}

func TestLine_PeersLearnOfReplacementsAndCancellations(t *testing.T) {
	a, b := newFixture(t), newFixture(t)
	v := a.versions(3)
	first := a.mustReplace(1, 1, v[0])
	pass(a, b)
	b.wantHeld(first, true)
	second := a.mustReplace(1, 2, v[1])
	pass(a, b)
	b.wantHeld(first, false)
	b.wantHeld(second, true)
	if _, err := a.cancel(1, 3); err != nil {
		t.Fatal(err)
	}
	pass(a, b)
	b.wantHeld(second, false)
	_, err := b.replace(1, 3, v[2])
	wantRefusal(t, err, mempool.ErrReplacementNonce, "which cancelled")
}

// What was replaced or cancelled before it was gossiped need not travel.
func TestLine_OnlyTheNewestTravels(t *testing.T) {
	a, b := newFixture(t), newFixture(t)
	v := a.versions(2)
	a.mustReplace(1, 1, v[0])
	id := a.mustReplace(1, 2, v[1])
	pass(a, b)
	if c := b.pool.Counters(); c.GossipIn != 1 || c.Bundles != 1 {
		t.Errorf("%+v", c)
	}
	b.wantHeld(id, true)
}

// A peer that makes up a cancellation or a replacement cannot sign for the owner.
func TestHostile_GossipedCancellationOfAnotherSigner(t *testing.T) {
	f := newFixture(t)
	v := f.versions(2)
	id := f.mustReplace(1, 1, v[0])
	forged := f.cancellation(1, 2)
	forged.Nonce = 9 // recovers to a signer who owns nothing
	stolen := f.replacement(2, 9, v[1])
	batch := core.GossipBatch{Bundles: [][]byte{
		forged.Encode(), (&core.Cancellation{UUID: lineUUID, Nonce: 9, Signature: make([]byte, 65)}).Encode(),
		(&core.ReplacingBundle{Replacement: stolen, Bundle: v[1]}).Encode(),
	}}
	if err := f.pool.Insert(batch.Encode()); err != nil {
		t.Fatal(err)
	}
	f.pool.Drain()
	f.wantHeld(id, true)
	if c := f.pool.Counters(); c.GossipIn != 3 {
		t.Errorf("%+v", c)
	}
}
