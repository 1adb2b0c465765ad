package opstack

import (
	"sort"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

// candidate is a transaction of the lane that a block has to take.
type candidate struct {
	seq  uint64
	hash common.Hash
	raw  hexutil.Bytes

	// tx, from and footprint are there once it was inspected: what it says, who signed it, and its size in the data's footprint.
	tx        *gethtypes.Transaction
	from      common.Address
	footprint uint64
}

// tickEnd is the end of what was ordered up to a tick that added to the lane.
type tickEnd struct {
	number uint64
	// time is consensus time in ms.
	time uint64
	next uint64
}

// laneCopy is the lane as it was read, from a position on: pure, fed with what the lane brings.
type laneCopy struct {
	// first is the position of the first item.
	first uint64
	items []core.LaneItem
	ticks []tickEnd
	// clock is the time of the newest tick, whether it added to the lane or not.
	clock uint64
}

// end is the position behind the last item.
func (l *laneCopy) end() uint64 { return l.first + uint64(len(l.items)) }

// tick takes a tick that added to the lane. What was there before a reconnect is not taken twice.
func (l *laneCopy) tick(t *lane.Tick) {
	if len(l.items) == 0 && len(l.ticks) == 0 {
		l.first = t.FirstSeq
	}
	if t.FirstSeq == l.end() {
		l.items = append(l.items, t.Items...)
		l.ticks = append(l.ticks, tickEnd{t.Number, t.Time, l.end()})
	}
	l.clock = max(l.clock, t.Time)
}

// cut is the end of what was ordered up to a time. It is known once there is a later tick.
func (l *laneCopy) cut(timeMs uint64) (end tickEnd, known bool) {
	known = l.clock > timeMs
	if i := sort.Search(len(l.ticks), func(i int) bool { return l.ticks[i].time > timeMs }); i > 0 {
		return l.ticks[i-1], known
	}
	return tickEnd{next: l.first}, known
}

// transactions are those of a range of the lane; what the operator says there is none.
func (l *laneCopy) transactions(from, to uint64) []candidate {
	var all []candidate
	for seq := max(from, l.first); seq < min(to, l.end()); seq++ {
		if tx := l.items[seq-l.first].Tx; tx.Block() == nil && tx.Report() == nil {
			all = append(all, candidate{seq: seq, hash: tx.Hash(), raw: tx.Raw()})
		}
	}
	return all
}

// forget drops what is before a position, but never a part of a tick.
func (l *laneCopy) forget(before uint64) {
	keep := sort.Search(len(l.ticks), func(i int) bool { return l.ticks[i].next > before })
	if keep == 0 {
		return
	}
	first := l.ticks[keep-1].next
	l.items = append([]core.LaneItem(nil), l.items[first-l.first:]...)
	l.ticks = append([]tickEnd(nil), l.ticks[keep-1:]...) // the last one before says where the rest begins
	l.first = first
}
