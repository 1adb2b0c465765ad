package opstack

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sync/errgroup"
)

const (
	// accountsEach is how many accounts one batch asks for, and accountBatches how many batches are under way at once.
	accountsEach   = 128
	accountBatches = 4
)

// accounts reads accounts behind a block. eth_getProof is the one method with all of an account that op-reth, too, serves on its
// authenticated port.
func (e *execution) accounts(ctx context.Context, block common.Hash, list []common.Address) (map[common.Address]account, error) {
	type proven struct {
		Balance *hexutil.Big   `json:"balance"`
		Nonce   hexutil.Uint64 `json:"nonce"`
		Code    common.Hash    `json:"codeHash"`
	}
	answers := make([]proven, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(accountBatches)
	for from := 0; from < len(list); from += accountsEach {
		group.Go(func() error {
			var batch []rpc.BatchElem
			for i := from; i < min(from+accountsEach, len(list)); i++ {
				batch = append(batch, rpc.BatchElem{Method: "eth_getProof", Args: []any{list[i], []common.Hash{}, block}, Result: &answers[i]})
			}
			if err := e.client.BatchCallContext(ctx, batch); err != nil {
				return err
			}
			for _, one := range batch {
				if one.Error != nil {
					return one.Error
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := make(map[common.Address]account, len(list))
	for i, a := range answers {
		if a.Balance == nil {
			return nil, fmt.Errorf("%w: no balance of account %s", ErrExecution, list[i])
		}
		code := a.Code != common.Hash{} && a.Code != gethtypes.EmptyCodeHash
		all[list[i]] = account{nonce: uint64(a.Nonce), balance: a.Balance.ToInt(), code: code}
	}
	return all, nil
}
