package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/lockstep-network/lockstep/node/devnet"
)

// devnetDir is the variable that makes the test binary a devnet in that folder, for tests that kill one.
const devnetDir = "LOCKSTEP_E2E_DEVNET"

func TestMain(m *testing.M) {
	dir := os.Getenv(devnetDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := serve(dir); err != nil {
		fmt.Fprintln(os.Stderr, "devnet:", err)
		os.Exit(1)
	}
}

// serve runs a devnet until it is told to stop, or its parent is gone.
func serve(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	d, err := devnet.New(devnet.Options{Dir: dir, RPC: "127.0.0.1:0", Version: "test", Logger: logger})
	if err != nil {
		return err
	}
	go func() {
		select {
		case <-ctx.Done():
		case <-d.Ready():
			if err := json.NewEncoder(os.Stdout).Encode(d.Info()); err != nil {
				stop()
			}
		}
	}()
	return d.Run(ctx)
}
