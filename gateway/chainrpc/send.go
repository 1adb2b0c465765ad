package chainrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// maxGas is what a transaction's gas limit may be at most (EIP-7825).
const maxGas = 1 << 24

func chainID(rollup core.RollupID) *big.Int { return new(big.Int).SetUint64(uint64(rollup)) }

// SendRawTransaction brings a transaction into the chain's lane and answers its hash once it is ordered, or waits for an earlier nonce.
// With Config.Submit "execution" the answer is the execution client's.
func (m *ethMethods) SendRawTransaction(ctx context.Context, input hexutil.Bytes) (common.Hash, error) {
	hash, err := m.c.send(ctx, input)
	if err != nil {
		return common.Hash{}, m.c.deps.Network.Fail(err)
	}
	return hash, nil
}

// send brings a transaction to where the chain takes it from. The hash is there as soon as it is known, with an error too.
func (c *Chain) send(ctx context.Context, input hexutil.Bytes) (hash common.Hash, err error) {
	if c.cfg.Submit == SubmitExecution {
		hash = crypto.Keccak256Hash(input)
		return hash, c.upstream.call(ctx, &hash, "eth_sendRawTransaction", input)
	}
	tx, err := c.sendToLane(ctx, input)
	if tx != nil {
		hash = tx.Hash()
	}
	return hash, err
}

func (c *Chain) sendToLane(ctx context.Context, input hexutil.Bytes) (*gethtypes.Transaction, error) {
	if len(input) > 0 && input[0] < 0xc0 { // before it is decoded, as what nobody knows cannot be
		switch input[0] {
		case gethtypes.AccessListTxType, gethtypes.DynamicFeeTxType, gethtypes.SetCodeTxType:
		default:
			return nil, &gateway.Refusal{Cause: core.ErrTxType, Detail: fmt.Sprintf("type %d, want legacy, 1, 2 or 4", input[0])}
		}
	}
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return nil, &gateway.Refusal{Cause: core.ErrMalformed, Detail: err.Error()}
	}
	if tx.Type() == gethtypes.LegacyTxType && !tx.Protected() {
		return nil, core.ErrNoChainID
	}
	if id := tx.ChainId(); id.Cmp(chainID(c.deps.Rollup)) != 0 {
		return nil, &gateway.Refusal{Cause: core.ErrWrongChainID, Detail: fmt.Sprintf("have %s want %s", id, c.deps.Rollup)}
	}
	from, err := gethtypes.Sender(c.signer, tx)
	if err != nil {
		return nil, gateway.ErrBadSignature
	}
	if tx.Gas() > maxGas {
		return nil, &gateway.Refusal{Cause: core.ErrGasAboveCap, Detail: fmt.Sprintf("(cap: %d, tx: %d)", maxGas, tx.Gas())}
	}
	if err := c.checkSender(ctx, tx, from); err != nil {
		return nil, err
	}
	return tx, c.deps.Network.SendTx(ctx, tx)
}

// checkSender compares the transaction with its sender's account, if the execution client says quickly how that is. The pool learns
// the nonce.
func (c *Chain) checkSender(ctx context.Context, tx *gethtypes.Transaction, from common.Address) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var nonce hexutil.Uint64
	var balance hexutil.Big
	questions := []rpc.BatchElem{
		{Method: "eth_getTransactionCount", Args: []any{from, "latest"}, Result: &nonce},
		{Method: "eth_getBalance", Args: []any{from, "latest"}, Result: &balance},
	}
	err := c.upstream.with(ctx, func(ctx context.Context, client *rpc.Client) error { return client.BatchCallContext(ctx, questions) })
	if err != nil || questions[0].Error != nil || questions[1].Error != nil {
		return nil //nolint:nilerr // whether the sender can pay is found out when the block is built
	}
	c.deps.Pool.NoteNonce(from, uint64(nonce))
	if tx.Nonce() < uint64(nonce) {
		return &gateway.Refusal{Cause: gateway.ErrNonceTooLow, Detail: fmt.Sprintf("next nonce %d, tx nonce %d", nonce, tx.Nonce())}
	}
	if have, want := balance.ToInt(), tx.Cost(); have.Cmp(want) < 0 {
		missing := new(big.Int).Sub(want, have)
		return &gateway.Refusal{Cause: gateway.ErrInsufficientFunds, Detail: fmt.Sprintf("balance %s, tx cost %s, overshot %s", have, want, missing)}
	}
	return nil
}

// syncDefault is how long eth_sendRawTransactionSync waits unless it is told, as in go-ethereum.
const syncDefault = 20 * time.Second

// SendRawTransactionSync brings a transaction to where the chain takes it from and answers its receipt: of a block, or of the operator's stream
// (EIP-7966).
func (m *ethMethods) SendRawTransactionSync(ctx context.Context, input hexutil.Bytes, timeout *json.RawMessage) (json.RawMessage, error) {
	limit, err := m.c.syncLimit(timeout)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	hash, err := m.c.send(ctx, input)
	var taken interface{ Pending() bool } // it is in the pool, and the receipt is waited for
	if err != nil && !(errors.As(err, &taken) && taken.Pending()) && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, m.c.deps.Network.Fail(err)
	}
	for {
		heard := m.c.previews.changed()
		receipt, err := m.GetTransactionReceipt(ctx, hash)
		if err == nil && string(receipt) != "null" {
			return receipt, nil
		}
		look := time.NewTimer(watchInterval)
		select {
		case <-heard:
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
			return nil, &syncTimeout{limit, hash}
		}
		look.Stop()
	}
}

// syncLimit reads a number of milliseconds, as a JSON number or as a string.
func (c *Chain) syncLimit(raw *json.RawMessage) (time.Duration, error) {
	most := c.deps.MaxSyncWait
	if raw == nil || string(*raw) == "null" {
		return min(syncDefault, most), nil
	}
	text := string(*raw)
	if text[0] == '"' {
		if err := json.Unmarshal(*raw, &text); err != nil {
			return 0, &invalidParams{"invalid argument 1: timeout"}
		}
	}
	ms, err := strconv.ParseUint(text, 0, 64)
	switch {
	case err != nil:
		return 0, &invalidParams{fmt.Sprintf("invalid argument 1: timeout %.40q, want milliseconds", text)}
	case ms == 0:
		return min(syncDefault, most), nil
	case ms > uint64(most/time.Millisecond):
		return most, nil
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// syncTimeout is go-ethereum's error when there is no receipt in time.
type syncTimeout struct {
	limit time.Duration
	hash  common.Hash
}

func (e *syncTimeout) Error() string {
	return fmt.Sprintf("The transaction was added to the transaction pool but wasn't processed in %v", e.limit)
}

// ErrorCode is that of EIP-7966.
func (e *syncTimeout) ErrorCode() int { return gateway.CodeSyncTimeout }

// ErrorData is the transaction's hash.
func (e *syncTimeout) ErrorData() any { return e.hash }

// watchGaps tells the pool again and again how far the chain is with senders whose transactions wait for an earlier nonce.
func (c *Chain) watchGaps(ctx context.Context) {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		senders := c.deps.Pool.Gaps(maxWatched)
		if len(senders) == 0 {
			continue
		}
		nonces := make([]hexutil.Uint64, len(senders))
		questions := make([]rpc.BatchElem, len(senders))
		for i, addr := range senders {
			questions[i] = rpc.BatchElem{Method: "eth_getTransactionCount", Args: []any{addr, "latest"}, Result: &nonces[i]}
		}
		err := c.upstream.with(ctx, func(ctx context.Context, client *rpc.Client) error { return client.BatchCallContext(ctx, questions) })
		for i, addr := range senders {
			if err == nil && questions[i].Error == nil {
				c.deps.Pool.NoteNonce(addr, uint64(nonces[i]))
			}
		}
	}
}
