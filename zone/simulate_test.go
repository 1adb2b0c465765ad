package zone_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// solidityError is the revert data of `revert("too late")` (Solidity ABI, Error(string)).
func solidityError(text string) []byte {
	data := crypto.Keccak256([]byte("Error(string)"))[:4]
	data = append(data, common.LeftPadBytes([]byte{0x20}, 32)...)
	data = append(data, common.LeftPadBytes([]byte{byte(len(text))}, 32)...)
	return append(data, common.RightPadBytes([]byte(text), 32)...)
}

// solidityPanic is the revert data of a failed assertion (Solidity ABI, Panic(uint256) with code 1).
func solidityPanic() []byte {
	return append(crypto.Keccak256([]byte("Panic(uint256)"))[:4], common.LeftPadBytes([]byte{1}, 32)...)
}

func TestZone_SimulatesWithoutSideEffects(t *testing.T) {
	r := newStill(t)
	r.start()
	r.tick(0)
	r.log.Append(zonetest.Start, nil, nil)
	r.executeAll()
	sign := func(rollup core.RollupID, nonce uint64, data ...byte) zonetest.Leg {
		return zonetest.Leg{Tx: r.net.Sign(zonetest.Tx{Rollup: rollup, From: "a", Nonce: nonce, Gas: 40000, Data: data})}
	}
	revert := func(data []byte) zonetest.Leg { return sign(902, 0, append([]byte{zonetest.OpRevert}, data...)...) }
	mayRevert := revert(solidityPanic())
	mayRevert.MayRevert = true
	expired := func(b *core.Bundle) { b.NotAfter = zonetest.Start - 1 }
	for _, c := range []struct {
		name      string
		atomicity core.Atomicity
		edit      func(*core.Bundle)
		legs      []zonetest.Leg
		success   bool
		code      core.OutcomeCode
		failing   int
		reason    string
		rule      error
		executed  []bool
	}{
		{"all good", core.AtomicExecution, nil, []zonetest.Leg{sign(901, 1), sign(902, 0), sign(901, 2)}, true, core.Included, zone.NoLeg, "", nil, []bool{true, true, true}},
		{"good commitment", core.AtomicExecution, r.net.Commit, []zonetest.Leg{sign(901, 1)}, true, core.Included, zone.NoLeg, "", nil, []bool{true}},
		{"a leg reverts", core.AtomicExecution, nil, []zonetest.Leg{sign(901, 1), revert(solidityError("too late")), sign(901, 2)}, false, core.VoidLegReverted, 1, "execution reverted: too late", nil, []bool{true, true, false}},
		{"a leg may revert", core.AtomicExecution, nil, []zonetest.Leg{mayRevert}, true, core.Included, zone.NoLeg, "", nil, []bool{true}},
		{"a leg is void", core.AtomicExecution, nil, []zonetest.Leg{sign(901, 0)}, false, core.VoidNonceTooLow, 0, "nonce too low: tx 0, state 1", nil, []bool{true}},
		{"wrong commitment", core.AtomicExecution, func(b *core.Bundle) { b.Commitment[0] = 1 }, []zonetest.Leg{sign(901, 1)}, false, core.VoidCommitment, 0, "*", nil, []bool{false}},
		{"another zone", core.AtomicExecution, nil, []zonetest.Leg{sign(901, 1), sign(zonetest.Elsewhere, 0)}, false, core.VoidZoneUnassigned, 1, "*", core.ErrNoCommonZone, []bool{false, false}},
		{"expired", core.AtomicExecution, expired, []zonetest.Leg{sign(901, 1)}, false, core.Included, zone.NoLeg, "", core.ErrExpired, []bool{true}},
		{"right parent tick", core.AtomicExecution, func(b *core.Bundle) { b.ParentTick = 2 }, []zonetest.Leg{sign(901, 1)}, true, core.Included, zone.NoLeg, "", nil, []bool{true}},
		{"parent tick to come", core.AtomicExecution, func(b *core.Bundle) { b.ParentTick = 3 }, []zonetest.Leg{sign(901, 1)}, true, core.Included, zone.NoLeg, "", nil, []bool{true}},
		{"parent tick passed", core.AtomicExecution, func(b *core.Bundle) { b.ParentTick = 1 }, []zonetest.Leg{sign(901, 1)}, false, core.Included, zone.NoLeg, "", core.ErrParentTickPassed, []bool{true}},
		{"inclusion", core.AtomicInclusion, nil, []zonetest.Leg{revert(nil), sign(901, 0), sign(901, 1), sign(zonetest.Elsewhere, 0)}, true, core.Included, zone.NoLeg, "", nil, []bool{true, true, true, false}},
		{"no legs", core.AtomicExecution, nil, nil, false, core.Included, zone.NoLeg, "", core.ErrNoLegs, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := r.zone.Simulate(t.Context(), r.net.Bundle(c.atomicity, c.edit, c.legs...))
			if err != nil {
				t.Fatal(err)
			}
			if s.Tick != 2 || s.Success != c.success || s.Code != c.code || s.FailingLeg != c.failing || !errors.Is(s.Rule, c.rule) || (c.rule == nil) != (s.Rule == nil) {
				t.Errorf("got %+v", s)
			}
			if c.reason != "*" && s.Reason != c.reason {
				t.Errorf("reason %q, want %q", s.Reason, c.reason)
			}
			for i, leg := range s.Legs {
				if leg.Executed != c.executed[i] {
					t.Errorf("leg %d: executed %v, want %v", i, leg.Executed, c.executed[i])
				}
			}
		})
	}
	s, err := r.zone.Simulate(t.Context(), r.net.Bundle(core.AtomicExecution, nil, mayRevert))
	if err != nil || !s.Legs[0].Reverted || s.Legs[0].GasUsed == 0 || s.Legs[0].Reason != "execution reverted: assert(false)" || len(s.Legs[0].ReturnData) != 36 {
		t.Errorf("a leg that may revert: %+v, %v", s.Legs, err)
	}
	if nonce := r.engines[901].Nonce(r.net.Address("a")); nonce != 1 {
		t.Errorf("the simulations moved the nonce to %d", nonce)
	}
	r.tick(1)
	if f := r.executeAll()[0].Outcomes[0]; f.Code != core.Included {
		t.Errorf("after the simulations the transfer is %s", f.Code)
	}
}

func TestZone_SimulateNeedsAnOpenStateAndTime(t *testing.T) {
	r := newStill(t)
	r.start()
	b := r.net.Bundle(core.AtomicExecution, nil, zonetest.Leg{Tx: r.net.Sign(zonetest.Tx{Rollup: 901, From: "a", Nonce: 1})})
	if _, err := r.zone.Simulate(t.Context(), b); !errors.Is(err, zone.ErrNotReady) {
		t.Errorf("before the first tick: %v", err)
	}
	r.tick(0)
	r.executeAll()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.zone.Simulate(ctx, b); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
