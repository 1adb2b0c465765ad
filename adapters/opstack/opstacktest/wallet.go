package opstacktest

import (
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"
)

// Wallet signs transactions of one account.
type Wallet struct {
	// Nonce is that of the next transaction.
	Nonce uint64

	key    *ecdsa.PrivateKey
	signer gethtypes.Signer
}

// NewWallet is one of a new account on a chain.
func NewWallet(t testing.TB, chainID uint64) *Wallet {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return &Wallet{key: key, signer: gethtypes.NewPragueSigner(new(big.Int).SetUint64(chainID))}
}

// Address is the account's.
func (w *Wallet) Address() common.Address { return crypto.PubkeyToAddress(w.key.PublicKey) }

// Transfer is the next transaction, changed by edits.
func (w *Wallet) Transfer(edits ...func(*gethtypes.DynamicFeeTx)) hexutil.Bytes {
	tx := &gethtypes.DynamicFeeTx{
		ChainID: w.signer.ChainID(), Nonce: w.Nonce, GasTipCap: new(big.Int), GasFeeCap: big.NewInt(2 * BaseFee), Gas: transferGas, To: &common.Address{1},
	}
	w.Nonce++
	for _, edit := range edits {
		edit(tx)
	}
	return w.Sign(tx)
}

// Sign is a transaction of any type, raw.
func (w *Wallet) Sign(tx gethtypes.TxData) hexutil.Bytes {
	raw, err := gethtypes.MustSignNewTx(w.key, w.signer, tx).MarshalBinary()
	if err != nil {
		panic(err) // fixed types
	}
	return raw
}

// Blob is a transaction with a blob.
func (w *Wallet) Blob() hexutil.Bytes {
	return w.Sign(&gethtypes.BlobTx{
		ChainID: uint256.MustFromBig(w.signer.ChainID()), Nonce: w.Nonce, GasFeeCap: uint256.NewInt(2 * BaseFee), GasTipCap: new(uint256.Int), Gas: transferGas,
		BlobFeeCap: uint256.NewInt(1), BlobHashes: []common.Hash{{1}}, Value: new(uint256.Int),
	})
}
