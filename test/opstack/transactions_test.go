package opstack

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// sender is where transactions of a chain's users go: its execution client, or a gateway in front of the chain.
type sender interface {
	SendTransaction(ctx context.Context, tx *gethtypes.Transaction) error
}

// sink receives the users' transfers.
var sink = common.HexToAddress("0x5100000000000000000000000000000000000000")

// transfers signs a number of transfers of each user, in the order in which they can be executed.
func (c *chain) transfers(each int) ([]*gethtypes.Transaction, error) {
	var all []*gethtypes.Transaction
	id := new(big.Int).SetUint64(c.id)
	for _, user := range c.users {
		nonce, err := c.sequencer.PendingNonceAt(interrupted, user.address)
		if err != nil {
			return nil, err
		}
		for i := range each {
			tx, err := gethtypes.SignNewTx(user.key, gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
				ChainID: id, Nonce: nonce + uint64(i), GasTipCap: big.NewInt(1e6), GasFeeCap: big.NewInt(1e11), Gas: 21_000, To: &sink, Value: big.NewInt(1),
			})
			if err != nil {
				return nil, err
			}
			all = append(all, tx)
		}
	}
	return all, nil
}

// included sends transactions and waits until each is in a block of the chain and has succeeded.
func (c *chain) included(to sender, txs []*gethtypes.Transaction) (string, error) {
	from := time.Now()
	for _, tx := range txs {
		if err := to.SendTransaction(interrupted, tx); err != nil {
			return "", fmt.Errorf("send: %w", err)
		}
	}
	blocks := map[uint64]int{}
	for _, tx := range txs {
		var receipt *gethtypes.Receipt
		err := eventually(time.Minute, func() (err error) {
			receipt, err = c.sequencer.TransactionReceipt(interrupted, tx.Hash())
			return err
		})
		if err != nil {
			return "", fmt.Errorf("transaction %s: %w", tx.Hash(), err)
		}
		if receipt.Status != gethtypes.ReceiptStatusSuccessful {
			return "", fmt.Errorf("transaction %s has status %d", tx.Hash(), receipt.Status)
		}
		blocks[receipt.BlockNumber.Uint64()]++
	}
	return fmt.Sprintf("%d of %d in %d blocks, %.1f s after the first was sent", len(txs), len(txs), len(blocks), time.Since(from).Seconds()), nil
}

var _ ethereum.TransactionSender = sender(nil)
