package solver

import "errors"

// Why there is no offer for an order. They change with prices and balances, so the order is looked at again.
var (
	// ErrNoMarket: no pool says what a token of the order is worth, or the strategy does not use it.
	ErrNoMarket = errors.New("solver: no market for a token of the order")
	// ErrTooLarge: the order is larger than a bid may be, or than what can be sold, and does not allow parts.
	ErrTooLarge = errors.New("solver: the order is too large")
	// ErrInventory: the inventory does not have the output.
	ErrInventory = errors.New("solver: not enough inventory")
	// ErrUnprofitable: at its limit the order leaves less than the margin.
	ErrUnprofitable = errors.New("solver: not profitable yet")
)

var (
	// ErrConfig: the configuration is wrong; the message names every problem.
	ErrConfig = errors.New("solver: configuration")
	// ErrSetup: the network does not have what the configuration names.
	ErrSetup = errors.New("solver: setup")
	// ErrForeign: the order is not one that this solver can settle. It is not looked at again.
	ErrForeign = errors.New("solver: not an order for this solver")
)
