package testnet

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/gateway"
)

// readyz asks a node whether clients should be sent to it.
func readyz(ctx context.Context, url string) (status int, ready gateway.Readiness, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return 0, ready, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ready, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ready, err
	}
	return res.StatusCode, ready, json.Unmarshal(text, &ready)
}

// awaitReady waits until a node says that it is ready.
func awaitReady(t *testing.T, url string) gateway.Readiness {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		status, ready, err := readyz(ctx, url)
		if err == nil && status == http.StatusOK {
			return ready
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("%s is not ready: %+v %v", url, ready, err)
		}
	}
}
