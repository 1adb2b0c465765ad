package orders

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// vectors are orders as the SDK and the Solidity tests read them: numbers of up to 256 bits are decimal strings.
type vectors struct {
	Permit2       common.Address `json:"permit2"`
	OrderDataType common.Hash    `json:"orderDataType"`
	Cases         []vector       `json:"cases"`
	Prices        []price        `json:"prices"`
}

type vector struct {
	Name       string             `json:"name"`
	PrivateKey hexutil.Bytes      `json:"privateKey"`
	Order      vectorOrder        `json:"order"`
	Intent     vectorIntent       `json:"intent"`
	OrderID    common.Hash        `json:"orderId"`
	Digest     common.Hash        `json:"digest"`
	TypedData  apitypes.TypedData `json:"typedData"`
	Signature  hexutil.Bytes      `json:"signature"`
	Fill       vectorFill         `json:"fill"`
	FillKey    common.Hash        `json:"fillKey"`
	Claimed    common.Hash        `json:"claimedSlot"`
	Filled     common.Hash        `json:"filledSlot"`
	MinOutput  string             `json:"minOutput"` // for the fill's input
	Calls      vectorCalls        `json:"calls"`
}

type vectorCalls struct {
	OpenFor hexutil.Bytes `json:"openFor"`
	Claim   hexutil.Bytes `json:"claim"`
	Fill    hexutil.Bytes `json:"fill"`
	Cancel  hexutil.Bytes `json:"cancel"`
	Refund  hexutil.Bytes `json:"refund"`
}

type vectorOrder struct {
	OriginSettler common.Address `json:"originSettler"`
	User          common.Address `json:"user"`
	Nonce         string         `json:"nonce"`
	OriginChainID string         `json:"originChainId"`
	OpenDeadline  uint32         `json:"openDeadline"`
	FillDeadline  uint32         `json:"fillDeadline"`
	OrderDataType common.Hash    `json:"orderDataType"`
	OrderData     hexutil.Bytes  `json:"orderData"`
}

type vectorIntent struct {
	InputToken         common.Address `json:"inputToken"`
	InputAmount        string         `json:"inputAmount"`
	OutputToken        common.Hash    `json:"outputToken"`
	MinOutput          string         `json:"minOutput"`
	Recipient          common.Hash    `json:"recipient"`
	DestinationChainID string         `json:"destinationChainId"`
	DestinationSettler common.Hash    `json:"destinationSettler"`
	Escrow             bool           `json:"escrow"`
	PartialFill        bool           `json:"partialFill"`
	ClaimPeriod        uint32         `json:"claimPeriod"`
	Verifier           common.Address `json:"verifier"`
}

type vectorFill struct {
	Filler       common.Address `json:"filler"`
	InputAmount  string         `json:"inputAmount"`
	OutputAmount string         `json:"outputAmount"`
	Salt         common.Hash    `json:"salt"`
}

// price is the least output for a part of an input.
type price struct {
	InputAmount string `json:"inputAmount"`
	MinOutput   string `json:"minOutput"`
	Part        string `json:"part"`
	Want        string `json:"want"`
}

func TestVectors_OfIntents(t *testing.T) {
	v := vectors{Permit2: predeploy.Permit2Address, OrderDataType: DataType, Prices: prices()}
	settlerA, settlerB := common.Address{0xaa, 19: 1}, common.BytesToHash(common.Address{0xbb, 19: 2}.Bytes())
	base := Intent{
		InputToken: common.Address{0x11}, InputAmount: big.NewInt(1_000_000), OutputToken: common.BytesToHash(common.Address{0x22}.Bytes()),
		MinOutput: big.NewInt(333_333), Recipient: common.BytesToHash(common.Address{0x33}.Bytes()), DestinationChainId: big.NewInt(902),
		DestinationSettler: settlerB,
	}
	for i, c := range []struct {
		name   string
		change func(*Intent, *Order)
		input  *big.Int
	}{
		{"signed for Permit2", func(*Intent, *Order) {}, base.InputAmount},
		{"signed for the settler, a part", func(in *Intent, _ *Order) { in.PartialFill = true }, big.NewInt(10)},
		{"ether as output", func(in *Intent, _ *Order) { in.OutputToken, in.MinOutput = common.Hash{}, new(big.Int) }, base.InputAmount},
		{"escrow with a verifier", func(in *Intent, _ *Order) {
			in.Escrow, in.ClaimPeriod, in.Verifier = true, 3600, common.Address{0x44}
		}, base.InputAmount},
		{"the largest numbers", func(in *Intent, order *Order) {
			in.InputAmount, in.MinOutput, order.Nonce = max256(), max256(), max256()
			order.OpenDeadline, order.FillDeadline = 1<<32-1, 1<<32-1
		}, max256()},
	} {
		key := crypto.Keccak256([]byte(c.name))
		private, err := crypto.ToECDSA(key)
		if err != nil {
			t.Fatal(err)
		}
		in := base
		order := Order{
			OriginSettler: settlerA, User: crypto.PubkeyToAddress(private.PublicKey), Nonce: big.NewInt(int64(1) << (8 * i)),
			OriginChainId: big.NewInt(901), OpenDeadline: 1_800_000_060, FillDeadline: 1_800_000_120, OrderDataType: DataType,
		}
		c.change(&in, &order)
		order.OrderData = ok(EncodeIntent(in))
		fill := Fill{Filler: common.Address{0x55}, InputAmount: c.input, OutputAmount: MinOutput(in, c.input), Salt: common.Hash{31: byte(i)}}
		signature := ok(Sign(order, private))
		fillKey := ok(FillKey(order, fill))
		v.Cases = append(v.Cases, vector{
			Name: c.name, PrivateKey: key, Order: orderVector(order), Intent: intentVector(in),
			OrderID: ok(ID(order)), Digest: ok(Digest(order)), TypedData: ok(TypedData(order)), Signature: signature,
			Fill:    vectorFill{fill.Filler, fill.InputAmount.String(), fill.OutputAmount.String(), fill.Salt},
			FillKey: fillKey, Claimed: ClaimedSlot(fillKey), Filled: FilledSlot(fillKey), MinOutput: MinOutput(in, c.input).String(),
			Calls: vectorCalls{
				ok(OpenForCall(order, signature, fill)), ok(ClaimCall(order, fill, []byte{1, 2})), ok(FillCall(order, fill)),
				ok(CancelCall(order)), ok(RefundCall(order)),
			},
		})
	}
	golden.Equal(t, "../../sdk/ts/vectors/intents.json", string(ok(json.MarshalIndent(v, "", " ")))+"\n")
}

func prices() (all []price) {
	for _, p := range [][3]*big.Int{
		{big.NewInt(100), big.NewInt(70), big.NewInt(100)}, {big.NewInt(100), big.NewInt(70), big.NewInt(1)},
		{big.NewInt(100), big.NewInt(70), big.NewInt(11)}, {big.NewInt(3), big.NewInt(1), big.NewInt(2)},
		{big.NewInt(3), new(big.Int), big.NewInt(2)}, {max256(), max256(), max256()}, {max256(), common.Big1, common.Big1},
		{max256(), max256(), new(big.Int).Rsh(max256(), 1)},
	} {
		in := Intent{InputAmount: p[0], MinOutput: p[1]}
		all = append(all, price{p[0].String(), p[1].String(), p[2].String(), MinOutput(in, p[2]).String()})
	}
	return all
}

func max256() *big.Int { return new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1) }

func orderVector(o Order) vectorOrder {
	return vectorOrder{o.OriginSettler, o.User, o.Nonce.String(), o.OriginChainId.String(), o.OpenDeadline, o.FillDeadline, o.OrderDataType, o.OrderData}
}

func intentVector(in Intent) vectorIntent {
	return vectorIntent{
		in.InputToken, in.InputAmount.String(), in.OutputToken, in.MinOutput.String(), in.Recipient, in.DestinationChainId.String(),
		in.DestinationSettler, in.Escrow, in.PartialFill, in.ClaimPeriod, in.Verifier,
	}
}
