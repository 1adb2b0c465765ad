package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// checkpoints are a validator's complete ones, each checked from the genesis set on.
func (n *network) checkpoints(t *testing.T, validator int) []*core.CompleteCheckpoint {
	t.Helper()
	all, err := n.devnet.Node(validator).Log().Checkpoints(0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	trusted := n.devnet.Genesis().ValidatorSet()
	for _, c := range all {
		signed := c.Signed()
		if err := errors.Join(c.Verify(), signed.Verify(trusted)); err != nil {
			t.Fatalf("validator %d, checkpoint of tick %d: %v", validator, signed.Checkpoint.Tick, err)
		}
		trusted = c.Draft.Next
	}
	return all
}

// awaitCheckpoints waits until a validator has count complete checkpoints after a tick, and gives the newest one's tick.
func (n *network) awaitCheckpoints(t *testing.T, validator int, after uint64, count int) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	log := n.devnet.Node(validator).Log()
	for head := log.Head(); ; head = log.Head() {
		found, err := log.Checkpoints(after+1, count)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == count {
			return found[count-1].Completion.Tick
		}
		if err := log.Wait(ctx, head+1); err != nil {
			t.Fatalf("validator %d has %d complete checkpoints after tick %d, want %d: %v", validator, len(found), after, count, err)
		}
	}
}

// sameCheckpoints demands equal checkpoints, signatures included, of all validators up to a tick.
func (n *network) sameCheckpoints(t *testing.T, tick uint64) {
	t.Helper()
	var want []byte
	for v := range n.devnet.Genesis().Validators {
		n.awaitCheckpoints(t, v, tick-1, 1)
		var got []byte
		for _, c := range n.checkpoints(t, v) {
			if c.Completion.Tick <= tick {
				got = append(append(got, c.Draft.Encode()...), c.Completion.Encode()...)
			}
		}
		if v == 0 {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("validator %d has other checkpoints than validator 0 up to tick %d", v, tick)
		}
	}
}

// slots counts the slots with enough ticks for all signatures to be ordered, from one tick to another: on a busy machine some have fewer, and
// a checkpoint that the next one overtakes is left out.
func (n *network) slots(t *testing.T, from, to uint64) int {
	t.Helper()
	log, params := n.devnet.Node(0).Log(), n.devnet.Genesis().Params
	const enough = 10
	ticks, count := make(map[uint64]int), 0
	for tick := from; tick <= to; tick++ {
		record, err := log.Record(tick)
		if err != nil {
			t.Fatal(err)
		}
		slot := params.Slot(record.Time)
		if ticks[slot]++; ticks[slot] == enough {
			count++
		}
	}
	return count
}

// Checkpoints complete slot after slot, with all validators and with three of four, and after every kind of restart.
func TestCheckpoints_CompleteEverySlotAndSurviveRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var last uint64
	t.Run("first run", func(t *testing.T) {
		n := startIn(t, dir)
		last = n.awaitCheckpoints(t, 0, 0, 5)
		complete, slots := len(n.checkpoints(t, 0)), n.slots(t, 1, last)
		t.Logf("%d complete checkpoints, %d slots with time for one", complete, slots)
		if 4*complete < 3*slots {
			t.Errorf("%d complete checkpoints, %d slots had time for one", complete, slots)
		}
		if err := n.devnet.Stop(2); err != nil {
			t.Fatal(err)
		}
		last = n.awaitCheckpoints(t, 0, n.devnet.Node(0).Log().Head(), 2) // three of four sign
		if err := n.devnet.Start(2); err != nil {
			t.Fatal(err)
		}
		last = n.awaitCheckpoints(t, 2, n.devnet.Node(0).Log().Head(), 2)
		n.sameCheckpoints(t, last)
	})
	n := startIn(t, dir) // the same keys, records and logs
	last = n.awaitCheckpoints(t, 0, last, 2)
	n.sameCheckpoints(t, last)
}

// A checkpoint is checked by ethers, from the gateway's answer alone.
func TestCheckpoint_VerifiesWithEthers(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.awaitCheckpoints(t, 0, 0, 2)
	client, err := rpc.DialContext(t.Context(), n.devnet.Info().RPC)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var answer json.RawMessage
	if err := client.CallContext(t.Context(), &answer, "lockstep_getCheckpoint", "latest"); err != nil {
		t.Fatal(err)
	}
	var view gateway.CheckpointView
	if err := json.Unmarshal(answer, &view); err != nil {
		t.Fatal(err)
	}
	var bySlot gateway.CheckpointView
	if err := client.CallContext(t.Context(), &bySlot, "lockstep_getCheckpoint", view.Slot); err != nil || bySlot.Digest != view.Digest {
		t.Errorf("slot %d: %s (%v), want %s", view.Slot, bySlot.Digest, err, view.Digest)
	}
	verdict := ethers(t, answer)
	if verdict.Digest != view.Digest || verdict.Typed != view.Digest || !verdict.Quorum {
		t.Errorf("ethers: %+v, want digest %s", verdict, view.Digest)
	}
	set := n.devnet.Genesis().ValidatorSet()
	if len(verdict.Signers) != len(view.Signatures) || 3*len(verdict.Signers) <= 2*len(set) {
		t.Fatalf("ethers recovers %d signers of %d signatures", len(verdict.Signers), len(view.Signatures))
	}
	for i, signer := range verdict.Signers {
		if _, member := set.Find(signer); !member || signer != view.Signatures[i].Address {
			t.Errorf("signature %d is of %s by ethers, the answer says %s", i, signer, view.Signatures[i].Address)
		}
	}
	// The same check fails for another statement.
	if wrong := ethers(t, bytes.Replace(answer, []byte(view.LedgerRoot.String()), []byte(common.Hash{1}.String()), 1)); wrong.Quorum || wrong.Digest == view.Digest {
		t.Errorf("ethers takes a changed root: %+v", wrong)
	}
}

type ethersVerdict struct {
	Digest, Typed common.Hash
	Signers       []common.Address
	Quorum        bool
}

// ethers runs the check of test/npm on an answer.
func ethers(t *testing.T, answer []byte) ethersVerdict {
	t.Helper()
	var stderr strings.Builder
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "verify-checkpoint.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = "../npm", bytes.NewReader(answer), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v; `make npm` installs what it needs\n%s", err, stderr.String())
	}
	var verdict ethersVerdict
	if err := json.Unmarshal(out, &verdict); err != nil {
		t.Fatalf("node says %q: %v", out, err)
	}
	return verdict
}
