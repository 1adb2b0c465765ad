package evm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// Limits of eth_sendRawTransactionSync: of its time, as go-ethereum has them, and of how many may wait at a time.
const (
	syncDefault  = 20 * time.Second
	syncMax      = time.Minute
	maxSyncWaits = 1024
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
func (t *syncTimeout) duration(most time.Duration) time.Duration {
	if t == nil || *t == 0 {
		return min(syncDefault, most)
	}
	if uint64(*t) > math.MaxInt64/uint64(time.Millisecond) {
		return most
	}
	return min(time.Duration(*t)*time.Millisecond, most)
}

// SendRawTransactionSync sends a transaction and answers its receipt from the tick that executes it (EIP-7966). One that
// is executed already, or on its way, is not sent again; one that leaves a nonce out is not sent at all.
func (m *ethMethods) SendRawTransactionSync(ctx context.Context, input hexutil.Bytes, timeout *syncTimeout) (map[string]any, error) {
	if err := refuseBlobs(input); err != nil {
		return nil, err
	}
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return nil, err
	}
	if m.syncing.Add(1) > maxSyncWaits {
		m.syncing.Add(-1)
		return nil, syncUnreadyError(fmt.Sprintf("too many synchronous sends: at most %d at once", maxSyncWaits), tx.Hash())
	}
	defer m.syncing.Add(-1)
	limit := timeout.duration(m.b.deps.MaxSyncWait)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	receipt, err := m.sendAndAwait(ctx, tx, input)
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, syncTimeoutError(limit, tx.Hash())
	}
	return receipt, err
}

func (m *ethMethods) sendAndAwait(ctx context.Context, tx *gethtypes.Transaction, input hexutil.Bytes) (map[string]any, error) {
	views := make(chan *View, 1)
	sub := m.b.chain.SubscribeViews(views)
	defer sub.Unsubscribe()
	receipt, err := m.txs.GetTransactionReceipt(ctx, tx.Hash())
	if receipt != nil || err != nil {
		return receipt, err
	}
	if m.b.GetPoolTransaction(tx.Hash()) == nil {
		if err := m.checkGap(ctx, tx); err != nil {
			return nil, err
		}
		if err := m.submit(ctx, input, tx.Hash()); err != nil {
			return nil, err
		}
	}
	for {
		if receipt, err := m.txs.GetTransactionReceipt(ctx, tx.Hash()); receipt != nil || err != nil {
			return receipt, err
		}
		if m.parked(tx) {
			return nil, syncUnreadyError("The transaction was added to the transaction pool but waits for an earlier nonce", tx.Hash())
		}
		select {
		case <-views:
		case <-sub.Err():
			return nil, syncUnreadyError("The transaction was added to the transaction pool but this node does not execute any more", tx.Hash())
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// checkGap refuses a transaction that would wait for an earlier one which nobody has sent. What else is wrong with it is the pool's to
// say.
func (m *ethMethods) checkGap(ctx context.Context, tx *gethtypes.Transaction) error {
	from, err := gethtypes.Sender(m.b.chain.signer, tx)
	if err != nil {
		return nil //nolint:nilerr // the pool refuses it, in go-ethereum's words
	}
	next, err := m.b.GetPoolNonce(ctx, from)
	if err != nil {
		return err
	}
	if nonce := tx.Nonce(); nonce > next && nonce < math.MaxUint64 {
		return syncNonceGapError(nonce, next)
	}
	return nil
}

// parked tells whether a transaction waits in the pool for an earlier nonce.
func (m *ethMethods) parked(tx *gethtypes.Transaction) bool {
	from, err := gethtypes.Sender(m.b.chain.signer, tx)
	if err != nil {
		return false
	}
	_, waiting := m.b.deps.Pool.ContentFrom(from)
	return slices.ContainsFunc(waiting, func(other *gethtypes.Transaction) bool { return other.Hash() == tx.Hash() })
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
