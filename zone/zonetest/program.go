package zonetest

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// ProgramCode is the runtime code of a contract that does what its calldata, a Program, says.
var ProgramCode = common.FromHex("5f5b8036111560da5780355f1a90600101908060011460aa578060061460ba578060071460be57" +
	"6084825f3780600414606857806005146089575f5f60845f5f734c6f636b737465700000000000000000000000015af181600314171560ba57" +
	"5b506084016001565b5f5f60845f734c6f636b737465700000000000000000000000015af4506060565b5f5f60845f734c6f636b7374657000" +
	"00000000000000000000015afa506060565b5080602001358135556040016001565b5f5ffd5b50803560f01c9060020181815f375f5f835f5f" +
	"305af150016001565b00")

// The steps of a program: a byte and what belongs to it.
const (
	stepStore    byte = 1 // slot, value
	stepAssert   byte = 2 // calldata of assertStorage; reverts if the call fails
	stepTry      byte = 3 // the same; goes on
	stepDelegate byte = 4 // the same by DELEGATECALL
	stepStatic   byte = 5 // the same by STATICCALL
	stepRevert   byte = 6
	stepFrame    byte = 7 // 16 bits of length and a program, run by a call to itself; goes on if that reverts
)

// Program is calldata for a contract with ProgramCode: steps, one after the other.
type Program []byte

// Store writes a storage slot of the contract.
func (p Program) Store(slot, value common.Hash) Program {
	return append(append(append(p[:len(p):len(p)], stepStore), slot[:]...), value[:]...)
}

// Assert calls the predeploy and reverts if it does.
func (p Program) Assert(a core.Assertion) Program { return p.call(stepAssert, a) }

// Try calls the predeploy and goes on whatever comes of it.
func (p Program) Try(a core.Assertion) Program { return p.call(stepTry, a) }

// Delegate runs the predeploy's code as its own and goes on.
func (p Program) Delegate(a core.Assertion) Program { return p.call(stepDelegate, a) }

// Static calls the predeploy without the right to log, and goes on.
func (p Program) Static(a core.Assertion) Program { return p.call(stepStatic, a) }

// Revert ends the program and takes back what it did.
func (p Program) Revert() Program { return append(p[:len(p):len(p)], stepRevert) }

// Frame runs a program of at most 65535 bytes in a call of its own, and goes on if that reverts.
func (p Program) Frame(inner Program) Program {
	framed := binary.BigEndian.AppendUint16(append(p[:len(p):len(p)], stepFrame), uint16(len(inner)))
	return append(framed, inner...)
}

func (p Program) call(step byte, a core.Assertion) Program {
	return append(append(p[:len(p):len(p)], step), a.Calldata()...)
}

// Asserting makes an execution bundle whose legs may assert: each names the marker and the bundle's commitment. The
// indices in mayRevert are those of legs that may revert.
func (n *Network) Asserting(legs []Tx, mayRevert ...int) core.DecodedBundle {
	var commitment common.Hash
	for {
		signed := make([]Leg, len(legs))
		for i, leg := range legs {
			leg.Access = n.Genesis.Predeploy.AssertingAccessList(commitment)
			signed[i].Tx = n.Sign(leg)
		}
		for _, i := range mayRevert {
			signed[i].MayRevert = true
		}
		b := n.Bundle(core.AtomicExecution, n.Commit, signed...)
		if b.Commitment == commitment {
			return b
		}
		commitment = b.Commitment // does not depend on access lists
	}
}
