package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// FlashbotsCall answers eth_callBundle. Amounts are in wei, as decimal strings. What the fee recipient gets is the priority fees
// (gasFees) and what transactions send to it (ethSentToCoinbase); both together are coinbaseDiff.
type FlashbotsCall struct {
	BundleHash        common.Hash       `json:"bundleHash"`
	BundleGasPrice    string            `json:"bundleGasPrice"`
	CoinbaseDiff      string            `json:"coinbaseDiff"`
	EthSentToCoinbase string            `json:"ethSentToCoinbase"`
	GasFees           string            `json:"gasFees"`
	Results           []FlashbotsResult `json:"results"`
	// StateBlockNumber is the block before the one that the bundle was executed in, on top of what that one holds already.
	StateBlockNumber uint64 `json:"stateBlockNumber"`
	TotalGasUsed     uint64 `json:"totalGasUsed"`
}

// FlashbotsResult is what a transaction of eth_callBundle did.
type FlashbotsResult struct {
	TxHash            common.Hash     `json:"txHash"`
	FromAddress       common.Address  `json:"fromAddress"`
	ToAddress         *common.Address `json:"toAddress"`
	GasUsed           uint64          `json:"gasUsed"`
	GasPrice          string          `json:"gasPrice"`
	GasFees           string          `json:"gasFees"`
	CoinbaseDiff      string          `json:"coinbaseDiff"`
	EthSentToCoinbase string          `json:"ethSentToCoinbase"`
	// Value is what a call returned; Error and Revert are there instead if it failed.
	Value  *hexutil.Bytes `json:"value,omitempty"`
	Error  string         `json:"error,omitempty"`
	Revert string         `json:"revert,omitempty"`
}

// CallBundle is eth_callBundle.
func (f *Flashbots) CallBundle(ctx context.Context, bundle Param) (*FlashbotsCall, error) {
	answer, err := f.call(ctx, bundle.raw)
	return answer, f.g.lockstepError(err)
}

func (f *Flashbots) call(ctx context.Context, raw json.RawMessage) (*FlashbotsCall, error) {
	if _, err := flashbotsSigner(ctx); err != nil {
		return nil, err
	}
	open, err := f.openBlock(ctx)
	if err != nil {
		return nil, err
	}
	b, err := f.readCall(raw, open)
	if err != nil {
		return nil, err
	}
	d, err := b.DecodeLegs(f.g.network, f.g.deps.Genesis.Kind)
	if err != nil {
		return nil, flashbotsPath(err)
	}
	s, err := f.g.simulate(ctx, d)
	switch {
	case err != nil:
		return nil, err
	case s.Rule != nil:
		return nil, flashbotsPath(s.Rule)
	case s.FailingLeg >= 0:
		return nil, flashbotsFailure(d, s)
	}
	return flashbotsCall(d, s)
}

// readCall reads the parameter of eth_callBundle. Every transaction may revert, as with Flashbots.
func (f *Flashbots) readCall(raw json.RawMessage, open openBlock) (*core.Bundle, error) {
	fields, err := readObject("bundle", raw, "txs", "blockNumber", "stateBlockNumber", "timestamp", "coinbase")
	if err != nil {
		return nil, err
	}
	legs, err := f.readTxs(fields["txs"])
	if err != nil {
		return nil, err
	}
	for i := range legs {
		legs[i].MayRevert = true
	}
	for _, name := range []string{"timestamp", "coinbase"} {
		if !empty(fields[name]) {
			return nil, &Refusal{Cause: ErrUnsupported, Field: name, Detail: "bundles are executed in the open block as it is"}
		}
	}
	target, err := readQuantity("blockNumber", fields["blockNumber"])
	if err != nil {
		return nil, err
	}
	if target != nil && *target < open.number {
		return nil, &Refusal{Cause: core.ErrExpired, Field: "blockNumber", Have: fmt.Sprint(*target), Want: fmt.Sprintf("at least %d, the open block", open.number)}
	}
	switch state := fields["stateBlockNumber"]; string(state) {
	case "", "null", `"latest"`, `"pending"`:
	default:
		number, err := readQuantity("stateBlockNumber", state)
		// A client that has asked for the block number may be one behind by now.
		if err != nil || *number+2 < open.number || *number > open.number {
			return nil, badValue("stateBlockNumber", state, fmt.Sprintf(`"latest": bundles are executed on the newest state only, that of block %d, which is open`, open.number))
		}
	}
	params := f.g.deps.Genesis.InForce().Params
	return &core.Bundle{Atomicity: core.AtomicExecution, Legs: legs, NotAfter: open.time*1000 + params.MaxBundleWindow/2}, nil
}

// flashbotsFailure says which transaction cannot be executed at all.
func flashbotsFailure(d core.DecodedBundle, s Simulation) error {
	cause, ok := voidErrors[s.Code]
	if !ok {
		cause = ErrVoid
	}
	return &Refusal{Cause: cause, Field: fmt.Sprintf("txs[%d]", s.FailingLeg), Have: d.Txs[s.FailingLeg].Hash().Hex(), Detail: s.Reason}
}

func flashbotsCall(d core.DecodedBundle, s Simulation) (*FlashbotsCall, error) {
	answer := &FlashbotsCall{BundleHash: bundleHash(d.Txs), Results: make([]FlashbotsResult, 0, len(d.Txs))}
	fees, diff := new(big.Int), new(big.Int)
	for i, leg := range s.Legs {
		tx := d.Txs[i].Eth()
		sender, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.ChainId()), tx)
		if err != nil {
			return nil, &Refusal{Cause: ErrBadSignature, Field: fmt.Sprintf("txs[%d]", i)}
		}
		r := FlashbotsResult{
			TxHash: tx.Hash(), FromAddress: sender, ToAddress: tx.To(), GasUsed: leg.GasUsed, GasPrice: perGas(leg.CoinbaseDiff, leg.GasUsed),
			GasFees: leg.GasFees.String(), CoinbaseDiff: leg.CoinbaseDiff.String(), EthSentToCoinbase: new(big.Int).Sub(leg.CoinbaseDiff, leg.GasFees).String(),
		}
		if leg.Reverted {
			r.Error, r.Revert = leg.Reason, hexutil.Encode(leg.ReturnData)
		} else {
			value := hexutil.Bytes(leg.ReturnData)
			r.Value = &value
		}
		fees.Add(fees, leg.GasFees)
		diff.Add(diff, leg.CoinbaseDiff)
		answer.TotalGasUsed += leg.GasUsed
		answer.StateBlockNumber = leg.Block - 1
		answer.Results = append(answer.Results, r)
	}
	answer.GasFees, answer.CoinbaseDiff, answer.EthSentToCoinbase = fees.String(), diff.String(), new(big.Int).Sub(diff, fees).String()
	answer.BundleGasPrice = perGas(diff, answer.TotalGasUsed)
	return answer, nil
}

// perGas is an amount for each gas, rounded down; no gas has no price.
func perGas(amount *big.Int, gas uint64) string {
	if gas == 0 {
		return "0"
	}
	return new(big.Int).Quo(amount, new(big.Int).SetUint64(gas)).String()
}
