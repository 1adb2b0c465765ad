package evm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// Time limits of eth_sendRawTransactionSync, as go-ethereum has them.
const (
	syncDefault = 20 * time.Second
	syncMax     = time.Minute
)

// syncTimeout is a number of milliseconds. EIP-7966 and go-ethereum take a JSON number, some clients send a hexadecimal
// string; both are read.
type syncTimeout uint64

// UnmarshalJSON reads a number, a decimal string or a 0x string.
func (t *syncTimeout) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	ms, err := strconv.ParseUint(text, 0, 64)
	if err != nil {
		return fmt.Errorf("invalid timeout %.40q", text)
	}
	*t = syncTimeout(ms)
	return nil
}

// duration applies default and maximum.
func (t *syncTimeout) duration() time.Duration {
	if t == nil || *t == 0 {
		return syncDefault
	}
	if uint64(*t) > math.MaxInt64/uint64(time.Millisecond) {
		return syncMax
	}
	return min(time.Duration(*t)*time.Millisecond, syncMax)
}

// SendRawTransactionSync sends a transaction and answers its receipt from the tick that executes it (EIP-7966). One that
// is executed already, or on its way, is not sent again.
func (m *ethMethods) SendRawTransactionSync(ctx context.Context, input hexutil.Bytes, timeout *syncTimeout) (map[string]any, error) {
	if err := refuseBlobs(input); err != nil {
		return nil, err
	}
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return nil, err
	}
	views := make(chan *View, 1)
	sub := m.b.chain.SubscribeViews(views)
	defer sub.Unsubscribe()

	limit := timeout.duration()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	receipt, err := m.txs.GetTransactionReceipt(ctx, tx.Hash())
	if receipt != nil || err != nil {
		return receipt, err
	}
	if m.b.GetPoolTransaction(tx.Hash()) == nil {
		if err := m.submit(ctx, input, tx.Hash()); err != nil {
			return nil, timeoutOr(ctx, err, limit, tx.Hash())
		}
	}
	for {
		if receipt, err := m.txs.GetTransactionReceipt(ctx, tx.Hash()); receipt != nil || err != nil {
			return receipt, err
		}
		select {
		case <-views:
		case err := <-sub.Err():
			return nil, errors.Join(errors.New("chain subscription closed"), err)
		case <-ctx.Done():
			return nil, timeoutOr(ctx, ctx.Err(), limit, tx.Hash())
		}
	}
}

// submit sends a transaction; that somebody else was faster with the same one is no error.
func (m *ethMethods) submit(ctx context.Context, input hexutil.Bytes, hash common.Hash) error {
	_, err := m.txs.SendRawTransaction(ctx, input)
	if err == nil {
		return nil
	}
	if found, _, _, _, _ := m.b.GetCanonicalTransaction(hash); found || m.b.GetPoolTransaction(hash) != nil {
		return nil
	}
	return err
}

// timeoutOr turns the end of the waiting time into the error that clients know; any other error stays.
func timeoutOr(ctx context.Context, err error, limit time.Duration, hash common.Hash) error {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &syncTimeoutError{limit, hash}
	}
	return err
}
