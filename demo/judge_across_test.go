package demo

import (
	"maps"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

const (
	here  core.RollupID = 901
	there core.RollupID = 902
)

var contractAt = common.Address{0xc0}

// someBook has every item that the steps between Alice, Bob and Carol change, and one that none of them does.
func someBook() book {
	b := make(book)
	for _, id := range []core.RollupID{here, there} {
		for _, who := range []string{"Alice", "Bob", "Carol", "Dora", modestName, greedyName, theBridge, theSwap, thePool} {
			for _, what := range []string{inCoin, inToken, inBridged, transactions} {
				b[item{id, what, who}] = ether(100)
			}
		}
		for _, what := range []string{supply, bridgedSupply, locked} {
			b[item{id, what, ""}] = ether(100)
		}
	}
	return b
}

// with are the numbers after changes.
func (b book) with(c changes) book {
	after := maps.Clone(b)
	for i, n := range c {
		after[i] = new(big.Int).Add(b[i], n)
	}
	return after
}

// eventLog encodes an event as a contract makes it.
func eventLog(t *testing.T, meta *bind.MetaData, at common.Address, name string, values ...any) *gethtypes.Log {
	t.Helper()
	contract, err := meta.ParseABI()
	if err != nil {
		t.Fatal(err)
	}
	e := contract.Events[name]
	var indexed [][]any
	var data []any
	for i, input := range e.Inputs {
		if input.Indexed {
			indexed = append(indexed, []any{values[i]})
		} else {
			data = append(data, values[i])
		}
	}
	topics, err := abi.MakeTopics(indexed...)
	if err != nil {
		t.Fatal(err)
	}
	l := &gethtypes.Log{Address: at, Topics: []common.Hash{e.ID}}
	for _, topic := range topics {
		l.Topics = append(l.Topics, topic[0])
	}
	if l.Data, err = e.Inputs.NonIndexed().Pack(data...); err != nil {
		t.Fatal(err)
	}
	return l
}

func receiptOf(logs ...*gethtypes.Log) *gethtypes.Receipt {
	return &gethtypes.Receipt{Status: gethtypes.ReceiptStatusSuccessful, GasUsed: 50_000, EffectiveGasPrice: big.NewInt(7), Logs: logs}
}

// success is the evidence of two legs that went well and made exactly these changes, paying their gas.
func success(c changes, senders []sender, receipts ...*gethtypes.Receipt) *evidence {
	all := maps.Clone(c)
	for i, s := range senders {
		all.pay(s, receipts[i])
	}
	before := someBook()
	return &evidence{step: &Step{Outcome: core.Included, Level: core.LevelAttested}, before: before, after: before.with(all), receipts: receipts}
}

// spoil changes one number of the book after the step.
func (e *evidence) spoil(i item, by int64) { e.after[i] = new(big.Int).Add(e.after[i], big.NewInt(by)) }

// wrongs are what every judge of a success must find.
var wrongs = []struct {
	name  string
	spoil func(*evidence)
	want  string
}{
	{"void", func(e *evidence) { e.step.Outcome = core.VoidAssertion }, "void (assertion"},
	{"not attested", func(e *evidence) { e.step.Level = core.LevelExecuted }, "executed, want attested"},
	{"no receipt", func(e *evidence) { e.receipts[1] = nil }, "leg 1 of an included bundle"},
	{"a leg is missing", func(e *evidence) { e.receipts = e.receipts[:1] }, "1 receipts"},
	{"a leg failed", func(e *evidence) { e.receipts[0].Status = gethtypes.ReceiptStatusFailed }, "leg 0 of an included bundle"},
	{"a balance differs by one", func(e *evidence) { e.spoil(item{there, inToken, "Bob"}, 1) }, "the TOK of Bob on rollup 902 changed by"},
	{"somebody else's ETH", func(e *evidence) { e.spoil(item{here, inCoin, theSwap}, -1) }, "the ETH of the swap contract on rollup 901 changed by -0.000000000000000001, want 0"},
	{"supply from nowhere", func(e *evidence) { e.spoil(item{there, supply, ""}, 5) }, "the supply of TOK on rollup 902"},
	{"supply of the bridge's token", func(e *evidence) { e.spoil(item{there, bridgedSupply, ""}, 5) }, "the supply of bridged TOK on rollup 902"},
	{"one more transaction", func(e *evidence) { e.spoil(item{here, transactions, "Bob"}, 1) }, "the transactions of Bob on rollup 901 changed by 1, want 0"},
	{"fee of nobody", func(e *evidence) { e.receipts[0].GasUsed++ }, "the ETH of"},
	{"not read again", func(e *evidence) { delete(e.after, item{here, supply, ""}) }, "nobody looked at the supply of TOK on rollup 901 afterwards"},
	{"the wrong event", func(e *evidence) { e.receipts[0].Logs = nil }, "no such event"},
	{"another contract's event", func(e *evidence) { e.receipts[1].Logs[0].Address = common.Address{1} }, "no such event"},
	{"the event twice", func(e *evidence) { e.receipts[0].Logs = append(e.receipts[0].Logs, e.receipts[0].Logs[0]) }, "two such events"},
}

func someTerms() swap.SwapTerms {
	alice, bob := common.Address{0xa}, common.Address{0xb}
	return swap.SwapTerms{
		First:    swap.SwapSide{ChainId: actor.ChainID(here), Payer: alice, Payee: bob, Token: common.Address{1}, Amount: ether(5)},
		Second:   swap.SwapSide{ChainId: actor.ChainID(there), Payer: bob, Payee: alice, Token: common.Address{2}, Amount: ether(4)},
		Deadline: big.NewInt(1), Salt: [32]byte{7},
	}
}

func TestJudgeSwap_WantsBothPaid(t *testing.T) {
	t.Parallel()
	terms := someTerms()
	id := crypto.Keccak256Hash(swap.NewSwap().PackPay(terms)[4:])
	paid := func(id common.Hash, s swap.SwapSide) *gethtypes.Receipt {
		return receiptOf(eventLog(t, &swap.SwapMetaData, contractAt, "Paid", id, s.Payer, s.Payee, s.Token, s.Amount))
	}
	good := func() *evidence {
		c := make(changes)
		c.move(item{here, inToken, "Alice"}, "Bob", ether(5))
		c.move(item{there, inToken, "Bob"}, "Alice", ether(4))
		return success(c, []sender{{here, "Alice"}, {there, "Bob"}}, paid(id, terms.First), paid(id, terms.Second))
	}
	wantJudgement(t, judgeSwap(good(), contractAt, terms), "")
	for _, w := range wrongs {
		e := good()
		w.spoil(e)
		t.Run(w.name, func(t *testing.T) { wantJudgement(t, judgeSwap(e, contractAt, terms), w.want) })
	}
	for _, c := range []struct {
		name   string
		change func(id *common.Hash, s *swap.SwapSide)
	}{
		{"another swap", func(id *common.Hash, _ *swap.SwapSide) { id[0]++ }},
		{"another payer", func(_ *common.Hash, s *swap.SwapSide) { s.Payer[0]++ }},
		{"another payee", func(_ *common.Hash, s *swap.SwapSide) { s.Payee[0]++ }},
		{"another token", func(_ *common.Hash, s *swap.SwapSide) { s.Token[0]++ }},
		{"another amount", func(_ *common.Hash, s *swap.SwapSide) { s.Amount = ether(3) }},
	} {
		e, other, side := good(), id, terms.Second
		c.change(&other, &side)
		e.receipts[1].Logs = paid(other, side).Logs
		t.Run(c.name, func(t *testing.T) { wantJudgement(t, judgeSwap(e, contractAt, terms), "leg 1 says that") })
	}
	e := good()
	e.before, e.after = e.after, e.before
	wantJudgement(t, judgeSwap(e, contractAt, terms), "changed by")
}

var somePassages = map[string]passage{
	"away": {from: here, to: there, amount: ether(3)},
	"home": {from: there, to: here, amount: ether(3), home: true},
}

// passing are the receipts of a passage; ids are those of the messages sent, consumed and arrived.
func passing(t *testing.T, p passage, ids [3]common.Hash, left, arrived *big.Int) []*gethtypes.Receipt {
	t.Helper()
	meta, carol := &tokenbridge.TokenBridgeMetaData, common.Address{0xca}
	consumed := eventLog(t, &inbox.InboxMetaData, contractAt, "Consumed", ids[1], actor.ChainID(p.from), contractAt, contractAt)
	if p.home {
		return []*gethtypes.Receipt{
			receiptOf(eventLog(t, meta, contractAt, "Burned", ids[0], common.Address{2}, carol, carol, left)),
			receiptOf(eventLog(t, meta, contractAt, "Unlocked", ids[2], common.Address{1}, actor.ChainID(p.from), carol, arrived), consumed),
		}
	}
	return []*gethtypes.Receipt{
		receiptOf(eventLog(t, meta, contractAt, "Locked", ids[0], common.Address{1}, actor.ChainID(p.to), carol, carol, left)),
		receiptOf(eventLog(t, meta, contractAt, "Minted", ids[2], common.Address{2}, carol, arrived), consumed),
	}
}

func TestJudgePassage_WantsWhatLeftToArrive(t *testing.T) {
	t.Parallel()
	at := [2]common.Address{contractAt, contractAt}
	same := [3]common.Hash{{9}, {9}, {9}}
	for name, p := range somePassages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := func(ids [3]common.Hash, left, arrived *big.Int) *evidence {
				return success(p.changes(), []sender{{p.from, "Carol"}, {p.to, "Carol"}}, passing(t, p, ids, left, arrived)...)
			}
			wantJudgement(t, judgePassage(good(same, p.amount, p.amount), at, p), "")
			for _, w := range wrongs {
				e := good(same, p.amount, p.amount)
				w.spoil(e)
				t.Run(w.name, func(t *testing.T) { wantJudgement(t, judgePassage(e, at, p), w.want) })
			}
			wantJudgement(t, judgePassage(good([3]common.Hash{{9}, {9}, {8}}, p.amount, p.amount), at, p), "was sent")
			wantJudgement(t, judgePassage(good([3]common.Hash{{9}, {8}, {9}}, p.amount, p.amount), at, p), "was sent")
			wantJudgement(t, judgePassage(good(same, p.amount, ether(4)), at, p), "4.0000 TOK arrived")
			wantJudgement(t, judgePassage(good(same, ether(2), p.amount), at, p), "2.0000 TOK left")
			stranger := good(same, p.amount, p.amount)
			stranger.receipts[1].Logs[1] = eventLog(t, &inbox.InboxMetaData, contractAt, "Consumed", same[0], actor.ChainID(p.to), contractAt, contractAt)
			wantJudgement(t, judgePassage(stranger, at, p), "the message came from")
			unlooked := good(same, p.amount, p.amount)
			delete(unlooked.before, item{here, locked, ""})
			wantJudgement(t, judgePassage(unlooked, at, p), "nobody looked at the TOK locked")
			other := p
			other.amount = ether(1)
			wantJudgement(t, judgePassage(good(same, p.amount, p.amount), at, other), "changed by")
		})
	}
}

func TestJudgeNothing_WantsTheReasonAndNoTrace(t *testing.T) {
	t.Parallel()
	want := failure{core.VoidAssertion, 1, "assertion: chain 901"}
	for _, c := range []struct {
		name  string
		spoil func(*evidence)
		want  string
	}{
		{"good", func(*evidence) {}, ""},
		{"included", func(e *evidence) { e.step.Outcome, e.step.FailingLeg = core.Included, nil }, "included of leg none"},
		{"other leg", func(e *evidence) { e.step.FailingLeg = index(0) }, "of leg 0"},
		{"other outcome", func(e *evidence) { e.step.Outcome = core.VoidLegReverted }, "want assertion of leg 1"},
		{"not attested", func(e *evidence) { e.step.Level = core.LevelOrdered }, "want attested"},
		{"other reason", func(e *evidence) { e.step.Reason = "assertion: chain 902" }, `want "assertion: chain 901" in it`},
		{"simulation disagrees", func(e *evidence) { e.simulated.OK = true }, "the simulation"},
		{"receipt of a leg", func(e *evidence) { e.receipts[0] = receiptOf(); e.receipts[0].BlockNumber = common.Big1 }, "leg 0 of a void bundle has a receipt, in block 1"},
		{"fee paid", func(e *evidence) { e.spoil(item{here, inCoin, "Carol"}, -1) }, "the ETH of Carol on rollup 901"},
		{"nonce used", func(e *evidence) { e.spoil(item{there, transactions, "Alice"}, 1) }, "the transactions of Alice on rollup 902"},
		{"tokens minted", func(e *evidence) { e.spoil(item{there, bridgedSupply, ""}, 1) }, "the supply of bridged TOK"},
		{"tokens locked", func(e *evidence) { e.spoil(item{here, locked, ""}, 1) }, "the TOK locked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			step := &Step{Outcome: core.VoidAssertion, Level: core.LevelAttested, FailingLeg: index(1), Reason: "assertion: chain 901, account 0x…"}
			e := &evidence{step: step, before: someBook(), after: someBook(), receipts: make([]*gethtypes.Receipt, 2), simulated: &gateway.SimulationView{FailingLeg: index(1)}}
			c.spoil(e)
			wantJudgement(t, judgeNothing(e, want), c.want)
		})
	}
}
