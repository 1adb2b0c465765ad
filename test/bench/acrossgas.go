package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/outbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// GasRow is what an operation used, as a transaction of its own or as a leg with its access list.
type GasRow struct {
	Operation string `json:"operation"`
	Gas       uint64 `json:"gas"`
	// In is "single" or "leg".
	In string `json:"in"`
}

// gasBench collects rows. One sender does everything, on both rollups.
type gasBench struct {
	*setting
	by   [2]*sender
	rows []GasRow
}

const ampleGas = 4_000_000

// benchGas executes every operation once and takes what its receipt says.
func (s *setting) benchGas(ctx context.Context) ([]GasRow, error) {
	fmt.Fprintln(os.Stderr, "every operation once …")
	g := &gasBench{setting: s}
	for i := range g.by {
		g.by[i] = s.load.rollups[i].senders[0]
	}
	for _, step := range []func(context.Context) error{g.plain, g.messages, g.tokens, g.swap, g.intents} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return g.rows, nil
}

// note adds a row.
func (g *gasBench) note(operation string, receipt *gethtypes.Receipt, in string) {
	g.rows = append(g.rows, GasRow{operation, receipt.GasUsed, in})
}

// draft is a call by the benchmark's sender.
func (g *gasBench) draft(rollup int, to common.Address, data []byte, asserts bool) draft {
	return draft{rollup: rollup, by: g.by[rollup], to: to, data: data, gas: ampleGas, asserts: asserts}
}

// single sends a transaction of its own.
func (g *gasBench) single(ctx context.Context, d draft) (*gethtypes.Receipt, error) {
	tx, err := g.sign(d, nil)
	if err != nil {
		return nil, err
	}
	receipt, err := g.eth[d.rollup].SendTransactionSync(ctx, tx, nil)
	if err == nil && receipt.Status != gethtypes.ReceiptStatusSuccessful {
		err = fmt.Errorf("transaction %s reverted", tx.Hash())
	}
	return receipt, err
}

// plain has what the others are compared with: transfers, and an assertion that nobody needs.
func (g *gasBench) plain(ctx context.Context) error {
	ether := g.draft(0, common.Address{0xbe, 0xac}, nil, false)
	ether.value = common.Big1
	token := bridgederc20.NewBridgedERC20().PackTransfer(g.filler().address(), common.Big1)
	for _, one := range []struct {
		name string
		draft
	}{
		{"transfer of ether", ether},
		{"transfer of an ERC-20 token", g.draft(1, g.exchanges[1].Token, token, false)},
	} {
		receipt, err := g.single(ctx, one.draft)
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		g.note(one.name, receipt, "single")
	}
	empty := core.NewAssertion(g.load.rollups[1].id, g.contracts.Outbox, common.Hash{1}, common.Hash{})
	receipts, err := g.execute(ctx, true, g.draft(0, g.predeploy.Address, empty.Calldata(), true))
	if err != nil {
		return fmt.Errorf("assertion: %w", err)
	}
	g.note("an assertion, nothing else", receipts[0], "leg")
	return nil
}

func (g *gasBench) messages(ctx context.Context) error {
	send := outbox.NewOutbox().PackSend(g.chain(1), g.by[1].address(), []byte("hello"))
	receipt, err := g.single(ctx, g.draft(0, g.contracts.Outbox, send, false))
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	g.note("`Outbox.send`", receipt, "single")
	message, err := g.sent(receipt, 0)
	if err != nil {
		return err
	}
	receipts, err := g.execute(ctx, true, g.draft(1, g.contracts.Inbox, inbox.NewInbox().PackConsume(message), true))
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	g.note("`Inbox.consume`", receipts[0], "leg")
	return nil
}

func (g *gasBench) chain(rollup int) *big.Int { return actor.ChainID(g.load.rollups[rollup].id) }

// sent is the message that a transaction sent.
func (g *gasBench) sent(receipt *gethtypes.Receipt, source int) (inbox.Message, error) {
	for _, l := range receipt.Logs {
		if e, err := outbox.NewOutbox().UnpackSentEvent(l); l.Address == g.contracts.Outbox && err == nil {
			return inbox.Message{
				SourceChain: g.chain(source), Sender: e.Sender, DestinationChain: e.DestinationChain, Recipient: e.Recipient, Nonce: e.Nonce, Payload: e.Payload,
			}, nil
		}
	}
	return inbox.Message{}, fmt.Errorf("transaction %s sent no message", receipt.TxHash)
}

// tokens moves a token away twice and back once. Messages are delivered in bundles after those of their sending: what an
// operation uses does not depend on that.
func (g *gasBench) tokens(ctx context.Context) error {
	contract := tokenbridge.NewTokenBridge()
	token := g.exchanges[0].Token
	lock := contract.PackLock(token, g.chain(1), g.by[1].address(), big.NewInt(100))
	for _, names := range [][2]string{
		{"`TokenBridge.lock`, a token's first", "`Inbox.deliver`: mint, a token's first, which deploys it"},
		{"`TokenBridge.lock`", "`Inbox.deliver`: mint"},
	} {
		if err := g.pass(ctx, names, g.draft(0, g.contracts.TokenBridge, lock, false)); err != nil {
			return err
		}
	}
	account := actor.On(g.load.rollups[1].id, g.eth[1], g.by[1].key)
	out, err := account.Read(ctx, g.contracts.TokenBridge, contract.PackBridged(g.chain(0), token))
	if err != nil {
		return err
	}
	burn := contract.PackBurn(common.BytesToAddress(out), g.by[0].address(), big.NewInt(50))
	return g.pass(ctx, [2]string{"`TokenBridge.burn`", "`Inbox.deliver`: unlock"}, g.draft(1, g.contracts.TokenBridge, burn, false))
}

// pass sends a token off and delivers the message.
func (g *gasBench) pass(ctx context.Context, names [2]string, d draft) error {
	receipt, err := g.single(ctx, d)
	if err != nil {
		return fmt.Errorf("%s: %w", names[0], err)
	}
	g.note(names[0], receipt, "single")
	message, err := g.sent(receipt, d.rollup)
	if err != nil {
		return err
	}
	receipts, err := g.execute(ctx, true, g.draft(1-d.rollup, g.contracts.Inbox, inbox.NewInbox().PackDeliver(message), true))
	if err != nil {
		return fmt.Errorf("%s: %w", names[1], err)
	}
	g.note(names[1], receipts[0], "leg")
	return nil
}

func (g *gasBench) swap(ctx context.Context) error {
	drafts, err := g.swapDrafts([2]*sender{g.by[0], g.by[1]}, ampleGas)
	if err != nil {
		return err
	}
	receipts, err := g.execute(ctx, true, drafts...)
	if err != nil {
		return fmt.Errorf("swap: %w", err)
	}
	g.note("`Swap.pay`, an ERC-20 token", receipts[0], "leg")
	return nil
}

// swapDrafts are the legs of a swap of one smallest unit of each rollup's token between two senders.
func (s *setting) swapDrafts(by [2]*sender, gas uint64) ([]draft, error) {
	side := func(i int) swap.SwapSide {
		return swap.SwapSide{
			ChainId: actor.ChainID(s.load.rollups[i].id), Payer: by[i].address(), Payee: by[1-i].address(), Token: s.exchanges[i].Token, Amount: common.Big1,
		}
	}
	terms := swap.SwapTerms{First: side(0), Second: side(1), Deadline: big.NewInt(time.Now().Add(time.Hour).Unix())}
	if _, err := rand.Read(terms.Salt[:]); err != nil {
		return nil, err
	}
	pay := swap.NewSwap().PackPay(terms)
	return []draft{
		{rollup: 0, by: by[0], to: s.contracts.Swap, data: pay, gas: gas, asserts: true},
		{rollup: 1, by: by[1], to: s.contracts.Swap, data: pay, gas: gas, asserts: true},
	}, nil
}

// intents fills an order by Permit2, a part of one that allows parts, and one that its user opened on chain.
func (g *gasBench) intents(ctx context.Context) error {
	for _, one := range []struct {
		claim   string
		partial bool
	}{{"`IntentSettler.openFor`, by Permit2", false}, {"`IntentSettler.openFor`, one that allows parts", true}} {
		order, err := g.order(orderTerms{user: g.by[0], input: big.NewInt(1000), limit: big.NewInt(900), partial: one.partial})
		if err != nil {
			return err
		}
		signature, err := orders.Sign(order, g.by[0].key)
		if err != nil {
			return err
		}
		fill := orders.Fill{Filler: g.filler().address(), InputAmount: big.NewInt(1000), OutputAmount: big.NewInt(950)}
		open, err := orders.OpenForCall(order, signature, fill)
		if err != nil {
			return err
		}
		receipts, err := g.fill(ctx, order, fill, open)
		if err != nil {
			return fmt.Errorf("%s: %w", one.claim, err)
		}
		if !one.partial {
			g.note("`IntentSettler.fill`, an ERC-20 token", receipts[0], "leg")
		}
		g.note(one.claim, receipts[1], "leg")
	}
	return g.opened(ctx)
}

// filler is another sender, the same key on neither rollup: the fill names who is paid.
func (g *gasBench) filler() *sender { return g.load.rollups[1].senders[1] }

// fill executes a fill with the call that claims it.
func (g *gasBench) fill(ctx context.Context, order orders.Order, fill orders.Fill, claim []byte) ([]*gethtypes.Receipt, error) {
	data, err := orders.FillCall(order, fill)
	if err != nil {
		return nil, err
	}
	pay := g.draft(1, g.contracts.IntentSettler, data, true)
	pay.by = g.filler()
	take := g.draft(0, g.contracts.IntentSettler, claim, true)
	take.by = g.load.rollups[0].senders[1]
	return g.execute(ctx, true, pay, take)
}

// opened has the user open an order itself, and a filler claim it.
func (g *gasBench) opened(ctx context.Context) error {
	signedOrder, err := g.order(orderTerms{user: g.by[0], input: big.NewInt(1000), limit: big.NewInt(900)})
	if err != nil {
		return err
	}
	onchain := onchainOrder(signedOrder)
	account := actor.On(g.load.rollups[0].id, g.eth[0], g.by[0].key)
	out, err := account.Read(ctx, g.contracts.IntentSettler, settler.PackOrderOf(onchain))
	if err != nil {
		return fmt.Errorf("orderOf: %w", err)
	}
	order, err := settler.UnpackOrderOf(out)
	if err != nil {
		return err
	}
	receipt, err := g.single(ctx, g.draft(0, g.contracts.IntentSettler, settler.PackOpen(onchain), false))
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	g.note("`IntentSettler.open`", receipt, "single")
	fill := orders.Fill{Filler: g.filler().address(), InputAmount: big.NewInt(1000), OutputAmount: big.NewInt(950)}
	claim, err := orders.ClaimCall(order, fill, nil)
	if err != nil {
		return err
	}
	receipts, err := g.fill(ctx, order, fill, claim)
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	g.note("`IntentSettler.claim`", receipts[1], "leg")
	return nil
}

func printGas(w io.Writer, rows []GasRow) {
	cells := [][]any{{"operation", "gas", "as"}}
	for _, r := range rows {
		as := "a transaction of its own"
		if r.In == "leg" {
			as = "a leg, access list included"
		}
		cells = append(cells, []any{r.Operation, thousands(r.Gas), as})
	}
	table(w, cells...)
}

// thousands prints a number with its thousands separated.
func thousands(n uint64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
