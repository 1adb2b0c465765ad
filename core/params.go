package core

import (
	"errors"
	"fmt"
)

// ProtocolVersion is the version of the rules that this build follows. It is a ledger parameter.
const ProtocolVersion uint64 = 2

// Params are the rules that must be equal on all nodes. They stand in the genesis and from there in the ledger.
type Params struct {
	// ProtocolVersion selects the rules.
	ProtocolVersion uint64 `json:"protocolVersion"`
	// SlotSeconds is the length of a slot: each `evm` rollup seals one block per slot that has a tick.
	SlotSeconds uint64 `json:"slotSeconds"`
	// MaxTickBytes bounds a tick's CometBFT block in bytes (block.max_bytes), at most 8 MiB.
	MaxTickBytes uint64 `json:"maxTickBytes"`
	// MaxTxBytes bounds one transaction in bytes.
	MaxTxBytes uint64 `json:"maxTxBytes"`
	// MaxBundleBytes bounds one bundle's encoding in bytes.
	MaxBundleBytes uint64 `json:"maxBundleBytes"`
	// MaxBundleLegs bounds the legs of a bundle.
	MaxBundleLegs uint64 `json:"maxBundleLegs"`
	// MaxBundleAssertions bounds the assertions of a bundle, those of all its legs together.
	MaxBundleAssertions uint64 `json:"maxBundleAssertions"`
	// MaxBundlesPerTick bounds the bundles of a tick.
	MaxBundlesPerTick uint64 `json:"maxBundlesPerTick"`
	// MaxBundleWindow bounds how far notAfter may lie after the tick's time, in ms.
	MaxBundleWindow uint64 `json:"maxBundleWindow"`
	// MaxGossipBytes bounds one gossip batch in bytes.
	MaxGossipBytes uint64 `json:"maxGossipBytes"`
	// MaxTxGas bounds the gas limit of one transaction of an `evm` rollup (EIP-7825: 2^24).
	MaxTxGas uint64 `json:"maxTxGas"`
	// BlockGas is the gas limit of every block of an `evm` rollup.
	BlockGas uint64 `json:"blockGas"`
	// MaxDigests bounds the results a vote extension lists per zone.
	MaxDigests uint64 `json:"maxDigests"`
	// SingleGasRate (gas per ms) and SingleGasCapacity (gas) are the work bucket of each `evm` rollup's singles.
	SingleGasRate     uint64 `json:"singleGasRate"`
	SingleGasCapacity uint64 `json:"singleGasCapacity"`
	// BundleGasRate (gas per ms) and BundleGasCapacity (gas) are the work bucket of each zone's bundles.
	BundleGasRate     uint64 `json:"bundleGasRate"`
	BundleGasCapacity uint64 `json:"bundleGasCapacity"`
}

// DefaultParams are the parameters of a new network: one-second slots, 1 MiB ticks, 2^28 gas per block.
func DefaultParams() Params {
	const blockGas, slot = 1 << 28, 1
	return Params{
		ProtocolVersion: ProtocolVersion, SlotSeconds: slot,
		MaxTickBytes: 1 << 20, MaxTxBytes: 128 << 10, MaxBundleBytes: 256 << 10, MaxBundleLegs: 32,
		MaxBundleAssertions: 32, MaxBundlesPerTick: 256, MaxBundleWindow: 10 * 60 * 1000, MaxGossipBytes: 320 << 10,
		MaxTxGas: 1 << 24, BlockGas: blockGas, MaxDigests: 64,
		SingleGasRate: 4 * blockGas / (slot * 1000), SingleGasCapacity: 4 * blockGas,
		BundleGasRate: blockGas / (slot * 1000), BundleGasCapacity: blockGas,
	}
}

// batchHead is room for what a gossip batch adds to a single entry.
const batchHead = 1024

// Validate reports all problems at once.
func (p Params) Validate() error {
	var problems []error
	within := func(name string, v, low, high uint64) {
		if v < low || v > high {
			problems = append(problems, fmt.Errorf("params.%s is %d, want %d to %d", name, v, low, high))
		}
	}
	within("protocolVersion", p.ProtocolVersion, ProtocolVersion, ProtocolVersion)
	within("slotSeconds", p.SlotSeconds, 1, 60)
	within("maxTickBytes", p.MaxTickBytes, 64<<10, 8<<20)
	within("maxTxBytes", p.MaxTxBytes, 1<<10, p.MaxTickBytes/2)
	within("maxBundleBytes", p.MaxBundleBytes, 1<<10, p.MaxTickBytes/2)
	within("maxBundleLegs", p.MaxBundleLegs, 1, 256)
	within("maxBundleAssertions", p.MaxBundleAssertions, 1, 256)
	within("maxBundlesPerTick", p.MaxBundlesPerTick, 1, 1<<16)
	within("maxBundleWindow", p.MaxBundleWindow, 1000, 10*60*1000)
	within("maxGossipBytes", p.MaxGossipBytes, p.MaxTxBytes+batchHead, 1<<20)
	within("blockGas", p.BlockGas, 1<<24, 1<<32)
	within("maxTxGas", p.MaxTxGas, 21000, min(1<<24, p.BlockGas/16+1))
	within("maxDigests", p.MaxDigests, 1, 1024)
	within("singleGasRate", p.SingleGasRate, 1, 1<<40)
	within("singleGasCapacity", p.SingleGasCapacity, p.MaxTxGas, 1<<48)
	within("bundleGasRate", p.BundleGasRate, 1, 1<<40)
	within("bundleGasCapacity", p.BundleGasCapacity, p.MaxTxGas, 1<<48)
	if p.MaxGossipBytes < p.MaxBundleBytes+batchHead {
		problems = append(problems, fmt.Errorf("params.maxGossipBytes is %d, want at least %d more than maxBundleBytes (%d)", p.MaxGossipBytes, batchHead, p.MaxBundleBytes))
	}
	return errors.Join(problems...)
}

// Slot is the slot that a consensus time in ms belongs to.
func (p Params) Slot(timeMs uint64) uint64 { return timeMs / (p.SlotSeconds * 1000) }

// SlotTime is the start of a slot in seconds since the Unix epoch: the timestamp of the slot's blocks.
func (p Params) SlotTime(slot uint64) uint64 { return slot * p.SlotSeconds }
