package solver

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// unlimited is what contracts are allowed to take.
var unlimited = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))

// setUp connects to all rollups and makes sure that everything is there that the configuration names. Errors wrap ErrSetup
// where starting again does not help.
func (s *Solver) setUp(ctx context.Context, gate *client.Client) ([]*chain, error) {
	network, err := gate.Network(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the gateway for its network: %w", err)
	}
	if err := s.checkNetwork(network); err != nil {
		return nil, err
	}
	s.network, s.predeploy = network.NetworkID, core.Predeploy{Address: network.Predeploy.Address, Marker: network.Predeploy.Marker}
	var chains []*chain
	for i := range s.cfg.Rollups {
		eth, err := gate.Rollup(ctx, s.cfg.Rollups[i].ID)
		if err != nil {
			closeAll(chains)
			return nil, fmt.Errorf("rollup %s: %w", s.cfg.Rollups[i].ID, err)
		}
		chains = append(chains, &chain{Rollup: &s.cfg.Rollups[i], eth: eth, pairs: make(map[string]pair)})
	}
	for _, c := range chains {
		if err := s.checkChain(ctx, c); err != nil {
			closeAll(chains)
			return nil, err
		}
	}
	return chains, nil
}

func closeAll(chains []*chain) {
	for _, c := range chains {
		c.eth.Close()
	}
}

// checkNetwork finds the rollups in one zone of the network.
func (s *Solver) checkNetwork(network *gateway.NetworkStatus) error {
	for _, z := range network.Zones {
		if !slices.Contains(z.Rollups, s.cfg.Rollups[0].ID) {
			continue
		}
		for _, r := range s.cfg.Rollups {
			if !slices.Contains(z.Rollups, r.ID) {
				return fmt.Errorf("%w: rollup %s is not in the zone of rollup %s, which has %s: bundles take effect within one zone", ErrSetup, r.ID, s.cfg.Rollups[0].ID, z.Rollups)
			}
		}
		return nil
	}
	return fmt.Errorf("%w: network %q executes no rollup %s", ErrSetup, network.Name, s.cfg.Rollups[0].ID)
}

// checkChain makes sure of a rollup's contracts, finds its pairs, and lets settler and router take tokens.
func (s *Solver) checkChain(ctx context.Context, c *chain) error {
	var problems []error
	for _, contract := range []struct {
		name    string
		address common.Address
	}{{"settler (`lockstep contracts deploy` makes it)", c.Settler}, {"router", c.Router}, {"factory", c.Factory}, {"weth", c.WETH}} {
		problems = append(problems, c.hasCode(ctx, contract.name, contract.address))
	}
	for _, t := range s.cfg.Tokens {
		if address, ok := t.Addresses[c.ID]; ok {
			problems = append(problems, c.checkToken(ctx, t, address))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	for _, a := range s.accounts {
		if err := s.checkAccount(ctx, c, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *chain) hasCode(ctx context.Context, name string, address common.Address) error {
	code, err := c.eth.CodeAt(ctx, address, nil)
	if err != nil {
		return fmt.Errorf("rollup %s: code of %s: %w", c.ID, name, err)
	}
	if len(code) == 0 {
		return fmt.Errorf("%w: rollup %s has no contract at %s, the address of the %s", ErrSetup, c.ID, address, name)
	}
	return nil
}

// checkToken compares the token's decimals and finds its pair. Without one it can still be moved where it is traded elsewhere.
func (c *chain) checkToken(ctx context.Context, t Token, address common.Address) error {
	if err := c.hasCode(ctx, "token "+t.Symbol, address); err != nil {
		return err
	}
	if answer, err := c.call(ctx, address, erc20.PackDecimals()); err == nil {
		if decimals, err := erc20.UnpackDecimals(answer); err == nil && decimals != t.Decimals {
			return fmt.Errorf("%w: token %s on rollup %s has %d decimals, the configuration says %d", ErrSetup, t.Symbol, c.ID, decimals, t.Decimals)
		}
	}
	answer, err := c.call(ctx, c.Factory, factory.PackGetPair(address, c.WETH))
	if err != nil {
		return fmt.Errorf("rollup %s: pair of %s: %w", c.ID, t.Symbol, err)
	}
	at, err := factory.UnpackGetPair(answer)
	if err != nil {
		return fmt.Errorf("%w: rollup %s: what is at %s does not answer as a Uniswap v2 factory: %w", ErrSetup, c.ID, c.Factory, err)
	}
	if at != (common.Address{}) {
		c.pairs[t.Symbol] = pair{at, address.Cmp(c.WETH) < 0}
	}
	return nil
}

// reverted is the code with which nodes answer a call that reverts.
const reverted = 3

// call asks a contract; that it reverts is ErrSetup, because it then is another contract than was meant.
func (c *chain) call(ctx context.Context, to common.Address, data []byte) ([]byte, error) {
	output, err := c.eth.CallContract(ctx, ethereum.CallMsg{To: &to, Data: data}, nil)
	var answer rpc.Error
	if errors.As(err, &answer) && answer.ErrorCode() == reverted {
		return nil, fmt.Errorf("%w: the contract at %s on rollup %s does not know the call: %w", ErrSetup, to, c.ID, err)
	}
	return output, err
}

// checkAccount says what an account has on a rollup, and gives the approvals that are missing.
func (s *Solver) checkAccount(ctx context.Context, c *chain, a *account) error {
	balance, err := c.eth.BalanceAt(ctx, a.address, nil)
	if err != nil {
		return fmt.Errorf("rollup %s: balance of %s: %w", c.ID, a.address, err)
	}
	if balance.Cmp(c.Keep) < 0 && s.began {
		s.log.Warn("an account has less ether than it is to keep for gas", "rollup", c.ID, "address", a.address)
	} else if balance.Cmp(c.Keep) < 0 {
		return fmt.Errorf("%w: account %s has %s ETH on rollup %s, less than the %s that it is to keep for gas: send it some", ErrSetup, a.address, decimal(balance, 18), c.ID, decimal(c.Keep, 18))
	}
	for _, place := range s.cfg.places() {
		token, _ := s.cfg.addressOf(place)
		if place.Rollup != c.ID {
			continue
		}
		spenders := []common.Address{c.Settler}
		if place.Symbol != WrappedEther {
			spenders = append(spenders, c.Router)
		}
		for _, spender := range spenders {
			if err := s.approve(ctx, c, a, approval{place, token, spender}); err != nil {
				return fmt.Errorf("rollup %s: let %s take %s of %s: %w", c.ID, spender, place.Symbol, a.address, err)
			}
		}
	}
	return nil
}

// approval lets a spender take tokens.
type approval struct {
	place          Place
	token, spender common.Address
}

// approve gives an approval unless at least half of it is left, and waits until it is executed.
func (s *Solver) approve(ctx context.Context, c *chain, a *account, what approval) error {
	answer, err := c.call(ctx, what.token, erc20.PackAllowance(a.address, what.spender))
	if err != nil {
		return err
	}
	allowed, err := erc20.UnpackAllowance(answer)
	if err != nil {
		return fmt.Errorf("%w: %s at %s is no ERC-20 token: %w", ErrSetup, what.place.Symbol, what.token, err)
	}
	if allowed.Cmp(new(big.Int).Rsh(unlimited, 1)) >= 0 {
		return nil
	}
	s.log.Info("lets a contract take its tokens", "rollup", c.ID, "address", a.address, "token", what.place.Symbol, "spender", what.spender)
	return transact(ctx, c.eth, c.ID, a, bindCall{what.token, erc20.PackApprove(what.spender, unlimited)})
}

// bindCall is a call of a contract.
type bindCall struct {
	to   common.Address
	data []byte
}

// transact sends a call in a transaction of its own and waits for its success.
func transact(ctx context.Context, eth *ethclient.Client, rollup core.RollupID, a *account, c bindCall) error {
	opts := bind.NewKeyedTransactor(a.key, new(big.Int).SetUint64(uint64(rollup)))
	opts.Context = ctx
	tx, err := bind.Transact(erc20.Instance(eth, c.to), opts, c.data)
	if err != nil {
		return err
	}
	receipt, err := bind.WaitMined(ctx, eth, tx.Hash())
	if err != nil {
		return err
	}
	if receipt.Status != 1 {
		return fmt.Errorf("%w: transaction %s reverted", ErrSetup, tx.Hash())
	}
	return nil
}
