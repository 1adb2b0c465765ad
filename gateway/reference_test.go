package gateway

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

const referencePage = "../docs/reference/rpc.md"

// method documents one method or subscription of the lockstep namespace.
type method struct {
	// Name is the method, or the subscription as in lockstep_subscribe("ticks").
	Name string
	// Params are in order.
	Params []methodParam
	// Results are the types of what it answers or sends.
	Results []string
	// Text says what it does.
	Text string
	// Errors are the reasons that are particular to the method.
	Errors []error
}

// methodParam documents a parameter.
type methodParam struct{ Name, Type, Text string }

// methods is the table that the reference is made from.
func methods() []method {
	id := methodParam{"id", "hash", "a transaction hash or bundle id"}
	bundle := methodParam{"bundle", "Bundle", "see below; unknown fields are errors"}
	return []method{
		{
			Name: "lockstep_sendBundle", Params: []methodParam{bundle}, Results: []string{"BundleReceipt"},
			Text:   "Checks a bundle and puts it into this node's pool (level `accepted`). The answer does not wait for a tick.",
			Errors: []error{ErrUnknownField, ErrMissingField, ErrBadValue, ErrPoolFull, ErrQuota},
		},
		{
			Name: "lockstep_simulateBundle", Params: []methodParam{bundle}, Results: []string{"SimulationView"},
			Text: "Executes a bundle on the newest executed state and drops it. All legs must be on rollups of one zone that this node " +
				"executes. That a leg fails is a result, not an error.",
			Errors: []error{ErrBusy, ErrTimeout, ErrNotServed},
		},
		{
			Name: "lockstep_getStatus", Params: []methodParam{id}, Results: []string{"Status"},
			Text: "What became of a transaction or bundle: every place at which it was ordered, with outcome and receipt. Known for as " +
				"long as the log. An id that nobody has heard of has kind and level `unknown`; that is no error.",
			Errors: []error{ErrBadValue},
		},
		{
			Name: "lockstep_waitFor", Params: []methodParam{
				id,
				{"level", "string", "`accepted`, `ordered`, `executed` or `attested`"},
				{"timeoutMs", "number, optional", "how long to wait; the default and the most is the node's `gateway.maxWait` (25 s)"},
			}, Results: []string{"Status"},
			Text: "Answers as lockstep_getStatus as soon as one attempt has reached the level, or with the state known when the time is " +
				"over: compare `level` with what was wanted. A void attempt reaches levels like any other.",
			Errors: []error{ErrBusy},
		},
		{
			Name: "lockstep_status", Results: []string{"NetworkStatus"},
			Text: "The network and how far it and this node are: validators, zones, rollups, lanes, pool.",
		},
		{
			Name: "lockstep_getTick", Params: []methodParam{{"number", "number or \"latest\"", "the tick"}}, Results: []string{"TickView"},
			Text:   "What a tick ordered, for each lane in execution order, with the fate of each position as it is known now.",
			Errors: []error{ErrUnknownTick},
		},
		{
			Name: "lockstep_getCheckpoint", Params: []methodParam{{"slot", "number or tag", "a slot (consensus time in seconds, divided by the slot's length), or `latest`, `safe`, `finalized` (all three: the newest complete checkpoint) or `earliest` (the oldest that this node keeps)"}}, Results: []string{"CheckpointView"},
			Text: "The checkpoint of a slot's first tick with the validators' signatures, more than 2/3 of the power. Recover each " +
				"signature over the digest (EIP-712) and compare with a set that you trust: that of the genesis, or one that a checkpoint " +
				"which you have verified names. Now and then a slot has no complete checkpoint; the next one stands for it.",
			Errors: []error{ErrUnknownCheckpoint, ErrBadValue},
		},
		{
			Name: "lockstep_getProof", Params: []methodParam{
				{"rollup", "number", "the rollup; left out with an id"},
				{"position", "number or hash", "a lane position (seq) or a transaction hash of that rollup; or, as the first parameter, a bundle id or a transaction hash"},
				{"options", "object, optional", "`waitMs` (number): wait as long as this for a checkpoint that covers it, at most `gateway.maxWait`; `orderOnly` (bool): leave the outcomes out, which needs one checkpoint less"},
			}, Results: []string{"Proof"},
			Text: "The proof of what was ordered and what became of it, in one object that ends in a signed checkpoint: see " +
				"[proofs.md](../spec/proofs.md). Of several places it is the one at which the entry took effect, or else the newest. Check it with " +
				"`lockstep verify`, against a genesis that does not come from the same node.",
			Errors: []error{ErrNotCovered, ErrNotOrdered, core.ErrUnknownRollup, ErrBadValue, ErrBusy, ErrNotServed},
		},
		{
			Name: "lockstep_getLaneProof", Params: []methodParam{
				{"rollup", "number", "the rollup"}, {"from", "number", "the first lane position"}, {"to", "number", "the one behind the last"},
				{"options", "object, optional", "`waitMs` as in lockstep_getProof"},
			}, Results: []string{"Proof"},
			Text: "The lane's items with the proof that they are all there is, in order. The answer covers whole ticks, begins with the one that " +
				"holds `from`, and may end before `to`: at about a megabyte, or where the newest checkpoint ends. Go on behind what it covers.",
			Errors: []error{ErrNotCovered, ErrNotOrdered, core.ErrUnknownRollup, ErrBadValue, ErrBusy, ErrNotServed},
		},
		{
			Name: "lockstep_getGenesis", Results: []string{"Genesis"},
			Text: "The network's genesis file, for convenience: whoever checks this node's proofs against this answer trusts this node.",
		},
		{
			Name: `lockstep_subscribe("ticks")`, Results: []string{"TickMessage", "ExecutedMessage", "RebuiltMessage", "ErrorMessage"},
			Text: "WebSocket only. Sends what happens from now on. A transaction is `ordered` with the message of type `tick` that names its " +
				"hash under a lane, decided with the message of type `executed` that names it among its outcomes, and its result is " +
				"`attested` when `attested` of any later message names its zone with a tick that is not below that `executed` message's " +
				"(or already in it). Ticks that order nothing are counted in messages of type `empty`, sent before the next message of " +
				"type `tick`, when an attested result is news, and once a second of consensus time. A message of type `rebuilt` takes back " +
				"what this node claimed of results that were not attested. A subscriber that falls more than " +
				"`gateway.feedBacklog` messages behind gets a message of type `error` and nothing after it.",
			Errors: []error{ErrBusy, ErrSlowConsumer},
		},
	}
}

func TestReference_MatchesTheCode(t *testing.T) {
	golden.Block(t, referencePage, "methods", methodText())
	golden.Block(t, referencePage, "bundle", typeText(t, "../core", "Bundle", "Leg"))
	golden.Block(t, referencePage, "types", typeText(t, ".", answerTypes()...))
	golden.Block(t, referencePage, "errors", errorText())
}

// Every method that the server finds by reflection is in the table, and nothing else is.
func TestReference_NamesEveryMethod(t *testing.T) {
	var have, want []string
	for _, m := range methods() {
		have = append(have, m.Name)
	}
	api := reflect.TypeFor[*API]()
	for i := range api.NumMethod() {
		name := api.Method(i).Name
		name = strings.ToLower(name[:1]) + name[1:]
		if name == "ticks" {
			want = append(want, `lockstep_subscribe("ticks")`)
		} else {
			want = append(want, "lockstep_"+name)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("documented: %v\nserved:     %v", have, want)
	}
}

// The golden file keeps codes from moving: a line may be added, none may change.
func TestErrorTable_Golden(t *testing.T) {
	var b strings.Builder
	for _, row := range sortedErrors() {
		fmt.Fprintf(&b, "%d %s | %s | %s\n", row.code, row.reason, row.err, row.text)
	}
	golden.Equal(t, "testdata/errors.golden", b.String())
}

func TestErrorTable_IsUnambiguous(t *testing.T) {
	codes, reasons, sentinels := make(map[int]bool), make(map[string]bool), make(map[error]bool)
	for _, row := range errorTable {
		if codes[row.code] || reasons[row.reason] || sentinels[row.err] {
			t.Errorf("%d %s is there twice", row.code, row.reason)
		}
		codes[row.code], reasons[row.reason], sentinels[row.err] = true, true, true
		if row.code <= codeInternal || row.code > 47999 {
			t.Errorf("%d is outside the block", row.code)
		}
		if x, ok := explain(row.err); !ok || x.row.code != row.code {
			t.Errorf("%s is explained as %d", row.err, x.row.code)
		}
	}
	for code, err := range voidErrors {
		if _, ok := explain(err); !ok {
			t.Errorf("void %s has no row", code)
		}
	}
}

func TestExplain_FindsFieldAndDetail(t *testing.T) {
	for _, c := range []struct {
		name          string
		err           error
		field, detail string
	}{
		{"bare", core.ErrNoLegs, "", ""},
		{"path and detail", fmt.Errorf("legs[3].tx: gas: %w: have 3, cap 2", core.ErrGasAboveCap), "legs[3].tx.gas", "have 3, cap 2"},
		{"words before it", fmt.Errorf("add bundle: legs: %w", core.ErrNoLegs), "legs", ""},
		{"unknown rollup", &core.UnknownRollupError{Rollup: 5}, "", "5"},
		{"refusal", &Refusal{Cause: ErrBadValue, Field: "id", Have: "1", Want: "2"}, "id", "have 1, want 2"},
		{"refusal with a wrapped cause", &Refusal{Cause: fmt.Errorf("gas: %w: high", core.ErrGasAboveCap), Field: "legs[0].tx"}, "legs[0].tx.gas", "high"},
		{"refusal with geth's words", &Refusal{Cause: ErrNonceTooLow, Detail: "nonce too low: next nonce 2, tx nonce 1"}, "", "next nonce 2, tx nonce 1"},
		{"malformed inside something else", fmt.Errorf("legs[0]: %w: transaction: %w", core.ErrMalformed, core.ErrTxType), "legs[0]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, ok := explain(c.err)
			if !ok || x.field != c.field || x.detail != c.detail {
				t.Errorf("got field %q, detail %q, want %q, %q", x.field, x.detail, c.field, c.detail)
			}
		})
	}
	if x, ok := explain(fmt.Errorf("disk on fire")); ok {
		t.Errorf("an unknown error is explained as %+v", x)
	}
}

func sortedErrors() []errorRow {
	rows := slices.Clone(errorTable)
	slices.SortFunc(rows, func(a, b errorRow) int { return a.code - b.code })
	return rows
}

func methodText() string {
	var b strings.Builder
	for _, m := range methods() {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", m.Name, m.Text)
		if len(m.Params) > 0 {
			b.WriteString("| Parameter | Type | |\n|---|---|---|\n")
			for _, p := range m.Params {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, p.Type, p.Text)
			}
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Result: `%s`.", strings.Join(m.Results, "`, `"))
		if len(m.Errors) > 0 {
			var reasons []string
			for _, err := range m.Errors {
				x, _ := explain(err)
				reasons = append(reasons, fmt.Sprintf("`%s` (%d)", x.row.reason, x.row.code))
			}
			fmt.Fprintf(&b, " Errors: %s.", strings.Join(reasons, ", "))
		}
		b.WriteString("\n\n")
	}
	return b.String()
}

func errorText() string {
	var b strings.Builder
	b.WriteString("| Code | Reason | Message |\n|---|---|---|\n")
	fmt.Fprintf(&b, "| %d | `internal` | internal error (request …) |\n", codeInternal)
	for _, row := range sortedErrors() {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", row.code, row.reason, row.text)
	}
	return b.String()
}

// answerTypes are the results of all methods and the structures they are made of.
func answerTypes() []string {
	var names []string
	seen := make(map[reflect.Type]bool)
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Status]().PkgPath() || seen[t] {
			return
		}
		seen[t], names = true, append(names, t.Name())
		for i := range t.NumField() {
			visit(t.Field(i).Type)
		}
	}
	for _, root := range []any{
		BundleReceipt{}, SimulationView{}, Status{}, NetworkStatus{}, TickView{}, CheckpointView{}, TickMessage{}, ExecutedMessage{}, RebuiltMessage{}, ErrorMessage{},
	} {
		visit(reflect.TypeOf(root))
	}
	return names
}

// typeText renders structures with their JSON names and field comments.
func typeText(t *testing.T, folder string, names ...string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	specs := make(map[string]*ast.StructType)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					specs[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	var b strings.Builder
	for _, name := range names {
		spec, ok := specs[name]
		if !ok {
			t.Fatalf("no structure %s in %s", name, folder)
		}
		fmt.Fprintf(&b, "### %s\n\n| Field | Type | |\n|---|---|---|\n", name)
		for _, field := range spec.Fields.List {
			writeField(&b, field)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func writeField(b *strings.Builder, field *ast.Field) {
	tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
	name, options, _ := strings.Cut(tag, ",")
	kind := jsonType(field.Type)
	if options == "omitempty" {
		kind += ", optional"
	}
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, kind, strings.Join(strings.Fields(field.Doc.Text()), " "))
}

// jsonType says how a Go type looks in JSON.
func jsonType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return jsonType(e.X)
	case *ast.ArrayType:
		return "list of " + jsonType(e.Elt)
	case *ast.SelectorExpr:
		return namedType(e.Sel.Name)
	case *ast.Ident:
		return namedType(e.Name)
	}
	return "object"
}

func namedType(name string) string {
	switch name {
	case "uint64", "int", "RollupID", "ZoneID":
		return "number"
	case "string":
		return "string"
	case "bool":
		return "bool"
	case "Hash":
		return "hash"
	case "Address":
		return "address"
	case "Bytes":
		return "bytes"
	case "Level", "OutcomeCode", "RollupKind", "Atomicity":
		return "name"
	case "RawMessage":
		return "object"
	case "Log":
		return "log as in eth_getLogs"
	}
	return "`" + name + "`"
}
