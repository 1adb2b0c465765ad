package explorer

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// readHash reads a hash of a path.
func readHash(name, text string) (common.Hash, error) {
	b, err := hexutil.Decode(text)
	if err != nil || len(b) != common.HashLength {
		return common.Hash{}, bad(name, text, "0x and 64 hex digits")
	}
	return common.Hash(b), nil
}

// transaction answers GET tx/{hash}.
func (x *Explorer) transaction(r *http.Request) (answer, error) {
	hash, err := readHash("hash", r.PathValue("hash"))
	if err != nil {
		return answer{}, err
	}
	page := TransactionPage{Accepted: x.arrived(hash), Transactions: []DecodedTransaction{}, Bundles: []common.Hash{}}
	if err := x.deps.RPC.Network(r.Context(), &page.Status, "lockstep_getStatus", hash); err != nil {
		return answer{}, err
	}
	level, kind, err := levelOf(page.Status)
	if err != nil {
		return answer{}, err
	}
	switch kind {
	case "unknown":
		return answer{}, missing("this node does not know a transaction %s", hash)
	case "bundle":
		return answer{}, missing("%s is a bundle and no transaction", hash)
	}
	page.Final = level >= core.LevelAttested
	places, err := x.deps.Log.Places(hash)
	if err != nil {
		return answer{}, err
	}
	for _, place := range places {
		entry, ok, err := x.entryAt(place.Rollup, place.Seq)
		if err != nil {
			return answer{}, err
		}
		if !ok {
			continue
		}
		if id := entry.Item.Bundle; entry.Item.IsLeg() && !slices.Contains(page.Bundles, id) {
			page.Bundles = append(page.Bundles, id)
		}
		known := func(t DecodedTransaction) bool { return t.Rollup == place.Rollup }
		if !slices.ContainsFunc(page.Transactions, known) {
			page.Transactions = append(page.Transactions, x.decoded(entry.Item.Tx))
		}
	}
	return answer{value: page, final: page.Final}, nil
}

// entryAt reads a lane position; ok is false if it was pruned meanwhile.
func (x *Explorer) entryAt(rollup core.RollupID, seq uint64) (entry core.LaneEntry, ok bool, err error) {
	entries, err := x.deps.Log.Lane(rollup, seq, 1)
	if pruned(err) || err == nil && len(entries) == 0 {
		return core.LaneEntry{}, false, nil
	}
	if err != nil {
		return core.LaneEntry{}, false, fmt.Errorf("read rollup %s, seq %d: %w", rollup, seq, err)
	}
	return entries[0], true, nil
}

// arrived is when this node took an entry from a client, zero if it did not or forgot.
func (x *Explorer) arrived(id common.Hash) uint64 {
	x.live.mu.Lock()
	defer x.live.mu.Unlock()
	return x.live.arrived.at[id]
}

// decoded is a transaction with its fields.
func (x *Explorer) decoded(tx core.Transaction) DecodedTransaction {
	d := DecodedTransaction{Rollup: tx.Rollup(), Hash: tx.Hash(), Kind: entryKind(tx), Raw: tx.Raw()}
	evm := tx.Eth()
	if evm == nil {
		return d
	}
	from, _ := senderOf(evm) // without one it is void, and the page says why
	d.Evm = &EvmTransaction{
		Type: evm.Type(), From: from, Nonce: evm.Nonce(), To: evm.To(), Value: (*hexutil.Big)(evm.Value()), Gas: evm.Gas(),
		MaxFeePerGas: (*hexutil.Big)(evm.GasFeeCap()), MaxPriorityFeePerGas: (*hexutil.Big)(evm.GasTipCap()), Input: evm.Data(),
		Protected: slices.ContainsFunc(evm.AccessList(), func(a gethtypes.AccessTuple) bool {
			return a.Address == x.deps.Genesis.Predeploy.Address
		}),
	}
	if evm.To() == nil {
		created := crypto.CreateAddress(from, evm.Nonce())
		d.Evm.Created = &created
	}
	return d
}

// senderOf recovers a transaction's sender, which the executor has normally done before.
func senderOf(tx *gethtypes.Transaction) (common.Address, error) {
	return gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.ChainId()), tx)
}

// bundle answers GET bundle/{id}.
func (x *Explorer) bundle(r *http.Request) (answer, error) {
	id, err := readHash("id", r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	page := BundlePage{Accepted: x.arrived(id)}
	if err := x.deps.RPC.Network(r.Context(), &page.Status, "lockstep_getStatus", id); err != nil {
		return answer{}, err
	}
	level, kind, err := levelOf(page.Status)
	if err != nil {
		return answer{}, err
	}
	if kind != "bundle" {
		return answer{}, missing("this node does not know a bundle %s", id)
	}
	page.Final = level >= core.LevelAttested
	places, err := x.deps.Log.BundlePlaces(id)
	if err != nil {
		return answer{}, err
	}
	for _, place := range places {
		_, tick, err := x.deps.Log.Tick(place.Tick)
		if err != nil {
			return answer{}, err
		}
		if int(place.Index) < len(tick.Bundles) {
			page.Bundle = x.decodedBundle(&tick.Bundles[place.Index])
			break // the id commits to its content: all places have the same
		}
	}
	return answer{value: page, final: page.Final}, nil
}

func (x *Explorer) decodedBundle(b *core.DecodedBundle) *DecodedBundle {
	d := &DecodedBundle{ID: b.Hash, Atomicity: b.Atomicity, NotBefore: b.NotBefore, NotAfter: b.NotAfter, Commitment: b.Commitment}
	for i, tx := range b.Txs {
		d.Legs = append(d.Legs, DecodedLeg{x.decoded(tx), b.Legs[i].MayRevert})
	}
	return d
}
