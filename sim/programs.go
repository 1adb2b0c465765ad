package sim

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// programCode is a contract that does what its calldata says: steps, each a byte and what belongs to it.
var programCode = common.FromHex("5f5b8036111560da5780355f1a90600101908060011460aa578060061460ba578060071460be57" +
	"6084825f3780600414606857806005146089575f5f60845f5f734c6f636b737465700000000000000000000000015af181600314171560ba57" +
	"5b506084016001565b5f5f60845f734c6f636b737465700000000000000000000000015af4506060565b5f5f60845f734c6f636b7374657000" +
	"00000000000000000000015afa506060565b5080602001358135556040016001565b5f5ffd5b50803560f01c9060020181815f375f5f835f5f" +
	"305af150016001565b00")

// The steps. What calls the predeploy has the calldata of assertStorage behind it.
const (
	stepStore    byte = 1 // slot, value: 32 bytes each
	stepAssert   byte = 2 // reverts if the predeploy does
	stepTry      byte = 3 // goes on
	stepDelegate byte = 4 // by DELEGATECALL; goes on
	stepStatic   byte = 5 // by STATICCALL; goes on
	stepRevert   byte = 6
	stepFrame    byte = 7 // 2 bytes of length and a program, run by a call of its own; goes on
)

const (
	wordBytes = 32
	// assertBytes is the length of assertStorage's calldata.
	assertBytes = 4 + 4*wordBytes
	// programSlots are the slots that programs write, from 1 on, programValues the values.
	programSlots, programValues = 6, 3
)

// small is a number as a word.
func small(n uint64) common.Hash { return common.BytesToHash(core.U64(n)) }

// program is what a leg does, before it is encoded.
type program struct {
	code            []byte
	stores, asserts uint64
}

func (p *program) store(slot, value common.Hash) {
	p.code = append(append(append(p.code, stepStore), slot[:]...), value[:]...)
	p.stores++
}

func (p *program) assert(step byte, a core.Assertion) {
	p.code = append(append(p.code, step), a.Calldata()...)
	p.asserts++
}

// frame runs what the inner program does in a frame of its own.
func (p *program) frame(inner program) {
	p.code = append(binary.BigEndian.AppendUint16(append(p.code, stepFrame), uint16(len(inner.code))), inner.code...)
	p.stores, p.asserts = p.stores+inner.stores, p.asserts+inner.asserts
}

func (p *program) action(feeCap int64) action {
	return action{to: &scribe, gas: 50_000 + 25_000*p.stores + 8_000*p.asserts, data: p.code, feeCap: feeCap}
}

// assertingLegs adds one to five legs that write and assert, about each other in any order and mostly what comes true.
func (l *load) assertingLegs(v *validator, d *draft, id core.ZoneID) {
	d.protected = true
	programs := make([]program, 1+l.rand.IntN(5))
	written := make(map[core.RollupID]map[common.Hash]common.Hash)
	for i := range programs {
		rollup := l.rollup(id)
		at, nonce, ok := l.take(v, rollup)
		if !ok {
			programs = programs[:i]
			break
		}
		d.legs = append(d.legs, draftLeg{at: at, nonce: nonce})
		if written[rollup] == nil {
			written[rollup] = make(map[common.Hash]common.Hash)
		}
		for range l.rand.IntN(3) {
			slot, value := small(1+l.rand.Uint64N(programSlots)), small(1+l.rand.Uint64N(programValues))
			programs[i].store(slot, value)
			written[rollup][slot] = value
		}
	}
	for i := range programs {
		for range l.rand.IntN(4) {
			l.step(&programs[i], l.assertion(d, written))
		}
		if l.rand.IntN(60) == 0 {
			l.tooMany(&programs[i], d.legs[i].at.rollup)
		}
		if l.rand.IntN(10) == 0 {
			programs[i].assert(stepStatic, l.assertion(d, written)) // last, for a log where none may be takes all gas of the call
		}
		if l.rand.IntN(30) == 0 {
			programs[i].code = append(programs[i].code, stepRevert)
			d.legs[i].mayRevert = l.rand.IntN(4) != 0
		}
		d.legs[i].action = programs[i].action(4000 + l.rand.Int64N(4000))
	}
}

// tooMany asserts once more than a bundle may.
func (l *load) tooMany(p *program, rollup core.RollupID) {
	for range l.s.net.genesis.Params.MaxBundleAssertions + 1 {
		p.assert(stepAssert, core.NewAssertion(rollup, l.s.net.genesis.Predeploy.Address, small(1), common.Hash{}))
	}
}

// step makes an assertion in one of the ways there are, most of which count.
func (l *load) step(p *program, a core.Assertion) {
	switch l.rand.IntN(12) {
	case 0:
		p.assert(stepDelegate, a)
	case 1:
		p.assert(stepTry, a)
	case 2, 3:
		var inner program
		inner.assert(stepAssert, a)
		if l.rand.IntN(2) == 0 {
			inner.code = append(inner.code, stepRevert)
		}
		p.frame(inner)
	default:
		p.assert(stepAssert, a)
	}
}

// assertion is mostly about what a leg of the draft writes.
func (l *load) assertion(d *draft, written map[core.RollupID]map[common.Hash]common.Hash) core.Assertion {
	about := d.legs[l.rand.IntN(len(d.legs))].at.rollup
	slot := small(1 + l.rand.Uint64N(programSlots))
	if value, ok := written[about][slot]; ok {
		return core.NewAssertion(about, scribe, slot, value)
	}
	switch l.rand.IntN(40) {
	case 0:
		return core.NewAssertion(about, scribe, slot, small(l.rand.Uint64N(programValues+1))) // who knows
	case 1:
		return core.NewAssertion(l.rollup(l.zone()), scribe, slot, common.Hash{}) // perhaps of another zone
	case 2:
		return core.NewAssertion(opaque, scribe, slot, common.Hash{})
	case 3:
		return core.NewAssertion(about, treasury, slot, common.Hash{}) // an account without code
	}
	return core.NewAssertion(about, l.s.net.genesis.Predeploy.Address, slot, common.Hash{})
}
