package explorer

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// indexPace is how long the index rests once it has caught up: what comes meanwhile is one batch.
	indexPace = 250 * time.Millisecond
	// indexBatch is how many lane positions are written at once.
	indexBatch = 256
	// pruneBatch is how many rows are forgotten at once, pruneEvery after how many rests it is looked for such rows.
	pruneBatch = 10_000
	pruneEvery = 120
)

// transferTopic is that of Transfer(address,address,uint256), the same in ERC-20 and ERC-721.
var transferTopic = crypto.Keccak256Hash([]byte("Transfer(address,address,uint256)"))

// pruned tells what is forgotten from what cannot be read.
func pruned(err error) bool { return errors.Is(err, ErrPruned) }

// run keeps the index until ctx ends. An index that turns out to be damaged is made anew.
func (x *index) run(ctx context.Context, deps *Deps) error {
	rest := time.NewTicker(indexPace)
	defer rest.Stop()
	for round := 0; ; round++ {
		err := x.catchUp(ctx, deps)
		if err == nil && round%pruneEvery == 0 {
			err = x.prune(ctx, deps.Log.Oldest())
		}
		if pebble.IsCorruptionError(err) {
			x.log.Warn("the index of accounts is damaged and made anew", "err", err)
			err = x.renew()
		}
		if err != nil {
			return err
		}
		select {
		case <-rest.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// catchUp indexes everything that is attested.
func (x *index) catchUp(ctx context.Context, deps *Deps) error {
	for _, r := range deps.Genesis.InForce().Rollups {
		chain, zone := deps.Chains[r.ID], deps.Zones[deps.Genesis.ZoneOf(r.ID)]
		if chain == nil || zone == nil {
			continue
		}
		source := indexSource{rollup: r.ID, log: deps.Log, ledger: deps.Ledger, chain: chain, zone: zone}
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if more, err = x.step(&source); err != nil {
				return fmt.Errorf("index rollup %s: %w", r.ID, err)
			}
		}
	}
	return nil
}

// indexSource is where the rows of one rollup come from.
type indexSource struct {
	rollup core.RollupID
	log    Log
	ledger Ledger
	chain  Chain
	zone   Zone
}

// attested counts the positions from one on whose results are attested, up to a batch. To ask for their fates costs less than to
// read a lane, of which there may be hundreds.
func (s *indexSource) attested(seq uint64) (count int, err error) {
	for agreed := s.zone.Agreed(); count < indexBatch; count++ {
		fate, ok, err := s.zone.Fate(s.rollup, seq+uint64(count))
		if err != nil || !ok || fate.Tick > agreed {
			return count, err
		}
	}
	return count, nil
}

// cursor is the first position of a lane that is not indexed.
func (x *index) cursor(rollup core.RollupID) (next uint64, err error) {
	next, known := x.cursors[rollup]
	if !known {
		if next, err = getNumber(x.db, cursorKey(rollup)); err == nil {
			x.cursors[rollup] = next
		}
	}
	return next, err
}

// step indexes the next positions of a lane; more says that there may be further ones. It is the only writer.
func (x *index) step(s *indexSource) (more bool, err error) {
	next, err := x.cursor(s.rollup)
	if err != nil {
		return false, err
	}
	attested, err := s.attested(next)
	if err != nil || attested == 0 && next >= s.ledger.LaneHead(s.rollup).NextSeq {
		return false, err
	}
	entries, err := s.log.Lane(s.rollup, next, max(attested, 1)) // one of which there is no fate may have been pruned
	if pruned(err) {
		if next, err = s.log.LaneStart(s.rollup); err == nil {
			entries, err = s.log.Lane(s.rollup, next, indexBatch)
		}
	}
	if err != nil {
		return false, err
	}
	batch := x.db.NewBatch()
	defer batch.Close()
	rows, done := x.rows, 0
	for _, entry := range entries {
		touched, ok, err := s.touched(entry)
		if err != nil {
			return false, err
		}
		if !ok {
			break
		}
		done++
		for _, t := range touched {
			if err := errors.Join(batch.Set(t.row.addressKey(t.address), t.row.value(), nil), batch.Set(t.row.tickKey(t.address), nil, nil)); err != nil {
				return false, err
			}
			rows++
		}
	}
	if done == 0 {
		return false, nil
	}
	next = entries[done-1].Seq + 1
	if err := errors.Join(batch.Set(cursorKey(s.rollup), core.U64(next), nil), batch.Set(keyRows, core.U64(rows), nil), batch.Commit(pebble.NoSync)); err != nil {
		return false, err
	}
	x.rows, x.cursors[s.rollup] = rows, next
	return done == len(entries) && done == indexBatch, nil
}

// touch says that an entry touched an account.
type touch struct {
	address common.Address
	row     indexRow
}

// touched lists the accounts that an entry touched; ok is false while its result is not attested.
func (s *indexSource) touched(entry core.LaneEntry) (list []touch, ok bool, err error) {
	fate, ok, err := s.zone.Fate(s.rollup, entry.Seq)
	if err != nil || !ok || fate.Tick > s.zone.Agreed() {
		return nil, false, err
	}
	tx := entry.Item.Tx.Eth()
	if tx == nil {
		return nil, true, nil
	}
	row := indexRow{tick: entry.Tick, rollup: s.rollup, seq: entry.Seq}
	add := func(address common.Address, row indexRow) {
		for _, t := range list {
			if t.address == address && t.row.part == row.part {
				return
			}
		}
		list = append(list, touch{address, row})
	}
	if from, err := senderOf(tx); err == nil { // without a sender it is void
		add(from, row)
		if tx.To() == nil {
			add(crypto.CreateAddress(from, tx.Nonce()), row)
		}
	}
	if tx.To() != nil {
		add(*tx.To(), row)
	}
	if fate.Code.Void() || fate.Reverted {
		return list, true, nil
	}
	receipt := s.chain.Receipt(fate.Block, fate.Index, tx.Hash())
	if receipt == nil { // not there again after a restart, or not kept
		return list, s.zone.Executed() >= fate.Tick, nil
	}
	for i, log := range receipt.Logs {
		if t, ok := transferOf(log); ok {
			row.part, row.transfer = uint32(i)+1, t
			add(t.from, row)
			add(t.to, row)
		}
	}
	return list, true, nil
}

// transferOf reads a token's Transfer event: of ERC-20 the value is data, of ERC-721 the id is a topic.
func transferOf(log *gethtypes.Log) (*transfer, bool) {
	if len(log.Topics) < 3 || log.Topics[0] != transferTopic {
		return nil, false
	}
	t := &transfer{token: log.Address, from: common.BytesToAddress(log.Topics[1][:]), to: common.BytesToAddress(log.Topics[2][:])}
	switch {
	case len(log.Topics) == 3 && len(log.Data) == 32:
		t.value = new(big.Int).SetBytes(log.Data)
	case len(log.Topics) == 4 && len(log.Data) == 0:
		t.value, t.nft = log.Topics[3].Big(), true
	default:
		return nil, false
	}
	return t, true
}

// prune forgets the rows of ticks below oldest, and the oldest rows as long as there are too many.
func (x *index) prune(ctx context.Context, oldest uint64) error {
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if more, err = x.pruneStep(oldest); err != nil {
			return fmt.Errorf("prune index: %w", err)
		}
	}
	return nil
}

func (x *index) pruneStep(oldest uint64) (more bool, err error) {
	it, err := x.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceTick}, UpperBound: []byte{spaceTick + 1}})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	batch := x.db.NewBatch()
	defer batch.Close()
	rows, since := x.rows, uint64(0)
	for ok := it.First(); ok; ok = it.Next() {
		key, tick, good := addressOf(it.Key())
		if good && tick >= oldest && rows <= x.maxRows && tick >= since {
			break
		}
		if more = batch.Count() >= 2*pruneBatch; more {
			break
		}
		if tick >= oldest {
			since = tick + 1 // a tick goes as a whole
		}
		rows -= min(rows, 1)
		if err := errors.Join(batch.Delete(it.Key(), nil), batch.Delete(key, nil)); err != nil {
			return false, err
		}
	}
	if batch.Count() == 0 {
		return false, nil
	}
	since = max(since, x.oldest, oldest)
	if err := errors.Join(batch.Set(keyRows, core.U64(rows), nil), batch.Set(keySince, core.U64(since), nil), batch.Commit(pebble.NoSync)); err != nil {
		return false, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rows, x.oldest = rows, since
	return more, nil
}
