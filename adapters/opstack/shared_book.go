package opstack

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// record is what a block took of the lane, and how that was decided.
type record struct {
	Hash      common.Hash      `json:"hash"`
	Parent    common.Hash      `json:"parent"`
	Number    uint64           `json:"number"`
	Timestamp uint64           `json:"timestamp"`
	FirstSeq  uint64           `json:"firstSeq"`
	NextSeq   uint64           `json:"nextSeq"`
	Decision  core.CutDecision `json:"decision"`
	CutTick   uint64           `json:"cutTick"`
	Skips     []core.Skip      `json:"skips,omitempty"`
}

// place is what the content of a block is a function of.
type place struct {
	parent    common.Hash
	timestamp uint64
}

// book knows the cursor behind each block, and the decision at each place: pure, fed from the journal and from the reports in the
// lane. What was decided first stays.
type book struct {
	records   map[common.Hash]record
	decisions map[place]record
	order     []common.Hash
	// reported are the blocks whose report is in the lane, last the newest of these reports; nil for none.
	reported map[common.Hash]bool
	last     *core.Report
}

func newBook() *book {
	return &book{records: make(map[common.Hash]record), decisions: make(map[place]record), reported: make(map[common.Hash]bool)}
}

// add takes a record and tells whether it is news.
func (b *book) add(r record) bool {
	if _, known := b.records[r.Hash]; known {
		return false
	}
	b.records[r.Hash] = r
	if at := (place{r.Parent, r.Timestamp}); b.decisions[at].Hash == (common.Hash{}) {
		b.decisions[at] = r
	}
	if b.order = append(b.order, r.Hash); len(b.order) > window {
		oldest := b.records[b.order[0]]
		delete(b.records, oldest.Hash)
		delete(b.reported, oldest.Hash)
		if at := (place{oldest.Parent, oldest.Timestamp}); b.decisions[at].Hash == oldest.Hash {
			delete(b.decisions, at)
		}
		b.order = b.order[1:]
	}
	return true
}

// hear takes a report that the lane brought.
func (b *book) hear(r *core.Report) {
	b.add(record{r.Hash, r.Parent, r.Number, r.Timestamp, r.FirstSeq, r.NextSeq, r.Decision, r.CutTick, r.Skips})
	b.reported[r.Hash], b.last = true, r
}

// decision is what was decided at a place.
func (b *book) decision(at place) (record, bool) {
	r, ok := b.decisions[at]
	return r, ok
}

// oldest is the first position that a record is about, and the number of the lowest block; ok is false if there is none.
func (b *book) oldest() (seq, number uint64, ok bool) {
	for _, r := range b.records { //det:unordered minima
		if !ok || r.FirstSeq < seq {
			seq = r.FirstSeq
		}
		if !ok || r.Number < number {
			number = r.Number
		}
		ok = true
	}
	return seq, number, ok
}

// due is the next report, without signature, for the chain that ends in a head; nil if all of it is reported.
func (b *book) due(rollup core.RollupID, head common.Hash) *core.Report {
	var first *record
	for hash := head; ; {
		r, known := b.records[hash]
		if !known || b.reported[hash] {
			break
		}
		first, hash = &r, r.Parent
	}
	if first == nil {
		return nil
	}
	r := &core.Report{
		Rollup: rollup, Number: first.Number, Hash: first.Hash, Parent: first.Parent, Timestamp: first.Timestamp, FirstSeq: first.FirstSeq,
		NextSeq: first.NextSeq, Decision: first.Decision, CutTick: first.CutTick, Skips: first.Skips,
	}
	if before := b.last; before != nil {
		r.Branch = before.Branch
		if r.Parent != before.Hash || r.Number != before.Number+1 || r.FirstSeq != before.NextSeq {
			r.Branch++
		}
	}
	return r
}

// match finds the transactions of a block that has no record in the lane's part from a cursor on, and gives the cursor behind the
// block. What follows the last one of them goes to the next block: it may have been skipped, but nothing may get lost. A block with
// others was not filled from the lane, and takes nothing of it.
func match(part []candidate, included []common.Hash, cursor uint64) uint64 {
	next, at := cursor, 0
	for _, hash := range included {
		for at < len(part) && part[at].hash != hash {
			at++
		}
		if at == len(part) {
			return cursor
		}
		next = part[at].seq + 1
		at++
	}
	return next
}
