package evm

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/gasprice"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
)

// minTip is the tip that is suggested while blocks have room: 0.001 gwei, which is go-ethereum's own minimum. Transactions
// are not ordered by tip, and with a tiny base fee it doubles as headroom for the base fee's next steps.
var minTip = big.NewInt(params.GWei / 1000)

// oracleConfig is go-ethereum's for full nodes, with a lower ceiling.
var oracleConfig = gasprice.Config{
	Blocks:           20,
	Percentile:       60,
	MaxHeaderHistory: 1024,
	MaxBlockHistory:  1024,
	MaxPrice:         big.NewInt(100 * params.GWei),
	IgnorePrice:      gasprice.DefaultIgnorePrice,
}

// SuggestGasTipCap is minTip while blocks have room, otherwise what recent transactions paid. go-ethereum's oracle alone
// repeats its last answer for every empty block, so one busy minute would set the price of a quiet chain for ever.
func (b *openBackend) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	v := b.chain.View()
	if !crowded(v.Sealed) && (v.Header == nil || !crowded(v.Header)) {
		return new(big.Int).Set(minTip), nil
	}
	tip, err := b.oracle().SuggestTipCap(ctx)
	if err != nil {
		return nil, err
	}
	if tip.Cmp(minTip) < 0 {
		tip.Set(minTip)
	}
	return tip, nil
}

// crowded tells whether a block is three quarters full.
func crowded(header *gethtypes.Header) bool { return header.GasUsed > header.GasLimit/4*3 }

// FeeHistory covers the open block at the tag pending.
func (b *openBackend) FeeHistory(ctx context.Context, blocks uint64, last rpc.BlockNumber, percentiles []float64) (*big.Int, [][]*big.Int, []*big.Int, []float64, []*big.Int, []float64, error) {
	return b.oracle().FeeHistory(ctx, blocks, last, percentiles)
}

// suggestGasPrice is a price for transactions without a fee cap: it pays the open block and, as full as that is now, the
// next one.
func (b *openBackend) suggestGasPrice(ctx context.Context) (*big.Int, error) {
	price, err := b.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, err
	}
	v := b.chain.View()
	fee := v.BaseFee()
	if v.Header != nil {
		if next := eip1559.CalcBaseFee(b.ChainConfig(), v.Header); next.Cmp(fee) > 0 {
			fee = next
		}
	}
	return price.Add(price, fee), nil
}
