package gateway

import (
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// The answers of the lockstep namespace. Ticks, lane positions, times (ms since the Unix epoch), gas and counts are
// JSON numbers; hashes, bytes and addresses are 0x hex strings; levels, outcomes and kinds are names.

// CancelReceipt answers lockstep_cancelBundle.
type CancelReceipt struct {
	// BundleID is the bundle that left this node's pool; missing if none waited here under this signer and uuid, or if
	// somebody else has sent it too. Lower nonces are blocked in any case.
	BundleID *common.Hash `json:"bundleId,omitempty"`
}

// BundleReceipt answers lockstep_sendBundle and lockstep_replaceBundle.
type BundleReceipt struct {
	BundleID common.Hash `json:"bundleId"`
	// AcceptedBy is who keeps the bundle. If it is not safe it may be lost with this node: ask for its status, or send it to another one.
	AcceptedBy *Acceptance `json:"acceptedBy,omitempty"`
}

// Status answers lockstep_getStatus and lockstep_waitFor.
type Status struct {
	ID common.Hash `json:"id"`
	// Kind is "transaction", "bundle", "commitment" of a bundle that was prepared or of which a leg is parked, or "unknown" if
	// this node has never heard of the id.
	Kind string `json:"kind"`
	// Level is the highest over all attempts; "accepted" while the entry only waits in this node's pool.
	Level core.Level `json:"level"`
	// Parked says what a protected transaction that came alone waits for, or what became of a prepared bundle if the id is a
	// commitment. This node alone knows it.
	Parked *ParkingView `json:"parked,omitempty"`
	// AcceptedBy is, while the entry only waits, which validators say that they keep it. lockstep_waitFor does not ask.
	AcceptedBy *Acceptance `json:"acceptedBy,omitempty"`
	// Dropped says why the entry left this node's pool without being ordered.
	Dropped *ErrorView `json:"dropped,omitempty"`
	// Attempts are all places at which the entry was ordered, ascending by tick.
	Attempts []Attempt `json:"attempts"`
}

// ErrorView is an error of this API as part of an answer.
type ErrorView struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Attempt is one place in the order: of a transaction, of a bundle, or of a leg.
type Attempt struct {
	// Rollup and Seq are the lane position; a bundle as a whole has none.
	Rollup *core.RollupID `json:"rollup,omitempty"`
	Seq    *uint64        `json:"seq,omitempty"`
	TxHash *common.Hash   `json:"txHash,omitempty"`
	Tick   uint64         `json:"tick"`
	// TickTime is the consensus time of Tick.
	TickTime uint64     `json:"tickTime"`
	Level    core.Level `json:"level"`
	// Times say when the place reached its levels, as far as this node remembers.
	Times *LevelTimes `json:"times,omitempty"`
	// Atomicity is a bundle's: "inclusion" says that its legs were ordered together and nothing more, so that one may have taken effect
	// without the others.
	Atomicity core.Atomicity `json:"atomicity,omitempty"`
	// Outcome is missing until the place is decided. That of a bundle is the failing leg's, or "included"; an inclusion
	// bundle whose legs have different outcomes has none.
	Outcome *core.OutcomeCode `json:"outcome,omitempty"`
	// DecidedTick is the tick that decided it.
	DecidedTick uint64 `json:"decidedTick,omitempty"`
	Reason      string `json:"reason,omitempty"`
	// BundleID is the bundle that a transaction was a leg of at this place.
	BundleID *common.Hash `json:"bundleId,omitempty"`
	// FailingLeg is the index of the leg that voided the bundle.
	FailingLeg *int `json:"failingLeg,omitempty"`
	// Block, TxIndex, Reverted and GasUsed are those of an included transaction.
	Block    *uint64 `json:"blockNumber,omitempty"`
	TxIndex  *uint64 `json:"txIndex,omitempty"`
	Reverted *bool   `json:"reverted,omitempty"`
	GasUsed  *uint64 `json:"gasUsed,omitempty"`
	// Reported is what the operator of a chain that the network does not execute says became of the place. Level, outcome, blockNumber and
	// decidedTick are its claim then.
	Reported *ReportedView `json:"reported,omitempty"`
	// PreConfirmed: the operator's stream says that the transaction will be in block blockNumber. It may be taken back until a report is
	// there.
	PreConfirmed bool `json:"preConfirmed,omitempty"`
	// Receipt is what eth_getTransactionReceipt of the rollup answers.
	Receipt json.RawMessage `json:"receipt,omitempty"`
	// Legs are the places of a bundle's legs, in the bundle's order.
	Legs []Attempt `json:"legs,omitempty"`
}

// LevelTimes are times of this node's clock in ms since the Unix epoch, kept for the newest ticks since its start only; the
// consensus time of the order is TickTime. Levels that are not reached, or not remembered, are missing.
type LevelTimes struct {
	Ordered  uint64 `json:"ordered,omitempty"`
	Executed uint64 `json:"executed,omitempty"`
	Attested uint64 `json:"attested,omitempty"`
}

// SimulationView answers lockstep_simulateBundle.
type SimulationView struct {
	BundleID common.Hash `json:"bundleId"`
	// OK: the bundle would take effect on this state.
	OK bool `json:"ok"`
	// Tick is the executed tick on whose state the bundle ran.
	Tick uint64 `json:"tick"`
	// Rule says which rule of ordering refuses the bundle as it is now.
	Rule *ErrorView `json:"rule,omitempty"`
	// Code is that of the failing leg, or "included".
	Code       core.OutcomeCode   `json:"code"`
	FailingLeg *int               `json:"failingLeg,omitempty"`
	Reason     string             `json:"reason,omitempty"`
	Legs       []SimulatedLegView `json:"legs"`
	// Assertions are those that were checked after the last leg, in the order made, also those that hold. There are none if
	// the bundle failed before, or has atomicity inclusion.
	Assertions []AssertionView `json:"assertions"`
}

// AssertionView is what a leg asserted about a storage slot, and what was found there after the last leg.
type AssertionView struct {
	// Leg is the index of the leg that asserted.
	Leg int `json:"leg"`
	// ChainID is as it was stated: a rollup of the bundle's zone, or the assertion fails.
	ChainID  *hexutil.Big   `json:"chainId"`
	Account  common.Address `json:"account"`
	Slot     common.Hash    `json:"slot"`
	Expected common.Hash    `json:"expected"`
	// Found is zero also where nothing can be read, as Reason says then.
	Found common.Hash `json:"found"`
	OK    bool        `json:"ok"`
	// Reason explains an assertion that does not hold.
	Reason string `json:"reason,omitempty"`
}

// SimulatedLegView is what would become of a leg.
type SimulatedLegView struct {
	Rollup core.RollupID `json:"rollup"`
	TxHash common.Hash   `json:"txHash"`
	// Status is "success", "reverted", "void" or "notExecuted".
	Status string `json:"status"`
	// Code is missing if the leg was not executed.
	Code    *core.OutcomeCode `json:"code,omitempty"`
	GasUsed uint64            `json:"gasUsed"`
	// ReturnData is the call's output, or the revert data.
	ReturnData hexutil.Bytes `json:"returnData"`
	// RevertReason is the decoded revert data of a reverted leg, Reason explains a void one.
	RevertReason string           `json:"revertReason,omitempty"`
	Reason       string           `json:"reason,omitempty"`
	Logs         []*gethtypes.Log `json:"logs"`
}

// NetworkStatus answers lockstep_status.
type NetworkStatus struct {
	NetworkID common.Hash `json:"networkId"`
	Name      string      `json:"name"`
	// ChainID is the chain id of the ordering engine.
	ChainID         string `json:"chainId"`
	Version         string `json:"version"`
	ProtocolVersion uint64 `json:"protocolVersion"`
	// Predeploy is what protected transactions name in their access lists.
	Predeploy PredeployView `json:"predeploy"`
	Head      HeadView      `json:"head"`
	// Checkpoint is the newest complete one; missing before the first.
	Checkpoint *CheckpointHead `json:"checkpoint,omitempty"`
	Validators []ValidatorView `json:"validators"`
	Zones      []ZoneView      `json:"zones"`
	Rollups    []RollupView    `json:"rollups"`
	Pool       PoolStats       `json:"pool"`
}

// PredeployView is Lockstep's system contract, the same on every `evm` rollup.
type PredeployView struct {
	Address common.Address `json:"address"`
	// Marker is the storage slot that must be warm for assertions.
	Marker common.Hash `json:"marker"`
}

// HeadView is the newest tick.
type HeadView struct {
	Tick uint64 `json:"tick"`
	Time uint64 `json:"time"`
}

// CheckpointHead names a complete checkpoint.
type CheckpointHead struct {
	Slot   uint64      `json:"slot"`
	Tick   uint64      `json:"tick"`
	Time   uint64      `json:"time"`
	Digest common.Hash `json:"digest"`
}

// CheckpointView is a complete checkpoint with everything that it takes to verify it.
type CheckpointView struct {
	NetworkID common.Hash `json:"networkId"`
	// Slot is the slot whose first tick the checkpoint is of.
	Slot uint64 `json:"slot"`
	Tick uint64 `json:"tick"`
	// Time is the tick's consensus time.
	Time uint64 `json:"time"`
	// LedgerRoot is the root of the ledger after the tick.
	LedgerRoot common.Hash `json:"ledgerRoot"`
	// Results are the zones' newest attested results after the tick.
	Results []CheckpointResult `json:"results"`
	// ValidatorSet is the hash of nextSigners; it is part of what is signed.
	ValidatorSet common.Hash `json:"validatorSet"`
	// Digest is the EIP-712 hash of typedData.
	Digest common.Hash `json:"digest"`
	// Signatures are over the digest, ascending by address.
	Signatures []SignatureView `json:"signatures"`
	// SignedPower is the sum of their powers, more than 2/3 of totalPower.
	SignedPower uint64 `json:"signedPower"`
	TotalPower  uint64 `json:"totalPower"`
	// Signers had to sign: the set that the complete checkpoint before named, or that of the genesis.
	Signers []SetMemberView `json:"signers"`
	// NextSigners sign the checkpoints after this one.
	NextSigners []SetMemberView `json:"nextSigners"`
	// TypedData is what was signed, as eth_signTypedData_v4 and `cast wallet verify --data` take it.
	TypedData json.RawMessage `json:"typedData"`
}

// CheckpointResult is a zone's newest attested result; tick 0 before the first.
type CheckpointResult struct {
	Zone   core.ZoneID `json:"zone"`
	Tick   uint64      `json:"tick"`
	Digest common.Hash `json:"digest"`
}

// SignatureView is a validator's signature over a checkpoint.
type SignatureView struct {
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
	// Signature is R ‖ S ‖ V, 65 bytes, V 27 or 28.
	Signature hexutil.Bytes `json:"signature"`
}

// SetMemberView is a validator as checkpoints know it.
type SetMemberView struct {
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
}

// ValidatorView is a member of the ordering quorum.
type ValidatorView struct {
	ConsensusKey hexutil.Bytes  `json:"consensusKey"`
	Address      common.Address `json:"address"`
	Power        uint64         `json:"power"`
}

// ZoneView is how far a zone is.
type ZoneView struct {
	ID      core.ZoneID     `json:"id"`
	Rollups []core.RollupID `json:"rollups"`
	// Executed is this node's newest executed tick; missing if it does not execute the zone.
	Executed *uint64 `json:"executed,omitempty"`
	// Stopped says why this node does not execute the zone any more.
	Stopped string `json:"stopped,omitempty"`
	// Attested is the newest tick whose results are attested.
	Attested       uint64      `json:"attested"`
	AttestedDigest common.Hash `json:"attestedDigest"`
}

// RollupView is a rollup of the registry and how far its lane is.
type RollupView struct {
	ID   core.RollupID   `json:"id"`
	Name string          `json:"name"`
	Kind core.RollupKind `json:"kind"`
	Zone core.ZoneID     `json:"zone,omitempty"`
	// NextSeq and LaneHead are the lane after the newest tick.
	NextSeq  uint64      `json:"nextSeq"`
	LaneHead common.Hash `json:"laneHead"`
	// FirstUnapplied, SealedBlock and SealedHash are missing if this node does not execute the rollup.
	FirstUnapplied *uint64      `json:"firstUnapplied,omitempty"`
	SealedBlock    *uint64      `json:"sealedBlock,omitempty"`
	SealedHash     *common.Hash `json:"sealedHash,omitempty"`
	// RPC is the path of the rollup's Ethereum JSON-RPC; missing if this node does not serve it.
	RPC string `json:"rpc,omitempty"`
	// Retired: the validators have ended its order.
	Retired bool `json:"retired,omitempty"`
}

// TickView answers lockstep_getTick.
type TickView struct {
	Number uint64 `json:"number"`
	Time   uint64 `json:"time"`
	// Lanes are the lanes that the tick moved, with their positions in execution order.
	Lanes    []LaneView   `json:"lanes"`
	Bundles  []BundleView `json:"bundles"`
	Sections []Section    `json:"sections"`
	// Attested are the results that became attested with this tick.
	Attested []AttestedView `json:"attested"`
}

// LaneView is what a tick added to a lane.
type LaneView struct {
	Rollup   core.RollupID `json:"rollup"`
	FirstSeq uint64        `json:"firstSeq"`
	Count    uint64        `json:"count"`
	Root     common.Hash   `json:"root"`
	Head     common.Hash   `json:"head"`
	// Positions are the lane's new positions with their fates.
	Positions []Attempt `json:"positions"`
}

// BundleView is a bundle of a tick.
type BundleView struct {
	ID         common.Hash    `json:"id"`
	Atomicity  core.Atomicity `json:"atomicity"`
	NotBefore  uint64         `json:"notBefore"`
	NotAfter   uint64         `json:"notAfter"`
	Commitment common.Hash    `json:"commitment"`
	Legs       []LegView      `json:"legs"`
}

// LegView is a leg of a bundle.
type LegView struct {
	Rollup    core.RollupID `json:"rollup"`
	TxHash    common.Hash   `json:"txHash"`
	MayRevert bool          `json:"mayRevert"`
}

// Section lists the single transactions that a tick ordered for a rollup.
type Section struct {
	Rollup core.RollupID `json:"rollup"`
	Txs    []common.Hash `json:"txs"`
}

// AttestedView is a zone's result that became attested.
type AttestedView struct {
	Zone   core.ZoneID `json:"zone"`
	Tick   uint64      `json:"tick"`
	Digest common.Hash `json:"digest"`
}

func attestedViews(rows []core.Attested) []AttestedView {
	views := make([]AttestedView, len(rows))
	for i, a := range rows {
		views[i] = AttestedView{a.Zone, a.Tick, a.Digest}
	}
	return views
}
