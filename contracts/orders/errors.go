package orders

import "errors"

var (
	// ErrInvalidOrder: the settler would refuse the order by its form.
	ErrInvalidOrder = errors.New("orders: invalid order")
	// ErrInvalidFill: a number of the fill is missing, negative or of more than 256 bits.
	ErrInvalidFill = errors.New("orders: invalid fill")
	// ErrInvalidSignature: the bytes are no signature of an ordinary account.
	ErrInvalidSignature = errors.New("orders: invalid signature")
	// ErrNotTheCall: the bytes are not the calldata that was asked for.
	ErrNotTheCall = errors.New("orders: not the call")
	// ErrNotTheEvent: the log is another event.
	ErrNotTheEvent = errors.New("orders: not the event")
)
