package demo

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/lockstep-network/lockstep/core"
)

// actor is one account on one rollup, acting through the rollup's ordinary Ethereum RPC.
type actor struct {
	rollup  core.RollupID
	client  *ethclient.Client
	key     *ecdsa.PrivateKey
	address common.Address
}

func newActor(rollup core.RollupID, client *ethclient.Client, key *ecdsa.PrivateKey) *actor {
	return &actor{rollup, client, key, crypto.PubkeyToAddress(key.PublicKey)}
}

// call is what a transaction does; gas and fees are found out when it is signed.
type call struct {
	To    *common.Address
	Value *big.Int
	Data  []byte
	// Access goes into the access list as it is.
	Access gethtypes.AccessList
	// Gas is the limit; zero asks the node for an estimate.
	Gas uint64
}

// sign makes a transaction with the account's next nonce.
func (a *actor) sign(ctx context.Context, c call) (*gethtypes.Transaction, error) {
	nonce, err := a.client.PendingNonceAt(ctx, a.address)
	if err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	tip, err := a.client.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, fmt.Errorf("tip: %w", err)
	}
	head, err := a.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	gas := c.Gas
	if gas == 0 {
		estimate, err := a.client.EstimateGas(ctx, ethereum.CallMsg{From: a.address, To: c.To, Value: c.Value, Data: c.Data, AccessList: c.Access})
		if err != nil {
			return nil, fmt.Errorf("estimate: %w", err)
		}
		gas = estimate + estimate/4
	}
	feeCap := new(big.Int).Add(tip, new(big.Int).Mul(head.BaseFee, big.NewInt(3)))
	return gethtypes.SignNewTx(a.key, gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(a.rollup))), &gethtypes.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(uint64(a.rollup)), Nonce: nonce, GasTipCap: tip, GasFeeCap: feeCap,
		Gas: gas, To: c.To, Value: c.Value, Data: c.Data, AccessList: c.Access,
	})
}

// send signs and sends a transaction and waits for its receipt, which must be a success.
func (a *actor) send(ctx context.Context, c call) (*gethtypes.Receipt, error) {
	tx, err := a.sign(ctx, c)
	if err != nil {
		return nil, err
	}
	// eth_sendRawTransaction answers when the transaction is executed, so the receipt is normally there at once;
	// the Sync form waits for it in the node where it is not.
	receipt, err := a.client.SendTransactionSync(ctx, tx, nil)
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	if receipt.Status != gethtypes.ReceiptStatusSuccessful {
		return nil, errors.New("the transaction reverted")
	}
	return receipt, nil
}

// deploy sends init code and gives the contract's address.
func (a *actor) deploy(ctx context.Context, code []byte) (common.Address, error) {
	receipt, err := a.send(ctx, call{Data: code})
	if err != nil {
		return common.Address{}, err
	}
	return receipt.ContractAddress, nil
}

// read calls a view function and unpacks its results.
func (a *actor) read(ctx context.Context, c *artifact, at common.Address, method string, args ...any) ([]any, error) {
	data, err := c.ABI.Pack(method, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	out, err := a.client.CallContract(ctx, ethereum.CallMsg{From: a.address, To: &at, Data: data}, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return c.ABI.Unpack(method, out)
}
