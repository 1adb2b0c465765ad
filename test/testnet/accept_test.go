package testnet

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// isolate takes a node's peers out of its settings.
func (l layout) isolate(t *testing.T, node int) {
	t.Helper()
	path := filepath.Join(l.home(node), "node.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	peers := regexp.MustCompile(`(?ms)^peers = \[.*?\]$`)
	if !peers.Match(text) {
		t.Fatalf("no peers in\n%s", text)
	}
	if err := os.WriteFile(path, peers.ReplaceAll(text, []byte("peers = []")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// send sends a transfer to a node's gateway.
func (l layout) send(t *testing.T, node, account int, nonce uint64) (hash string, err error) {
	t.Helper()
	c, err := rpc.DialContext(t.Context(), l.url(node)+"/rollup/"+rollup.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := transfer(t, account, nonce).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	err = c.CallContext(t.Context(), &hash, "eth_sendRawTransaction", hexutil.Encode(raw))
	return hash, err
}

// A follower that reaches nobody says that nobody else keeps what it was sent; the hash that a connected one answers survives it, also
// for a transaction that waits for an earlier nonce and so can neither be ordered nor executed before the follower is gone.
func TestAccept_LosesNothingWithAGateway(t *testing.T) {
	l := initNetwork(t, 2, 0)
	const cut, follower = 4, 5
	l.isolate(t, cut)
	nodes := make([]*process, l.count)
	for i := range nodes {
		if i == cut {
			nodes[i] = l.run(t, i)
		} else {
			nodes[i] = l.run(t, i, acceptPatiently)
		}
	}
	reaches(t, l.url(follower), reaches(t, l.url(0), 5))
	awaitListening(t, l.url(cut))

	_, err := l.send(t, cut, 0, 0)
	var coded rpc.Error
	if !errors.As(err, &coded) || coded.ErrorCode() != 47511 {
		t.Errorf("a gateway without peers answers %v", err)
	}

	// Nonce 1 before nonce 0: it waits in the pools.
	late := transfer(t, 1, 1)
	if hash, err := l.send(t, follower, 1, 1); err != nil || hash != late.Hash().Hex() {
		t.Fatalf("%s %v", hash, err)
	}
	if code := nodes[follower].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	if _, err := l.send(t, 0, 1, 0); err != nil { // the one before, by another way: now both are due
		t.Fatal(err)
	}
	other, err := client.Dial(t.Context(), l.url(1))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	status, err := other.WaitFor(t.Context(), late.Hash(), core.LevelExecuted, 20*time.Second)
	if err != nil || status.Level < core.LevelExecuted {
		t.Errorf("%+v %v", status, err)
	}
}

// awaitListening waits until a gateway answers at all.
func awaitListening(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		c, err := client.Dial(ctx, url)
		if err == nil {
			_, err = c.Network(ctx)
			c.Close()
		}
		if err == nil {
			return
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("%s does not answer: %v", url, err)
		}
	}
}
