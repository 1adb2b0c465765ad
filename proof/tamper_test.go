package proof_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// Whatever byte of a proof is changed, nothing is proven any more.
func TestTamper_EveryByteCounts(t *testing.T) {
	s := newSample(t)
	for _, name := range []string{"included", "two checkpoints", "after the change", "void bundle", "range inside"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			valid := s.proofs[name].Encode()
			for i := range valid {
				changed := bytes.Clone(valid)
				changed[i] ^= 1 << (i % 8)
				p, err := proof.Decode(changed)
				if err != nil {
					continue
				}
				if _, err := p.Verify(s.trust()); err == nil {
					t.Errorf("byte %d of %d changed still verifies", i, len(valid))
				}
			}
		})
	}
}

// Whatever field of a proof is changed, dropped, doubled or swapped, nothing is proven any more.
func TestTamper_EveryFieldCounts(t *testing.T) {
	s := newSample(t)
	for _, name := range s.names() {
		total := 0
		for at := 0; ; at++ {
			p, err := proof.Decode(s.proofs[name].Encode())
			if err != nil {
				t.Fatal(err)
			}
			m := &mutator{left: at}
			m.visit(reflect.ValueOf(p).Elem(), "")
			if m.done == "" {
				break
			}
			total++
			if bytes.Equal(p.Encode(), s.proofs[name].Encode()) || slices.Contains(lessButTrue, m.done) {
				continue
			}
			if _, err := p.Verify(s.trust()); err == nil {
				t.Errorf("%s verifies with %s", name, m.done)
			}
		}
		if total < 30 {
			t.Errorf("%s: %d changes only: the test shows nothing", name, total)
		}
	}
}

// lessButTrue are changes that leave a proof of less. In these samples a proof without its handover is still signed by a
// quorum of the set that the verifier trusts; a range without its last tick is a shorter range, and its fact says so.
var lessButTrue = []string{".Transaction.Anchor.Handovers[0] dropped", ".Range.Items[8] dropped"}

// mutator makes the left-th change that a value allows.
type mutator struct {
	left int
	done string
}

// take reports whether the next change is the one to make.
func (m *mutator) take(what string) bool {
	if m.done != "" {
		return false
	}
	if m.left > 0 {
		m.left--
		return false
	}
	m.done = what
	return true
}

func (m *mutator) visit(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Version" {
				m.visit(v.Field(i), path+"."+name)
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		m.visit(v.Elem(), path)
		if path != ".Transaction" && path != ".Bundle" && path != ".Range" && m.take(path+" removed") {
			v.SetZero()
		}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		for _, d := range []uint64{1, ^uint64(0), 1 << 32} {
			if m.take(fmt.Sprintf("%s changed by %d", path, int64(d))) {
				v.SetUint(v.Uint() + d)
				if d == 1<<32 && v.Type().Bits() < 64 {
					v.SetUint((v.Uint() + 7) % (1 << v.Type().Bits()))
				}
			}
		}
	case reflect.Array:
		for _, i := range []int{0, v.Len() - 1} {
			if m.take(fmt.Sprintf("%s[%d] flipped", path, i)) {
				v.Index(i).SetUint(v.Index(i).Uint() ^ 1)
			}
		}
	case reflect.Slice:
		m.list(v, path)
	default:
		panic(v.Kind())
	}
}

// list changes the elements of a list and the list itself.
func (m *mutator) list(v reflect.Value, path string) {
	small := v.Type().Elem().Kind() == reflect.Uint8
	for i := range v.Len() {
		if small && i > 0 && i < v.Len()-1 {
			continue
		}
		if small {
			if m.take(fmt.Sprintf("%s[%d] flipped", path, i)) {
				v.Index(i).SetUint(v.Index(i).Uint() ^ 1)
			}
		} else {
			m.visit(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
		if m.take(fmt.Sprintf("%s[%d] dropped", path, i)) {
			v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, v.Len())))
			return
		}
		if m.take(fmt.Sprintf("%s[%d] doubled", path, i)) {
			v.Set(reflect.AppendSlice(v.Slice3(0, i+1, i+1), v.Slice(i, v.Len())))
			return
		}
		if i > 0 && !small && !reflect.DeepEqual(v.Index(i).Interface(), v.Index(i-1).Interface()) && m.take(fmt.Sprintf("%s[%d] swapped", path, i)) {
			reflect.Swapper(v.Interface())(i, i-1)
		}
	}
	if m.take(path + " extended") {
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	}
}

// FuzzVerify tampers with valid proofs. What still verifies must be true.
func FuzzVerify(f *testing.F) {
	s := newSample(f)
	for _, name := range s.names() {
		f.Add(s.proofs[name].Encode())
	}
	trust := s.trust()
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := proof.Decode(b)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Encode(), b) {
			t.Fatal("decoding and encoding gives other bytes")
		}
		fact, err := p.Verify(trust)
		if err != nil {
			return
		}
		var positions []proof.Position
		switch {
		case fact.Transaction != nil:
			positions = []proof.Position{*fact.Transaction}
		case fact.Bundle != nil:
			positions = fact.Bundle.Legs
		default:
			positions = fact.Range.Positions
		}
		for _, position := range positions {
			if err := s.untrue(position); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// untrue says what is wrong with a fact.
func (c *chain) untrue(p proof.Position) error {
	for _, row := range c.rows[p.Rollup] {
		if p.Seq < row.FirstSeq || p.Seq >= row.FirstSeq+row.Count {
			continue
		}
		it := c.ticks[row.Tick-1].LaneItems(p.Rollup)[p.Seq-row.FirstSeq]
		if row.Tick != p.Tick || !bytes.Equal(it.Tx.Raw(), p.Tx) || it.Bundle != p.Bundle || it.Leg != p.Leg {
			return fmt.Errorf("rollup %s seq %d is not %+v", p.Rollup, p.Seq, p)
		}
		if p.Decided == nil {
			return nil
		}
		all := slices.Concat(c.outcomes[p.Decided.Tick]...)
		i := slices.IndexFunc(all, func(o core.Outcome) bool { return o.Rollup == p.Rollup && o.Seq == p.Seq })
		if i < 0 || all[i].Code != p.Decided.Code || all[i].ReceiptHash != p.Decided.ReceiptHash {
			return fmt.Errorf("rollup %s seq %d was not decided as %+v", p.Rollup, p.Seq, p.Decided)
		}
		return nil
	}
	return fmt.Errorf("rollup %s has no seq %d", p.Rollup, p.Seq)
}
