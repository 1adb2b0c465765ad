package explorer

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Rows of a rollup's page.
const (
	pageBlocks = 20
	pageRows   = 50
)

// rollups answers GET rollups.
func (x *Explorer) rollups(*http.Request) (answer, error) {
	pages := make([]RollupPage, 0, len(x.deps.Genesis.InForce().Rollups))
	for _, r := range x.deps.Genesis.InForce().Rollups {
		pages = append(pages, x.rollupPage(r.ID))
	}
	return answer{value: pages}, nil
}

// readRollup reads the rollup of a path.
func (x *Explorer) readRollup(r *http.Request) (core.RollupID, error) {
	text := r.PathValue("id")
	id, err := core.ParseRollupID(text)
	if err != nil {
		return 0, bad("rollup", text, "a decimal number")
	}
	if _, ok := x.deps.Genesis.Rollup(id); !ok {
		return 0, missing("there is no rollup %s on this network; GET %sapi/rollups lists them", id, Prefix)
	}
	return id, nil
}

// rollup answers GET rollup/{id}.
func (x *Explorer) rollup(r *http.Request) (answer, error) {
	id, err := x.readRollup(r)
	if err != nil {
		return answer{}, err
	}
	page := x.rollupPage(id)
	if chain := x.deps.Chains[id]; chain != nil {
		for n := chain.Newest().Number; len(page.Blocks) < pageBlocks; n-- {
			block := chain.Block(n)
			if block == nil {
				break
			}
			page.Blocks = append(page.Blocks, blockBrief(block))
			if n == 0 {
				break
			}
		}
	}
	next := page.State.NextSeq
	page.Latest, err = x.laneRows(id, next-min(next, pageRows), pageRows)
	return answer{value: page}, err
}

// rollupPage is a rollup without lists.
func (x *Explorer) rollupPage(id core.RollupID) RollupPage {
	chain := x.deps.Chains[id]
	page := RollupPage{RollupInfo: x.rollupInfo(id), Blocks: []BlockBrief{}, Latest: []LaneRow{}}
	x.live.mu.Lock()
	page.State = x.live.rollupState(id, chain)
	x.live.mu.Unlock()
	head := x.deps.Ledger.LaneHead(id)
	page.LaneHead, page.State.NextSeq = head.Head, head.NextSeq
	if chain == nil {
		return page
	}
	page.BaseFee = (*hexutil.Big)(chain.BaseFee())
	if block := chain.Block(chain.Newest().Number); block != nil {
		page.GasLimit = block.GasLimit()
	}
	if safe, ok := chain.Safe(); ok {
		page.Safe = &safe
	}
	return page
}

// laneRows are the positions of a lane from seq on, newest first.
func (x *Explorer) laneRows(id core.RollupID, seq uint64, count int) ([]LaneRow, error) {
	entries, err := x.deps.Log.Lane(id, seq, count)
	if pruned(err) {
		if seq, err = x.deps.Log.LaneStart(id); err == nil {
			entries, err = x.deps.Log.Lane(id, seq, count)
		}
	}
	if err != nil {
		return nil, err
	}
	rows := make([]LaneRow, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		row, err := x.laneRow(id, entries[i])
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (x *Explorer) laneRow(id core.RollupID, entry core.LaneEntry) (LaneRow, error) {
	record, _, err := x.deps.Log.Tick(entry.Tick)
	if err != nil {
		return LaneRow{}, err
	}
	row := LaneRow{EntryBrief: entryBrief(entry.Seq, entry.Item), Tick: entry.Tick, Time: record.Time}
	if evm := entry.Item.Tx.Eth(); evm != nil {
		if from, err := senderOf(evm); err == nil {
			row.From = &from
		}
		row.To, row.Value = evm.To(), (*hexutil.Big)(evm.Value())
	}
	zone, ok := x.deps.Zones[x.deps.Genesis.ZoneOf(id)]
	if !ok {
		return row, nil
	}
	fate, ok, err := zone.Fate(id, entry.Seq)
	if err != nil {
		return LaneRow{}, fmt.Errorf("fate of rollup %s, seq %d: %w", id, entry.Seq, err)
	}
	if ok {
		row.Outcome, row.Reverted = &fate.Code, fate.Reverted
	}
	return row, nil
}

// block answers GET rollup/{id}/block/{block}.
func (x *Explorer) block(r *http.Request) (answer, error) {
	id, err := x.readRollup(r)
	if err != nil {
		return answer{}, err
	}
	chain := x.deps.Chains[id]
	if chain == nil {
		return answer{}, missing("this node has no blocks of rollup %s", id)
	}
	text := r.PathValue("block")
	block, byHash, err := readBlock(chain, text)
	if err != nil {
		return answer{}, err
	}
	if block == nil {
		return answer{}, missing("rollup %s has no sealed block %s; the newest is %d", id, text, chain.Newest().Number)
	}
	page, err := blockPage(id, block)
	if err != nil {
		return answer{}, err
	}
	safe, ok := chain.Safe()
	page.Attested = ok && block.NumberU64() <= safe
	return answer{value: page, final: byHash && page.Attested}, nil
}

// readBlock finds a block by number, by hash, or by the word "latest"; nil if there is none.
func readBlock(chain Chain, text string) (block *gethtypes.Block, byHash bool, err error) {
	if text == "latest" {
		return chain.Block(chain.Newest().Number), false, nil
	}
	if strings.HasPrefix(text, "0x") {
		hash, err := readHash("block", text)
		if err != nil {
			return nil, true, err
		}
		return chain.BlockByHash(hash), true, nil
	}
	n, err := readNumber("block", text, `a number, a hash, or "latest"`)
	if err != nil {
		return nil, false, err
	}
	return chain.Block(n), false, nil
}

func blockBrief(b *gethtypes.Block) BlockBrief {
	return BlockBrief{
		Number: b.NumberU64(), Hash: b.Hash(), Time: b.Time() * 1000, Transactions: uint64(len(b.Transactions())), GasUsed: b.GasUsed(), GasLimit: b.GasLimit(),
	}
}

func blockPage(id core.RollupID, b *gethtypes.Block) (BlockPage, error) {
	page := BlockPage{
		Rollup: id, BlockBrief: blockBrief(b), ParentHash: b.ParentHash(), StateRoot: b.Root(), BaseFee: (*hexutil.Big)(b.BaseFee()), Size: b.Size(),
		Txs: make([]BlockTransaction, 0, len(b.Transactions())),
	}
	if extra := b.Extra(); len(extra) == 16 { // next tick, first unapplied seq
		page.NextTick = binary.BigEndian.Uint64(extra)
	}
	for i, tx := range b.Transactions() {
		from, err := senderOf(tx)
		if err != nil {
			return page, fmt.Errorf("block %d of rollup %s: transaction %d: %w", b.NumberU64(), id, i, err)
		}
		page.Txs = append(page.Txs, BlockTransaction{
			Index: uint64(i), Hash: tx.Hash(), Kind: kindOf(tx), From: from, To: tx.To(), Value: (*hexutil.Big)(tx.Value()),
		})
	}
	return page, nil
}

// readAddress reads an address, with or without 0x.
func readAddress(name, text string) (common.Address, error) {
	if !common.IsHexAddress(text) {
		return common.Address{}, bad(name, text, "0x and 40 hex digits")
	}
	return common.HexToAddress(text), nil
}
