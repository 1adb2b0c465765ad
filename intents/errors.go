package intents

import (
	"errors"
	"fmt"
)

// Why an order, a solution or a call is refused. They come in a *Refusal.
var (
	// ErrUnknown: the book does not have the order: it came to another gateway, is forgotten, or the node has restarted since.
	ErrUnknown = errors.New("intents: unknown order")
	// ErrState: the order is not in a state in which this can be done.
	ErrState = errors.New("intents: order is in another state")
	// ErrOrder: the order is not one that is settled in one bundle of this zone.
	ErrOrder = errors.New("intents: order cannot be settled here")
	// ErrDeadline: a deadline of the order has passed.
	ErrDeadline = errors.New("intents: deadline has passed")
	// ErrSignature: the signature is not the user's.
	ErrSignature = errors.New("intents: not signed by the user")
	// ErrNonce: the order was used, opened or cancelled on chain.
	ErrNonce = errors.New("intents: used on chain")
	// ErrFunds: the user has too little of the input, or has not allowed it to be taken.
	ErrFunds = errors.New("intents: input cannot be taken")
	// ErrFails: the solution would be void.
	ErrFails = errors.New("intents: solution fails")
	// ErrSolution: the solution takes effect, and does not fill and claim the order.
	ErrSolution = errors.New("intents: solution does not fill and claim the order")
	// ErrQuota: too many of the client's orders and solutions failed.
	ErrQuota = errors.New("intents: too many of this client's orders and solutions failed")
	// ErrOutbid: as many solutions as may be are there, and all are better.
	ErrOutbid = errors.New("intents: better solutions are there")
	// ErrLimit: a cap of Config is reached, which the field names.
	ErrLimit = errors.New("intents: limit exceeded")
	// ErrBusy: too many simulations are under way; the caller may try again.
	ErrBusy = errors.New("intents: too many simulations at once")
	// ErrSlow: a subscriber did not take its messages.
	ErrSlow = errors.New("intents: subscriber is too slow")
	// ErrNotServed: the zone does not execute; the caller may try another node.
	ErrNotServed = errors.New("intents: zone is not executed")
)

// Refusal says why something is refused.
type Refusal struct {
	// Cause is one of this package's errors.
	Cause error
	// Field is the path of the offending field, such as "order.user", or the setting whose limit is reached; may be empty.
	Field string
	// Have and Want are the value given and what was expected; may be empty.
	Have, Want string
	// Detail follows the cause; may be empty.
	Detail string
}

// Error is "field: cause: what was given and wanted".
func (r *Refusal) Error() string {
	text := r.Cause.Error()
	if r.Field != "" {
		text = r.Field + ": " + text
	}
	if r.Have != "" {
		text += ": have " + r.Have
	}
	if r.Want != "" {
		text += ": want " + r.Want
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	return text
}

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

func refuse(cause error, format string, args ...any) *Refusal {
	return &Refusal{Cause: cause, Detail: fmt.Sprintf(format, args...)}
}

// limit is the refusal of what goes beyond a cap.
func limit(setting, format string, args ...any) *Refusal {
	return &Refusal{Cause: ErrLimit, Field: "intents." + setting, Want: fmt.Sprintf(format, args...)}
}
