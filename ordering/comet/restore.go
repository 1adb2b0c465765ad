package comet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtprotostate "github.com/cometbft/cometbft/proto/tendermint/state"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtstate "github.com/cometbft/cometbft/state"
	cmtstore "github.com/cometbft/cometbft/store"
	cmttypes "github.com/cometbft/cometbft/types"
	cmtversion "github.com/cometbft/cometbft/version"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// restored is a snapshot in the engine's words.
type restored struct {
	genesis    *cmttypes.GenesisDoc
	params     cmttypes.ConsensusParams
	block      *cmttypes.Block
	parts      *cmttypes.PartSet
	commit     *cmttypes.ExtendedCommit
	headers    []*cmttypes.SignedHeader
	validators []*cmttypes.ValidatorSet // of the tick and of the two after it
	window     *window
}

// Restore makes the data of an engine with this configuration, of which home and database count, from another engine's Snapshot of the machine's tick, and gives the
// payload that was decided. The machine's ledger is trusted, and nothing of the snapshot is believed: the ledger names the
// validators of the tick and of the two after it, the block and its extended commit are signed by them, and the next
// header has the ledger's root; the block leads back by hashes to all that evidence may be about. There must be no data yet. The order of proposers is checked by the headers that follow. Errors are ErrSnapshot,
// or those of the disk.
func Restore(cfg Config, g *core.Genesis, machine *ordering.Machine, snapshot []byte) (payload [][]byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %w", ErrSnapshot, panicked(r))
		}
	}()
	r, err := readSnapshot(g, snapshot)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if err := r.verify(machine); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if err := r.write(filepath.Join(cfg.Home, "data"), cfg.DB); err != nil {
		return nil, fmt.Errorf("ordering: write engine data: %w", err)
	}
	for _, tx := range r.block.Txs[1:] {
		payload = append(payload, tx)
	}
	return payload, nil
}

func readSnapshot(g *core.Genesis, snapshot []byte) (*restored, error) {
	var s snapshotRLP
	if err := core.Decode(encSnapshot, snapshot, &s); err != nil {
		return nil, err
	}
	r := new(restored)
	var block cmtproto.Block
	var commit cmtproto.ExtendedCommit
	if err := errors.Join(block.Unmarshal(s.Block), commit.Unmarshal(s.Commit)); err != nil {
		return nil, err
	}
	var err error
	if r.genesis, err = engineGenesis(g); err != nil {
		return nil, err
	}
	r.params = *r.genesis.ConsensusParams
	r.params.Block.MaxBytes, r.params.Block.MaxGas = int64(s.MaxBytes), int64(s.MaxGas)
	if r.block, err = cmttypes.BlockFromProto(&block); err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	if r.parts, err = r.block.MakePartSet(cmttypes.BlockPartSizeBytes); err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	if r.commit, err = cmttypes.ExtendedCommitFromProto(&commit); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	for _, b := range s.Headers {
		var encoded cmtproto.SignedHeader
		if err := encoded.Unmarshal(b); err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
		header, err := cmttypes.SignedHeaderFromProto(&encoded)
		if err != nil {
			return nil, fmt.Errorf("header: %w", err)
		}
		r.headers = append(r.headers, header)
	}
	for _, b := range s.Validators {
		var encoded cmtproto.ValidatorSet
		if err := encoded.Unmarshal(b); err != nil {
			return nil, fmt.Errorf("validators: %w", err)
		}
		set, err := cmttypes.ValidatorSetFromProto(&encoded)
		if err != nil {
			return nil, fmt.Errorf("validators: %w", err)
		}
		r.validators = append(r.validators, set)
	}
	if r.window, err = readWindow(&s.Window); err != nil {
		return nil, err
	}
	if len(r.headers) == 0 || len(r.headers) > followingHeaders || len(r.validators) != 3 {
		return nil, fmt.Errorf("%d headers and %d sets of validators, want 1 to %d and 3", len(r.headers), len(r.validators), followingHeaders)
	}
	return r, nil
}

// verify checks everything against the ledger.
func (r *restored) verify(machine *ordering.Machine) error {
	height, chain := int64(machine.Height()), r.genesis.ChainID
	for i, set := range r.validators {
		if want := validatorsHash(machine.Signers(uint64(height) + uint64(i))); !bytes.Equal(set.Hash(), want) {
			return fmt.Errorf("validators of tick %d are not those of the ledger", height+int64(i))
		}
	}
	if err := r.block.ValidateBasic(); err != nil {
		return fmt.Errorf("block: %w", err)
	}
	id := cmttypes.BlockID{Hash: r.block.Hash(), PartSetHeader: r.parts.Header()}
	switch {
	case r.block.Height != height || r.block.ChainID != chain:
		return fmt.Errorf("block of %s at %d, want %s at %d", r.block.ChainID, r.block.Height, chain, height)
	case !bytes.Equal(r.block.ValidatorsHash, r.validators[0].Hash()) || !bytes.Equal(r.block.NextValidatorsHash, r.validators[1].Hash()):
		return errors.New("block: validators are not those of the ledger")
	case len(r.block.Txs) == 0:
		return errors.New("block: it has no system entry")
	}
	if err := r.commit.ValidateBasic(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := r.validators[0].VerifyCommitExtended(chain, id, height, r.commit); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if vote := r.commit.ToExtendedVoteSet(chain, r.validators[0]); !vote.HasTwoThirdsMajority() {
		return errors.New("commit: no majority")
	}
	first := r.headers[0].Header
	root := machine.AppHash()
	if first == nil || !bytes.Equal(first.AppHash, root[:]) || !bytes.Equal(first.ConsensusHash, r.params.Hash()) {
		return errors.New("next header: it has another ledger or other parameters")
	}
	if err := r.verifyHeaders(id); err != nil {
		return err
	}
	return r.window.verify(&r.block.Header, r.params)
}

// verifyHeaders checks that the headers after the block follow from it one by one, and that those decided in their first
// round were proposed by whose turn it was.
//
// No hash commits to the order of proposers, so that these headers, followingHeaders of them at most, are all that speaks for it. For so many
// validators of equal power they are a whole round of turns, which determines the order. With more validators, with other powers, in a window
// in which the set changes or ticks took a second round, or from a peer that sends fewer headers, one that lies can give places that fit the
// headers and no later one. What it gains is little: a node takes every tick that 2/3 have signed, whoever proposed it, so it follows and
// executes what all do. As a validator it lacks the proposals of those whose turn it does not expect, votes nil in that round, and proposes
// out of turn, where nobody listens: a vote that is missing in some rounds, as of a validator that is slow. That counts only if validators
// with more than 1/3 of the power have joined by such snapshots. Joining again, from another peer, mends it.
func (r *restored) verifyHeaders(before cmttypes.BlockID) error {
	set, next := r.validators[1], r.validators[2]
	for i, h := range r.headers {
		if err := h.ValidateBasic(r.genesis.ChainID); err != nil {
			return fmt.Errorf("headers[%d]: %w", i, err)
		}
		if h.Height != r.block.Height+1+int64(i) || !h.LastBlockID.Equals(before) {
			return fmt.Errorf("headers[%d]: it does not follow", i)
		}
		if !bytes.Equal(h.ValidatorsHash, set.Hash()) {
			if i == 0 { // the state is made of this one, so that it must be signed
				return errors.New("next header: validators are not those of the ledger")
			}
			break // the set changes, and with it the order of proposers
		}
		if i == 0 && !bytes.Equal(h.NextValidatorsHash, next.Hash()) {
			return errors.New("next header: other validators come after it")
		}
		if err := set.VerifyCommitLight(r.genesis.ChainID, h.Commit.BlockID, h.Height, h.Commit); err != nil {
			return fmt.Errorf("headers[%d]: %w", i, err)
		}
		if turn := set.GetProposer().Address; h.Commit.Round == 0 && !bytes.Equal(turn, h.ProposerAddress) {
			return fmt.Errorf("headers[%d]: proposed by %s, it is the turn of %s", i, h.ProposerAddress, turn)
		}
		before = h.Commit.BlockID
		if set = set.CopyIncrementProposerPriority(1); i == 0 && bytes.Equal(next.Hash(), set.Hash()) {
			set = next
		}
	}
	return nil
}

// validatorsHash is the hash of a set of validators in the engine's headers.
func validatorsHash(validators []core.Validator) []byte {
	var members []*cmttypes.Validator
	for _, v := range validators {
		members = append(members, cmttypes.NewValidator(cmted25519.PubKey(v.ConsensusKey), int64(v.Power)))
	}
	return cmttypes.NewValidatorSet(members).Hash()
}

// write makes the databases.
func (r *restored) write(dir, backend string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, kind := range []string{Pebble, GoLevelDB} {
		for _, name := range Databases(kind) {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return fmt.Errorf("%s is there already in %s", name, dir)
			}
		}
	}
	dbs := &databases{dir: dir, kind: backend}
	defer func() { err = errors.Join(err, dbs.Close()) }()
	opened := make(map[string]*database)
	for _, name := range []string{stateDB, blocksDB, evidenceDB} {
		if opened[name], err = dbs.open(name); err != nil {
			return err
		}
	}
	states := cmtstate.NewStore(opened[stateDB], cmtstate.StoreOptions{DiscardABCIResponses: true})
	if err := states.Bootstrap(r.state()); err != nil {
		return err
	}
	blocks := cmtstore.NewBlockStore(opened[blocksDB])
	blocks.SaveBlockWithExtendedCommit(r.block, r.parts, r.commit)
	return errors.Join(
		r.window.writeValidators(opened[stateDB], &r.block.Header, r.params),
		r.window.writeHeaders(opened[blocksDB], &r.block.Header),
		r.writeDecided(opened[evidenceDB], states, blocks),
	)
}

// The engine's names for the databases that Restore fills.
const (
	stateDB    = "state"
	blocksDB   = "blockstore"
	evidenceDB = "evidence"
)

// state is the engine's state after the block.
func (r *restored) state() cmtstate.State {
	next := r.headers[0]
	return cmtstate.State{
		Version: cmtprotostate.Version{Consensus: next.Version, Software: cmtversion.TMCoreSemVer},
		ChainID: r.genesis.ChainID, InitialHeight: r.genesis.InitialHeight,
		LastBlockHeight: r.block.Height, LastBlockTime: r.block.Time, LastBlockID: next.LastBlockID,
		AppHash: next.AppHash, LastResultsHash: next.LastResultsHash,
		LastValidators: r.validators[0], Validators: r.validators[1], NextValidators: r.validators[2],
		LastHeightValidatorsChanged: r.block.Height + 2,
		ConsensusParams:             r.params, LastHeightConsensusParamsChanged: r.block.Height + 1,
	}
}
