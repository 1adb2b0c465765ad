package explorer

import (
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// The answers of GET /explorer/api/…; docs/reference/explorer.md lists the paths.

// Failure is the body of every answer that is no success.
type Failure struct {
	Error FailureDetail `json:"error"`
}

// FailureDetail says what is wrong with a request, and what would be right.
type FailureDetail struct {
	// Status is the HTTP status.
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// NetworkPage answers GET network.
type NetworkPage struct {
	Hello
	// Status is what lockstep_status answers.
	Status json.RawMessage `json:"status" ts:"NetworkStatus"`
	// Oldest is the oldest tick that this node keeps.
	Oldest uint64 `json:"oldest"`
}

// TickList answers GET ticks: the newest first.
type TickList struct {
	Ticks []TickBrief `json:"ticks"`
	// Oldest and Newest bound the ticks that this node keeps.
	Oldest uint64 `json:"oldest"`
	Newest uint64 `json:"newest"`
	// Before asks for the next page (?before=); missing at the end.
	Before uint64 `json:"before,omitempty"`
}

// TickBrief is a tick of a list, or a run of empty ones.
type TickBrief struct {
	Number uint64 `json:"number"`
	Time   uint64 `json:"time"`
	// Empty is the length of a run of empty ticks, of which number and time are the last one's; missing if the tick has content.
	Empty   uint64      `json:"empty,omitempty"`
	Entries uint64      `json:"entries"`
	Bundles uint64      `json:"bundles"`
	Lanes   []LaneCount `json:"lanes"`
}

// LaneCount is how many entries a tick added to a lane.
type LaneCount struct {
	Rollup core.RollupID `json:"rollup"`
	Count  uint64        `json:"count"`
}

// TickPage answers GET tick/{number}.
type TickPage struct {
	// Tick is what lockstep_getTick answers.
	Tick json.RawMessage `json:"tick" ts:"TickView"`
	// Bytes is the size of what was ordered.
	Bytes uint64 `json:"bytes"`
	// Seen is when this node learned of the tick; missing if it does not remember.
	Seen uint64 `json:"seen,omitempty"`
	// Previous and Next are the nearest ticks with content, as far as this node looks; missing if there is none.
	Previous uint64 `json:"previous,omitempty"`
	Next     uint64 `json:"next,omitempty"`
	// Votes are those of this tick's commit; missing if this node does not remember.
	Votes []TickVote `json:"votes,omitempty"`
	// Final: all that the tick ordered is attested, so that the answer does not change any more.
	Final bool `json:"final"`
}

// TickVote is whether the commit of a tick has a validator's vote.
type TickVote struct {
	Index   int            `json:"index"`
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
	Signed  bool           `json:"signed"`
}

// TransactionPage answers GET tx/{hash}.
type TransactionPage struct {
	// Status is what lockstep_getStatus answers, with receipts.
	Status json.RawMessage `json:"status" ts:"Status"`
	// Accepted is when this node took the transaction from a client; missing if it did not, or forgot.
	Accepted uint64 `json:"accepted,omitempty"`
	// Transactions are the ones of this hash, one for each rollup that ordered it.
	Transactions []DecodedTransaction `json:"transactions"`
	// Bundles are the bundles that it was a leg of.
	Bundles []common.Hash `json:"bundles"`
	// Final: the answer does not change any more.
	Final bool `json:"final"`
}

// DecodedTransaction is an ordered transaction.
type DecodedTransaction struct {
	Rollup core.RollupID `json:"rollup"`
	Hash   common.Hash   `json:"hash"`
	Kind   EntryKind     `json:"kind"`
	// Raw is what was ordered, byte for byte.
	Raw hexutil.Bytes `json:"raw"`
	// Evm is missing if the rollup is no EVM.
	Evm *EvmTransaction `json:"evm,omitempty"`
}

// EvmTransaction are the fields of an Ethereum transaction.
type EvmTransaction struct {
	// Type is 0 to 4 (EIP-2718).
	Type  uint8          `json:"type"`
	From  common.Address `json:"from"`
	Nonce uint64         `json:"nonce"`
	// To is missing if the transaction creates Created.
	To      *common.Address `json:"to,omitempty"`
	Created *common.Address `json:"created,omitempty"`
	// Value, MaxFeePerGas and MaxPriorityFeePerGas are in wei.
	Value                *hexutil.Big  `json:"value"`
	Gas                  uint64        `json:"gas"`
	MaxFeePerGas         *hexutil.Big  `json:"maxFeePerGas"`
	MaxPriorityFeePerGas *hexutil.Big  `json:"maxPriorityFeePerGas"`
	Input                hexutil.Bytes `json:"input"`
	// Protected: its access list names the Lockstep predeploy, so that it cannot be ordered outside of its bundle.
	Protected bool `json:"protected"`
}

// BundlePage answers GET bundle/{id}.
type BundlePage struct {
	// Status is what lockstep_getStatus answers, with receipts.
	Status json.RawMessage `json:"status" ts:"Status"`
	// Accepted is when this node took the bundle from a client; missing if it did not, or forgot.
	Accepted uint64 `json:"accepted,omitempty"`
	// Bundle is missing until it is ordered.
	Bundle *DecodedBundle `json:"bundle,omitempty"`
	// Final: the answer does not change any more.
	Final bool `json:"final"`
}

// DecodedBundle is an ordered bundle.
type DecodedBundle struct {
	ID        common.Hash    `json:"id"`
	Atomicity core.Atomicity `json:"atomicity"`
	// NotBefore and NotAfter bound the consensus time at which it may be ordered.
	NotBefore  uint64       `json:"notBefore"`
	NotAfter   uint64       `json:"notAfter"`
	Commitment common.Hash  `json:"commitment"`
	Legs       []DecodedLeg `json:"legs"`
}

// DecodedLeg is a leg of a bundle.
type DecodedLeg struct {
	DecodedTransaction
	MayRevert bool `json:"mayRevert"`
}

// RollupPage answers GET rollup/{id}.
type RollupPage struct {
	RollupInfo
	State RollupState `json:"state"`
	// LaneHead commits to everything that was ordered for the rollup.
	LaneHead common.Hash `json:"laneHead"`
	// GasLimit is that of a block, BaseFee that of the open one in wei; missing if the rollup is no EVM.
	GasLimit uint64       `json:"gasLimit,omitempty"`
	BaseFee  *hexutil.Big `json:"baseFee,omitempty"`
	// Safe is the newest sealed block that is attested; missing before the first.
	Safe *uint64 `json:"safe,omitempty"`
	// Blocks are the newest sealed ones, newest first.
	Blocks []BlockBrief `json:"blocks"`
	// Latest are the newest entries of the lane, newest first.
	Latest []LaneRow `json:"latest"`
}

// BlockBrief is a sealed block of a list.
type BlockBrief struct {
	Number       uint64      `json:"number"`
	Hash         common.Hash `json:"hash"`
	Time         uint64      `json:"time"`
	Transactions uint64      `json:"transactions"`
	GasUsed      uint64      `json:"gasUsed"`
	GasLimit     uint64      `json:"gasLimit"`
}

// LaneRow is a lane position with what became of it.
type LaneRow struct {
	EntryBrief
	Tick uint64 `json:"tick"`
	Time uint64 `json:"time"`
	// From is missing if the rollup is no EVM.
	From  *common.Address `json:"from,omitempty"`
	To    *common.Address `json:"to,omitempty"`
	Value *hexutil.Big    `json:"value,omitempty"`
	// Outcome is missing until the position is decided.
	Outcome  *core.OutcomeCode `json:"outcome,omitempty"`
	Reverted bool              `json:"reverted,omitempty"`
}

// BlockPage answers GET rollup/{id}/block/{number or hash}.
type BlockPage struct {
	Rollup core.RollupID `json:"rollup"`
	BlockBrief
	ParentHash common.Hash  `json:"parentHash"`
	StateRoot  common.Hash  `json:"stateRoot"`
	BaseFee    *hexutil.Big `json:"baseFee"`
	Size       uint64       `json:"size"`
	// NextTick is the first tick whose effects are not in the block: the one that sealed it.
	NextTick uint64 `json:"nextTick"`
	// Attested: the block is sealed and its seal is attested, so that it never changes.
	Attested bool `json:"attested"`
	// Txs are its transactions in order.
	Txs []BlockTransaction `json:"txs"`
}

// BlockTransaction is a transaction of a block.
type BlockTransaction struct {
	Index uint64          `json:"index"`
	Hash  common.Hash     `json:"hash"`
	Kind  EntryKind       `json:"kind"`
	From  common.Address  `json:"from"`
	To    *common.Address `json:"to,omitempty"`
	Value *hexutil.Big    `json:"value"`
}

// ValidatorList answers GET validators, ValidatorPage GET validator/{address}.
type ValidatorList struct {
	Validators []ValidatorPage `json:"validators"`
	TotalPower uint64          `json:"totalPower"`
	// Commits is over how many of the newest ticks shares are counted.
	Commits uint64 `json:"commits"`
}

// ValidatorPage is a validator with what its votes say.
type ValidatorPage struct {
	ValidatorInfo
	ConsensusKey hexutil.Bytes  `json:"consensusKey"`
	State        ValidatorState `json:"state"`
	// JailedAt is the tick that brought evidence of its double signing; missing if there is none.
	JailedAt uint64 `json:"jailedAt,omitempty"`
}

// ChangeList answers GET changes.
type ChangeList struct {
	// Next is the number that the next change must have.
	Next uint64 `json:"next"`
	// ProtocolVersion is the version of the rules that the network follows, ProtocolSince the first tick under them.
	ProtocolVersion uint64 `json:"protocolVersion"`
	ProtocolSince   uint64 `json:"protocolSince"`
	// TotalPower is that of the validators in force.
	TotalPower uint64 `json:"totalPower"`
	// Pending are all changes that wait, ascending.
	Pending []Change `json:"pending"`
	// Changes are those that are decided, the newest first.
	Changes []Change `json:"changes"`
	// Before asks for the next page (?before=); missing at the end.
	Before uint64 `json:"before,omitempty"`
}

// ChangeBrief is what lockstep_getControl answers of a change of the network.
type ChangeBrief struct {
	// Sequence is the change's number.
	Sequence uint64 `json:"sequence"`
	// Change says in words what it does.
	Change string      `json:"change"`
	State  ChangeState `json:"state"`
	// Effective is the tick at or after which it takes effect, 0 for at once; ordered the one that ordered it; decided the one
	// with which it took effect or was refused or given up, missing while it waits.
	Effective uint64 `json:"effective"`
	Ordered   uint64 `json:"ordered"`
	Decided   uint64 `json:"decided,omitempty"`
	// Cancelled is the number of the change that gave it up.
	Cancelled uint64 `json:"cancelled,omitempty"`
}

// Change is a change of the network with what the tick that ordered it says; that is missing if this node does not keep it.
type Change struct {
	ChangeBrief
	// Time is the consensus time of the tick that ordered it.
	Time    uint64         `json:"time,omitempty"`
	Signers []ChangeSigner `json:"signers"`
	// SignedPower is that of the signers by the validators in force now.
	SignedPower uint64 `json:"signedPower"`
}

// ChangeSigner has signed a change.
type ChangeSigner struct {
	Address common.Address `json:"address"`
	// Power is what it has now; missing for one that is no validator now, as operators of rollups who have to agree.
	Power uint64 `json:"power,omitempty"`
}

// AddressPage answers GET address/{address}: one account on all rollups.
type AddressPage struct {
	Address  common.Address `json:"address"`
	Accounts []AccountState `json:"accounts"`
	// Activity is the newest first, over all rollups; it holds what is attested.
	Activity []Activity `json:"activity"`
	// Before asks for the next page of activity (?before=); missing at the end.
	Before string `json:"before,omitempty"`
	// Since is the oldest tick from which on activity is kept.
	Since uint64 `json:"since"`
}

// AccountState is an account on one rollup, in its newest executed state.
type AccountState struct {
	Rollup  core.RollupID `json:"rollup"`
	Balance *hexutil.Big  `json:"balance"`
	Nonce   uint64        `json:"nonce"`
	// CodeSize is 0 for an account without code; CodeHash and DelegatedTo (EIP-7702) are missing then.
	CodeSize    uint64          `json:"codeSize"`
	CodeHash    *common.Hash    `json:"codeHash,omitempty"`
	DelegatedTo *common.Address `json:"delegatedTo,omitempty"`
}

// Activity is a transaction from or to an account, or a transfer of a token.
type Activity struct {
	// Type is "transaction" or "transfer" (of an ERC-20 or ERC-721 token).
	Type   ActivityType  `json:"type"`
	Rollup core.RollupID `json:"rollup"`
	Seq    uint64        `json:"seq"`
	Tick   uint64        `json:"tick"`
	Time   uint64        `json:"time"`
	TxHash common.Hash   `json:"txHash"`
	// Direction is "in", "out" or "self".
	Direction Direction       `json:"direction"`
	From      common.Address  `json:"from"`
	To        *common.Address `json:"to,omitempty"`
	// Value is in wei, or in the token's smallest unit, or the id of an ERC-721 token.
	Value *hexutil.Big `json:"value"`
	// Token is the contract of a transferred token.
	Token *common.Address `json:"token,omitempty"`
	// NFT: value is the id of an ERC-721 token.
	NFT      bool             `json:"nft,omitempty"`
	Outcome  core.OutcomeCode `json:"outcome"`
	Reverted bool             `json:"reverted,omitempty"`
	Bundle   *common.Hash     `json:"bundle,omitempty"`
}

// SearchPage answers GET search?q=: everything that the text may name, the likeliest first.
type SearchPage struct {
	Query string `json:"query"`
	Hits  []Hit  `json:"hits"`
}

// Hit is something that was searched for.
type Hit struct {
	Type HitType `json:"type"`
	// ID is the number, hash or address; Rollup is that of a block.
	ID     string        `json:"id"`
	Rollup core.RollupID `json:"rollup,omitempty"`
	// Label is a line for people.
	Label string `json:"label"`
}
