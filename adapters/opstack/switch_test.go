package opstack_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
)

// becomes waits for a mode.
func (s *sharedScene) becomes(t *testing.T, mode opstack.Mode) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for s.proxy.Mode() != mode {
		if ctx.Err() != nil {
			t.Fatalf("the mode is not %s: %+v", mode, s.proxy.State())
		}
		s.network.Grown(ctx)
	}
}

// read waits until the proxy has read all of the lane.
func (s *sharedScene) read(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for s.proxy.State().Shared.Lane < uint64(len(s.network.Entries())) {
		if ctx.Err() != nil {
			t.Fatalf("the lane is not read: %+v", s.proxy.State().Shared)
		}
		s.network.Grown(ctx)
	}
}

// backlog is a scene whose blocks take four transactions each, with a lane of more.
func backlog(t *testing.T, style opstacktest.Style, n int) *sharedScene {
	t.Helper()
	s := newSharedScene(t, style)
	s.op.GasLimit = 400 * 450
	w := opstacktest.NewWallet(t, 10)
	s.order(w.Transfer())
	s.block(t)
	for range n {
		s.order(w.Transfer())
	}
	s.read(t)
	return s
}

// The mode changes when blocks have what the lane held, and what they hold until then is the lane's.
func TestSwitch_DrainsTheLane(t *testing.T) {
	eachStyle(t, func(t *testing.T, style opstacktest.Style) {
		for _, restart := range []bool{false, true} {
			s := backlog(t, style, 10)
			if err := s.proxy.SetMode(opstack.Confirm); err != nil {
				t.Fatal(err)
			}
			if state := s.proxy.State(); state.Mode != opstack.Shared || state.Leaving == nil || state.Leaving.To != opstack.Confirm || state.Leaving.Waiting != 10 {
				t.Fatalf("state %+v, leaving %+v", state, state.Leaving)
			}
			s.block(t)
			if restart {
				s.restart(t, func() {})
			}
			if state := s.proxy.State(); state.Mode != opstack.Shared || state.Leaving == nil {
				t.Fatalf("with six in the lane: %+v", state)
			}
			for range 3 {
				s.block(t)
			}
			s.becomes(t, opstack.Confirm)
			if !equal(s.taken(1), s.sent) || s.proxy.State().Leaving != nil {
				t.Errorf("%d of %d transactions, state %+v", len(s.taken(1)), len(s.sent), s.proxy.State())
			}
			own := opstacktest.NewWallet(t, 10).Transfer()
			s.engine.Add(own)
			if b := s.block(t); len(b.Transactions) != 2 || string(b.Transactions[1]) != string(own) {
				t.Errorf("%d transactions in the first block of the chain's own", len(b.Transactions)-1)
			}
		}
	})
}

// Who does not wait is told how many are left, and finds them again.
func TestSwitch_LeavesAtOnce(t *testing.T) {
	t.Parallel()
	s := backlog(t, opstacktest.Geth, 6)
	if err := s.proxy.SetModeNow(opstack.PassThrough); err != nil {
		t.Fatal(err)
	}
	if state := s.proxy.State(); state.Mode != opstack.PassThrough || state.Leaving != nil || state.Shared.Waiting != 6 {
		t.Errorf("state %+v, %+v", state, state.Shared)
	}
	if b := s.block(t); len(b.Transactions) != 1 {
		t.Errorf("%d transactions of the lane in pass-through", len(b.Transactions)-1)
	}
	if err := s.proxy.SetMode(opstack.Shared); err != nil {
		t.Fatal(err)
	}
	s.block(t)
	s.block(t)
	if !equal(s.taken(1), s.sent) {
		t.Errorf("%d of %d transactions, or in another order", len(s.taken(1)), len(s.sent))
	}
}

func TestSwitch_IsTakenBack(t *testing.T) {
	t.Parallel()
	s := backlog(t, opstacktest.Geth, 6)
	for _, mode := range []opstack.Mode{opstack.PassThrough, opstack.Shared} {
		if err := s.proxy.SetMode(mode); err != nil {
			t.Fatal(err)
		}
	}
	s.block(t)
	s.block(t)
	if state := s.proxy.State(); state.Mode != opstack.Shared || state.Leaving != nil || !equal(s.taken(1), s.sent) {
		t.Errorf("state %+v, %d of %d transactions", state, len(s.taken(1)), len(s.sent))
	}
}

// An open build of a mode that is left is no reason to wait for a lane that nobody reads.
func TestSwitch_DoesNotHoldUpAnOpenBuild(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth, func(c *opstack.Config) { c.GapWait = 5 * time.Second })
	s.block(t)
	s.op.Between = func() {
		if err := s.proxy.SetModeNow(opstack.PassThrough); err != nil {
			t.Error(err)
		}
	}
	begun := time.Now()
	if b, err := s.op.Seal(t.Context(), false); err != nil || len(b.Transactions) != 1 {
		t.Fatalf("block %+v, %v", b, err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the block took %s", took)
	}
}

// The later word counts: a switch against the settings it was made under, and new settings against an older switch.
func TestSwitch_SurvivesARestart(t *testing.T) {
	t.Parallel()
	s := newSharedScene(t, opstacktest.Geth)
	if err := s.proxy.SetModeNow(opstack.Confirm); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ setting, want opstack.Mode }{
		{opstack.Shared, opstack.Confirm}, {opstack.Shared, opstack.Confirm}, {opstack.PassThrough, opstack.PassThrough}, {opstack.Shared, opstack.Shared},
	} {
		s.restart(t, func() { s.cfg.Mode = c.setting })
		if mode := s.proxy.Mode(); mode != c.want {
			t.Errorf("start %d with %s: the mode is %s, want %s", i, c.setting, mode, c.want)
		}
	}
	s.proxy.stop()
	if err := os.WriteFile(s.cfg.Journal+".mode", []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := opstack.New(complete(s.cfg), depsOf(s.deps)); !errors.Is(err, opstack.ErrJournal) {
		t.Errorf("a file that says nothing: %v", err)
	}
}
