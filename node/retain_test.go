package node

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/orderedlog"
)

func TestServedLog_RefusesPrunedTicksWithTheOldestKept(t *testing.T) {
	t.Parallel()
	l, err := orderedlog.Open(orderedlog.Config{
		Dir: t.TempDir(), Network: common.Hash{1}, Kind: func(core.RollupID) (core.RollupKind, bool) { return core.KindEVM, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for n := uint64(1); n <= 20; n++ {
		d := &core.Decided{Tick: &core.Tick{Number: n, Time: n}, Record: &core.TickRecord{Number: n, Time: n}}
		if err := l.Append(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Prune(context.Background(), 10); err != nil {
		t.Fatal(err)
	}
	_, recordErr := servedLog{l}.Record(9)
	_, tickErr := servedLog{l}.Decoded(1)
	for _, err := range []error{recordErr, tickErr} {
		var refusal *gateway.Refusal
		if !errors.As(err, &refusal) || !errors.Is(refusal.Cause, gateway.ErrUnknownTick) || !strings.Contains(refusal.Want, "10 to 20") {
			t.Errorf("pruned tick: %v", err)
		}
	}
	if _, err := (servedLog{l}).Record(10); err != nil {
		t.Error(err)
	}
}

func TestConfig_RefusesToRetainTooLittle(t *testing.T) {
	t.Parallel()
	cfg := Default(t.TempDir())
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	cfg.Retain = minRetain - 1
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "retain") {
		t.Errorf("retain of %d: %v", cfg.Retain, err)
	}
}
