package sim_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/sim"
)

func TestSpike(t *testing.T) {
	start := time.Now()
	cfg := sim.Config{Seed: 1, Ticks: 200, Validators: 4, Rollups: 2, Bundles: 5}
	if f := os.Getenv("F"); f != "" {
		cfg.Faults, _ = sim.ParseFaults(f)
	}
	if os.Getenv("TR") != "" {
		cfg.Trace = os.Stderr
	}
	r, err := sim.Run(context.Background(), cfg)
	b, _ := json.MarshalIndent(r, "", " ")
	t.Logf("%s\n%v %v", b, err, time.Since(start))
}
