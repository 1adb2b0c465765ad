package actor

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

// Account is one account on one rollup.
type Account struct {
	Rollup  core.RollupID
	Eth     *ethclient.Client
	Key     *ecdsa.PrivateKey
	Address common.Address
}

// On is the key's account on a rollup, reached by eth.
func On(rollup core.RollupID, eth *ethclient.Client, key *ecdsa.PrivateKey) *Account {
	return &Account{rollup, eth, key, crypto.PubkeyToAddress(key.PublicKey)}
}

// Call is what a transaction does; gas and fees are found out when it is signed.
type Call struct {
	To    *common.Address
	Value *big.Int
	Data  []byte
	// Access goes into the access list as it is.
	Access gethtypes.AccessList
	// Gas is the limit; zero asks the node for an estimate.
	Gas uint64
}

// Sign makes a transaction with the account's next nonce.
func (a *Account) Sign(ctx context.Context, c Call) (*gethtypes.Transaction, error) {
	nonce, err := a.Eth.PendingNonceAt(ctx, a.Address)
	if err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	tip, err := a.Eth.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, fmt.Errorf("tip: %w", err)
	}
	head, err := a.Eth.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	gas := c.Gas
	if gas == 0 {
		estimate, err := a.Eth.EstimateGas(ctx, ethereum.CallMsg{From: a.Address, To: c.To, Value: c.Value, Data: c.Data, AccessList: c.Access})
		if err != nil {
			return nil, fmt.Errorf("estimate: %w", err)
		}
		gas = estimate + estimate/4
	}
	feeCap := new(big.Int).Add(tip, new(big.Int).Mul(head.BaseFee, big.NewInt(3)))
	return gethtypes.SignNewTx(a.Key, gethtypes.LatestSignerForChainID(ChainID(a.Rollup)), &gethtypes.DynamicFeeTx{
		ChainID: ChainID(a.Rollup), Nonce: nonce, GasTipCap: tip, GasFeeCap: feeCap,
		Gas: gas, To: c.To, Value: c.Value, Data: c.Data, AccessList: c.Access,
	})
}

// Send signs and sends a transaction and waits for its receipt, which must be a success.
func (a *Account) Send(ctx context.Context, c Call) (*gethtypes.Receipt, error) {
	tx, err := a.Sign(ctx, c)
	if err != nil {
		return nil, err
	}
	// eth_sendRawTransaction answers when the transaction is executed, so the receipt is normally there at once;
	// the Sync form waits for it in the node where it is not.
	receipt, err := a.Eth.SendTransactionSync(ctx, tx, nil)
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	if receipt.Status != gethtypes.ReceiptStatusSuccessful {
		return nil, errors.New("the transaction reverted")
	}
	return receipt, nil
}

// Deploy sends init code and gives the contract's address.
func (a *Account) Deploy(ctx context.Context, code []byte) (common.Address, error) {
	receipt, err := a.Send(ctx, Call{Data: code})
	if err != nil {
		return common.Address{}, err
	}
	return receipt.ContractAddress, nil
}

// Read calls a view function of a contract and gives its output.
func (a *Account) Read(ctx context.Context, at common.Address, data []byte) ([]byte, error) {
	return a.Eth.CallContract(ctx, ethereum.CallMsg{From: a.Address, To: &at, Data: data}, nil)
}

// ChainID is a rollup's EIP-155 chain id as contracts and signatures take it.
func ChainID(id core.RollupID) *big.Int { return new(big.Int).SetUint64(uint64(id)) }
