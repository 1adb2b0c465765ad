package comet

import (
	"bytes"
	"errors"
	"fmt"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtevidence "github.com/cometbft/cometbft/evidence"
	cmtprotostate "github.com/cometbft/cometbft/proto/tendermint/state"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtstate "github.com/cometbft/cometbft/state"
	cmtstore "github.com/cometbft/cometbft/store"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Evidence of double signing is judged by the header and the validators of its tick, and refused when it was decided
// before. A block with evidence that a node cannot judge halts that node. So a snapshot brings the window: what was decided
// before its tick for as long as evidence of it is accepted. Commits are left out: only evidence of an attack on a light
// client is judged by them, and nobody can make that with a third of the power or less.

// windowRLP is the window of a snapshot.
type windowRLP struct {
	// Headers are those before the snapshot's block, newest first. The last one is of the first tick, or the newest
	// that is too old for evidence, which shows that none is missing.
	Headers [][]byte
	// Sets are the validators that the headers name, each once.
	Sets [][]byte
	// Decided is the evidence of those blocks that brought some, newest first.
	Decided [][]byte
}

// window is a windowRLP in the engine's words.
type window struct {
	headers []*cmttypes.Header
	sets    map[string]*cmtproto.ValidatorSet // by hash
	decided []cmttypes.EvidenceList
}

// noEvidence is what the header of a block without evidence says of it.
var noEvidence = cmttypes.EvidenceList(nil).Hash()

// expired tells whether evidence of a header is too old at a block.
func expired(at, h *cmttypes.Header, params cmttypes.ConsensusParams) bool {
	return cmtevidence.IsEvidenceExpired(at.Height, at.Time, h.Height, h.Time, params.Evidence)
}

// windowOf reads the window before a block. A store that does not reach back far enough gives errNoSnapshot.
func windowOf(blocks *cmtstore.BlockStore, states cmtstate.Store, at *cmttypes.Block) (*windowRLP, error) {
	w, known := new(windowRLP), make(map[string]bool)
	params, err := states.LoadConsensusParams(at.Height)
	if err != nil {
		return nil, err
	}
	for height, old := at.Height-1, false; height > 0 && !old; height-- {
		meta := blocks.LoadBlockMeta(height)
		if meta == nil {
			return nil, fmt.Errorf("%w: header %d, by which evidence is judged", errNoSnapshot, height)
		}
		header, err := meta.Header.ToProto().Marshal()
		if err != nil {
			return nil, err
		}
		w.Headers = append(w.Headers, header)
		if old = expired(&at.Header, &meta.Header, params); old {
			continue
		}
		if hash := string(meta.Header.ValidatorsHash); !known[hash] {
			known[hash] = true
			set, err := encodedSet(states, height)
			if err != nil {
				return nil, err
			}
			w.Sets = append(w.Sets, set)
		}
		if !bytes.Equal(meta.Header.EvidenceHash, noEvidence) {
			block := blocks.LoadBlock(height)
			if block == nil {
				return nil, fmt.Errorf("%w: the evidence of block %d", errNoSnapshot, height)
			}
			decided, err := encodedEvidence(block.Evidence.Evidence)
			if err != nil {
				return nil, err
			}
			w.Decided = append(w.Decided, decided)
		}
	}
	return w, nil
}

func encodedEvidence(list cmttypes.EvidenceList) ([]byte, error) {
	encoded, err := (&cmttypes.EvidenceData{Evidence: list}).ToProto()
	if err != nil {
		return nil, err
	}
	return encoded.Marshal()
}

func encodedSet(states cmtstate.Store, height int64) ([]byte, error) {
	set, err := states.LoadValidators(height)
	if err != nil {
		return nil, err
	}
	encoded, err := set.ToProto()
	if err != nil {
		return nil, err
	}
	return encoded.Marshal()
}

func readWindow(s *windowRLP) (*window, error) {
	w := &window{sets: make(map[string]*cmtproto.ValidatorSet)}
	for _, b := range s.Headers {
		var encoded cmtproto.Header
		if err := encoded.Unmarshal(b); err != nil {
			return nil, fmt.Errorf("window: header: %w", err)
		}
		header, err := cmttypes.HeaderFromProto(&encoded)
		if err != nil {
			return nil, fmt.Errorf("window: header: %w", err)
		}
		w.headers = append(w.headers, &header)
	}
	for _, b := range s.Sets {
		encoded := new(cmtproto.ValidatorSet)
		if err := encoded.Unmarshal(b); err != nil {
			return nil, fmt.Errorf("window: validators: %w", err)
		}
		set, err := cmttypes.ValidatorSetFromProto(encoded)
		if err != nil {
			return nil, fmt.Errorf("window: validators: %w", err)
		}
		w.sets[string(set.Hash())] = encoded
	}
	for _, b := range s.Decided {
		var encoded cmtproto.EvidenceList
		var data cmttypes.EvidenceData
		if err := encoded.Unmarshal(b); err != nil {
			return nil, fmt.Errorf("window: evidence: %w", err)
		}
		if err := data.FromProto(&encoded); err != nil {
			return nil, fmt.Errorf("window: evidence: %w", err)
		}
		w.decided = append(w.decided, data.Evidence)
	}
	return w, nil
}

// verify checks that the headers lead, each by the hash of the one before, from the block back to where evidence is too old, and
// that what they name is there.
func (w *window) verify(at *cmttypes.Header, params cmttypes.ConsensusParams) error {
	next, decided := at, w.decided
	for i, h := range w.headers {
		if h.Height != next.Height-1 || !bytes.Equal(h.Hash(), next.LastBlockID.Hash) {
			return fmt.Errorf("window: headers[%d] is not the one before block %d", i, next.Height)
		}
		if next = h; expired(at, h, params) {
			if i != len(w.headers)-1 {
				return fmt.Errorf("window: headers[%d] is of no use", i+1)
			}
			break
		}
		if w.sets[string(h.ValidatorsHash)] == nil {
			return fmt.Errorf("window: the validators of block %d are missing", h.Height)
		}
		if bytes.Equal(h.EvidenceHash, noEvidence) {
			continue
		}
		if len(decided) == 0 || !bytes.Equal(decided[0].Hash(), h.EvidenceHash) {
			return fmt.Errorf("window: the evidence of block %d is missing", h.Height)
		}
		decided = decided[1:]
	}
	switch {
	case next.Height > 1 && !expired(at, next, params):
		return fmt.Errorf("window: it ends at block %d, of which evidence is still accepted", next.Height)
	case len(decided) > 0:
		return errors.New("window: evidence that no block brought")
	}
	return nil
}

// validatorsCheckpoint is at which multiples the engine wants a set of validators in full.
const validatorsCheckpoint = 100_000

// writeValidators adds the validators of the window to a state database, in the engine's own form: in full where a set
// begins, and for all others where that is. Their order of proposers, which matters to nobody any more, is not the true one.
func (w *window) writeValidators(db cmtdb.DB, at *cmttypes.Header, params cmttypes.ConsensusParams) error {
	batch := db.NewBatch()
	defer func() { _ = batch.Close() }() // what was written is written
	var begun int64
	var before []byte
	for i := len(w.headers) - 1; i >= 0; i-- {
		h := w.headers[i]
		if expired(at, h, params) {
			continue
		}
		if !bytes.Equal(before, h.ValidatorsHash) {
			before, begun = h.ValidatorsHash, h.Height
		}
		info := &cmtprotostate.ValidatorsInfo{LastHeightChanged: begun}
		if h.Height == begun || h.Height%validatorsCheckpoint == 0 {
			info.ValidatorSet = w.sets[string(h.ValidatorsHash)]
		}
		b, err := info.Marshal()
		if err != nil {
			return err
		}
		if err := batch.Set(fmt.Appendf(nil, "validatorsKey:%d", h.Height), b); err != nil {
			return err
		}
	}
	return batch.WriteSync()
}

// writeHeaders adds the headers of the window to a block database, as those of blocks that are pruned.
func (w *window) writeHeaders(db cmtdb.DB, at *cmttypes.Header) error {
	batch := db.NewBatch()
	defer func() { _ = batch.Close() }() // what was written is written
	next := at
	for _, h := range w.headers {
		b, err := (&cmttypes.BlockMeta{BlockID: next.LastBlockID, Header: *h}).ToProto().Marshal()
		if err != nil {
			return err
		}
		if err := batch.Set(fmt.Appendf(nil, "H:%d", h.Height), b); err != nil {
			return err
		}
		next = h
	}
	return batch.WriteSync()
}

// writeDecided notes in an evidence database what was decided, so that it is neither proposed nor accepted again.
func (r *restored) writeDecided(db cmtdb.DB, states cmtstate.Store, blocks *cmtstore.BlockStore) error {
	pool, err := cmtevidence.NewPool(db, states, blocks)
	if err != nil {
		return err
	}
	state := r.state()
	state.LastBlockHeight++ // the pool takes notice of what is decided after the state that it begins with
	all := append(cmttypes.EvidenceList(nil), r.block.Evidence.Evidence...)
	for _, list := range r.window.decided {
		all = append(all, list...)
	}
	pool.Update(state, all)
	return nil
}
