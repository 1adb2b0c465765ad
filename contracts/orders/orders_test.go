package orders

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
)

// ok is the value of what must not fail.
func ok[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// find is the one event of its kind among the logs.
func find[T any](t *testing.T, logs []*gethtypes.Log, read func(*gethtypes.Log) (*T, error)) *T {
	t.Helper()
	var found *T
	for _, log := range logs {
		event, err := read(log)
		switch {
		case err == nil && found != nil:
			t.Fatal("the event is there twice")
		case err == nil:
			found = event
		case !errors.Is(err, ErrNotTheEvent):
			t.Fatal(err)
		}
	}
	if found == nil {
		t.Fatalf("none of %d logs is the event", len(logs))
	}
	return found
}

func newFill(input, output int64) Fill {
	return Fill{Filler: filler, InputAmount: big.NewInt(input), OutputAmount: big.NewInt(output), Salt: [32]byte{1}}
}

// The settler takes what Sign signs, with Permit2's help or its own, and pays the filler.
func TestSign_IsWhatPermit2AndTheSettlerTake(t *testing.T) {
	for name, partial := range map[string]bool{"by Permit2": false, "by the settler": true} {
		t.Run(name, func(t *testing.T) {
			a, b := newChain(t, chainA), newChain(t, chainB)
			account, key := user(t)
			a.mint(account, 100)
			spender := predeploy.Permit2Address
			if partial {
				spender = a.settler
			}
			a.must(&gethcore.Message{From: account, To: &a.token, Data: erc20.PackApprove(spender, big.NewInt(100))})
			order := newOrder(t, a, b, func(in *Intent) { in.PartialFill = partial })
			fill := newFill(100, 75)
			signature := ok(Sign(order, key))
			if by, err := Recover(order, signature); err != nil || by != account {
				t.Fatalf("recovered %s, %v", by, err)
			}
			forged := bytes.Clone(signature)
			forged[5] ^= 1
			if result := a.send(filler, a.settler, ok(OpenForCall(order, forged, fill))); result.Err == nil {
				t.Error("a forged signature was taken")
			}
			logs := a.must(&gethcore.Message{From: filler, To: &a.settler, Data: ok(OpenForCall(order, signature, fill))})
			if got := a.balance(filler); got != 100 {
				t.Errorf("the filler has %d, want 100", got)
			}
			id := ok(ID(order))
			if claimed := find(t, logs, ParseClaimed); claimed.OrderId != id || claimed.Filler != filler || claimed.OutputAmount.Int64() != 75 {
				t.Errorf("claimed %+v", claimed)
			}
			if got := a.state.GetState(a.settler, ClaimedSlot(ok(FillKey(order, fill)))); got != (common.Hash{31: 1}) {
				t.Errorf("the slot of the fill holds %s on the origin", got)
			}
		})
	}
}

func TestFillCall_PaysTheRecipient(t *testing.T) {
	a, b := newChain(t, chainA), newChain(t, chainB)
	account, _ := user(t)
	order, fill := newOrder(t, a, b, nil), newFill(100, 75)
	b.mint(filler, 75)
	b.must(&gethcore.Message{From: filler, To: &b.token, Data: erc20.PackApprove(b.settler, big.NewInt(75))})
	data := ok(FillCall(order, fill))
	filled := find(t, b.must(&gethcore.Message{From: filler, To: &b.settler, Data: data}), ParseFilled)
	if got := b.balance(account); got != 75 || filled.OrderId != ok(ID(order)) || filled.OutputAmount.Int64() != 75 || filled.Filler != filler {
		t.Errorf("the user has %d, filled %+v", got, filled)
	}
	if got := b.state.GetState(b.settler, FilledSlot(ok(FillKey(order, fill)))); got != (common.Hash{31: 1}) {
		t.Errorf("the slot of the fill holds %s on the destination", got)
	}
	id, terms, got, err := DecodeFillCall(data)
	if want := ok(Terms(order)); err != nil || id != ok(ID(order)) || asJSON(terms) != asJSON(want) || asJSON(got) != asJSON(fill) {
		t.Errorf("decoded %s, %+v, %+v, %v", id, terms, got, err)
	}
	for _, bad := range [][]byte{nil, data[:3], data[:200], append([]byte{1, 2, 3, 4}, data[4:]...), ok(CancelCall(order))} {
		if _, _, _, err := DecodeFillCall(bad); !errors.Is(err, ErrNotTheCall) {
			t.Errorf("%x: %v", bad, err)
		}
	}
}

// What the settler itself computes of an order.
func TestIDs_AreThoseOfTheSettler(t *testing.T) {
	a, b := newChain(t, chainA), newChain(t, chainB)
	for _, partial := range []bool{false, true} {
		order, fill := newOrder(t, a, b, func(in *Intent) { in.PartialFill = partial }), newFill(3, 4)
		if got := ok(settler.UnpackOrderIdOf(a.send(issuer, a.settler, settler.PackOrderIdOf(order)).ReturnData)); got != ok(ID(order)) {
			t.Errorf("the settler's id is %x, want %s", got, ok(ID(order)))
		}
		if got := ok(settler.UnpackFillKeyOf(a.send(issuer, a.settler, settler.PackFillKeyOf(order, fill)).ReturnData)); got != ok(FillKey(order, fill)) {
			t.Errorf("the settler's key of a fill is %x, want %s", got, ok(FillKey(order, fill)))
		}
		digest := ok(settler.UnpackDigestOf(a.send(issuer, a.settler, settler.PackDigestOf(order)).ReturnData))
		if got := ok(Digest(order)); (digest == got) != partial {
			t.Errorf("partial %t: the settler's digest is %x, the user signs %s", partial, digest, got)
		}
	}
	if got := ok(settler.UnpackORDERDATATYPE(a.send(issuer, a.settler, settler.PackORDERDATATYPE()).ReturnData)); got != DataType {
		t.Errorf("the settler takes the type %x, want %s", got, DataType)
	}
}

func TestClosingCalls_EndOrders(t *testing.T) {
	a, b := newChain(t, chainA), newChain(t, chainB)
	account, _ := user(t)
	order := newOrder(t, a, b, nil)
	a.must(&gethcore.Message{From: account, To: &a.settler, Data: ok(CancelCall(order))})
	state := ok(settler.UnpackStateOf(a.send(issuer, a.settler, settler.PackStateOf(ok(ID(order)))).ReturnData))
	if state.Status != 2 {
		t.Errorf("after cancel the order's status is %d, want 2, closed", state.Status)
	}
	for name, data := range map[string][]byte{
		"claim of an order that was never opened":  ok(ClaimCall(newOrder(t, b, a, nil), newFill(100, 75), nil)),
		"refund of an order that was never opened": ok(RefundCall(newOrder(t, b, a, nil))),
	} {
		result := b.send(filler, b.settler, data)
		if _, err := settler.UnpackWrongStatusError(result.Revert()[4:]); result.Err == nil || err != nil {
			t.Errorf("%s: %v, %x", name, result.Err, result.Revert())
		}
	}
}

// A wallet gets the typed data as JSON and must come to the same digest.
func TestTypedData_SurvivesJSON(t *testing.T) {
	a, b := newChain(t, chainA), newChain(t, chainB)
	for _, partial := range []bool{false, true} {
		order := newOrder(t, a, b, func(in *Intent) { in.PartialFill = partial })
		var read apitypes.TypedData
		if err := json.Unmarshal(ok(json.Marshal(ok(TypedData(order)))), &read); err != nil {
			t.Fatal(err)
		}
		digest, _, err := apitypes.TypedDataAndHash(read)
		if err != nil || common.BytesToHash(digest) != ok(Digest(order)) {
			t.Errorf("partial %t: after JSON the digest is %x, %v", partial, digest, err)
		}
	}
}

func TestMinOutput_IsRoundedUp(t *testing.T) {
	huge := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	for _, c := range []struct{ min, all, part, want *big.Int }{
		{big.NewInt(70), big.NewInt(100), big.NewInt(100), big.NewInt(70)},
		{big.NewInt(70), big.NewInt(100), big.NewInt(1), big.NewInt(1)},
		{big.NewInt(70), big.NewInt(100), big.NewInt(10), big.NewInt(7)},
		{big.NewInt(70), big.NewInt(100), big.NewInt(11), big.NewInt(8)},
		{big.NewInt(0), big.NewInt(100), big.NewInt(11), big.NewInt(0)},
		{huge, huge, huge, huge},
	} {
		if got := MinOutput(Intent{InputAmount: c.all, MinOutput: c.min}, c.part); got.Cmp(c.want) != 0 {
			t.Errorf("%s of %s at %s: %s, want %s", c.part, c.all, c.min, got, c.want)
		}
	}
}

func TestDecodeIntent_RefusesWhatTheSettlerRefuses(t *testing.T) {
	a, b := newChain(t, chainA), newChain(t, chainB)
	good := newOrder(t, a, b, nil)
	if in := ok(DecodeIntent(good)); in.MinOutput.Int64() != 70 {
		t.Fatalf("decoded %+v", in)
	}
	for name, order := range map[string]Order{
		"no input":                    newOrder(t, a, b, func(in *Intent) { in.InputAmount = new(big.Int) }),
		"the origin as destination":   newOrder(t, a, b, func(in *Intent) { in.DestinationChainId = big.NewInt(chainA) }),
		"a verifier without escrow":   newOrder(t, a, b, func(in *Intent) { in.Verifier = filler }),
		"a recipient of 32 bytes":     newOrder(t, a, b, func(in *Intent) { in.Recipient[0] = 1 }),
		"an output token of 32 bytes": newOrder(t, a, b, func(in *Intent) { in.OutputToken[11] = 1 }),
		"another type":                {OrderDataType: [32]byte{1}, OrderData: good.OrderData, Nonce: good.Nonce, OriginChainId: good.OriginChainId},
		"no nonce":                    {OrderDataType: DataType, OrderData: good.OrderData, OriginChainId: good.OriginChainId},
		"data too short":              {OrderDataType: DataType, OrderData: good.OrderData[:300], Nonce: good.Nonce, OriginChainId: good.OriginChainId},
		"data too long":               {OrderDataType: DataType, OrderData: append(good.OrderData, 0), Nonce: good.Nonce, OriginChainId: good.OriginChainId},
	} {
		if _, err := DecodeIntent(order); !errors.Is(err, ErrInvalidOrder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := EncodeIntent(Intent{InputAmount: big.NewInt(1), MinOutput: big.NewInt(-1), DestinationChainId: big.NewInt(1)}); !errors.Is(err, ErrInvalidOrder) {
		t.Errorf("a negative output: %v", err)
	}
	if _, err := FillCall(good, Fill{}); !errors.Is(err, ErrInvalidFill) {
		t.Errorf("a fill without amounts: %v", err)
	}
}

func TestRecover_RefusesWhatNoChainTakes(t *testing.T) {
	order := newOrder(t, newChain(t, chainA), newChain(t, chainB), nil)
	_, key := user(t)
	good := ok(Sign(order, key))
	raw, short, highS := bytes.Clone(good), good[:64], bytes.Clone(good)
	raw[64] -= 27
	copy(highS[32:], bytes.Repeat([]byte{0xff}, 32))
	for name, signature := range map[string][]byte{"v of 0 or 1": raw, "64 bytes": short, "s too high": highS, "none": nil} {
		if _, err := Recover(order, signature); !errors.Is(err, ErrInvalidSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func asJSON(v any) string { return string(ok(json.Marshal(v))) }
