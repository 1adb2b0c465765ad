package swaps

import (
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/internal/golden"
)

// vectorSide and vector are a swap as the SDK and the Solidity tests read it.
type vectorSide struct {
	ChainID string         `json:"chainId"`
	Payer   common.Address `json:"payer"`
	Payee   common.Address `json:"payee"`
	Token   common.Address `json:"token"`
	Amount  string         `json:"amount"`
}

type vector struct {
	First    vectorSide    `json:"first"`
	Second   vectorSide    `json:"second"`
	Deadline string        `json:"deadline"`
	Salt     common.Hash   `json:"salt"`
	ID       common.Hash   `json:"id"`
	PaidSlot common.Hash   `json:"paidSlot"`
	PayCall  hexutil.Bytes `json:"payCall"`
}

func TestVectors_OfSwaps(t *testing.T) {
	max256 := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1)
	var vectors []vector
	for _, terms := range []Terms{
		{
			First:    Side{ChainId: big.NewInt(901), Payer: common.Address{1}, Payee: common.Address{2}, Token: common.Address{3}, Amount: big.NewInt(100)},
			Second:   Side{ChainId: big.NewInt(902), Payer: common.Address{2}, Payee: common.Address{1}, Amount: big.NewInt(70)},
			Deadline: big.NewInt(1_800_000_000),
		},
		{
			First:    Side{ChainId: max256, Payer: common.Address{19: 1}, Payee: common.Address{19: 2}, Token: common.Address{19: 3}, Amount: max256},
			Second:   Side{ChainId: common.Big1, Payer: common.Address{19: 4}, Payee: common.Address{19: 5}, Token: common.Address{19: 6}, Amount: new(big.Int)},
			Deadline: max256, Salt: common.Hash{31: 1},
		},
	} {
		id, err := ID(terms)
		if err != nil {
			t.Fatal(err)
		}
		call, err := PayCall(terms)
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{side(terms.First), side(terms.Second), terms.Deadline.String(), terms.Salt, id, PaidSlot(id), call})
	}
	text, err := json.MarshalIndent(map[string]any{"swaps": vectors}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "../../sdk/ts/vectors/swaps.json", string(text)+"\n")
}

func side(s Side) vectorSide {
	return vectorSide{s.ChainId.String(), s.Payer, s.Payee, s.Token, s.Amount.String()}
}

func TestID_RefusesMissingNumbers(t *testing.T) {
	_, err := ID(Terms{})
	_, callErr := PayCall(Terms{})
	if !errors.Is(err, ErrInvalidTerms) || !errors.Is(callErr, ErrInvalidTerms) {
		t.Errorf("%v, %v", err, callErr)
	}
}
