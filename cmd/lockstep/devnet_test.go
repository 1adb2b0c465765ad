package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"testing"

	"github.com/lockstep-network/lockstep/client"
)

// A devnet whose contracts cannot be deployed, here because its gateway takes no body as large as theirs, serves all the same
// and says how to try again.
func TestDevnet_GoesOnWithoutContracts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, writer := io.Pipe()
	var errs bytes.Buffer
	root, done := newRoot(), make(chan error, 1)
	root.SetArgs([]string{"devnet", "--json", "--rpc", "127.0.0.1:0", "--dir", filepath.Join(t.TempDir(), "net"), "--gateway.maxBody", "4096"})
	root.SetOut(writer)
	root.SetErr(&errs)
	go func() {
		err := root.ExecuteContext(ctx)
		writer.CloseWithError(err)
		done <- err
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the devnet prints %q: %v", line, err)
	}
	var info devnetInfo
	if err := json.Unmarshal(line, &info); err != nil || info.Contracts != nil || len(info.Rollups) != 2 {
		t.Errorf("the devnet prints %s (%v), want two rollups and no contracts", line, err)
	}
	c, err := client.Dial(ctx, info.RPC)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if network, err := c.Network(ctx); err != nil || network.Name != "devnet" {
		t.Errorf("the network does not answer: %+v, %v", network, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("ends with %v", err)
	}
	contains(t, errs.String(), "warning: no contracts for messages, tokens, swaps and intents: ", "rollup 90", "deploy Outbox",
		"try again with: lockstep contracts deploy --dev-account --rpc "+info.RPC)
}
