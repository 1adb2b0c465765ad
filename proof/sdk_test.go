package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/proof"
)

// vectors is where the TypeScript SDK, whose verifier must come to the same verdicts, reads what this package writes.
const vectors = "../sdk/ts/vectors/"

// errorKinds are the names of this package's errors in the SDK.
var errorKinds = []struct {
	err  error
	kind string
}{
	{proof.ErrFormat, "format"}, {proof.ErrNetwork, "network"}, {proof.ErrCheckpoint, "checkpoint"}, {proof.ErrLane, "lane"},
	{proof.ErrPosition, "position"}, {proof.ErrResult, "result"}, {proof.ErrOutcome, "outcome"}, {proof.ErrBundle, "bundle"},
	{proof.ErrHalfBundle, "halfBundle"},
}

// The SDK accepts what this package accepts, and reads the same facts from it.
func TestSDK_Proofs(t *testing.T) {
	t.Parallel()
	s := newSample(t)
	type vector struct {
		Name   string          `json:"name"`
		Binary hexutil.Bytes   `json:"binary"`
		Fact   *proof.Fact     `json:"fact"`
		Proof  json.RawMessage `json:"proof"`
	}
	file := struct {
		Checkpoint  core.Checkpoint   `json:"checkpoint"`
		NextSigners core.ValidatorSet `json:"nextSigners"`
		Proofs      []vector          `json:"proofs"`
	}{Checkpoint: core.Checkpoint{Network: s.network, Tick: 1, ValidatorSet: s.genesisSet.Hash()}, NextSigners: s.genesisSet}
	for _, name := range s.names() {
		p := s.proofs[name]
		fact, err := p.Verify(s.trust())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		file.Proofs = append(file.Proofs, vector{name, p.Encode(), fact, text})
	}
	text, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, vectors+"proofs.json", string(text)+"\n")
}

// The SDK refuses what this package refuses, for the same reason: each line of the file is a change to a proof of
// proofs.json and the verdict, empty where a proof of less is left.
func TestSDK_Tampered(t *testing.T) {
	t.Parallel()
	s := newSample(t)
	var lines []string
	for _, name := range s.names() {
		text, err := json.Marshal(s.proofs[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changesOf("", readJSON(t, text)) {
			tampered, err := json.Marshal(c.apply(readJSON(t, text)))
			if err != nil {
				t.Fatal(err)
			}
			verdict := s.verdict(t, tampered)
			if verdict == "" && !slices.Contains(provesLess, c.String()) {
				t.Errorf("%s verifies with %s", name, c)
			}
			lines = append(lines, fmt.Sprintf("%s | %s | %s\n", name, c, verdict))
		}
	}
	if len(lines) < 1000 {
		t.Errorf("%d changes only", len(lines))
	}
	golden.Equal(t, vectors+"tampered.txt", strings.Join(lines, ""))
}

// provesLess are the changes of lessButTrue.
var provesLess = []string{"/transaction/anchor/handovers/0 drop", "/range/items/8 drop"}

// verdict is the name of what is wrong with a proof.
func (s *sample) verdict(t *testing.T, text []byte) string {
	t.Helper()
	p, err := proof.Parse(text)
	if err == nil {
		_, err = p.Verify(s.trust())
	}
	if err == nil {
		return ""
	}
	for _, k := range errorKinds {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	t.Fatalf("%v has no kind", err)
	return ""
}

// change is what is done to one place of a JSON value. sdk/ts/test/tamper.ts does the same.
type change struct {
	path []string
	op   string
}

func (c change) String() string { return "/" + strings.Join(c.path, "/") + " " + c.op }

// changesOf lists the changes that a value allows.
func changesOf(path string, value any) []change {
	var changes []change
	add := func(at string, ops ...string) {
		for _, op := range ops {
			changes = append(changes, change{strings.Split(at[1:], "/"), op})
		}
	}
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if path != "" || key != "version" {
				changes = append(changes, changesOf(path+"/"+key, v[key])...)
			}
			if key == "outcome" || strings.HasSuffix(path, "/anchor") && key == "result" {
				add(path+"/"+key, "remove")
			}
		}
	case []any:
		for i, element := range v {
			at := fmt.Sprintf("%s/%d", path, i)
			changes = append(changes, changesOf(at, element)...)
			add(at, "drop", "double")
			if i > 0 && fmt.Sprint(element) != fmt.Sprint(v[i-1]) {
				add(at, "swap")
			}
		}
	case json.Number:
		add(path, "+1", "-1", "+4294967296")
	case string:
		if !strings.HasPrefix(v, "0x") {
			add(path, "rename")
		} else if v != "0x" {
			add(path, "flip first", "flip last", "cut")
		}
	}
	return changes
}

// apply makes the change to a value, which may share parts with what it gives.
func (c change) apply(value any) any {
	if len(c.path) == 0 {
		return changed(value, c.op)
	}
	key, below := c.path[0], change{c.path[1:], c.op}
	switch v := value.(type) {
	case map[string]any:
		if c.op == "remove" && len(below.path) == 0 {
			delete(v, key)
		} else {
			v[key] = below.apply(v[key])
		}
		return v
	case []any:
		i, _ := strconv.Atoi(key) // changesOf wrote it
		if len(below.path) == 0 {
			switch c.op {
			case "drop":
				return slices.Delete(v, i, i+1)
			case "double":
				return slices.Insert(v, i, v[i])
			case "swap":
				v[i], v[i-1] = v[i-1], v[i]
				return v
			}
		}
		v[i] = below.apply(v[i])
		return v
	}
	panic(fmt.Sprintf("no way below %T", value))
}

// changed is a number, a name or a string of bytes after a change.
func changed(value any, op string) any {
	switch v := value.(type) {
	case json.Number:
		n, _ := v.Int64()
		d, _ := strconv.ParseInt(op, 10, 64) // changesOf wrote it
		return json.Number(strconv.FormatInt(n+d, 10))
	case string:
		b := hexutil.Bytes(hexBytes(v))
		switch op {
		case "rename":
			if v == "included" {
				return "nonceTooLow"
			}
			return "included"
		case "flip first":
			b[0] ^= 1
		case "flip last":
			b[len(b)-1] ^= 1
		case "cut":
			b = b[:len(b)-1]
		}
		return b.String()
	}
	panic(fmt.Sprintf("%T cannot be changed", value))
}

// hexBytes are the bytes of a 0x string, nil for other strings.
func hexBytes(s string) []byte {
	b, err := hexutil.Decode(s)
	if err != nil {
		return nil
	}
	return b
}

func readJSON(t *testing.T, text []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
