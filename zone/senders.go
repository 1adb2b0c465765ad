package zone

import (
	"fmt"
	"math/big"
	"runtime"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// recoverBatch is how many senders a worker recovers at a time; smaller ticks are not worth a goroutine.
const recoverBatch = 16

// senders recovers the senders of a tick's transactions once, on all processors, before they are executed. The result
// stays in the transaction objects; a bad signature shows again when it is executed.
type senders struct {
	known func(core.RollupID, common.Hash) *gethtypes.Transaction
}

// prepare gives the tick with all senders recovered. t itself is shared with other readers and stays as it is.
func (s senders) prepare(t *core.Tick) *core.Tick {
	if t.Empty() {
		return t
	}
	own := &core.Tick{
		Number: t.Number, Time: t.Time,
		Bundles: append([]core.DecodedBundle(nil), t.Bundles...), Sections: append([]core.Section(nil), t.Sections...),
	}
	var all []core.Transaction
	for i := range own.Bundles {
		own.Bundles[i].Txs = s.reuse(own.Bundles[i].Txs)
		all = append(all, own.Bundles[i].Txs...)
	}
	for i := range own.Sections {
		if txs := own.Sections[i].Txs; len(txs) == 0 || txs[0].Eth() == nil {
			continue // an opaque rollup's, which have no senders
		}
		own.Sections[i].Txs = s.reuse(own.Sections[i].Txs)
		all = append(all, own.Sections[i].Txs...)
	}
	s.recover(all)
	return own
}

// reuse replaces transaction objects by known ones of the same hash, whose senders are already recovered.
func (s senders) reuse(txs []core.Transaction) []core.Transaction {
	if s.known == nil {
		return txs
	}
	own := make([]core.Transaction, len(txs))
	for i, tx := range txs {
		if own[i] = tx; tx.Eth() != nil {
			own[i] = tx.WithEth(s.known(tx.Rollup(), tx.Hash()))
		}
	}
	return own
}

// recover recovers all senders and waits.
func (s senders) recover(txs []core.Transaction) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for len(txs) > 0 {
		batch := txs[:min(len(txs), recoverBatch)]
		txs = txs[len(batch):]
		if len(txs) == 0 {
			recoverAll(batch)
			break
		}
		slots <- struct{}{}
		wg.Go(func() {
			recoverAll(batch)
			<-slots
		})
	}
	wg.Wait()
}

// recoverAll fills the transactions' sender caches; errors are found again by whoever needs the sender.
func recoverAll(txs []core.Transaction) {
	var rollup core.RollupID
	var signer gethtypes.Signer
	for _, tx := range txs {
		if tx.Eth() == nil {
			continue
		}
		if signer == nil || tx.Rollup() != rollup {
			rollup, signer = tx.Rollup(), signerOf(tx.Rollup())
		}
		_, _ = gethtypes.Sender(signer, tx.Eth())
	}
}

// senderOf recovers the sender, or takes it from the transaction's cache.
func senderOf(tx core.Transaction) (common.Address, error) {
	if tx.Eth() == nil {
		return common.Address{}, fmt.Errorf("rollup %s: not an EVM transaction", tx.Rollup())
	}
	return gethtypes.Sender(signerOf(tx.Rollup()), tx.Eth())
}

func signerOf(rollup core.RollupID) gethtypes.Signer {
	return gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup)))
}
