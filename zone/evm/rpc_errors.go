package evm

import (
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
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
	codeSyncTimeout   = 4
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
	errTooManySubscriptions = &codedError{codeLimitExceeded, "too many subscriptions"}
	errLogTimeout           = &codedError{codeLimitExceeded, "query timeout exceeded, narrow the block range"}
	errTooManyHashes        = errors.New("exceed max number of transaction hashes allowed per transactionReceipts subscription")
	errTooManyPositions     = errors.New("exceed max addresses or topics per search position")
	errHeaderNotFound       = errors.New("header not found")
	errNotCanonical         = errors.New("hash is not currently canonical")
)

// syncTimeoutError is what eth_sendRawTransactionSync answers when the receipt is not there in time (EIP-7966, code 4).
type syncTimeoutError struct {
	timeout time.Duration
	hash    common.Hash
}

// Error implements error with go-ethereum's text.
func (e *syncTimeoutError) Error() string {
	return fmt.Sprintf("The transaction was added to the transaction pool but wasn't processed in %v", e.timeout)
}

// ErrorCode implements rpc.Error.
func (e *syncTimeoutError) ErrorCode() int { return codeSyncTimeout }

// ErrorData implements rpc.DataError: the transaction's hash.
func (e *syncTimeoutError) ErrorData() any { return e.hash.Hex() }
