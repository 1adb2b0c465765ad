package evm

// layer is the state that one or more ticks changed on top of the layer below.
type layer struct{}
