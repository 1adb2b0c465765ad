package deployment

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Chain is the Ethereum JSON-RPC of one rollup; an *ethclient.Client is one.
type Chain interface {
	bind.ContractBackend
	ethereum.TransactionReader
	ethereum.ChainIDReader
}

// Deploy creates those contracts on a rollup of the zone that are not there yet, from the account of the key, which pays, and
// waits until they are executed. It gives ErrWrongRollup, ErrNoFactory, ErrFailed, or
// what the endpoint answers.
func Deploy(ctx context.Context, eth Chain, rollup core.RollupID, zone []core.RollupID, key *ecdsa.PrivateKey) (Addresses, error) {
	if err := check(ctx, eth, rollup, zone); err != nil {
		return Addresses{}, err
	}
	missing, err := Missing(ctx, eth, zone)
	if err != nil {
		return Addresses{}, err
	}
	sent := make([]*gethtypes.Transaction, len(missing))
	for i, c := range missing {
		if sent[i], err = c.send(ctx, eth, rollup, key); err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", c.Name, err)
		}
	}
	for i, c := range missing {
		if err := c.wait(ctx, eth, sent[i]); err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", c.Name, err)
		}
	}
	return Of(zone), nil
}

// Missing are those of the zone's contracts that have no code on the chain yet.
func Missing(ctx context.Context, eth Chain, zone []core.RollupID) ([]Contract, error) {
	var missing []Contract
	for _, c := range Contracts(zone) {
		there, err := exists(ctx, eth, c.Address)
		if err != nil {
			return nil, err
		}
		if !there {
			missing = append(missing, c)
		}
	}
	return missing, nil
}

// check makes sure that the endpoint is that of the rollup, and that the factory is there.
func check(ctx context.Context, eth Chain, rollup core.RollupID, zone []core.RollupID) error {
	if !slices.Contains(zone, rollup) {
		return fmt.Errorf("%w: %s, want one of the zone's: %d", ErrWrongRollup, rollup, zone)
	}
	id, err := eth.ChainID(ctx)
	if err != nil {
		return fmt.Errorf("read the chain id of rollup %s: %w", rollup, err)
	}
	if !id.IsUint64() || core.RollupID(id.Uint64()) != rollup {
		return fmt.Errorf("%w: the endpoint's chain id is %s, want %s", ErrWrongRollup, id, rollup)
	}
	there, err := exists(ctx, eth, Factory)
	if err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("%w: rollup %s has no code at %s; its genesis must have it (EIP-7997)", ErrNoFactory, rollup, Factory)
	}
	return nil
}

func (c Contract) send(ctx context.Context, eth Chain, rollup core.RollupID, key *ecdsa.PrivateKey) (*gethtypes.Transaction, error) {
	opts := bind.NewKeyedTransactor(key, new(big.Int).SetUint64(uint64(rollup)))
	opts.Context = ctx
	return bind.Transact(bind.NewBoundContract(Factory, abi.ABI{}, eth, eth, eth), opts, c.CreateCall())
}

// wait returns once the contract has code; who created it makes no difference.
func (c Contract) wait(ctx context.Context, eth Chain, tx *gethtypes.Transaction) error {
	receipt, err := bind.WaitMined(ctx, eth, tx.Hash())
	if err != nil {
		return fmt.Errorf("wait for transaction %s: %w", tx.Hash(), err)
	}
	there, err := exists(ctx, eth, c.Address)
	if err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("%w: transaction %s has status %d and used %d of %d gas", ErrFailed, tx.Hash(), receipt.Status, receipt.GasUsed, tx.Gas())
	}
	return nil
}

func exists(ctx context.Context, eth Chain, address common.Address) (bool, error) {
	code, err := eth.CodeAt(ctx, address, nil)
	if err != nil {
		return false, fmt.Errorf("read the code of %s: %w", address, err)
	}
	return len(code) > 0, nil
}
