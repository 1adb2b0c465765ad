package opstack

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// world is what an execution client knows, and a ledger in part only.
type world struct {
	accounts map[common.Address]account
	// gifts and bumps are what transactions do to others that nobody sees in them: by position.
	gifts, bumps map[uint64]common.Address
	room         int
}

// run executes candidates as op-geth does, up to the first that is refused, or as op-reth does, which leaves those out. full is
// the position of one that has no room; -1 for none.
func (w *world) run(list []candidate, stop bool) (included []candidate, refused, full int, behind map[common.Address]account) {
	l := &ledger{charges: free, baseFee: big.NewInt(10)}
	behind = maps.Clone(w.accounts)
	for i, c := range list {
		from := behind[c.from]
		if l.weigh(c, from, true) != core.Included {
			if stop {
				return included, i, -1, behind
			}
			continue
		}
		if len(included) == w.room {
			return included, -1, i, behind
		}
		from.nonce, from.balance = from.nonce+1, new(big.Int).Sub(from.balance, l.spends(c))
		behind[c.from] = from
		change := func(of common.Address, wei *big.Int, nonces uint64) {
			a := behind[of]
			a.balance, a.nonce = new(big.Int).Add(a.balance, wei), a.nonce+nonces
			behind[of] = a
		}
		change(*c.tx.To(), c.tx.Value(), 0)
		if to, ok := w.gifts[c.seq]; ok {
			change(to, big.NewInt(3_000_000), 0)
		}
		if of, ok := w.bumps[c.seq]; ok {
			change(of, new(big.Int), 1)
		}
		included = append(included, c)
	}
	return included, -1, -1, behind
}

var free = charges{perByte: new(big.Int), scalar: new(big.Int), constant: new(big.Int)}

// fill lets the rounds come to their end, with or without a ledger, and says what became of each position.
func (w *world) fill(list []candidate, names, weighs bool) (outcome string, tries int) {
	r := startRounds(list, uint64(len(list)), boundless, nil)
	for {
		n, more := r.next()
		if !more {
			_, _, _, behind := w.run(r.live[:r.good], true)
			if len(r.suspects()) == 0 || r.settle(behind) {
				break
			}
			continue
		}
		tries++
		included, refused, full, _ := w.run(r.live[:n], names)
		switch {
		case refused >= 0:
			r.refused(n, r.live[refused].hash, false, core.VoidRejected)
		case full >= 0 && names:
			r.refused(n, r.live[full].hash, true, core.VoidRejected)
		case full >= 0:
			r.failed(n)
		default:
			var hashes []common.Hash
			for _, c := range included {
				hashes = append(hashes, c.hash)
			}
			if !r.built(n, hashes) {
				panic("others are in the block")
			}
		}
		if weighs && r.ledger == nil && len(r.refusals) > 0 {
			r.weighed(&ledger{charges: free, baseFee: big.NewInt(10), parent: w.accounts})
		}
	}
	outcome = fmt.Sprintf("up to %d:", r.end)
	for _, c := range r.live[:r.good] {
		outcome += fmt.Sprint(" ", c.seq)
	}
	for _, s := range r.skipped() {
		outcome += fmt.Sprint(" -", s.Seq)
	}
	return outcome, tries
}

// someWorld has a few accounts, some without funds, and a list of transactions of which many cannot be executed.
func someWorld(rng *rand.Rand) (*world, []candidate) {
	w := &world{accounts: make(map[common.Address]account), gifts: make(map[uint64]common.Address), bumps: make(map[uint64]common.Address)}
	var list []candidate
	who := func() common.Address { return common.Address{byte(1 + rng.IntN(4))} }
	next := make(map[common.Address]uint64)
	for i := range byte(4) {
		next[common.Address{i + 1}] = uint64(rng.IntN(3))
		w.accounts[common.Address{i + 1}] = account{nonce: next[common.Address{i + 1}], balance: big.NewInt(int64(rng.IntN(4)) * 1_000_000)}
	}
	for seq := range uint64(rng.IntN(30)) {
		from, to := who(), who()
		nonce := next[from]
		if next[from]++; rng.IntN(4) == 0 {
			nonce = uint64(rng.IntN(6))
		}
		tx := gethtypes.NewTx(&gethtypes.DynamicFeeTx{
			Nonce: nonce, Gas: 21_000 * (1 + rng.Uint64N(3)), GasFeeCap: big.NewInt(8 + rng.Int64N(20)), GasTipCap: new(big.Int),
			To: &to, Value: big.NewInt(rng.Int64N(2) * 700_000),
		})
		list = append(list, candidate{seq: seq, hash: common.Hash{byte(seq), 1}, tx: tx, from: from})
		if rng.IntN(6) == 0 {
			w.gifts[seq] = who()
		}
		if rng.IntN(12) == 0 {
			w.bumps[seq] = who()
		}
	}
	w.room = 1 + rng.IntN(20)
	return w, list
}

// Whatever transactions do to each other that the ledger cannot know, a block is what the execution client alone would make of it.
func TestLedger_ChangesNoBlock(t *testing.T) {
	t.Parallel()
	saved := 0
	for seed := range uint64(3_000) {
		w, list := someWorld(rand.New(rand.NewPCG(seed, 9)))
		want, alone := w.fill(list, true, false)
		for _, names := range []bool{true, false} {
			got, tries := w.fill(list, names, true)
			if got != want {
				t.Fatalf("seed %d, names %t: %s, want %s", seed, names, got, want)
			}
			if names {
				saved += alone - tries
			}
		}
	}
	if saved < 3_000 {
		t.Errorf("%d builds saved", saved)
	}
}

// The time may be used up before what was foreseen is proven: then it is not consumed.
func TestLedger_ConsumesNothingUnproven(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2_000) {
		rng := rand.New(rand.NewPCG(seed, 10))
		w, list := someWorld(rng)
		r := startRounds(list, uint64(len(list)), boundless, nil)
		r.left = rng.IntN(4)
		r.weighed(&ledger{charges: free, baseFee: big.NewInt(10), parent: w.accounts})
		var best []candidate
		for {
			n, more := r.next()
			if !more {
				_, _, _, behind := w.run(best, true)
				if len(r.suspects()) == 0 || r.settle(behind) {
					break
				}
			} else if included, refused, noRoom, _ := w.run(r.live[:n], true); refused >= 0 {
				r.refused(n, r.live[refused].hash, false, core.VoidRejected)
			} else if noRoom >= 0 {
				r.refused(n, r.live[noRoom].hash, true, core.VoidRejected)
			} else {
				best = slices.Clone(r.live[:n])
				r.built(n, hashesOf(included))
			}
			if r.good == 0 {
				best = nil
			}
		}
		if !slices.EqualFunc(best, r.live[:r.good], func(a, b candidate) bool { return a.seq == b.seq }) {
			t.Fatalf("seed %d: the block has %d transactions, %d are good", seed, len(best), r.good)
		}
		w.room = len(list)
		want, _, _, _ := w.run(list[:r.end], false)
		if !slices.EqualFunc(best, want, func(a, b candidate) bool { return a.seq == b.seq }) {
			t.Fatalf("seed %d: the block up to %d has %d transactions, want %d", seed, r.end, len(best), len(want))
		}
	}
}

func hashesOf(list []candidate) (hashes []common.Hash) {
	for _, c := range list {
		hashes = append(hashes, c.hash)
	}
	return hashes
}
