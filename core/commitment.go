package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// CommittedLeg is what a commitment binds of one leg. Fees and the access list stay unbound.
type CommittedLeg struct {
	Rollup    uint64
	TxType    uint8
	Sender    common.Address
	Nonce     uint64
	To        *common.Address `rlp:"nil"` // nil (a deployment) is the empty string, not the zero address
	Value     []byte          // minimal big-endian
	DataHash  common.Hash     // keccak256(calldata)
	Gas       uint64
	AuthHash  common.Hash // keccak256(RLP(EIP-7702 authorization list)); of the empty list for other types
	MayRevert bool
}

// CommitLeg takes from a decoded transaction what a commitment binds.
func CommitLeg(tx *gethtypes.Transaction, rollup RollupID, sender common.Address, mayRevert bool) CommittedLeg {
	auths := tx.SetCodeAuthorizations()
	encoded, err := rlp.EncodeToBytes(auths)
	if err != nil {
		panic(fmt.Sprintf("core: encode authorization list: %v", err)) // decoded from RLP, so it encodes
	}
	return CommittedLeg{
		Rollup: uint64(rollup), TxType: tx.Type(), Sender: sender, Nonce: tx.Nonce(), To: tx.To(),
		Value: tx.Value().Bytes(), DataHash: crypto.Keccak256Hash(tx.Data()), Gas: tx.Gas(),
		AuthHash: crypto.Keccak256Hash(encoded), MayRevert: mayRevert,
	}
}

type commitmentRLP struct {
	Network   common.Hash
	Atomicity uint8
	NotBefore uint64
	NotAfter  uint64
	Legs      []CommittedLeg
}

// ComputeCommitment gives the 32 bytes that legs name in their access list under the Lockstep predeploy so that they cannot be
// torn out of the bundle: keccak(tag ‖ RLP([networkId, atomicity, notBefore, notAfter, legs])). It does not depend on
// b.Commitment, so it can be computed before the legs are signed. legs must be in the bundle's order.
func (b *Bundle) ComputeCommitment(network NetworkID, legs []CommittedLeg) common.Hash {
	encoded, err := rlp.EncodeToBytes(&commitmentRLP{network, uint8(b.Atomicity), b.NotBefore, b.NotAfter, legs})
	if err != nil {
		panic(fmt.Sprintf("core: encode commitment: %v", err)) // fixed-size fields and byte strings always encode
	}
	return TagCommitment.Sum(encoded)
}

// PredeployKeys are the storage keys that the transaction's access list names under the predeploy. named is true if
// the list names the predeploy at all, even without keys: such a transaction is *protected*.
func PredeployKeys(tx *gethtypes.Transaction, predeploy common.Address) (keys []common.Hash, named bool) {
	for _, tuple := range tx.AccessList() {
		if tuple.Address == predeploy {
			named = true
			keys = append(keys, tuple.StorageKeys...)
		}
	}
	return keys, named
}
