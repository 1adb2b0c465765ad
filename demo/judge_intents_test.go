package demo

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

var (
	modest = &person{name: modestName, address: common.Address{0xaa}}
	greedy = &person{name: greedyName, address: common.Address{0xbb}}
)

// won is the evidence of an auction that the modest solver won with an output of 5 for 2, where 4 were asked for.
func won(t *testing.T) *auction {
	t.Helper()
	dora, bundle := common.Address{0xd0}, common.Hash{0xbd}
	in := orders.Intent{
		InputToken: common.Address{1}, InputAmount: ether(2), MinOutput: ether(4), Recipient: common.BytesToHash(dora[:]),
		DestinationChainId: actor.ChainID(there), DestinationSettler: common.BytesToHash(contractAt[:]),
	}
	data, err := orders.EncodeIntent(in)
	if err != nil {
		t.Fatal(err)
	}
	order := orders.Order{
		OriginSettler: contractAt, User: dora, Nonce: common.Big1, OriginChainId: actor.ChainID(here), OpenDeadline: 9, FillDeadline: 9,
		OrderDataType: orders.DataType, OrderData: data,
	}
	id, err := orders.ID(order)
	if err != nil {
		t.Fatal(err)
	}
	fill := gateway.IntentFillView{
		BundleID: bundle, Filler: modest.address, InputAmount: (*hexutil.Big)(ether(2)), OutputAmount: (*hexutil.Big)(ether(5)), Status: "executed",
	}
	c := changes{{here, inToken, "Dora"}: ether(-2), {there, inCoin, "Dora"}: ether(5)}
	c.move(item{there, inCoin, modestName}, thePool, ether(6)) // whatever it is, it is the winner's business
	before := someBook()
	meta := &intentsettler.IntentSettlerMetaData
	return &auction{
		order: order, in: in, settler: contractAt, offers: map[string]float64{modestName: 1, greedyName: 2},
		closed: &gateway.IntentView{Status: "filled", Fills: []gateway.IntentFillView{fill}},
		bundle: &gateway.BundleView{ID: bundle, Legs: []gateway.LegView{{Rollup: there}, {Rollup: here}, {Rollup: there}}},
		evidence: &evidence{
			step: &Step{BundleID: bundle, Outcome: core.Included, Level: core.LevelAttested}, before: before, after: before.with(c),
			receipts: []*gethtypes.Receipt{
				receiptOf(eventLog(t, meta, contractAt, "Filled", id, modest.address, in.Recipient, ether(5))),
				receiptOf(eventLog(t, meta, contractAt, "Claimed", id, modest.address, ether(2), ether(5))), receiptOf(),
			},
		},
	}
}

func TestJudgeIntent_WantsTheBetterOfTwo(t *testing.T) {
	t.Parallel()
	meta := &intentsettler.IntentSettlerMetaData
	some := common.Hash{9}
	for _, c := range []struct {
		name  string
		spoil func(*auction)
		want  string
	}{
		{"good", func(*auction) {}, ""},
		{"one offer", func(a *auction) { a.offers[greedyName] = 0 }, "want some of both solvers"},
		{"the winner made none", func(a *auction) { a.offers[modestName] = 0 }, "want some of both solvers"},
		{"not filled", func(a *auction) { a.closed.Status = "expired" }, "the order is expired"},
		{"filled twice", func(a *auction) { a.closed.Fills = append(a.closed.Fills, a.closed.Fills[0]) }, "with 2 fills"},
		{"the worse one", func(a *auction) { a.closed.Fills[0].Filler = greedy.address }, "want " + modest.address.Hex()},
		{"void fill", func(a *auction) { a.closed.Fills[0].Status = "void" }, "is void"},
		{"another bundle", func(a *auction) { a.closed.Fills[0].BundleID = common.Hash{7} }, "want executed by"},
		{"a part only", func(a *auction) { a.closed.Fills[0].InputAmount = (*hexutil.Big)(ether(1)) }, "1.0000 TOK were taken"},
		{"less than asked for", func(a *auction) { a.closed.Fills[0].OutputAmount = (*hexutil.Big)(ether(3)) }, "Dora got 3.0000 ETH"},
		{"the destination says another output", func(a *auction) { a.closed.Fills[0].OutputAmount = (*hexutil.Big)(ether(6)) }, "settler says"},
		{"the origin knows nothing of it", func(a *auction) { a.receipts[1].Logs = nil }, "Claimed on rollup 901"},
		{"the destination knows nothing of it", func(a *auction) { a.receipts[0].Logs = nil }, "Filled on rollup 902"},
		{"the events on the wrong rollups", func(a *auction) { a.bundle.Legs[0].Rollup, a.bundle.Legs[1].Rollup = here, there }, "Claimed on rollup 901"},
		{"another order claimed", func(a *auction) {
			a.receipts[1].Logs[0] = eventLog(t, meta, contractAt, "Claimed", some, modest.address, ether(2), ether(5))
		}, "the origin's settler says"},
		{"another recipient", func(a *auction) {
			id, err := orders.ID(a.order)
			if err != nil {
				t.Error(err)
			}
			a.receipts[0].Logs[0] = eventLog(t, meta, contractAt, "Filled", id, modest.address, some, ether(5))
		}, "the destination's settler says"},
		{"void bundle", func(a *auction) { a.step.Outcome = core.VoidLegReverted }, "void (legReverted"},
		{"not attested", func(a *auction) { a.step.Level = core.LevelOrdered }, "want attested"},
		{"a leg without receipt", func(a *auction) { a.receipts[2] = nil }, "leg 2 of the winner's bundle"},
		{"Dora paid gas", func(a *auction) { a.spoil(item{here, inCoin, "Dora"}, -1) }, "the ETH of Dora on rollup 901"},
		{"Dora sent a transaction", func(a *auction) { a.spoil(item{here, transactions, "Dora"}, 1) }, "the transactions of Dora"},
		{"Dora gave more", func(a *auction) { a.spoil(item{here, inToken, "Dora"}, -1) }, "the TOK of Dora on rollup 901"},
		{"Dora got less", func(a *auction) { a.spoil(item{there, inCoin, "Dora"}, -1) }, "the ETH of Dora on rollup 902"},
		{"the loser paid", func(a *auction) { a.spoil(item{there, inCoin, greedyName}, -1) }, "the ETH of the greedy solver"},
		{"somebody else paid", func(a *auction) { a.spoil(item{there, inToken, "Bob"}, -1) }, "the TOK of Bob"},
		{"tokens from nowhere", func(a *auction) { a.spoil(item{there, supply, ""}, 1) }, "the supply of TOK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := won(t)
			c.spoil(a)
			wantJudgement(t, judgeIntent(a, modest, greedy), c.want)
		})
	}
}

func TestJudgeUnserved_WantsNoOfferAndNoTrace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		spoil   func(*gateway.IntentView, book)
		refusal string
		want    string
	}{
		{"good", func(*gateway.IntentView, book) {}, "custom error " + tooLittle, ""},
		{"the offer was taken", func(*gateway.IntentView, book) {}, "", "an offer below the order's limit was taken"},
		{"refused for another reason", func(*gateway.IntentView, book) {}, "quota", `refused with "quota"`},
		{"not cancelled", func(v *gateway.IntentView, _ book) { v.Status = "open" }, tooLittle, "the order is open"},
		{"an offer", func(v *gateway.IntentView, _ book) { v.Solutions = 1 }, tooLittle, "1 offers"},
		{"a fill", func(v *gateway.IntentView, _ book) { v.Fills = make([]gateway.IntentFillView, 1) }, tooLittle, "1 fills"},
		{"Dora's tokens", func(_ *gateway.IntentView, after book) { after[item{here, inToken, "Dora"}] = new(big.Int) }, tooLittle, "the TOK of Dora"},
		{"Bob's ETH", func(_ *gateway.IntentView, after book) { after[item{there, inCoin, "Bob"}] = new(big.Int) }, tooLittle, "the ETH of Bob"},
		{"a solver's nonce", func(_ *gateway.IntentView, after book) { after[item{there, transactions, modestName}] = new(big.Int) }, tooLittle, "the transactions of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			view, after := &gateway.IntentView{Status: "cancelled"}, someBook()
			c.spoil(view, after)
			wantJudgement(t, judgeUnserved(view, c.refusal, someBook(), after), c.want)
		})
	}
}
