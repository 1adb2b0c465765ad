package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// verifier trusts the network's genesis and asks this gateway.
func (n *network) verifier(c *client.Client) *client.Verifier {
	return &client.Verifier{Client: c, Trust: proof.FromGenesis(n.devnet.Genesis()), Wait: 20 * time.Second}
}

// proofCases are entries of every fate, by the hashes that a proof can be asked with.
type proofCases struct {
	single, reverted, void common.Hash
	good, bad              common.Hash // bundles
}

func (n *network) orderProofCases(t *testing.T) proofCases {
	t.Helper()
	u, to := n.funded(t), newUser(t)
	var p proofCases
	p.single = n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})).TxHash
	contract := n.mine(t, rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{Data: reverter, Gas: 300_000})).ContractAddress
	reverting := n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &contract})
	if err := n.eth[rollupB].SendTransaction(t.Context(), reverting); err != nil {
		t.Fatal(err)
	}
	n.receipt(t, rollupB, reverting.Hash())
	p.reverted = reverting.Hash()
	send := func(b *core.Bundle) common.Hash {
		id, err := n.client.SendBundle(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.client.WaitFor(t.Context(), id, core.LevelAttested, 20*time.Second); err != nil {
			t.Fatal(err)
		}
		return id
	}
	pay := func(id core.RollupID) leg {
		return leg{id, n.sign(t, id, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: big.NewInt(1)})}
	}
	p.good = send(bundle(t, pay(rollupA), pay(rollupB)))
	p.bad = send(bundle(t, pay(rollupA), leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &contract})}))
	// Alone each leg is fine; after the first one there is no money left for the second, which stands for itself.
	all := []*gethtypes.DynamicFeeTx{{To: &to.address, Value: ether(8)}, {To: &to.address, Value: ether(8)}}
	all[0].Nonce = n.sign(t, rollupA, u, all[0]).Nonce()
	all[1].Nonce = all[0].Nonce + 1
	first, second := signWith(t, rollupA, u, all[0]), signWith(t, rollupA, u, all[1])
	loose := bundle(t, leg{rollupA, first}, leg{rollupA, second})
	loose.Atomicity = core.AtomicInclusion
	send(loose)
	p.void = second.Hash()
	return p
}

// A client that trusts the genesis and no gateway learns what was ordered and what became of it, and is not deceived.
func TestProofs(t *testing.T) {
	n := start(t)
	cases := n.orderProofCases(t)
	t.Run("facts", func(t *testing.T) { n.testFacts(t, cases) })
	t.Run("lane", n.testLaneRange)
	t.Run("checkpoint", func(t *testing.T) { n.testTrustedCheckpoint(t, cases) })
	t.Run("lies", func(t *testing.T) { n.testLyingGateway(t, cases) })
	t.Run("refusals", n.testProofRefusals)
}

func (n *network) testFacts(t *testing.T, cases proofCases) {
	v := n.verifier(n.client)
	for _, c := range []struct {
		name string
		hash common.Hash
		code core.OutcomeCode
		id   core.RollupID
	}{
		{"single", cases.single, core.Included, rollupA}, {"reverted", cases.reverted, core.Included, rollupB},
		{"void", cases.void, core.VoidInsufficientFunds, rollupA},
	} {
		fact, err := v.Transaction(t.Context(), c.hash)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		tx := fact.Transaction
		if tx.Rollup != c.id || tx.Decided == nil || tx.Decided.Code != c.code {
			t.Errorf("%s: %+v, decided %+v", c.name, tx, tx.Decided)
		}
		if again, err := v.Position(t.Context(), tx.Rollup, tx.Seq); err != nil || again.Transaction.TxHash != c.hash {
			t.Errorf("%s by position: %+v, %v", c.name, again, err)
		}
		if c.code.Void() {
			if tx.Decided.ReceiptHash != (common.Hash{}) {
				t.Errorf("%s has receipt hash %s", c.name, tx.Decided.ReceiptHash)
			}
			continue
		}
		receipt, err := n.eth[c.id].TransactionReceipt(t.Context(), c.hash)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := receipt.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !tx.Decided.ReceiptIs(encoded) {
			t.Errorf("%s: the receipt that the RPC shows is not the proven one", c.name)
		}
	}
	for id, included := range map[common.Hash]bool{cases.good: true, cases.bad: false} {
		fact, err := v.Bundle(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if b := fact.Bundle; b.Included == nil || *b.Included != included || len(b.Legs) != 2 {
			t.Errorf("bundle %s: %+v, want included %v", id, b, included)
		}
	}
	order := *v
	order.OrderOnly = true
	if fact, err := order.Bundle(t.Context(), cases.good); err != nil || fact.Bundle.Included != nil {
		t.Errorf("order of a bundle: %+v, %v", fact, err)
	}
}

func (n *network) testLaneRange(t *testing.T) {
	end := n.devnet.Node(0).Ledger().LaneHead(rollupA).NextSeq
	entries, err := n.devnet.Node(1).Log().Lane(rollupA, 0, int(end))
	if err != nil || uint64(len(entries)) < end {
		t.Fatalf("lane: %d of %d, %v", len(entries), end, err)
	}
	var read []proof.Position
	next, err := n.verifier(n.client).Lane(t.Context(), rollupA, 0, end, func(f *proof.Fact) error {
		read = append(read, f.Range.Positions...)
		return nil
	})
	if err != nil || next < end {
		t.Fatalf("read up to %d of %d: %v", next, end, err)
	}
	for i, e := range entries {
		if read[i].Seq != e.Seq || read[i].TxHash != e.Item.Tx.Hash() || read[i].Tick != e.Tick || read[i].Bundle != e.Item.Bundle {
			t.Fatalf("position %d is %+v, want %+v", i, read[i], e)
		}
	}
}

func (n *network) testTrustedCheckpoint(t *testing.T, cases proofCases) {
	var view struct {
		core.Checkpoint
		NextSigners core.ValidatorSet `json:"nextSigners"`
	}
	answer := ask(t, n.devnet.Info().RPC, `{"jsonrpc":"2.0","id":1,"method":"lockstep_getCheckpoint","params":["earliest"]}`)
	var envelope struct{ Result json.RawMessage }
	if err := errors.Join(json.Unmarshal(answer, &envelope), json.Unmarshal(envelope.Result, &view)); err != nil {
		t.Fatal(err)
	}
	trust, err := proof.FromCheckpoint(proof.Handover{Signed: core.SignedCheckpoint{Checkpoint: view.Checkpoint}, Next: view.NextSigners})
	if err != nil {
		t.Fatal(err)
	}
	v := n.verifier(n.client)
	v.Trust = trust
	if _, err := v.Bundle(t.Context(), cases.good); err != nil {
		t.Errorf("from a trusted checkpoint: %v", err)
	}
	other := *n.devnet.Genesis()
	other.Name = "another"
	v.Trust = proof.FromGenesis(&other)
	if _, err := v.Bundle(t.Context(), cases.good); !errors.Is(err, proof.ErrNetwork) {
		t.Errorf("against another genesis: %v", err)
	}
}

// testLyingGateway puts a gateway in between that alters what it passes on.
func (n *network) testLyingGateway(t *testing.T, cases proofCases) {
	hexDigit := regexp.MustCompile(`"(path|before|root|outcomesRoot|receiptHash|ledgerRoot|signature|digest|tx)":\[?"0x[0-9a-f]`)
	for name, lie := range map[string]func(method, answer string) string{
		"another outcome": func(_, a string) string { return strings.Replace(a, `"code":"included"`, `"code":"nonceTooLow"`, 1) },
		"another seq":     func(_, a string) string { return regexp.MustCompile(`"seq":(\d)`).ReplaceAllString(a, `"seq":1$1`) },
		"another tick":    func(_, a string) string { return regexp.MustCompile(`"gap":(\d)`).ReplaceAllString(a, `"gap":1$1`) },
		"fewer signatures": func(_, a string) string {
			return regexp.MustCompile(`"signatures":\[(\{[^}]*\})[^\]]*\]`).ReplaceAllString(a, `"signatures":[$1]`)
		},
		"no result": func(string, string) string { return `{"jsonrpc":"2.0","id":1,"result":{"version":1}}` },
		"another's proof": func(kind, a string) string {
			switch kind {
			case "bundle":
				return string(n.proofOf(t, cases.bad))
			case "transaction":
				return string(n.proofOf(t, cases.reverted))
			}
			return a
		},
		"a row left out": func(_, a string) string {
			return regexp.MustCompile(`"rows":\[\{[^}]*\}(,?)`).ReplaceAllString(a, `"rows":[`)
		},
		"an item left out": func(_, a string) string {
			return regexp.MustCompile(`"items":\[\{[^}]*\}(,?)`).ReplaceAllString(a, `"items":[`)
		},
		"a changed hash": func(_, a string) string {
			return hexDigit.ReplaceAllStringFunc(a, func(s string) string {
				last := byte('0')
				if s[len(s)-1] == last {
					last = '1'
				}
				return s[:len(s)-1] + string(last)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			told := 0
			kind := "transaction"
			liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				request, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				honest := string(ask(t, n.devnet.Info().RPC, string(request)))
				answer := honest
				if !strings.Contains(name, "item") || strings.Contains(string(request), "getLaneProof") {
					answer = lie(kind, honest)
				}
				if answer != honest {
					told++
				}
				var id struct{ ID json.RawMessage }
				_ = json.Unmarshal(request, &id)
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, regexp.MustCompile(`"id":[^,]*,`).ReplaceAllString(answer, `"id":`+string(id.ID)+`,`))
			}))
			defer liar.Close()
			c, err := client.Dial(t.Context(), liar.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			v := n.verifier(c)
			caught := func(what string, told int, err error) {
				t.Helper()
				if told > 0 && !errors.Is(err, client.ErrRefuted) {
					t.Errorf("%s: the lie is believed: %v", what, err)
				} else if told == 0 && err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			_, err = v.Transaction(t.Context(), cases.single)
			caught("transaction", told, err)
			lies := told
			told, kind = 0, "bundle"
			_, err = v.Bundle(t.Context(), cases.good)
			caught("bundle", told, err)
			lies += told
			told, kind = 0, "lane"
			_, err = v.Lane(t.Context(), rollupA, 0, 3, func(*proof.Fact) error { return nil })
			caught("lane", told, err)
			if lies+told == 0 {
				t.Error("no lie was told: the test shows nothing")
			}
		})
	}
}

func (n *network) proofOf(t *testing.T, id common.Hash) []byte {
	return ask(t, n.devnet.Info().RPC, `{"jsonrpc":"2.0","id":1,"method":"lockstep_getProof","params":["`+id.Hex()+`",{"waitMs":20000}]}`)
}

func (n *network) testProofRefusals(t *testing.T) {
	for request, reason := range map[string]string{
		`"lockstep_getProof","params":["` + common.Hash{1}.Hex() + `"]`: "notOrdered",
		`"lockstep_getProof","params":[901,1000000]`:                    "notOrdered",
		`"lockstep_getProof","params":[77,0]`:                           "unknownRollup",
		`"lockstep_getProof","params":[901]`:                            "missingField",
		`"lockstep_getProof","params":[901,0,{"wait":1}]`:               "unknownField",
		`"lockstep_getLaneProof","params":[901,5,5]`:                    "badValue",
		`"lockstep_getLaneProof","params":[901,1000000,1000001]`:        "notOrdered",
	} {
		answer := ask(t, n.devnet.Info().RPC, `{"jsonrpc":"2.0","id":1,"method":`+request+`}`)
		if !bytes.Contains(answer, []byte(`"reason":"`+reason+`"`)) {
			t.Errorf("%s: %s, want %s", request, answer, reason)
		}
	}
	// A new transaction is provable one checkpoint later, and before that the answer says so.
	u := n.funded(t)
	tx := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &u.address})
	if err := n.eth[rollupA].SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	n.receipt(t, rollupA, tx.Hash())
	now := n.verifier(n.client)
	now.Wait = 0
	if _, err := now.Transaction(t.Context(), tx.Hash()); err != nil && !strings.Contains(err.Error(), "not covered by a complete checkpoint yet") {
		t.Errorf("at once: %v", err)
	}
	if _, err := n.verifier(n.client).Transaction(t.Context(), tx.Hash()); err != nil {
		t.Errorf("with a wait: %v", err)
	}
}

// ask sends a JSON-RPC request and gives the answer as it came.
func ask(t *testing.T, url, request string) []byte {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
