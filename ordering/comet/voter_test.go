package comet

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cmtprivval "github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/internal/golden"
)

const testChain = "lockstep-00112233445566778899aabbccddeeff"

func newVoter(t testing.TB) (home string, v *voter) {
	t.Helper()
	home = t.TempDir()
	if _, _, err := GenerateKeys(home); err != nil {
		t.Fatal(err)
	}
	return home, mustOpenVoter(t, home)
}

func mustOpenVoter(t testing.TB, home string) *voter {
	t.Helper()
	v, err := openVoter(home)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// testVote is a vote for block b, or for nothing if b is zero.
func testVote(step int8, height int64, round int32, b byte, at int64) *cmtproto.Vote {
	v := &cmtproto.Vote{Type: cmtproto.PrevoteType, Height: height, Round: round, Timestamp: time.Unix(at, at).UTC()}
	if step == stepPrecommit {
		v.Type = cmtproto.PrecommitType
	}
	if b != 0 {
		hash := bytes.Repeat([]byte{b}, 32)
		v.BlockID = cmtproto.BlockID{Hash: hash, PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: hash}}
		if step == stepPrecommit {
			v.Extension = []byte{b}
		}
	}
	return v
}

// testProposal is the proposal of block b.
func testProposal(height int64, round int32, b byte, at int64) *cmtproto.Proposal {
	return &cmtproto.Proposal{
		Type: cmtproto.ProposalType, Height: height, Round: round, PolRound: -1,
		BlockID: testVote(stepPrevote, 1, 0, b, 0).BlockID, Timestamp: time.Unix(at, at).UTC(),
	}
}

// TestVoter_SignsAsTheEnginesOwn gives both the same random requests, with restarts in between: they sign and refuse the same, and the
// signatures are the same bytes.
func TestVoter_SignsAsTheEnginesOwn(t *testing.T) {
	t.Parallel()
	home, v := newVoter(t)
	stock := cmtprivval.NewFilePV(v.key.PrivKey, filepath.Join(home, "stock_key"), filepath.Join(home, "stock_state"))
	rng := rand.New(rand.NewPCG(8, 1))
	height, refused := int64(1), 0
	for i := range 600 {
		if rng.IntN(8) == 0 {
			v = mustOpenVoter(t, home)
		}
		height += int64(rng.IntN(8) / 7)
		h, round := height-int64(rng.IntN(10)/9), int32(rng.IntN(3)/2)
		block, at := byte(rng.IntN(12)/10), int64(1+rng.IntN(3))
		var err, want error
		if rng.IntN(3) == 0 {
			ours, theirs := testProposal(h, round, block+1, at), testProposal(h, round, block+1, at)
			err, want = v.SignProposal(testChain, ours), stock.SignProposal(testChain, theirs)
			if err == nil && ours.String() != theirs.String() {
				t.Fatalf("request %d: %v, the engine's own gives %v", i, ours, theirs)
			}
		} else {
			step := stepPrevote + int8(rng.IntN(2))
			ours, theirs := testVote(step, h, round, block, at), testVote(step, h, round, block, at)
			err, want = v.SignVote(testChain, ours), stock.SignVote(testChain, theirs)
			if err == nil && ours.String() != theirs.String() {
				t.Fatalf("request %d: %v, the engine's own gives %v", i, ours, theirs)
			}
		}
		if (err == nil) != (want == nil) {
			t.Fatalf("request %d at %d/%d: %v, the engine's own says %v", i, h, round, err, want)
		}
		if err != nil {
			refused++
		}
	}
	if refused < 50 || refused > 500 {
		t.Errorf("%d of 600 requests refused: the test asks the wrong things", refused)
	}
}

func TestVoter_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	_, v := newVoter(t)
	odd, extended := testVote(stepPrevote, 1, 0, 1, 1), testVote(stepPrevote, 1, 0, 1, 1)
	odd.Type, extended.Extension = cmtproto.ProposalType, []byte{1}
	if v.SignVote(testChain, odd) == nil || v.SignVote(testChain, extended) == nil {
		t.Error("signed a vote that is none, or a prevote with an extension")
	}
	if _, err := v.SignBytes([]byte("anything")); err == nil {
		t.Error("signed what is in no record")
	}
	if v.last.Height != 0 {
		t.Errorf("recorded %+v", v.last)
	}
}

// A record that cannot be written releases no signature.
func TestVoter_ReleasesNothingWithoutARecord(t *testing.T) {
	t.Parallel()
	home, v := newVoter(t)
	path := filepath.Join(home, lastSignFile)
	if err := errors.Join(os.Rename(path, path+".away"), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	vote := testVote(stepPrevote, 1, 0, 1, 1)
	if err := v.SignVote(testChain, vote); err == nil || vote.Signature != nil {
		t.Fatalf("released %x (%v)", vote.Signature, err)
	}
	if err := errors.Join(os.Remove(path), os.Rename(path+".away", path)); err != nil {
		t.Fatal(err)
	}
	if err := v.SignVote(testChain, testVote(stepPrevote, 1, 0, 2, 1)); err != nil { // nobody has seen the other one
		t.Fatal(err)
	}
}

// TestSigned_WriteThatIsCutOff leaves a slot half old and half new, in blocks of every size that a disk may write at once and in either order: the record
// before it holds, or the new one, which was not released.
func TestSigned_WriteThatIsCutOff(t *testing.T) {
	t.Parallel()
	home, v := newVoter(t)
	path := filepath.Join(home, lastSignFile)
	for height := int64(1); height <= 6; height++ {
		if err := v.SignVote(testChain, testVote(stepPrecommit, height, 0, 1, height)); err != nil {
			t.Fatal(err)
		}
		released := v.last
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		next, err := encodeSlot(signed{
			Version: signedVersion, Count: released.Count + 1, Height: height, Round: 1, Step: stepPrevote,
			Signature: released.Signature, SignBytes: released.SignBytes,
		})
		if err != nil {
			t.Fatal(err)
		}
		slot := int((released.Count+1)%2) * slotSize
		for cut := 0; cut <= slotSize; cut += 1 + cut/8 {
			for _, head := range []bool{true, false} {
				torn := bytes.Clone(before)
				if head {
					copy(torn[slot:slot+cut], next)
				} else {
					copy(torn[slot+cut:slot+slotSize], next[cut:])
				}
				if err := os.WriteFile(path, torn, 0o600); err != nil {
					t.Fatal(err)
				}
				if got := mustOpenVoter(t, home).last; got.Count < released.Count || got.Height != height {
					t.Fatalf("cut at %d: the record is that of %d, released was %d", cut, got.Count, released.Count)
				}
			}
		}
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSigned_DamageIsRefused(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(b []byte) []byte{
		"empty":        func([]byte) []byte { return nil },
		"one slot":     func(b []byte) []byte { return b[:slotSize] },
		"both damaged": func(b []byte) []byte { b[3], b[slotSize+3] = b[3]^1, b[slotSize+3]^1; return b },
		"both blank": func([]byte) []byte {
			blank, _ := encodeSlot(signed{}) // which cannot fail
			return append(bytes.Clone(blank), blank...)
		},
		"the only one": func(b []byte) []byte { b[slotSize+3] ^= 1; return b },
		"later version": func([]byte) []byte {
			slot, _ := encodeSlot(signed{Version: signedVersion + 1, Count: 1})
			return append(bytes.Clone(slot), slot...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home, _ := newVoter(t)
			path := filepath.Join(home, lastSignFile)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = openVoter(home)
			mustBe(t, err, ErrKeys)
		})
	}
}

// A home folder with the engine's own record keeps what it says, and the engine's own code does not misread the new form.
func TestSigned_TakesOverTheEnginesRecord(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if _, _, err := GenerateKeys(home); err != nil {
		t.Fatal(err)
	}
	keyPath, path := filepath.Join(home, consensusKeyFile), filepath.Join(home, lastSignFile)
	stock := cmtprivval.LoadFilePV(keyPath, path)
	vote := testVote(stepPrecommit, 9, 1, 1, 1)
	if err := stock.SignVote(testChain, vote); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".tmp", []byte("what a crash left"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := mustOpenVoter(t, home)
	if err := v.SignVote(testChain, testVote(stepPrecommit, 9, 1, 2, 1)); !errors.Is(err, errConflict) {
		t.Errorf("got %v, want %v", err, errConflict)
	}
	again := testVote(stepPrecommit, 9, 1, 1, 5)
	if err := v.SignVote(testChain, again); err != nil || !bytes.Equal(again.Signature, vote.Signature) {
		t.Errorf("the same vote is signed with %x (%v), want %x", again.Signature, err, vote.Signature)
	}
	var last cmtprivval.FilePVLastSignState
	if err := readJSON(path, &last); err == nil {
		t.Errorf("the engine's own reads %+v in the new form", last)
	}
}

func TestSigned_Golden(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	vote := testVote(stepPrecommit, 1234567, 2, 1, 1700000000)
	message := cmttypes.VoteSignBytes(testChain, vote)
	slot, err := encodeSlot(signed{
		Version: signedVersion, Count: 42, Height: vote.Height, Round: vote.Round, Step: stepPrecommit,
		Signature: ed25519.Sign(key, message), SignBytes: message,
	})
	if err != nil {
		t.Fatal(err)
	}
	blank, err := encodeSlot(signed{})
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.ReplaceAll(string(slot)+string(blank), strings.Repeat(" ", 64), "~")
	golden.Equal(t, "testdata/signed.golden", "A slot with a record and a blank one; ~ stands for 64 spaces.\n"+shown)
}

// signUntilKilled makes this test binary a process that signs with the key of a home folder as fast as it goes, and says what it has released.
const signUntilKilled = "LOCKSTEP_TEST_SIGN"

func signForever(home string) {
	v, err := openVoter(home)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for height := v.last.Height + 1; ; height++ {
		for _, step := range []int8{stepPrevote, stepPrecommit} {
			if err := v.SignVote(testChain, testVote(step, height, 0, 1, height)); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			fmt.Println(height, step)
		}
	}
}

// TestVoter_Killed kills a process that signs at moments that it does not choose: the record has every signature that the process has shown to anybody.
func TestVoter_Killed(t *testing.T) {
	t.Parallel()
	home, _ := newVoter(t)
	for kills := range 10 {
		process := exec.Command(os.Args[0])
		process.Env = append(os.Environ(), signUntilKilled+"="+home)
		out, err := process.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		var height int64
		var step int8
		lines := bufio.NewScanner(out)
		for shown := 0; lines.Scan(); shown++ {
			if _, err := fmt.Sscan(lines.Text(), &height, &step); err != nil {
				t.Fatalf("the process says %q", lines.Text())
			}
			if shown == 5*kills+1 {
				if err := process.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = process.Wait() // it was killed
		v := mustOpenVoter(t, home)
		if last := v.last; last.Height < height || last.Height == height && last.Step < step {
			t.Fatalf("the record is of %d/%d, released was %d/%d", last.Height, last.Step, height, step)
		}
		if err := v.SignVote(testChain, testVote(step, height, 0, 2, 1)); err == nil {
			t.Fatal("signed another vote for a step that was signed before the kill")
		}
	}
}

// BenchmarkVoter is a vote with its durable record, ours and the engine's own.
func BenchmarkVoter(b *testing.B) {
	home, v := newVoter(b)
	stock := cmtprivval.NewFilePV(v.key.PrivKey, filepath.Join(home, "stock_key"), filepath.Join(home, "stock_state"))
	for name, key := range map[string]cmttypes.PrivValidator{"record=slots": v, "record=engine": stock} {
		b.Run(name, func(b *testing.B) {
			height := v.last.Height + stock.LastSignState.Height
			for b.Loop() {
				height++
				if err := key.SignVote(testChain, testVote(stepPrevote, height, 0, 1, height)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
