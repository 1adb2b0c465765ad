package messages

import (
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/internal/golden"
)

// vector is a message as the SDK and the Solidity tests read it.
type vector struct {
	SourceChain      string         `json:"sourceChain"`
	Outbox           common.Address `json:"outbox"`
	Sender           common.Address `json:"sender"`
	DestinationChain string         `json:"destinationChain"`
	Recipient        common.Address `json:"recipient"`
	Nonce            string         `json:"nonce"`
	Payload          hexutil.Bytes  `json:"payload"`
	ID               common.Hash    `json:"id"`
	SentSlot         common.Hash    `json:"sentSlot"`
	DeliverCall      hexutil.Bytes  `json:"deliverCall"`
}

func someMessages() []Message {
	keyed := new(big.Int).SetBytes(crypto.Keccak256([]byte("a key and a count")))
	big256 := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1)
	return []Message{
		{SourceChain: big.NewInt(901), Sender: common.Address{1}, DestinationChain: big.NewInt(902), Recipient: common.Address{2}, Nonce: new(big.Int), Payload: []byte{}},
		{SourceChain: big.NewInt(902), Sender: common.Address{19: 1}, DestinationChain: big.NewInt(901), Recipient: common.Address{19: 2}, Nonce: big.NewInt(7), Payload: []byte("hello")},
		{SourceChain: big256, Sender: common.Address{3}, DestinationChain: common.Big1, Recipient: common.Address{4}, Nonce: keyed, Payload: make([]byte, 33)},
	}
}

func TestVectors_OfMessages(t *testing.T) {
	var vectors []vector
	for i, m := range someMessages() {
		box := common.Address{0xb0, 19: byte(i)}
		call, err := DeliverCall(m)
		if err != nil {
			t.Fatal(err)
		}
		id, err := ID(m, box)
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{
			m.SourceChain.String(), box, m.Sender, m.DestinationChain.String(), m.Recipient, m.Nonce.String(), m.Payload,
			id, SentSlot(id), call,
		})
	}
	text, err := json.MarshalIndent(map[string]any{"messages": vectors}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "../../sdk/ts/vectors/messages.json", string(text)+"\n")
}

func TestParseSent_GivesTheMessage(t *testing.T) {
	want, id := someMessages()[1], common.Hash{9}
	contract := outboxContract.GetABI()
	data, err := contract.Events["Sent"].Inputs.NonIndexed().Pack(want.Sender, want.Nonce, want.Payload)
	if err != nil {
		t.Fatal(err)
	}
	log := &gethtypes.Log{Data: data, Topics: []common.Hash{
		contract.Events["Sent"].ID, id, common.BigToHash(want.DestinationChain), common.BytesToHash(want.Recipient[:]),
	}}
	got, gotID, err := ParseSent(902, log)
	gotAgain, gotErr := ID(got, common.Address{})
	wantAgain, wantErr := ID(want, common.Address{})
	if err != nil || gotErr != nil || wantErr != nil || gotID != id || gotAgain != wantAgain {
		t.Errorf("parsed %+v with id %s, %v", got, gotID, err)
	}
	log.Topics[0] = common.Hash{}
	if _, _, err := ParseSent(902, log); !errors.Is(err, ErrNotTheEvent) {
		t.Errorf("another event: %v", err)
	}
}

func TestID_RefusesMissingNumbers(t *testing.T) {
	_, err := ID(Message{}, common.Address{})
	_, callErr := DeliverCall(Message{})
	if !errors.Is(err, ErrInvalidMessage) || !errors.Is(callErr, ErrInvalidMessage) {
		t.Errorf("%v, %v", err, callErr)
	}
}
