package snapshot

import (
	"fmt"
	"iter"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/proof"
	"github.com/lockstep-network/lockstep/zone"
)

// encHead is the kind of a snapshot's head.
const encHead core.EncodingKind = 0x68

// Head is a snapshot without the chains of its rollups. They are in parts of their own.
type Head struct {
	// Ledger is the ledger after the tick, ascending by key.
	Ledger []core.KV
	// Engine is the consensus engine's part, see comet.Restore.
	Engine []byte
	// Attested are the results that became attested with the tick.
	Attested []core.Attested
	// Handovers are the complete checkpoints before the tick that named another set of validators, without proofs of lanes.
	Handovers []*core.CompleteCheckpoint
	// Own is the checkpoint that the tick opened.
	Own proof.Handover
	// Later is a checkpoint by which all zones have an attested result of the tick or after it.
	Later proof.Handover
	// Zones ascend.
	Zones []Zone
}

// Zone is how a zone begins.
type Zone struct {
	ID        core.ZoneID
	Beginning zone.Beginning
}

// Tick is the tick that the snapshot is of.
func (h *Head) Tick() uint64 { return h.Own.Signed.Checkpoint.Tick }

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (h *Head) Encode() []byte { return core.Encode(encHead, h) }

// DecodeHead reads a head. It checks its form only.
func DecodeHead(b []byte) (*Head, error) {
	h := new(Head)
	if err := core.Decode(encHead, b, h); err != nil {
		return nil, fmt.Errorf("%w: head: %w", ErrBad, err)
	}
	return h, nil
}

// verify checks signatures and the ledger, and gives a machine with that ledger.
func (h *Head) verify(a anchor) (*ordering.Machine, error) {
	if h.Tick() <= a.tick() {
		return nil, fmt.Errorf("%w: of tick %d, the trusted checkpoint is of tick %d", ErrBad, h.Tick(), a.tick())
	}
	signers := a.genesis.ValidatorSet()
	chain := make([]proof.Handover, 0, len(h.Handovers)+2)
	for i, c := range h.Handovers {
		if c.Draft == nil || c.Completion == nil || len(c.Draft.Proofs) > 0 || c.Completion.Set.Hash() != signers.Hash() {
			return nil, fmt.Errorf("%w: handovers[%d]: not signed by the set before it", ErrBad, i)
		}
		if err := c.Verify(); err != nil {
			return nil, fmt.Errorf("%w: handovers[%d]: %w", ErrBad, i, err)
		}
		signers = c.Draft.Next
		chain = append(chain, proof.Handover{Signed: c.Signed(), Next: c.Draft.Next})
	}
	if _, err := a.follow(append(chain, h.Own, h.Later)); err != nil {
		return nil, err
	}
	machine, err := ordering.New(a.genesis, comet.VerifyExtension)
	if err != nil {
		return nil, err
	}
	if err := machine.Load(h.Tick(), pairs(h.Ledger)); err != nil {
		return nil, fmt.Errorf("%w: ledger: %w", ErrBad, err)
	}
	if root := machine.AppHash(); root != h.Own.Signed.Checkpoint.LedgerRoot {
		return nil, fmt.Errorf("%w: ledger of root %s, signed is %s", ErrBad, root, h.Own.Signed.Checkpoint.LedgerRoot)
	}
	return machine, nil
}

// beginning finds how a zone begins, and the signed result that it leads to.
func (h *Head) beginning(id core.ZoneID) (*zone.Beginning, core.Attested, error) {
	for i := range h.Zones {
		if h.Zones[i].ID != id {
			continue
		}
		for _, result := range h.Later.Signed.Checkpoint.Results {
			if result.Zone == id {
				return &h.Zones[i].Beginning, result, nil
			}
		}
	}
	return nil, core.Attested{}, fmt.Errorf("%w: it has nothing of zone %s", ErrBad, id)
}

func pairs(rows []core.KV) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for _, kv := range rows {
			if !yield(kv.Key, kv.Value) {
				return
			}
		}
	}
}
