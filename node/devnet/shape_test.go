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
