package demo

import "errors"

var (
	// ErrArtifacts: the compiled contracts are not where they were said to be.
	ErrArtifacts = errors.New("demo: contracts are missing")
	// ErrNoNetwork: nothing answers at the URL, or what answers is no gateway.
	ErrNoNetwork = errors.New("demo: no network")
	// ErrFunds: the network's development accounts cannot pay for the demo.
	ErrFunds = errors.New("demo: not enough ETH")
	// ErrFailed: a step of the demo did not end as it should.
	ErrFailed = errors.New("demo: not as it should be")
)
