package systems

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
)

// swapGas is the limit of a swap's gas; it uses half of it.
const swapGas = 200_000

// Swaps is a load like Transfers, of swaps in a pool of Uniswap v2 on each rollup: ether for tokens, which go to the sender. The
// pools are deployed first, by the account after the senders. The caller closes it.
func (l *Lockstep) Swaps(ctx context.Context, contracts *uniswap.Contracts, senders, from, to int) (_ *Transfers, err error) {
	t, err := l.Transfers(ctx, len(l.Genesis.Zones[0].Rollups), senders, from, to)
	if err != nil {
		return nil, err
	}
	ethers := func(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }
	for i := range t.chains {
		c := &t.chains[i]
		owner := actor.On(core.RollupID(c.id.Uint64()), ethclient.NewClient(c.conns[0]), SenderKey(senders))
		exchange, err := uniswap.Deploy(ctx, contracts, owner, ethers(1000), ethers(1_000_000))
		if err != nil {
			t.Close()
			return nil, fmt.Errorf("rollup %s: %w", c.id, err)
		}
		c.call = func(sender common.Address) (actor.Call, error) {
			call, err := exchange.Buy(sender, big.NewInt(params.GWei), common.Big1)
			call.Gas = swapGas
			return call, err
		}
	}
	return t, nil
}
