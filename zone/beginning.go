package zone

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble"

	"github.com/lockstep-network/lockstep/core"
)

// Beginning is what a zone needs to begin at a seal instead of the genesis blocks, and to be sure of it: the results from
// the tick that caused the seal up to an attested one commit to the sealed blocks, whose headers say how far the lanes
// were applied.
type Beginning struct {
	Seal SealRecord
	// Results are those of the tick that caused the seal, ascending by rollup.
	Results []core.RollupResult
	// Runs are the results roots from that tick up to the attested one.
	Runs []ResultRun
}

// Beginning makes the beginning at the seal that a tick caused, for who knows the result of a later tick. Errors are
// ErrNoResults if not all is kept, or a lane was stopped at the seal: what it has still to apply is in older ticks.
func (z *Zone) Beginning(result TickResult, until uint64) (*Beginning, error) {
	if result.Sealed == nil || result.Sealed.NextTick != result.Tick {
		return nil, fmt.Errorf("%w: tick %d sealed nothing", ErrNoResults, result.Tick)
	}
	if len(result.Rollups) != len(result.Sealed.Rollups) {
		return nil, fmt.Errorf("%w: a rollup joins zone %s with tick %d", ErrNoResults, z.cfg.Zone, result.Tick)
	}
	for _, r := range result.Sealed.Rollups {
		if r.FirstUnapplied != r.NextSeq {
			return nil, fmt.Errorf("%w: the lane of rollup %s is stopped before tick %d", ErrNoResults, r.Rollup, result.Tick)
		}
	}
	_, runs, err := z.ResultRuns(result.Tick, until)
	if err != nil {
		return nil, err
	}
	return &Beginning{Seal: *result.Sealed, Results: result.Rollups, Runs: runs}, nil
}

// Import makes the zone's folder, which must be empty, so that the zone begins at b. engines hold the sealed blocks, record
// is that of the tick that caused the seal, and attested is a result that the quorum has signed: it is trusted, and
// everything else is checked. Errors are ErrBeginning, or those of the disk.
func (b *Beginning) Import(cfg Config, engines map[core.RollupID]Engine, record *core.TickRecord, attested core.Attested) (err error) {
	if err := b.Verify(cfg, attested); err != nil {
		return err
	}
	if err := b.verifySeal(cfg, engines, record); err != nil {
		return fmt.Errorf("%w: zone %s: %w", ErrBeginning, cfg.Zone, err)
	}
	st, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	if _, ok, err := st.newestSeal(func(SealRecord) bool { return true }); ok || err != nil {
		return errors.Join(fmt.Errorf("%w: folder %s is not empty", ErrForeign, cfg.Dir), err)
	}
	tick := b.Seal.NextTick
	digest := core.NextZoneDigest(cfg.Genesis.NetworkID(), cfg.Zone, b.Seal.Digest, tick, b.Results)
	batch := st.db.NewBatch()
	defer batch.Close()
	return errors.Join(
		batch.Set(sealKey(tick), encodeSeal(b.Seal), nil),
		batch.Set(keyOrigin, core.U64(tick), nil),
		batch.Set(keyAgreed, core.Encode(encDigest, &digestRLP{tick, digest}), nil),
		batch.Commit(pebble.Sync),
	)
}

// Verify checks what can be checked without the engines: that the sealed blocks' hashes are among results that lead to the
// attested one. Of cfg it needs genesis and zone. The error is ErrBeginning.
func (b *Beginning) Verify(cfg Config, attested core.Attested) error {
	err := b.verifyDigest(cfg, attested)
	if err == nil && !slices.EqualFunc(b.Seal.Rollups, b.Results, func(s RollupSeal, r core.RollupResult) bool { return s.Rollup == r.Rollup && s.Hash == r.LastSealed }) {
		err = errors.New("the sealed blocks are not those of the results")
	}
	if err != nil {
		return fmt.Errorf("%w: zone %s: %w", ErrBeginning, cfg.Zone, err)
	}
	return nil
}

// verifyDigest checks that the results lead from the seal's digest to the attested one.
func (b *Beginning) verifyDigest(cfg Config, attested core.Attested) error {
	tick := b.Seal.NextTick
	if attested.Zone != cfg.Zone || tick == 0 || attested.Tick < tick || len(b.Runs) == 0 {
		return fmt.Errorf("nothing is attested from tick %d on", tick)
	}
	if root := core.ResultsRoot(b.Results); root != b.Runs[0].Root {
		return fmt.Errorf("the results of tick %d are not those of its root", tick)
	}
	network, digest := cfg.Genesis.NetworkID(), b.Seal.Digest
	for _, run := range b.Runs {
		if run.Count == 0 || run.Count > attested.Tick+1-tick {
			return fmt.Errorf("a run of %d ticks from tick %d on, attested is tick %d", run.Count, tick, attested.Tick)
		}
		for range run.Count {
			digest = core.ChainZoneDigest(network, cfg.Zone, digest, tick, run.Root)
			tick++
		}
	}
	if tick != attested.Tick+1 || digest != attested.Digest {
		return fmt.Errorf("the results end in %s at tick %d, attested is %s at tick %d", digest, tick-1, attested.Digest, attested.Tick)
	}
	return nil
}

// verifySeal checks the seal against the results, the engines' blocks and the tick that caused it.
func (b *Beginning) verifySeal(cfg Config, engines map[core.RollupID]Engine, record *core.TickRecord) error {
	if record.Number != b.Seal.NextTick || len(b.Results) != len(engines) {
		return fmt.Errorf("seal before tick %d with %d rollups, want tick %d with %d", b.Seal.NextTick, len(b.Seal.Rollups), record.Number, len(engines))
	}
	for i, seal := range b.Seal.Rollups { // those of the results
		id, result := seal.Rollup, b.Results[i]
		engine := engines[id]
		if engine == nil {
			return fmt.Errorf("rollup %s has no blocks", id)
		}
		block, ok := engine.Sealed(seal.Number)
		if !ok || block.Hash != seal.Hash {
			return fmt.Errorf("rollup %s: block %d %s is not the sealed one", id, seal.Number, seal.Hash)
		}
		if !bytes.Equal(block.Extra, extra(b.Seal.NextTick, seal.FirstUnapplied)) || block.Time != cfg.Genesis.Params.SlotTime(b.Seal.Slot) {
			return fmt.Errorf("rollup %s: block %d is of another tick or slot", id, seal.Number)
		}
		var ordered uint64
		if row := slices.IndexFunc(record.Lanes, func(r core.LaneRow) bool { return r.Rollup == id }); row >= 0 {
			ordered = record.Lanes[row].Count
		}
		if seal.NextSeq+ordered != result.NextSeq || seal.FirstUnapplied != seal.NextSeq {
			return fmt.Errorf("rollup %s: the lane is at %d, applied up to %d, and at %d after the tick", id, seal.NextSeq, seal.FirstUnapplied, result.NextSeq)
		}
	}
	return nil
}

// readOrigin reads the tick that an imported zone began with; zero for one that began with the genesis blocks.
func (s *store) readOrigin() (uint64, error) {
	b, err := s.get(keyOrigin)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case len(b) != 8:
		return 0, fmt.Errorf("%w: origin %x", ErrCorrupt, b)
	}
	return binary.BigEndian.Uint64(b), nil
}
