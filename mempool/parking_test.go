package mempool_test

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// skeleton is what a bundle of these legs, valid for a minute, will be, with the legs that name its commitment.
func (f *fixture) skeleton(legs ...transfer) (*core.Skeleton, []transfer) {
	s := &core.Skeleton{Atomicity: core.AtomicExecution, NotAfter: uint64(f.clock.Load()) + 60_000}
	for i := range legs {
		if legs[i].Gas == 0 {
			legs[i].Gas = 60_000
		}
		if legs[i].Rollup == 0 {
			legs[i].Rollup = rollupA
		}
		s.Legs = append(s.Legs, core.CommitLeg(legs[i].Sign(), legs[i].Rollup, mempooltest.Addr(legs[i].Key), false))
	}
	for i := range legs {
		legs[i] = naming(legs[i], s.Commitment(mempooltest.Genesis().NetworkID()))
	}
	return s, legs
}

// naming adds a commitment to a transaction's access list.
func naming(tr transfer, commitment common.Hash) transfer {
	tr.Access = gethtypes.AccessList{{Address: mempooltest.Genesis().Predeploy.Address, StorageKeys: []common.Hash{commitment}}}
	return tr
}

func (f *fixture) prepare(s *core.Skeleton) mempool.Parking {
	f.t.Helper()
	parking, err := f.pool.PrepareBundle(f.t.Context(), "", s)
	if err != nil {
		f.t.Fatal(err)
	}
	return parking
}

func TestParking_PutsABundleTogether(t *testing.T) {
	for _, name := range []string{"prepared first", "prepared between", "prepared last"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			s, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2, Rollup: rollupB})
			commitment := s.Commitment(mempooltest.Genesis().NetworkID())
			prepareAt := map[string]int{"prepared first": 0, "prepared between": 1, "prepared last": 2}[name]
			var hashes []common.Hash
			for i := range 3 {
				if i == prepareAt {
					f.prepare(s)
				}
				if i < 2 {
					if c := f.sel(); len(c.Bundles) != 0 || count(c) != 0 {
						t.Fatalf("before leg %d came, the pool offers %+v", i, c)
					}
					leg := legs[1-i] // in another order than the bundle's
					hashes = append(hashes, f.mustAdd(leg))
				}
			}
			c := f.sel()
			if len(c.Bundles) != 1 || c.Bundles[0].Commitment != commitment || c.Bundles[0].Txs[1].Hash() != hashes[0] {
				t.Fatalf("the pool offers %+v", c)
			}
			p, ok := f.pool.Parking(commitment)
			if !ok || p.Bundle != c.Bundles[0].Hash || p.Legs[0] != hashes[1] || p.Legs[1] != hashes[0] {
				t.Errorf("the commitment is %+v", p)
			}
			if found := f.pool.Find(hashes[0]); found.Parked || found.Parking == nil || found.Parking.Bundle != p.Bundle {
				t.Errorf("a leg is %+v", found)
			}
			if n := f.pool.Counters().Parked; n != 0 {
				t.Errorf("%d legs are still parked", n)
			}
		})
	}
}

func TestParking_KeepsALoneLegToItself(t *testing.T) {
	f := newFixture(t)
	_, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	hash := f.mustAdd(legs[0])
	if found := f.pool.Find(hash); !found.Held || !found.Parked || found.Parking == nil || found.Parking.Skeleton != nil {
		t.Errorf("got %+v", found)
	}
	if batch := f.pool.Counters().GossipOut; batch != 0 || count(f.sel()) != 0 {
		t.Error("a lone leg left the pool")
	}
	_, err := f.add(legs[0])
	wantRefusal(t, err, mempool.ErrAlreadyKnown)
	_, err = f.add(transfer{Key: 1, Gas: 60_000, Access: naming(transfer{}, mempooltest.Genesis().Predeploy.Marker).Access})
	wantRefusal(t, err, core.ErrProtectedAlone)
}

func TestParking_RefusesWhatIsNoLegOfTheSkeleton(t *testing.T) {
	f := newFixture(t)
	s, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	early := legs[0]
	early.Gas++
	wrong := f.mustAdd(early) // nobody knows better yet
	f.prepare(s)
	reason, _ := f.pool.Dropped(wrong)
	wantRefusal(t, reason, mempool.ErrSkeleton, "commitment")
	_, err := f.add(early)
	wantRefusal(t, err, mempool.ErrSkeleton)
	other := legs[1]
	other.Data = []byte{1}
	_, err = f.add(other)
	wantRefusal(t, err, mempool.ErrSkeleton)
}

func TestParking_ReplacesALegOfTheSameNonce(t *testing.T) {
	f := newFixture(t)
	s, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	f.prepare(s)
	old := f.mustAdd(legs[0])
	better := legs[0]
	better.FeeCap, better.Tip = 101, 2
	_, err := f.add(better)
	wantRefusal(t, err, mempool.ErrReplaceUnderpriced, "parked")
	better.FeeCap = 110
	hash := f.mustAdd(better)
	reason, _ := f.pool.Dropped(old)
	wantRefusal(t, reason, mempool.ErrReplaced, hash.String())
	f.mustAdd(legs[1])
	if c := f.sel(); len(c.Bundles) != 1 || c.Bundles[0].Txs[0].Hash() != hash {
		t.Errorf("the pool offers %+v", c)
	}
}

func TestParking_ExpiresWithAReason(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.ParkTime = 30 * time.Second })
	s, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	f.prepare(s)
	hash := f.mustAdd(legs[0])
	unprepared := f.mustAdd(naming(transfer{Key: 3, Gas: 60_000}, common.Hash{9}))
	f.clock.Add(29_000)
	f.pool.Drain()
	if !f.pool.Find(hash).Parked {
		t.Fatal("dropped too early")
	}
	f.clock.Add(1000)
	f.pool.Drain()
	reason, _ := f.pool.Dropped(hash)
	wantRefusal(t, reason, mempool.ErrParkedTooLong, "legs[1]", mempooltest.Addr(2).String())
	reason, _ = f.pool.Dropped(unprepared)
	wantRefusal(t, reason, mempool.ErrParkedTooLong, "nobody")
	hash = f.mustAdd(legs[0]) // again, in time for the bundle's window
	f.clock.Add(31_000)       // which is over now
	f.pool.Drain()
	if _, ok := f.pool.Parking(s.Commitment(mempooltest.Genesis().NetworkID())); ok {
		t.Error("the skeleton is still known after its window")
	}
	reason, _ = f.pool.Dropped(hash)
	wantRefusal(t, reason, mempool.ErrParkedTooLong)
}

func TestParking_DropsALegWhoseNonceIsUsed(t *testing.T) {
	f := newFixture(t)
	_, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	hash := f.mustAdd(legs[0])
	f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
	f.pool.Drain()
	reason, _ := f.pool.Dropped(hash)
	wantRefusal(t, reason, mempool.ErrNonceTooLow, "next nonce 1")
}

func TestParking_MakesWayForASentBundle(t *testing.T) {
	f := newFixture(t)
	s, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	commitment := f.prepare(s).Commitment
	f.mustAdd(legs[0])
	part := f.bundle(legs[0])
	part.Commitment = commitment
	f.mustAddBundle(part) // anybody who has seen the leg can send this, and it can only be void
	if n := f.pool.Counters().Parked; n != 1 {
		t.Fatalf("a part of the bundle leaves %d legs parked", n)
	}
	whole := f.bundle(legs...)
	whole.Commitment = commitment
	id := f.mustAddBundle(whole)
	if p, _ := f.pool.Parking(commitment); p.Bundle != id || f.pool.Counters().Parked != 0 {
		t.Errorf("got %+v", p)
	}
}

func TestParking_IsBounded(t *testing.T) {
	lone := func(key int, nonce uint64) transfer {
		return naming(transfer{Key: key, Nonce: nonce, Gas: 60_000}, common.Hash{byte(key), byte(nonce), 1})
	}
	f := newFixture(t, func(c *mempool.Config) { c.MaxParked, c.MaxSenderParked, c.MaxSkeletons = 3, 2, 2 })
	f.mustAdd(lone(1, 0))
	f.mustAdd(lone(1, 1))
	_, err := f.add(lone(1, 2))
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "parked 2 legs")
	f.mustAdd(lone(2, 0))
	_, err = f.add(lone(3, 0))
	wantRefusal(t, err, mempool.ErrFull, "3 parked legs")
	g := newFixture(t, func(c *mempool.Config) { c.MaxParkedBytes, c.MaxSkeletons = 100, 2 })
	_, err = g.add(lone(1, 0))
	wantRefusal(t, err, mempool.ErrFull, "bytes")

	h := newFixture(t, func(c *mempool.Config) { c.MaxSkeletons = 2 })
	var commitments []common.Hash
	for key := range 3 {
		s, legs := h.skeleton(transfer{Key: 3 * key}, transfer{Key: 3*key + 1})
		commitments = append(commitments, h.prepare(s).Commitment)
		if key == 0 {
			h.mustAdd(legs[0])
		}
	}
	for i, want := range []bool{true, false, true} { // the oldest has a leg here, so the next one made room
		if _, ok := h.pool.Parking(commitments[i]); ok != want {
			t.Errorf("skeleton %d known: %v", i, ok)
		}
	}
}

func TestParking_ALegWithoutMeansIsRefused(t *testing.T) {
	f := newFixture(t)
	_, legs := f.skeleton(transfer{Key: 1}, transfer{Key: 2})
	f.state.SetBalance(rollupA, mempooltest.Addr(1), uint256.NewInt(1))
	_, err := f.add(legs[0])
	wantRefusal(t, err, mempool.ErrInsufficientFunds)
}
