package opstack

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/core"
)

// trial is a candidate with what an execution client thinks of it.
type trial struct {
	candidate
	bad    bool   // never valid
	poison bool   // fails a whole build and is not named
	gas    uint64 // what must be left in the block
}

// client tries the first n candidates, as op-geth or as op-reth would.
func client(r *rounds, all map[common.Hash]trial, n int, capacity uint64, names bool) {
	var included []common.Hash
	left := capacity
	for _, c := range r.live[:n] {
		switch tx := all[c.hash]; {
		case tx.poison:
			r.failed(n)
			return
		case tx.bad && names:
			r.refused(n, c.hash, false, core.VoidNonceTooHigh)
			return
		case tx.bad:
		case tx.gas > left && names:
			r.refused(n, c.hash, true, core.VoidRejected)
			return
		case tx.gas > left:
			r.failed(n)
			return
		default:
			left--
			included = append(included, c.hash)
		}
	}
	if !r.built(n, included) {
		panic("others are in the block")
	}
}

func listOf(kinds string) ([]candidate, map[common.Hash]trial) {
	var list []candidate
	all := make(map[common.Hash]trial)
	for i, kind := range kinds {
		c := candidate{seq: uint64(10 + i), hash: common.Hash{byte(i + 1), byte(i >> 8), 1}}
		t := trial{candidate: c, gas: 1}
		switch kind {
		case 'x':
			t.bad = true
		case 'p':
			t.poison = true
		case 'L':
			t.gas = 4
		case 'H':
			t.gas = 1000
		}
		list, all[c.hash] = append(list, c), t
	}
	return list, all
}

// boundless is room for everything.
var boundless = capacity{gas: math.MaxUint64, size: 1}

// play runs the machine to its end and draws the outcome: what is in the block as it is, skipped as "-", carried as ".".
func play(t *testing.T, kinds string, capacity uint64, names, alone bool) (outcome string, tries int) {
	t.Helper()
	list, all := listOf(kinds)
	r := startRounds(list, uint64(10+len(list)), boundless, nil)
	r.alone = alone
	for {
		n, more := r.next()
		if !more {
			break
		}
		if tries++; tries > maxRounds+1 {
			t.Fatalf("%q: no end", kinds)
		}
		client(r, all, n, capacity, names)
	}
	skips := make(map[uint64]bool)
	for _, s := range r.skipped() {
		skips[s.Seq] = true
	}
	block := make(map[uint64]bool)
	for _, c := range r.live[:r.good] {
		block[c.seq] = true
	}
	for i, c := range list {
		switch {
		case block[c.seq] == skips[c.seq] && c.seq < r.end, (block[c.seq] || skips[c.seq]) && c.seq >= r.end:
			t.Fatalf("%q: position %d: in the block %t, skipped %t, the part ends at %d", kinds, c.seq, block[c.seq], skips[c.seq], r.end)
		case block[c.seq]:
			outcome += kinds[i : i+1]
		case skips[c.seq]:
			outcome += "-"
		default:
			outcome += "."
		}
	}
	return outcome, tries
}

func TestRounds_SkipAndCarry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kinds string
		capacity    uint64
		alone       bool
		geth, reth  string
	}{
		{"all good", "aaaa", 9, true, "aaaa", "aaaa"},
		{"nothing", "", 9, true, "", ""},
		{"one bad", "aaxa", 9, true, "aa-a", "aa-a"},
		{"all bad", "xxx", 9, true, "---", "---"},
		{"the block is full", "aaaaa", 3, true, "aaa..", "aaa.."},
		{"a large one has no room", "aaLaa", 5, true, "aa...", "aa..."},
		{"bad ones behind a full block wait", "aaLxa", 5, true, "aa...", "aa..."},
		{"bad before a full block", "axaLx", 5, true, "a-a..", "a-a.."},
		{"it never fits", "Haa", 5, true, "-aa", "-aa"},
		{"it may fit without the deposits", "Haa", 5, false, "...", "..."},
		{"poison in front", "paa", 9, true, "-aa", "-aa"},
		{"poison within waits for a block of its own", "aapaa", 9, true, "aa...", "aa..."},
		{"poison alone", "p", 9, true, "-", "-"},
	} {
		for names, want := range map[bool]string{true: c.geth, false: c.reth} {
			if got, tries := play(t, c.kinds, c.capacity, names, c.alone); got != want {
				t.Errorf("%s, names %t: %q, want %q, in %d tries", c.name, names, got, want, tries)
			}
		}
	}
}

// More bad transactions than rounds: what is known to be good is in the block, and the next block goes on behind the bad ones.
func TestRounds_AreBounded(t *testing.T) {
	t.Parallel()
	for before := range 3 {
		kinds := strings.Repeat("a", before) + strings.Repeat("x", 2*maxRounds)
		got, tries := play(t, kinds+"a", 1000, true, true)
		if tries > maxRounds+1 || got[before:before+maxRounds] != strings.Repeat("-", maxRounds) || got[:before] != kinds[:before] {
			t.Errorf("%d before: %q in %d tries", before, got, tries)
		}
	}
}

// Whatever the lane holds, both kinds of execution client give the same block, the same skips and the same end.
func TestRounds_DoNotDependOnTheClient(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 6))
		kinds := ""
		for range rng.IntN(24) {
			kinds += string("aaaaaaxxLH"[rng.IntN(10)])
		}
		capacity := rng.Uint64N(20) + 1
		geth, _ := play(t, kinds, capacity, true, false)
		reth, _ := play(t, kinds, capacity, false, false)
		if geth != reth {
			t.Fatalf("seed %d: %q of %d: op-geth %q, op-reth %q", seed, kinds, capacity, geth, reth)
		}
	}
}

// What can be seen without a state is decided before anything is built: no build is spent on it.
func TestRounds_BeginWithWhatCanBeInABlock(t *testing.T) {
	t.Parallel()
	w := opstacktest.NewWallet(t, 10)
	first, second := w.Transfer(), w.Transfer()
	var all []candidate
	for i, raw := range [][]byte{first, first, {0x7e, 1}, w.Blob(), second, {0xc0}} {
		all = append(all, candidate{seq: uint64(i), hash: crypto.Keccak256Hash(raw), raw: raw})
	}
	for _, c := range []struct {
		name string
		room capacity
		live []uint64
		end  uint64
	}{
		{"room for all", capacityOf(60_000_000, 400), []uint64{0, 4}, 6},
		{"gas for one", capacityOf(40_000, 0), []uint64{0}, 4},
		{"footprint for one", capacityOf(60_000, 400), []uint64{0}, 4},
	} {
		r := newRounds(all, 6, c.room, 10)
		var live []uint64
		for _, one := range r.live {
			live = append(live, one.seq)
		}
		want := []core.Skip{{Seq: 1, Code: core.VoidNonceTooLow}, {Seq: 2, Code: core.VoidTxType}, {Seq: 3, Code: core.VoidTxType}}
		if c.end == 6 {
			want = append(want, core.Skip{Seq: 5, Code: core.VoidUndecodable})
		}
		if !slices.Equal(live, c.live) || r.end != c.end || !slices.Equal(r.skipped(), want) {
			t.Errorf("%s: live %v, end %d, skips %+v", c.name, live, r.end, r.skipped())
		}
	}
}
