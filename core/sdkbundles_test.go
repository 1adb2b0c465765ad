package core_test

import (
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// sdkLeg is a leg before it is signed, as the SDK's signBundle takes it.
type sdkLeg struct {
	Rollup      core.RollupID        `json:"rollup"`
	Key         hexutil.Bytes        `json:"key"`
	Type        string               `json:"type"`
	Nonce       uint64               `json:"nonce"`
	To          *common.Address      `json:"to"`
	Value       string               `json:"value"`
	Data        hexutil.Bytes        `json:"data"`
	Gas         string               `json:"gas"`
	FeeCap      string               `json:"maxFeePerGas"`
	Tip         string               `json:"maxPriorityFeePerGas"`
	AccessList  gethtypes.AccessList `json:"accessList"`
	Delegations []sdkDelegation      `json:"delegations,omitempty"`
	MayRevert   bool                 `json:"mayRevert"`
}

// sdkDelegation is an EIP-7702 authorization before it is signed.
type sdkDelegation struct {
	Key     hexutil.Bytes  `json:"key"`
	ChainID uint64         `json:"chainId"`
	Address common.Address `json:"address"`
	Nonce   uint64         `json:"nonce"`
}

// sdkBundle is a bundle before and after it is signed.
type sdkBundle struct {
	NetworkID  core.NetworkID `json:"networkId"`
	Atomicity  core.Atomicity `json:"atomicity"`
	NotBefore  uint64         `json:"notBefore"`
	NotAfter   uint64         `json:"notAfter"`
	Legs       []sdkLeg       `json:"legs"`
	Commitment common.Hash    `json:"commitment"`
	// Signed has the commitment in the access list of every leg.
	Signed  *core.Bundle  `json:"signed"`
	Encoded hexutil.Bytes `json:"encoded"`
	ID      common.Hash   `json:"id"`
}

// The SDK computes the same commitments and ids, and signs the same bytes.
func TestSDK_Bundles(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 702))
	bundles := make([]sdkBundle, 40)
	for i := range bundles {
		b := &bundles[i]
		b.NetworkID, b.Atomicity = someHash(r), core.Atomicity(1+i%2)
		b.NotBefore = uint64(i%3) * (1_700_000_000_000 + r.Uint64N(1<<20))
		b.NotAfter = 1_700_000_000_000 + r.Uint64N(1<<30)
		for range 1 + r.IntN(5) {
			b.Legs = append(b.Legs, someLeg(r))
		}
		b.sign(t)
	}
	golden.Equal(t, sdk+"vectors/bundles.json", indented(t, bundles))
}

// someLeg makes a leg of any kind: deployments, empty data, several rollups, delegations.
func someLeg(r *rand.Rand) sdkLeg {
	leg := sdkLeg{
		Rollup: []core.RollupID{1, 901, 902, 1 << 40}[r.IntN(4)], Key: someKey(r), Nonce: r.Uint64N(1 << (1 + r.Uint64N(50))),
		Type: []string{"eip2930", "eip1559", "eip1559", "eip7702"}[r.IntN(4)], MayRevert: r.IntN(3) == 0, AccessList: gethtypes.AccessList{},
		Gas: big.NewInt(21000 + r.Int64N(1<<24)).String(), Tip: big.NewInt(r.Int64N(1 << 30)).String(),
		FeeCap: big.NewInt(1<<30 + r.Int64N(1<<40)).String(), Value: "0", Data: someBytes(r, []int{0, 1, 4, 68, 300}[r.IntN(5)]),
	}
	if r.IntN(2) == 0 {
		leg.Value = new(big.Int).SetBytes(someBytes(r, 1+r.IntN(12))).String()
	}
	if to := common.BytesToAddress(someBytes(r, r.IntN(21))); leg.Type == "eip7702" || r.IntN(4) > 0 {
		leg.To = &to // shorter ones begin with zeros; the zero address is not the absent one
	}
	if r.IntN(3) == 0 {
		leg.AccessList = gethtypes.AccessList{{Address: common.BytesToAddress(someBytes(r, 20)), StorageKeys: []common.Hash{someHash(r)}}}
	}
	if leg.Type == "eip7702" {
		for range 1 + r.IntN(3) {
			leg.Delegations = append(leg.Delegations, sdkDelegation{someKey(r), r.Uint64N(2) * uint64(leg.Rollup), common.BytesToAddress(someBytes(r, 20)), r.Uint64N(300)})
		}
	}
	return leg
}

// sign computes the commitment from the unprotected legs and signs the protected ones.
func (b *sdkBundle) sign(t *testing.T) {
	t.Helper()
	b.Signed = &core.Bundle{Atomicity: b.Atomicity, NotBefore: b.NotBefore, NotAfter: b.NotAfter}
	committed := make([]core.CommittedLeg, len(b.Legs))
	for i, leg := range b.Legs {
		tx, sender := leg.tx(t, nil)
		committed[i] = core.CommitLeg(tx, leg.Rollup, sender, leg.MayRevert)
	}
	b.Commitment = b.Signed.ComputeCommitment(b.NetworkID, committed)
	b.Signed.Commitment = b.Commitment
	for _, leg := range b.Legs {
		tx, _ := leg.tx(t, &gethtypes.AccessTuple{Address: core.DefaultPredeploy().Address, StorageKeys: []common.Hash{b.Commitment}})
		raw, err := tx.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b.Signed.Legs = append(b.Signed.Legs, core.Leg{Rollup: leg.Rollup, Tx: raw, MayRevert: leg.MayRevert})
	}
	b.Encoded, b.ID = b.Signed.Encode(), b.Signed.ID(b.NetworkID)
}

// tx signs the leg, with one more entry in the access list if there is one.
func (l sdkLeg) tx(t *testing.T, more *gethtypes.AccessTuple) (*gethtypes.Transaction, common.Address) {
	t.Helper()
	key, err := crypto.ToECDSA(l.Key)
	if err != nil {
		t.Fatal(err)
	}
	list := append(gethtypes.AccessList{}, l.AccessList...)
	if more != nil {
		list = append(list, *more)
	}
	chain, gas := new(big.Int).SetUint64(uint64(l.Rollup)), number(t, l.Gas).Uint64()
	var data gethtypes.TxData
	switch l.Type {
	case "eip2930":
		data = &gethtypes.AccessListTx{ChainID: chain, Nonce: l.Nonce, GasPrice: number(t, l.FeeCap), Gas: gas, To: l.To, Value: number(t, l.Value), Data: l.Data, AccessList: list}
	case "eip1559":
		data = &gethtypes.DynamicFeeTx{ChainID: chain, Nonce: l.Nonce, GasTipCap: number(t, l.Tip), GasFeeCap: number(t, l.FeeCap), Gas: gas, To: l.To, Value: number(t, l.Value), Data: l.Data, AccessList: list}
	case "eip7702":
		data = &gethtypes.SetCodeTx{
			ChainID: uint256.MustFromBig(chain), Nonce: l.Nonce, GasTipCap: uint256.MustFromBig(number(t, l.Tip)), GasFeeCap: uint256.MustFromBig(number(t, l.FeeCap)),
			Gas: gas, To: *l.To, Value: uint256.MustFromBig(number(t, l.Value)), Data: l.Data, AccessList: list, AuthList: l.authorizations(t),
		}
	}
	tx, err := gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(chain), data)
	if err != nil {
		t.Fatal(err)
	}
	return tx, crypto.PubkeyToAddress(key.PublicKey)
}

func (l sdkLeg) authorizations(t *testing.T) []gethtypes.SetCodeAuthorization {
	t.Helper()
	var signed []gethtypes.SetCodeAuthorization
	for _, d := range l.Delegations {
		key, err := crypto.ToECDSA(d.Key)
		if err != nil {
			t.Fatal(err)
		}
		a, err := gethtypes.SignSetCode(key, gethtypes.SetCodeAuthorization{ChainID: *uint256.NewInt(d.ChainID), Address: d.Address, Nonce: d.Nonce})
		if err != nil {
			t.Fatal(err)
		}
		signed = append(signed, a)
	}
	return signed
}

// The SDK signs the same replacements and cancellations.
func TestSDK_Replacements(t *testing.T) {
	t.Parallel()
	type vector struct {
		NetworkID    core.NetworkID    `json:"networkId"`
		Key          hexutil.Bytes     `json:"key"`
		BundleID     common.Hash       `json:"bundleId"`
		Replacement  core.Replacement  `json:"replacement"`
		Cancellation core.Cancellation `json:"cancellation"`
	}
	r := rand.New(rand.NewPCG(7, 1))
	vectors := make([]vector, 10)
	for i := range vectors {
		v := &vectors[i]
		v.NetworkID, v.Key, v.BundleID = someHash(r), someKey(r), someHash(r)
		uuid := core.UUID(someBytes(r, 16))
		v.Replacement, v.Cancellation = core.Replacement{UUID: uuid, Nonce: r.Uint64N(1 << 53)}, core.Cancellation{UUID: uuid, Nonce: uint64(i)}
		key, err := crypto.ToECDSA(v.Key)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Replacement.Sign(key, v.NetworkID, v.BundleID); err != nil {
			t.Fatal(err)
		}
		if err := v.Cancellation.Sign(key, v.NetworkID); err != nil {
			t.Fatal(err)
		}
	}
	golden.Equal(t, sdk+"vectors/replacements.json", indented(t, vectors))
}

func number(t *testing.T, decimal string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(decimal, 10)
	if !ok {
		t.Fatalf("%q is no number", decimal)
	}
	return n
}

func someBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func someHash(r *rand.Rand) common.Hash { return common.Hash(someBytes(r, common.HashLength)) }

// someKey is a private key: hashes are below the curve's order but for one in 2^128.
func someKey(r *rand.Rand) hexutil.Bytes {
	return crypto.Keccak256([]byte(hex.EncodeToString(someBytes(r, 32))))
}
