package recovery

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

const zoneID core.ZoneID = 1

// appHashes is how many of the newest ticks' AppHashes a validator remembers.
const appHashes = 4096

// view answers the harness's questions about a validator.
type view struct {
	node    *node.Node
	genesis *core.Genesis

	mu     sync.Mutex
	hashes map[uint64]common.Hash
}

// state is how far a validator is.
type state struct {
	Oldest, Head, Executed, Attested uint64
	// Joined: it has proposed or voted since its start.
	Joined bool
}

// facts are what all validators must agree on, up to a tick.
type facts struct {
	// Log is a hash over the records of the ticks From to To.
	Log common.Hash
	// Digest is the zone's after tick To.
	Digest common.Hash
	// AppHash by tick, as far as they are known.
	AppHash map[uint64]common.Hash
}

// block is a sealed block.
type block struct {
	Hash common.Hash
	Txs  []common.Hash
}

// place is where a transaction stands and what became of it.
type place struct {
	core.Place
	Decided bool
	Code    core.OutcomeCode
}

func newView(n *node.Node, g *core.Genesis) *view {
	return &view{node: n, genesis: g, hashes: make(map[uint64]common.Hash)}
}

// followAppHash notes the AppHash after each tick, where none comes in between.
func (v *view) followAppHash(ctx context.Context) {
	for tick := v.node.Log().Head() + 1; v.node.Log().Wait(ctx, tick) == nil; tick++ {
		height, hash := v.node.Ledger().Height(), v.node.Ledger().AppHash()
		if height != v.node.Ledger().Height() {
			continue
		}
		v.mu.Lock()
		v.hashes[height] = hash
		delete(v.hashes, height-appHashes)
		v.mu.Unlock()
	}
}

func (v *view) handler() http.Handler {
	mux := http.NewServeMux()
	answer(mux, "/state", func(struct{}) (state, error) { return v.state(), nil })
	answer(mux, "/facts", v.facts)
	answer(mux, "/blocks", v.blocks)
	answer(mux, "/places", v.places)
	answer(mux, "/bundles", v.bundles)
	return mux
}

// answer serves a function of a JSON body.
func answer[Q, A any](mux *http.ServeMux, path string, f func(Q) (A, error)) {
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a, err := f(q)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(a) // the harness sees a cut answer
	})
}

func (v *view) state() state {
	s := state{
		Oldest: v.node.Log().Oldest(), Head: v.node.Log().Head(),
		Executed: v.node.Zone(zoneID).Executed(), Attested: v.node.Ledger().Attested(zoneID).Tick,
	}
	select {
	case <-v.node.Joined():
		s.Joined = true
	default:
	}
	return s
}

type span struct{ From, To uint64 }

func (v *view) facts(s span) (facts, error) {
	var f facts
	for tick := s.From; tick <= s.To; tick++ {
		record, err := v.node.Log().Record(tick)
		if err != nil {
			return f, err
		}
		f.Log = crypto.Keccak256Hash(f.Log[:], record.Encode())
	}
	f.Digest, _ = v.node.Zone(zoneID).Digest(s.To)
	v.mu.Lock()
	defer v.mu.Unlock()
	f.AppHash = make(map[uint64]common.Hash, len(v.hashes))
	for tick, hash := range v.hashes {
		f.AppHash[tick] = hash
	}
	return f, nil
}

func (v *view) blocks(id core.RollupID) ([]block, error) {
	chain := v.node.Chain(id).BlockChain()
	var blocks []block
	for number := range chain.CurrentBlock().Number.Uint64() + 1 {
		b := block{Hash: chain.GetCanonicalHash(number)}
		if full := chain.GetBlockByNumber(number); full != nil {
			for _, tx := range full.Transactions() {
				b.Txs = append(b.Txs, tx.Hash())
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func (v *view) places(hashes []common.Hash) (map[common.Hash][]place, error) {
	found := make(map[common.Hash][]place)
	for _, hash := range hashes {
		at, err := v.node.Log().Places(hash)
		if err != nil {
			return nil, err
		}
		for _, p := range at {
			fate, ok, err := v.node.Zone(zoneID).Fate(p.Rollup, p.Seq)
			if err != nil {
				return nil, err
			}
			found[hash] = append(found[hash], place{p, ok, fate.Code})
		}
	}
	return found, nil
}

// bundles gives for each bundle id the codes of its legs, at every place at which it stands.
func (v *view) bundles(ids []common.Hash) (map[common.Hash][][]core.OutcomeCode, error) {
	found := make(map[common.Hash][][]core.OutcomeCode)
	for _, id := range ids {
		fates, err := v.node.Zone(zoneID).Bundle(id)
		if err != nil {
			return nil, err
		}
		for _, f := range fates {
			var codes []core.OutcomeCode
			for _, leg := range f.Legs {
				if leg.Decided {
					codes = append(codes, leg.Fate.Code)
				}
			}
			found[id] = append(found[id], codes)
		}
	}
	return found, nil
}
