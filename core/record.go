package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rlp"
)

// Attested is a zone's newest result that validators of more than 2/3 of the total power agree on.
type Attested struct {
	Zone   ZoneID      `json:"zone"`
	Tick   uint64      `json:"tick"`
	Digest common.Hash `json:"digest"`
}

// TickRecord is what the ordered log keeps of a tick: exactly the bytes that were ordered, the lanes they moved, and
// the results that became attested with it.
type TickRecord struct {
	Number uint64
	Time   uint64
	// Payload is the tick's CometBFT transactions without the system entry.
	Payload [][]byte
	// Lanes holds a row for each lane the tick added to, ascending by rollup.
	Lanes []LaneRow
	// Attested holds a row for each zone whose attested result moved with this tick, ascending by zone.
	Attested []Attested
	// Members holds a row for each rollup that joins or leaves a zone with this tick, in the order of the changes.
	Members []MemberChange `rlp:"optional"`
}

// MemberChange is a rollup of kind evm that joins a zone or leaves it. The tick opens a slot. It is the first one whose results
// have a rollup that joins. For a rollup that leaves it is the last one that orders anything: results have the rollup up to the
// tick that seals what was ordered for it.
type MemberChange struct {
	Zone   ZoneID
	Rollup RollupID
	// Genesis is the agreed Joining.Hash of a rollup that joins, zero for one that leaves.
	Genesis common.Hash
}

// Leaves reports whether the rollup leaves.
func (m *MemberChange) Leaves() bool { return m.Genesis == (common.Hash{}) }

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (r *TickRecord) Encode() []byte {
	e := r.Encoding()
	return e.AppendTo(make([]byte, 0, e.Size()))
}

// RecordEncoding is a record's encoding before it is written, so that it can be written to where it stays.
type RecordEncoding struct {
	record           *TickRecord
	payload, content uint64 // lengths of the payload and of all fields
	tail             []byte // the fields behind the payload
}

// Encoding prepares Encode. The record must not be changed until it is written.
func (r *TickRecord) Encoding() *RecordEncoding {
	e := &RecordEncoding{record: r}
	fields := []any{r.Lanes, r.Attested, r.Members}
	if r.Members == nil {
		fields = fields[:2]
	}
	for _, field := range fields {
		encoded, err := rlp.EncodeToBytes(field)
		if err != nil {
			panic(fmt.Sprintf("core: encode kind %#x: %v", EncTickRecord, err)) // the types are fixed
		}
		e.tail = append(e.tail, encoded...)
	}
	for _, part := range r.Payload {
		e.payload += rlp.BytesSize(part)
	}
	e.content = uint64(rlp.IntSize(r.Number)+rlp.IntSize(r.Time)) + rlp.ListSize(e.payload) + uint64(len(e.tail))
	return e
}

// Size is the length of the encoding.
func (e *RecordEncoding) Size() int { return int(encodingSize(e.content)) }

// AppendTo appends the encoding to b.
func (e *RecordEncoding) AppendTo(b []byte) []byte {
	b = startIn(b, EncTickRecord, e.content)
	b = rlp.AppendUint64(rlp.AppendUint64(b, e.record.Number), e.record.Time)
	b = appendListHead(b, e.payload)
	for _, part := range e.record.Payload {
		b = appendString(b, part)
	}
	return append(b, e.tail...)
}

// DecodeTickRecord reads a record.
func DecodeTickRecord(b []byte) (*TickRecord, error) {
	r := new(TickRecord)
	if err := Decode(EncTickRecord, b, r); err != nil {
		return nil, fmt.Errorf("tick record: %w", err)
	}
	return r, nil
}

// Tick decodes the record's payload.
func (r *TickRecord) Tick(network NetworkID, kind func(RollupID) (RollupKind, bool)) (*Tick, error) {
	t := &Tick{Number: r.Number, Time: r.Time}
	if err := t.DecodePayload(r.Payload, network, kind); err != nil {
		return nil, fmt.Errorf("tick %d: %w", r.Number, err)
	}
	return t, nil
}

// KV is one change of a replicated key-value state; an empty value deletes the key.
type KV struct {
	Key   []byte
	Value []byte
}

// Decided is a tick as ordering hands it to the log: the record, its decoded form, and what must become durable with it
// or not at all.
type Decided struct {
	Record *TickRecord
	Tick   *Tick
	// Ledger lists the ledger changes.
	Ledger []KV
	// Draft is the checkpoint of this tick, which the validators sign from now on; nil for most ticks.
	Draft *CheckpointDraft
	// Completion says that this tick completed the checkpoint of an earlier one; nil for most ticks.
	Completion *CheckpointCompletion
	// Votes are what the tick tells of the commit of the tick before, one for each of its signers; empty for tick 1. They are
	// for those who watch, and are not kept.
	Votes []Vote
	// Heard are results on which the votes that decided the tick agree, ascending by zone. They are what this node saw, and in nothing that is
	// replicated: the ledger calls them attested with the next tick.
	Heard []Attested
}

// Vote is a validator's part of the commit of a tick, as the next tick hands it on.
type Vote struct {
	Validator common.Address
	// Signed is false if the validator's vote is not handed on: it gave none, or it came too late.
	Signed bool
	// Results are the newest ticks whose results it names, by zone; what is attested already is not named.
	Results []Attested
}
