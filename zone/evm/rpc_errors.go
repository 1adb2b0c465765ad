package evm

import (
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

var (
	// ErrRPCDeps: NewRPC was called without something that it needs.
	ErrRPCDeps = errors.New("zone/evm: rpc dependency is missing")
	// ErrGethChanged: the linked go-ethereum has another shape than the one that the RPC backend was written for.
	ErrGethChanged = errors.New("zone/evm: go-ethereum's api services have changed")
)

// Texts and codes of go-ethereum (eth/filters and internal/ethapi), which clients match on.
const (
	codeInvalidParams = -32602
	codeLimitExceeded = -32005
	codeSyncTimeout   = 4 // EIP-7966, which go-ethereum has only this one of
	codeSyncUnready   = 5
	codeSyncNonceGap  = 6
)

// codedError is an error with a JSON-RPC code.
type codedError struct {
	code int
	text string
}

// Error implements error.
func (e *codedError) Error() string { return e.text }

// ErrorCode implements rpc.Error.
func (e *codedError) ErrorCode() int { return e.code }

func invalidParams(format string, args ...any) error {
	return &codedError{codeInvalidParams, fmt.Sprintf(format, args...)}
}

var (
	errInvalidRange         = &codedError{codeInvalidParams, "invalid block range params"}
	errRangeInFuture        = &codedError{codeInvalidParams, "block range extends beyond current head block"}
	errHashAndRange         = &codedError{codeInvalidParams, "can't specify fromBlock/toBlock with blockHash"}
	errTooManyLogs          = &codedError{codeLimitExceeded, fmt.Sprintf("query returned more than %d results", maxLogs)}
	errPendingLogs          = &codedError{codeInvalidParams, "pending logs are not supported"}
	errTooManyCalls         = &codedError{codeLimitExceeded, fmt.Sprintf("too many calls of this kind at once: at most %d on one connection", maxCallsPerConnection)}
	errBusy                 = &codedError{codeLimitExceeded, fmt.Sprintf("the node is busy: the call did not get its turn within %v, try again", workWait)}
	errTooManySubscriptions = &codedError{codeLimitExceeded, fmt.Sprintf("too many subscriptions: at most %d at once", maxSubscriptions)}
	errLogTimeout           = &codedError{codeLimitExceeded, "query timeout exceeded, narrow the block range"}
	errTooManyHashes        = errors.New("exceed max number of transaction hashes allowed per transactionReceipts subscription")
	errTooManyTopics        = errors.New("exceed max topics")
	errTooManyPositions     = errors.New("exceed max addresses or topics per search position")
	errHeaderNotFound       = errors.New("header not found")
	errNotCanonical         = errors.New("hash is not currently canonical")
)

// syncError is what eth_sendRawTransactionSync answers beside a receipt and what eth_sendRawTransaction would (EIP-7966).
type syncError struct {
	codedError
	data string
}

// ErrorData implements rpc.DataError.
func (e *syncError) ErrorData() any { return e.data }

// syncTimeoutError says, in go-ethereum's words, that the receipt is not there in time.
func syncTimeoutError(timeout time.Duration, hash common.Hash) error {
	text := fmt.Sprintf("The transaction was added to the transaction pool but wasn't processed in %v", timeout)
	return &syncError{codedError{codeSyncTimeout, text}, hash.Hex()}
}

// syncUnreadyError says that the transaction, or the node, is not ready for its execution.
func syncUnreadyError(why string, hash common.Hash) error {
	return &syncError{codedError{codeSyncUnready, why}, hash.Hex()}
}

// syncNonceGapError names the nonce that would do.
func syncNonceGapError(have, want uint64) error {
	text := fmt.Sprintf("The transaction was rejected due to a nonce gap: next nonce %d, tx nonce %d. Please resubmit with the next nonce.", want, have)
	return &syncError{codedError{codeSyncNonceGap, text}, hexutil.EncodeUint64(want)}
}
