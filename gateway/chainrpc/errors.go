package chainrpc

import (
	"fmt"

	"github.com/lockstep-network/lockstep/gateway"
)

// methodNotFound is go-ethereum's error for a method that there is none of.
type methodNotFound struct{ method string }

func (e *methodNotFound) Error() string {
	return fmt.Sprintf("the method %s does not exist/is not available", e.method)
}

// ErrorCode is JSON-RPC's.
func (e *methodNotFound) ErrorCode() int { return gateway.CodeMethodNotFound }

// invalidParams is go-ethereum's error for parameters that it cannot read.
type invalidParams struct{ message string }

func (e *invalidParams) Error() string { return e.message }

// ErrorCode is JSON-RPC's.
func (e *invalidParams) ErrorCode() int { return gateway.CodeInvalidParams }
