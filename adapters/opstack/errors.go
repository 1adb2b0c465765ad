package opstack

import "errors"

var (
	// ErrConfig: the configuration cannot be used; the error names every problem.
	ErrConfig = errors.New("opstack: invalid configuration")
	// ErrSecret: a file does not hold a secret for tokens.
	ErrSecret = errors.New("opstack: not a JWT secret")
	// ErrMode: there is no such mode, or what it needs was not configured.
	ErrMode = errors.New("opstack: mode")
	// ErrPort: the port for op-node cannot be opened.
	ErrPort = errors.New("opstack: port")
	// ErrExecution: the execution client answered something that no block can be.
	ErrExecution = errors.New("opstack: execution client")
	// ErrJournal: the journal cannot be read or written, or does not say what a block began with.
	ErrJournal = errors.New("opstack: journal")
	// ErrL1Info: a block's first transaction is not the L1 attributes deposit of a fork that is known.
	ErrL1Info = errors.New("opstack: L1 attributes")
)
