package demo

import "errors"

var (
	// ErrNoNetwork: nothing answers at the URL, or what answers is no gateway.
	ErrNoNetwork = errors.New("demo: no network")
	// ErrFunds: the network's development accounts cannot pay for the demo.
	ErrFunds = errors.New("demo: not enough ETH")
	// ErrFailed: a step of the demo did not end as it should.
	ErrFailed = errors.New("demo: not as it should be")
)
