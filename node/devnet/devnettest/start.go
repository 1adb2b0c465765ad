package devnettest

import (
	"context"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/node/devnet"
)

// patience bounds the wait for a network on a loaded machine; it is no measure of anything.
const patience = time.Minute

// Start runs a devnet until the test ends and returns when it is ready. Options left empty are a folder of the test's own, a port
// that the kernel chooses, and the version "test".
func Start(t testing.TB, options devnet.Options) *devnet.Devnet {
	t.Helper()
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	if options.RPC == "" {
		options.RPC = "127.0.0.1:0"
	}
	if options.Version == "" {
		options.Version = "test"
	}
	d, err := devnet.New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("devnet: %v", err)
		}
	})
	select {
	case <-d.Ready():
	case err := <-ended:
		ended <- nil
		t.Fatalf("devnet ended: %v", err)
	case <-time.After(patience):
		t.Fatal("devnet is not ready")
	}
	return d
}
