package intents

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// onChainAdvice is for orders that no bundle of the zone can settle.
const onChainAdvice = "open it on chain with `open` of the settler, where any filler finds it"

var (
	settler = intentsettler.NewIntentSettler()
	erc20   = bridgederc20.NewBridgedERC20() // of it, what every ERC-20 token has
)

// The statuses of an order at its settler.
const (
	chainOpen   = 1
	chainClosed = 2
)

// read decodes an order and checks what does not need the state.
func (b *Book) read(signed orders.Order, signature []byte) (Order, error) {
	o := Order{Signed: signed, Signature: signature}
	if n := len(signed.OrderData) + len(signature); n > b.cfg.MaxOrderBytes {
		return o, &Refusal{Cause: ErrLimit, Field: "intents.maxOrderBytes", Have: fmt.Sprintf("%d bytes of data and signature", n), Want: fmt.Sprintf("at most %d", b.cfg.MaxOrderBytes)}
	}
	if err := b.inZone("order.originChainId", signed.OriginChainId); err != nil {
		return o, err
	}
	if signed.OriginSettler != b.deps.Settler {
		return o, &Refusal{Cause: ErrOrder, Field: "order.originSettler", Have: signed.OriginSettler.Hex(), Want: b.deps.Settler.Hex() + ", the IntentSettler of this network"}
	}
	var err error
	if o.Intent, err = orders.DecodeIntent(signed); err != nil {
		return o, refuse(ErrOrder, "%v", err)
	}
	if o.ID, err = orders.ID(signed); err != nil {
		return o, refuse(ErrOrder, "%v", err)
	}
	if o.Intent.Escrow {
		return o, &Refusal{Cause: ErrOrder, Field: "intent.escrow", Have: "true", Want: "false", Detail: "this book settles without escrow; " + onChainAdvice}
	}
	if err := b.inZone("intent.destinationChainId", o.Intent.DestinationChainId); err != nil {
		return o, err
	}
	if have := o.destinationSettler(); have != b.deps.Settler {
		return o, &Refusal{Cause: ErrOrder, Field: "intent.destinationSettler", Have: have.Hex(), Want: b.deps.Settler.Hex() + ", the IntentSettler of this network"}
	}
	return o, nil
}

// inZone checks that a chain is an `evm` rollup of the book's zone.
func (b *Book) inZone(field string, chain *big.Int) error {
	if chain != nil && chain.IsUint64() {
		id := core.RollupID(chain.Uint64())
		if r, ok := b.deps.Genesis.Rollup(id); ok && r.Kind == core.KindEVM && b.deps.Genesis.ZoneOf(id) == b.deps.Zone {
			return nil
		}
	}
	return &Refusal{
		Cause: ErrOrder, Field: field, Have: fmt.Sprint(chain), Want: fmt.Sprintf("an evm rollup of zone %s", b.deps.Zone),
		Detail: "only rollups of one zone settle in one bundle; with escrow, " + onChainAdvice,
	}
}

// checkDeadlines refuses what no block can take any more, and what would stay for too long.
func (b *Book) checkDeadlines(o *Order, timeMs uint64) error {
	for _, d := range []struct {
		name string
		v    uint32
	}{{"order.openDeadline", o.Signed.OpenDeadline}, {"order.fillDeadline", o.Signed.FillDeadline}} {
		if uint64(d.v) < timeMs/1000 {
			return &Refusal{Cause: ErrDeadline, Field: d.name, Have: fmt.Sprint(d.v), Want: fmt.Sprintf("at least %d, the network's time in seconds", timeMs/1000)}
		}
	}
	if latest := timeMs/1000 + uint64(b.cfg.MaxLifetime/time.Second); o.deadline() > latest {
		return &Refusal{
			Cause: ErrLimit, Field: "intents.maxLifetime", Have: fmt.Sprintf("%d, the order's first deadline", o.deadline()),
			Want: fmt.Sprintf("at most %d, which is %s ahead of the network's time", latest, b.cfg.MaxLifetime),
		}
	}
	return nil
}

// checkState checks an order against the executed state, and gives how much of its input is left.
func (b *Book) checkState(ctx context.Context, o *Order) (left *big.Int, err error) {
	for _, rollup := range []core.RollupID{o.origin(), o.destination()} {
		if has, err := b.deps.Chains.HasCode(ctx, rollup, b.deps.Settler); err != nil {
			return nil, err
		} else if !has {
			return nil, refuse(ErrOrder, "the IntentSettler is not deployed on rollup %s; run `lockstep contracts deploy`", rollup)
		}
	}
	if err := b.checkSignature(ctx, o); err != nil {
		return nil, err
	}
	s, err := b.readStanding(ctx, o)
	if err != nil {
		return nil, err
	}
	if s.Ended || s.Left.Sign() == 0 {
		return nil, refuse(ErrNonce, "%s", s.Reason)
	}
	return s.Left, b.checkFunds(ctx, o, s.Left)
}

// checkSignature checks the user's signature as the contracts do: by the user's code (ERC-1271) if there is some, else by recovery.
func (b *Book) checkSignature(ctx context.Context, o *Order) error {
	digest, err := orders.Digest(o.Signed)
	if err != nil {
		return refuse(ErrOrder, "%v", err)
	}
	if is, err := b.signedByCode(ctx, o, digest, o.Signature); is || err != nil {
		return err
	}
	signer, err := orders.Recover(o.Signed, o.Signature)
	if err != nil {
		return &Refusal{Cause: ErrSignature, Field: "signature", Detail: err.Error()}
	}
	if signer != o.Signed.User {
		return &Refusal{Cause: ErrSignature, Field: "signature", Have: "one of " + signer.Hex() + " over digest " + digest.Hex(), Want: "the user's, " + o.Signed.User.Hex()}
	}
	return nil
}

// signedByCode asks a user with code about a signature; is tells that the user has code, and err that it refuses.
func (b *Book) signedByCode(ctx context.Context, o *Order, digest common.Hash, signature []byte) (is bool, err error) {
	if is, err = b.deps.Chains.HasCode(ctx, o.origin(), o.Signed.User); err != nil || !is {
		return is, err
	}
	call := concat(isValidSignature, digest[:], word(0x40), word(uint64(len(signature))), signature, make([]byte, padding(len(signature))))
	answer, ok, err := b.deps.Chains.Call(ctx, o.origin(), o.Signed.User, call)
	if err != nil {
		return true, err
	}
	if !ok || len(answer) < 32 || !bytes.Equal(answer[:4], isValidSignature) {
		return true, &Refusal{Cause: ErrSignature, Field: "signature", Detail: fmt.Sprintf("the code of user %s does not accept it for digest %s (ERC-1271)", o.Signed.User, digest)}
	}
	return true, nil
}

// readStanding reads where an order stands on its origin chain.
func (b *Book) readStanding(ctx context.Context, o *Order) (Standing, error) {
	answer, ok, err := b.deps.Chains.Call(ctx, o.origin(), b.deps.Settler, settler.PackStateOf(o.ID))
	if err != nil {
		return Standing{}, err
	}
	if !ok {
		return Standing{}, fmt.Errorf("intents: stateOf of order %s reverts", o.ID)
	}
	state, err := settler.UnpackStateOf(answer)
	if err != nil {
		return Standing{}, fmt.Errorf("intents: stateOf of order %s: %w", o.ID, err)
	}
	s := Standing{Left: new(big.Int).Sub(o.Intent.InputAmount, state.Taken)}
	switch {
	case s.Left.Sign() == 0:
		s.Reason = "all of its input is taken"
	case state.Status == chainClosed:
		s.Ended, s.Reason = true, "its user has cancelled it on chain"
	case state.Status == chainOpen:
		s.Ended, s.Reason = true, "its user has opened it on chain: fillers call fill and claim in a bundle of their own"
	case !o.Intent.PartialFill:
		return s, b.readPermit(ctx, o, &s)
	}
	return s, nil
}

// readPermit looks whether Permit2 still takes the order's nonce.
func (b *Book) readPermit(ctx context.Context, o *Order, s *Standing) error {
	at, bit := new(big.Int).Rsh(o.Signed.Nonce, 8), new(big.Int).And(o.Signed.Nonce, big.NewInt(0xff))
	bitmap, err := b.number(ctx, o.origin(), predeploy.Permit2Address, concat(nonceBitmap, address(o.Signed.User), common.BigToHash(at).Bytes()))
	if err != nil {
		return err
	}
	if bitmap.Bit(int(bit.Uint64())) == 1 {
		s.Ended, s.Reason = true, fmt.Sprintf("nonce %s of the user is used at Permit2", o.Signed.Nonce)
	}
	return nil
}

// checkFunds checks that what is left of the input is there and may be taken.
func (b *Book) checkFunds(ctx context.Context, o *Order, left *big.Int) error {
	taker, name := predeploy.Permit2Address, "Permit2"
	if o.Intent.PartialFill {
		taker, name = b.deps.Settler, "the IntentSettler"
	}
	token, user := o.Intent.InputToken, o.Signed.User
	for _, fund := range []struct {
		what string
		call []byte
	}{
		{"balance of " + user.Hex(), erc20.PackBalanceOf(user)},
		{"allowance for " + name + " (" + taker.Hex() + ")", erc20.PackAllowance(user, taker)},
	} {
		have, err := b.number(ctx, o.origin(), token, fund.call)
		if err != nil {
			return err
		}
		if have.Cmp(left) < 0 {
			return &Refusal{Cause: ErrFunds, Field: "intent.inputAmount", Have: have.String() + ", the " + fund.what, Want: "at least " + left.String() + " of token " + token.Hex()}
		}
	}
	return nil
}

// The selectors of what is asked of Permit2 and accounts.
var (
	nonceBitmap      = selector("nonceBitmap(address,uint256)")
	isValidSignature = selector("isValidSignature(bytes32,bytes)")
)

func selector(signature string) []byte { return crypto.Keccak256([]byte(signature))[:4] }

// number calls a function that answers a number.
func (b *Book) number(ctx context.Context, rollup core.RollupID, to common.Address, call []byte) (*big.Int, error) {
	answer, ok, err := b.deps.Chains.Call(ctx, rollup, to, call)
	if err != nil {
		return nil, err
	}
	if !ok || len(answer) != 32 {
		return nil, refuse(ErrFunds, "%s on rollup %s does not answer: it is no token (ERC-20), or not deployed", to, rollup)
	}
	return new(big.Int).SetBytes(answer), nil
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func address(a common.Address) []byte { return common.LeftPadBytes(a[:], 32) }

func word(n uint64) []byte { return common.LeftPadBytes(new(big.Int).SetUint64(n).Bytes(), 32) }

// padding is how many bytes are missing to whole words.
func padding(n int) int { return (32 - n%32) % 32 }
