package gateway

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// What the gateway itself refuses, and what package node translates the pool's refusals to. Errors of package core are
// understood as they are.
var (
	// ErrUnknownField, ErrMissingField and ErrBadValue: a parameter is not what the method takes.
	ErrUnknownField = errors.New("gateway: unknown field")
	ErrMissingField = errors.New("gateway: missing field")
	ErrBadValue     = errors.New("gateway: invalid value")
	// ErrUnknownTick: the tick is not in the log (yet).
	ErrUnknownTick = errors.New("gateway: unknown tick")
	// ErrUnknownCheckpoint: there is no complete checkpoint of the slot, or this node does not keep it any more.
	ErrUnknownCheckpoint = errors.New("gateway: unknown checkpoint")
	// ErrNotCovered: what is to be proven is not in a complete checkpoint yet; it will be.
	ErrNotCovered = errors.New("gateway: not covered by a complete checkpoint yet")
	// ErrNotOrdered: there is nothing at this place of the order (yet).
	ErrNotOrdered = errors.New("gateway: not in the order")

	// Why the pool refuses a transaction or a leg, in go-ethereum's words.
	ErrBadSignature      = errors.New("gateway: invalid sender")
	ErrNonceTooLow       = errors.New("gateway: nonce too low")
	ErrNonceTooHigh      = errors.New("gateway: nonce too high")
	ErrInsufficientFunds = errors.New("gateway: insufficient funds for gas * price + value")
	ErrFeeTooLow         = errors.New("gateway: max fee per gas less than block base fee")
	ErrTipAboveFeeCap    = errors.New("gateway: max priority fee per gas higher than max fee per gas")
	ErrIntrinsicGas      = errors.New("gateway: intrinsic gas too low")
	ErrUnderpriced       = errors.New("gateway: transaction underpriced")
	ErrReplacement       = errors.New("gateway: replacement transaction underpriced")
	ErrAlreadyKnown      = errors.New("gateway: already known")
	ErrSenderNotEOA      = errors.New("gateway: sender not an eoa")
	ErrInitCodeTooLarge  = errors.New("gateway: max initcode size exceeded")
	ErrNonceMax          = errors.New("gateway: nonce has max value")
	ErrFeeCapVeryHigh    = errors.New("gateway: max fee per gas higher than 2^256-1")
	ErrTipVeryHigh       = errors.New("gateway: max priority fee per gas higher than 2^256-1")
	ErrFloorDataGas      = errors.New("gateway: insufficient gas for floor data gas cost")
	ErrGasOverflow       = errors.New("gateway: gas uint64 overflow")
	ErrAccountLimit      = errors.New("gateway: account limit exceeded")
	// Go-ethereum's rules for delegated accounts and authorizations (EIP-7702).
	ErrEmptyAuthList     = errors.New("gateway: set code tx must have at least one authorization tuple")
	ErrInflightTxLimit   = errors.New("gateway: in-flight transaction limit reached for delegated accounts")
	ErrDelegatedGap      = errors.New("gateway: gapped-nonce tx from delegated accounts")
	ErrAuthorityReserved = errors.New("gateway: authority already reserved")
	// ErrUnsupported: the entry is well formed, but this build does not take it.
	ErrUnsupported = errors.New("gateway: not supported")
	// ErrCommitment: the bundle's commitment is not the one of its legs.
	ErrCommitment = errors.New("gateway: commitment does not match the legs")
	// ErrLegNonces: the legs of one sender do not have consecutive nonces in the bundle's order.
	ErrLegNonces = errors.New("gateway: legs of one sender need consecutive nonces")
	// ErrCancelled, ErrReplacementNonce and ErrAlreadyOrdered: why a replaceable bundle left the pool, or its replacement is
	// refused.
	ErrCancelled        = errors.New("gateway: cancelled by its signer")
	ErrReplacementNonce = errors.New("gateway: nonce of the replacement is too low")
	ErrAlreadyOrdered   = errors.New("gateway: already ordered")
	// ErrBundleSignature: the signature of a request's body is missing or wrong.
	ErrBundleSignature = errors.New("gateway: invalid signature of the request")
	// ErrReplaced and ErrWaitedTooLong: why an entry left the pool without being ordered.
	ErrReplaced      = errors.New("gateway: replaced by its sender")
	ErrWaitedTooLong = errors.New("gateway: waited too long")
	// ErrSkeleton and ErrParkedTooLong: why a protected transaction that came alone is not parked, or not any more.
	ErrSkeleton      = errors.New("gateway: not a leg of the prepared bundle")
	ErrParkedTooLong = errors.New("gateway: its bundle was not complete in time")
	// ErrParentTickAhead: parentTick is too many ticks after the newest one.
	ErrParentTickAhead = errors.New("gateway: parentTick is too far ahead")
	// ErrVoid: a transaction was ordered and had no effect, for a reason without an error of its own.
	ErrVoid = errors.New("gateway: transaction had no effect")

	// ErrPoolFull: the pool has no room, in all or for this sender or rollup.
	ErrPoolFull = errors.New("gateway: pool is full")
	// ErrBusy: a limit of this gateway is reached; try again.
	ErrBusy = errors.New("gateway: too many requests of this kind at once")
	// ErrQuota: too many of this client's bundles are under way or had no effect; the detail says when to try again.
	ErrQuota = errors.New("gateway: too many of this client's bundles")
	// ErrLimit: the request goes beyond a limit of this gateway, which the field names.
	ErrLimit = errors.New("gateway: limit exceeded")
	// ErrSlowConsumer: a subscriber did not read fast enough and was dropped.
	ErrSlowConsumer = errors.New("gateway: subscriber is too slow")
	// ErrTimeout: the time for this request is over.
	ErrTimeout = errors.New("gateway: request timed out")
	// ErrBehind: this node has not executed as much as the network, or as the client has seen elsewhere.
	ErrBehind = errors.New("gateway: this gateway is behind")
	// ErrNoUpstream: a gateway alone has nobody to forward to now.
	ErrNoUpstream = errors.New("gateway: no gateway behind this one is ready")
	// ErrUpstreamLost: the gateway to which a submission was forwarded went away before it answered.
	ErrUpstreamLost = errors.New("gateway: the gateway behind this one went away")
	// ErrFewHold: an entry is in this node's pool, and validators with no more than a third of the power say that they keep it.
	ErrFewHold = errors.New("gateway: too few validators keep the entry")
	// ErrNotServed: this node does not execute the rollup's zone, or the zone has stopped.
	ErrNotServed = errors.New("gateway: not served by this node")
	// ErrExecution: the execution client of a chain that the network does not execute gives no answer.
	ErrExecution = errors.New("gateway: execution client does not answer")
	// ErrHTTP: the HTTP request is none that the gateway answers.
	ErrHTTP = errors.New("gateway: invalid HTTP request")

	// ErrUnknownIntent: the order is not in this node's book: it never came here, is forgotten, or the node has restarted since.
	ErrUnknownIntent = errors.New("gateway: unknown intent")
	// ErrIntentState: the order is not in a state in which this can be done: a winner is under way, or it is over.
	ErrIntentState = errors.New("gateway: intent is in another state")
	// ErrIntentOrder: the order is not one that this network settles in one bundle.
	ErrIntentOrder = errors.New("gateway: intent cannot be settled here")
	// ErrIntentDeadline: a deadline of the order has passed or is too near.
	ErrIntentDeadline = errors.New("gateway: deadline of the intent")
	// ErrIntentSignature: the signature is not the user's.
	ErrIntentSignature = errors.New("gateway: signature of the intent")
	// ErrIntentNonce: the order's nonce is used, or the order was opened or cancelled on chain.
	ErrIntentNonce = errors.New("gateway: intent is used on chain")
	// ErrIntentFunds: the user has too little of the input, or has not allowed it to be taken.
	ErrIntentFunds = errors.New("gateway: input of the intent")
	// ErrSolutionFails: the bundle would be void.
	ErrSolutionFails = errors.New("gateway: solution fails")
	// ErrSolution: the bundle takes effect, and does not fill and claim the order.
	ErrSolution = errors.New("gateway: no solution of this intent")
	// ErrSolutionQuota: too many of this client's orders and solutions failed.
	ErrSolutionQuota = errors.New("gateway: too many of this client's orders and solutions failed")
	// ErrOutbid: there are as many solutions as may be, and all of them are better.
	ErrOutbid = errors.New("gateway: better solutions are there")

	// ErrPortInUse: another program listens on the configured address.
	ErrPortInUse = errors.New("gateway: port is in use")
	// ErrWiring: New or Mount was called with parts that do not fit together.
	ErrWiring = errors.New("gateway: wiring")
)

// Codes outside the table. Ethereum's methods answer what go-ethereum answers.
const (
	codeEthDefault  = -32000 // go-ethereum's code for every refused transaction
	codeEthInternal = -32603
	codeInternal    = 47000
	// CodeMethodNotFound and CodeInvalidParams are JSON-RPC's, CodeSyncTimeout is EIP-7966's, for servers that are mounted.
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
	CodeSyncTimeout    = 4
	// codeLimitExceeded is EIP-1474's, the same for both namespaces.
	codeLimitExceeded = -32005
)

// errorRow is what clients see of a sentinel.
type errorRow struct {
	err    error
	code   int    // in the lockstep namespace; docs/adr/0001-rpc-error-codes.md
	reason string // stable name in error.data.reason
	text   string // message; for transactions go-ethereum's words, because wallets match them
}

// errorTable is the only place that knows codes. Numbers never move and are never reused.
var errorTable = []errorRow{
	// Wallets and libraries know this one, from EIP-1474, and try again later.
	{ErrLimit, codeLimitExceeded, "limitExceeded", "limit exceeded"},

	{ErrUnknownField, 47100, "unknownField", "unknown field"},
	{ErrMissingField, 47101, "missingField", "missing field"},
	{ErrBadValue, 47102, "badValue", "invalid value"},
	{ErrHTTP, 47103, "http", "invalid HTTP request"},

	{core.ErrUnknownRollup, 47200, "unknownRollup", "unknown rollup"},
	{ErrUnknownTick, 47201, "unknownTick", "unknown tick"},
	{ErrUnknownCheckpoint, 47202, "unknownCheckpoint", "unknown checkpoint"},
	{ErrNotCovered, 47203, "notCovered", "not covered by a complete checkpoint yet"},
	{ErrNotOrdered, 47204, "notOrdered", "not in the order"},

	{core.ErrTooLarge, 47301, "tooLarge", "oversized data"},
	{core.ErrEmpty, 47302, "empty", "empty data"},
	{core.ErrTxType, 47303, "txType", "transaction type not supported"},
	{core.ErrNoChainID, 47304, "noChainId", "only replay-protected (EIP-155) transactions allowed over RPC"},
	{core.ErrWrongChainID, 47305, "wrongChainId", "invalid chain id for signer"},
	{core.ErrGasAboveCap, 47306, "gasAboveCap", "transaction gas limit too high"},
	{core.ErrProtectedAlone, 47307, "protectedAlone", "a transaction whose access list names the Lockstep predeploy may only be a leg of an execution bundle"},
	{ErrBadSignature, 47308, "badSignature", "invalid sender"},
	{ErrNonceTooLow, 47309, "nonceTooLow", "nonce too low"},
	{ErrNonceTooHigh, 47310, "nonceTooHigh", "nonce too high"},
	{ErrInsufficientFunds, 47311, "insufficientFunds", "insufficient funds for gas * price + value"},
	{ErrFeeTooLow, 47312, "feeTooLow", "max fee per gas less than block base fee"},
	{ErrTipAboveFeeCap, 47313, "tipAboveFeeCap", "max priority fee per gas higher than max fee per gas"},
	{ErrIntrinsicGas, 47314, "intrinsicGas", "intrinsic gas too low"},
	{ErrUnderpriced, 47315, "underpriced", "transaction underpriced"},
	{ErrReplacement, 47316, "replacementUnderpriced", "replacement transaction underpriced"},
	{ErrAlreadyKnown, 47317, "alreadyKnown", "already known"},
	{ErrSenderNotEOA, 47318, "senderNotEOA", "sender not an eoa"},
	{ErrInitCodeTooLarge, 47319, "initCodeTooLarge", "max initcode size exceeded"},
	{ErrUnsupported, 47320, "unsupported", "not supported"},
	{ErrVoid, 47321, "void", "transaction had no effect"},
	{ErrNonceMax, 47322, "nonceMax", "nonce has max value"},
	{ErrFeeCapVeryHigh, 47323, "feeCapVeryHigh", "max fee per gas higher than 2^256-1"},
	{ErrTipVeryHigh, 47324, "tipVeryHigh", "max priority fee per gas higher than 2^256-1"},
	{ErrFloorDataGas, 47325, "floorDataGas", "insufficient gas for floor data gas cost"},
	{ErrGasOverflow, 47326, "gasOverflow", "gas uint64 overflow"},
	{ErrReplaced, 47327, "replaced", "replaced by its sender"},
	{ErrWaitedTooLong, 47328, "waitedTooLong", "waited too long for an earlier nonce or a lower base fee"},

	{ErrEmptyAuthList, 47329, "emptyAuthList", "set code tx must have at least one authorization tuple"},
	{ErrInflightTxLimit, 47330, "inflightTxLimit", "in-flight transaction limit reached for delegated accounts"},
	{ErrDelegatedGap, 47331, "delegatedGap", "gapped-nonce tx from delegated accounts"},
	{ErrAuthorityReserved, 47332, "authorityReserved", "authority already reserved"},

	{core.ErrNoLegs, 47400, "noLegs", "bundle without legs"},
	{core.ErrTooManyLegs, 47401, "tooManyLegs", "too many legs"},
	{core.ErrDuplicateLeg, 47402, "duplicateLeg", "the same transaction is a leg twice"},
	{core.ErrAtomicity, 47403, "atomicity", "unknown atomicity"},
	{core.ErrNoCommonZone, 47404, "noCommonZone", "the legs of an execution bundle must be on evm rollups of one zone"},
	{core.ErrParentTick, 47405, "parentTick", "only an execution bundle may have a parentTick"},
	{core.ErrBid, 47406, "bid", "bid is reserved and must be zero"},
	{core.ErrWindowInverted, 47407, "windowInverted", "notBefore is after notAfter"},
	{core.ErrExpired, 47408, "expired", "bundle has expired"},
	{core.ErrTooEarly, 47409, "tooEarly", "bundle is too early"},
	{core.ErrWindowTooLong, 47410, "windowTooLong", "notAfter is too far away"},
	{core.ErrProtectedKeys, 47411, "protectedKeys", "storage keys under the Lockstep predeploy must be the marker or the bundle's non-zero commitment"},
	{ErrCommitment, 47412, "commitment", "commitment does not match the legs"},

	{ErrLegNonces, 47413, "legNonces", "legs of one sender need consecutive nonces in the bundle's order"},

	{ErrCancelled, 47414, "cancelled", "cancelled by its signer"},
	{ErrReplacementNonce, 47415, "replacementNonce", "the nonce must be above every one seen under this signer and uuid"},
	{ErrAlreadyOrdered, 47416, "alreadyOrdered", "a bundle that is ordered cannot be replaced or cancelled"},
	{core.ErrReplacementSignature, 47417, "replacementSignature", "invalid signature of a replacement or cancellation"},

	{core.ErrNoOperator, 47600, "noOperator", "no operator of this rollup is registered"},
	{core.ErrOperatorSignature, 47601, "operatorSignature", "not signed by the rollup's operator"},
	{core.ErrChainOrder, 47602, "chainOrder", "block does not follow the one before"},
	{core.ErrReport, 47603, "report", "report does not fit the lane"},

	{ErrSkeleton, 47418, "skeleton", "the transaction names the commitment of a prepared bundle and is none of its legs"},
	{ErrParkedTooLong, 47419, "parkedTooLong", "the bundle of this leg was not complete in time"},
	{ErrBundleSignature, 47420, "bundleSignature", "missing or invalid signature of the request"},
	{core.ErrParentTickPassed, 47421, "parentTickPassed", "the tick after parentTick, the only one that could hold the bundle, has passed"},
	{ErrParentTickAhead, 47422, "parentTickAhead", "parentTick is too far ahead"},

	{ErrUnknownIntent, 47700, "unknownIntent", "this node's book has no such order: it came to another node, is over for long, or this node has restarted since"},
	{ErrIntentState, 47701, "intentState", "the order is in another state"},
	{ErrIntentOrder, 47702, "intentOrder", "the order cannot be settled in one bundle here"},
	{ErrIntentDeadline, 47703, "intentDeadline", "the order's deadline has passed"},
	{ErrIntentSignature, 47704, "intentSignature", "not signed by the order's user"},
	{ErrIntentNonce, 47705, "intentNonce", "the order was used or cancelled on chain"},
	{ErrIntentFunds, 47706, "intentFunds", "the user's input cannot be taken"},
	{ErrSolutionFails, 47707, "solutionFails", "the solution would have no effect"},
	{ErrSolution, 47708, "solution", "the bundle does not fill and claim the order"},
	{ErrSolutionQuota, 47709, "solutionQuota", "too many of this client's orders and solutions failed"},
	{ErrOutbid, 47710, "outbid", "the book has room for better solutions only"},

	{core.ErrRetired, 47205, "retired", "the rollup is retired"},

	{core.ErrControl, 47800, "control", "the network cannot be changed so"},
	{core.ErrControlSignature, 47801, "controlSignature", "invalid signature of a control entry"},
	{core.ErrControlQuorum, 47802, "controlQuorum", "too few validators have signed"},

	{ErrPoolFull, 47500, "poolFull", "txpool is full"},
	{ErrBusy, 47501, "busy", "too many requests of this kind at once"},
	{ErrSlowConsumer, 47502, "slowConsumer", "subscriber is too slow"},
	{ErrTimeout, 47503, "timeout", "request timed out"},
	{ErrNotServed, 47504, "notServed", "not served by this node"},
	{ErrAccountLimit, 47505, "accountLimit", "account limit exceeded"},
	{ErrBehind, 47507, "behind", "this gateway is behind"},
	{ErrNoUpstream, 47508, "noUpstream", "no gateway behind this one is ready"},
	{ErrUpstreamLost, 47509, "upstreamLost", "the gateway behind this one went away before it answered; what was sent may have been accepted: ask for its status, or send it again"},
	{ErrQuota, 47506, "bundleQuota", "too many of this client's bundles are under way or had no effect"},

	{ErrExecution, 47510, "execution", "the chain's execution client does not answer"},
	{ErrFewHold, 47511, "fewHold", "accepted by this gateway, and by too few validators to be safe if it is lost: it may still be included; ask lockstep_getStatus, or send the same again"},

	// Last, because a malformed transaction is also wrapped by more telling errors.
	{core.ErrMalformed, 47300, "malformed", "malformed encoding"},
}

// voidErrors maps outcomes that a transaction's sender can do something about to errors; all others are ErrVoid.
var voidErrors = map[core.OutcomeCode]error{
	core.VoidBadSignature: ErrBadSignature, core.VoidNonceTooLow: ErrNonceTooLow, core.VoidNonceTooHigh: ErrNonceTooHigh,
	core.VoidInsufficientFunds: ErrInsufficientFunds, core.VoidFeeCapTooLow: ErrFeeTooLow,
	core.VoidTipAboveFeeCap: ErrTipAboveFeeCap, core.VoidIntrinsicGas: ErrIntrinsicGas, core.VoidNonceMax: ErrNonceMax,
	core.VoidFloorDataGas: ErrFloorDataGas, core.VoidGasOverflow: ErrGasOverflow, core.VoidFeeOverflow: ErrFeeCapVeryHigh,
	core.VoidGasAboveCap: core.ErrGasAboveCap, core.VoidInitCodeTooLarge: ErrInitCodeTooLarge,
	core.VoidSenderNotEOA: ErrSenderNotEOA, core.VoidTxType: core.ErrTxType, core.VoidAuthorizations: ErrEmptyAuthList, core.VoidCommitment: ErrCommitment,
}

// Refusal is a verdict on the caller's input: what is wrong, where, and what was wanted. The pool's adapter returns it
// for what the pool refuses.
type Refusal struct {
	// Cause is, or wraps, an error with a row in the table of this file.
	Cause error
	// Field is the path of the offending field, such as "legs[1].tx" or "notAfter"; may be empty.
	Field string
	// Have and Want are the value given and the value or range expected; may be empty.
	Have, Want string
	// Detail follows the message, in go-ethereum's words where there are any ("next nonce 5, tx nonce 3"); may be empty.
	Detail string
	// Entry is the transaction or bundle that was taken in nevertheless; zero if there is none.
	Entry common.Hash
}

// Error is the text for logs.
func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Field != "" {
		b.WriteString(r.Field + ": ")
	}
	b.WriteString(r.Cause.Error())
	if detail := r.detail(); detail != "" {
		b.WriteString(": " + detail)
	}
	return b.String()
}

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// detail is Detail, or have and want in words.
func (r *Refusal) detail() string {
	switch {
	case r.Detail != "" || r.Have == "" && r.Want == "":
		return r.Detail
	case r.Want == "":
		return "have " + r.Have
	case r.Have == "":
		return "want " + r.Want
	}
	return "have " + r.Have + ", want " + r.Want
}

// errorData is error.data of the lockstep namespace.
type errorData struct {
	Reason    string `json:"reason"`
	Field     string `json:"field,omitempty"`
	Have      string `json:"have,omitempty"`
	Want      string `json:"want,omitempty"`
	RequestID string `json:"requestId,omitempty"`
	// Entry is the hash of the transaction, or id of the bundle, that is in the pool in spite of the error.
	Entry *common.Hash `json:"entry,omitempty"`
}

// rpcError is an error as it travels: rpc.Error and rpc.DataError of go-ethereum.
type rpcError struct {
	code    int
	message string
	data    *errorData
}

func (e *rpcError) Error() string  { return e.message }
func (e *rpcError) ErrorCode() int { return e.code }

// Pending is whether what was sent is in the pool nevertheless, and may be included.
func (e *rpcError) Pending() bool { return e.data != nil && e.data.Entry != nil }

// ErrorData implements rpc.DataError.
func (e *rpcError) ErrorData() any {
	if e.data == nil {
		return nil
	}
	return e.data
}

// explanation is an error taken apart for a client.
type explanation struct {
	row                       errorRow
	field, have, want, detail string
	entry                     *common.Hash
}

// explain finds an error's row. ok is false for errors that are none of the client's business.
func explain(err error) (explanation, bool) {
	for _, row := range errorTable {
		if !errors.Is(err, row.err) {
			continue
		}
		x := explanation{row: row}
		var refusal *Refusal
		if errors.As(err, &refusal) && errors.Is(refusal.Cause, row.err) {
			x.have, x.want, x.field = refusal.Have, refusal.Want, refusal.Field
			x.detail = refusal.detail()
			if refusal.Entry != (common.Hash{}) {
				x.entry = &refusal.Entry
			}
			inner, rest, _ := splitAt(refusal.Cause.Error(), row.err.Error())
			x.field = joinPath(x.field, inner)
			if x.detail == "" {
				x.detail = rest
			}
		} else {
			x.field, x.detail, _ = splitAt(err.Error(), row.err.Error())
		}
		// A detail in go-ethereum's words may hold the message itself, with a path before it.
		if inner, rest, ok := splitAt(x.detail, row.text); ok {
			x.field, x.detail = joinPath(x.field, inner), rest
		}
		return x, true
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return explain(ErrTimeout)
	}
	return explanation{}, false
}

// splitAt takes an error text apart around the sentinel's own: package core writes "path: to: field: sentinel: detail".
func splitAt(text, sentinel string) (field, detail string, ok bool) {
	before, after, found := strings.Cut(text, sentinel)
	if !found {
		return "", "", false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(before, ": "), ": ") {
		if part == "core" {
			break // another error of package core stands around the sentinel, and what follows is its detail
		}
		field = joinPath(field, part)
	}
	return field, strings.TrimSpace(strings.TrimPrefix(after, ":")), true
}

// joinPath joins field names; whatever is no field name (other words of an error text) is left out.
func joinPath(path, name string) string {
	switch {
	case name == "" || strings.ContainsAny(name, " :"):
		return path
	case path == "":
		return name
	}
	return path + "." + name
}

// message is the text of an explanation: field, what is wrong, details.
func (x explanation) message(withField bool) string {
	m := x.row.text
	if withField && x.field != "" {
		m = x.field + ": " + m
	}
	if x.detail != "" {
		m += ": " + x.detail
	}
	return m
}

// lockstepError is an error as the lockstep namespace answers it.
func (g *Gateway) lockstepError(err error) error {
	if err == nil {
		return nil
	}
	x, ok := explain(err)
	if !ok {
		id := g.logInternal(err)
		return &rpcError{codeInternal, "internal error (request " + id + ")", &errorData{Reason: "internal", RequestID: id}}
	}
	return newRPCError(x)
}

func newRPCError(x explanation) *rpcError {
	return &rpcError{x.row.code, x.message(true), &errorData{Reason: x.row.reason, Field: x.field, Have: x.have, Want: x.want, Entry: x.entry}}
}

// ethError is an error as Ethereum's methods answer it: go-ethereum's code and words.
func (g *Gateway) ethError(err error) error {
	if err == nil {
		return nil
	}
	var answered rpc.Error
	if errors.As(err, &answered) {
		return err // an execution client's own
	}
	x, ok := explain(err)
	if !ok {
		return &rpcError{code: codeEthInternal, message: "internal error (request " + g.logInternal(err) + ")"}
	}
	if x.row.err == ErrExecution || x.row.err == ErrFewHold { //nolint:errorlint // rows have the sentinels themselves
		return newRPCError(x)
	}
	return &rpcError{code: codeEthDefault, message: x.message(false)}
}

// logInternal logs an error that clients must not see and gives the id under which they may ask about it.
func (g *Gateway) logInternal(err error) string {
	var b [6]byte
	rand.Read(b[:]) // never fails since Go 1.24
	id := hex.EncodeToString(b[:])
	g.log.Error("request failed", "request", id, "err", err)
	return id
}
