package devnet

import (
	"errors"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

func TestShape_IsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape Shape
		ok    bool
	}{
		{Shape{}, true}, {Shape{4, 2}, true}, {Shape{16, 16}, true}, {Shape{Rollups: 3}, true},
		{Shape{3, 2}, false}, {Shape{17, 2}, false}, {Shape{4, 1}, false}, {Shape{4, 17}, false}, {Shape{Validators: -1}, false},
	} {
		if err := c.shape.Validate(); errors.Is(err, ErrShape) == c.ok {
			t.Errorf("%+v: %v", c.shape, err)
		}
	}
}

func TestShape_OfAFolderIsKept(t *testing.T) {
	t.Parallel()
	open := func(dir string, shape Shape) (*core.Genesis, error) {
		d, err := New(Options{Dir: dir, RPC: "127.0.0.1:0", Shape: shape})
		if err != nil {
			return nil, err
		}
		return d.Genesis(), d.Close()
	}
	dir := t.TempDir()
	made, err := open(dir, Shape{5, 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Validators) != 5 || len(made.Rollups) != 3 || made.Rollups[2].ID != 903 || len(made.Zones[0].Rollups) != 3 {
		t.Fatalf("%d validators, rollups %v", len(made.Validators), made.Zones[0].Rollups)
	}
	for _, same := range []Shape{{}, {5, 3}, {Rollups: 3}} {
		again, err := open(dir, same)
		if err != nil {
			t.Fatalf("%+v: %v", same, err)
		}
		if again.NetworkID() != made.NetworkID() {
			t.Fatalf("%+v: another network", same)
		}
	}
	for _, other := range []Shape{{Validators: 4}, {5, 2}} {
		if _, err := open(dir, other); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "5 validators and 3 rollups") {
			t.Errorf("%+v: %v", other, err)
		}
	}
}

func TestShape_AFolderGetsNoNewRollups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func(o Options) error {
		o.Dir, o.RPC = dir, "127.0.0.1:0"
		d, err := New(o)
		if err != nil {
			return err
		}
		return d.Close()
	}
	if err := open(Options{OPStack: []core.RollupID{9101}, Opaque: []core.RollupID{77}}); err != nil {
		t.Fatal(err)
	}
	for _, same := range []Options{{}, {OPStack: []core.RollupID{9101}}, {Opaque: []core.RollupID{77}}} {
		if err := open(same); err != nil {
			t.Errorf("%+v: %v", same, err)
		}
	}
	for _, other := range []struct {
		options Options
		want    string
	}{
		{Options{OPStack: []core.RollupID{9102}}, "rollup 9102 of kind opstack is not in the one in " + dir + ", which has 77 (opaque), 901 (evm), 902 (evm), 9101 (opstack)"},
		{Options{Opaque: []core.RollupID{9101}}, "rollup 9101 of kind opaque"},
		{Options{OPStack: []core.RollupID{9101, 5}}, "rollup 5 of kind opstack"},
	} {
		if err := open(other.options); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), other.want) {
			t.Errorf("%+v: %v, want %q", other.options, err, other.want)
		}
	}
}
