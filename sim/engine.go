package sim

import (
	"context"
	"errors"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// disk is what survives of an engine when its process dies: its sealed blocks, the genesis block first.
type disk struct{ blocks []*node }

// engine is one validator's executor of one rollup: a place in the tree of an executor. It implements zone.Engine.
type engine struct {
	x    *executor
	disk *disk
	at   *node
	// left is after how many more calls the process dies; negative: it does not.
	left int
}

func newEngine(x *executor, d *disk) *engine {
	return &engine{x: x, disk: d, at: d.blocks[len(d.blocks)-1], left: -1}
}

// step makes a call, unless it is the one at which the process dies.
func (e *engine) step(c call, tx core.Transaction) (*node, error) {
	if e.left == 0 {
		return nil, errDied
	}
	if e.left > 0 {
		e.left--
	}
	next, err := e.x.step(e.at, c, tx)
	if err == nil {
		e.at = next
	}
	return next, err
}

func (e *engine) head() *node { return e.disk.blocks[len(e.disk.blocks)-1] }

// Head implements zone.Engine.
func (e *engine) Head() zone.SealedBlock { return e.head().block }

// Open implements zone.Engine.
func (e *engine) Open(timestamp uint64) error {
	_, err := e.step(call{kind: callOpen, n: timestamp}, core.Transaction{})
	return err
}

// Apply implements zone.Engine.
func (e *engine) Apply(tx core.Transaction) (zone.Execution, error) {
	n, err := e.step(call{kind: callApply, hash: tx.Hash()}, tx)
	if err != nil {
		return zone.Execution{}, err
	}
	return n.execution, nil
}

// Attempt implements zone.Engine.
func (e *engine) Attempt() zone.Attempt {
	_, err := e.step(call{kind: callAttempt}, core.Transaction{})
	return &attempt{e, err}
}

// Scratch implements zone.Engine; nothing is simulated here.
func (e *engine) Scratch(context.Context) (zone.Attempt, error) {
	return nil, errors.ErrUnsupported
}

// EndTick implements zone.Engine.
func (e *engine) EndTick(tick uint64) (common.Hash, error) {
	n, err := e.step(call{kind: callEndTick, n: tick}, core.Transaction{})
	if err != nil {
		return common.Hash{}, err
	}
	return n.root, nil
}

// Seal implements zone.Engine.
func (e *engine) Seal(extra []byte) (zone.SealedBlock, error) {
	var hash common.Hash
	copy(hash[:], extra)
	n, err := e.step(call{kind: callSeal, hash: hash}, core.Transaction{})
	if err != nil {
		return zone.SealedBlock{}, err
	}
	e.disk.blocks = append(e.disk.blocks, n)
	return n.block, nil
}

// Sync implements zone.Engine; which blocks a crash takes away is decided by the disk's faults.
func (e *engine) Sync() error { return nil }

// Rewind implements zone.Engine.
func (e *engine) Rewind(number uint64) error {
	e.disk.blocks = e.disk.blocks[:number+1]
	e.at = e.head()
	return nil
}

// Sealed implements zone.Engine.
func (e *engine) Sealed(number uint64) (zone.SealedBlock, bool) {
	if number >= uint64(len(e.disk.blocks)) {
		return zone.SealedBlock{}, false
	}
	return e.disk.blocks[number].block, true
}

// attempt is a bundle's scratch execution; err is why it could not begin.
type attempt struct {
	engine *engine
	err    error
}

func (a *attempt) Apply(tx core.Transaction) (zone.Execution, error) {
	if a.err != nil {
		return zone.Execution{}, a.err
	}
	n, err := a.engine.step(call{kind: callLeg, hash: tx.Hash()}, tx)
	if err != nil {
		return zone.Execution{}, err
	}
	return n.execution, nil
}

func (a *attempt) Storage(account common.Address, slot common.Hash) (common.Hash, bool, error) {
	if a.err != nil {
		return common.Hash{}, false, a.err
	}
	n, err := a.engine.step(call{kind: callRead, hash: slot, account: account}, core.Transaction{})
	if err != nil {
		return common.Hash{}, false, err
	}
	return n.root, n.code, nil
}

func (a *attempt) Merge() error {
	if a.err != nil {
		return a.err
	}
	_, err := a.engine.step(call{kind: callMerge}, core.Transaction{})
	return err
}

// Drop cannot fail; a process that dies at it dies at the next call.
func (a *attempt) Drop() {
	if a.err == nil {
		_, a.err = a.engine.step(call{kind: callDrop}, core.Transaction{})
	}
}

// twist is how a wrong executor is wrong.
type twist struct {
	kind twistKind
	// every: one of so many transactions is executed wrongly.
	every byte
}

type twistKind byte

const (
	// twistReceipt: another receipt, with the right effect.
	twistReceipt twistKind = iota
	// twistVoid: a good transaction is void, so bundles fail that should not.
	twistVoid
	twistKinds
)

// wrongEngine is an executor that is wrong now and then.
type wrongEngine struct {
	zone.Engine
	twist twist
}

func (w *wrongEngine) Apply(tx core.Transaction) (zone.Execution, error) {
	return w.twist.apply(tx, w.Engine.Apply)
}

func (w *wrongEngine) Attempt() zone.Attempt { return &wrongAttempt{w.Engine.Attempt(), w.twist} }

type wrongAttempt struct {
	zone.Attempt
	twist twist
}

func (w *wrongAttempt) Apply(tx core.Transaction) (zone.Execution, error) {
	return w.twist.apply(tx, w.Attempt.Apply)
}

func (t twist) apply(tx core.Transaction, right func(core.Transaction) (zone.Execution, error)) (zone.Execution, error) {
	hash := tx.Hash()
	if hash[7]%t.every != 0 {
		return right(tx)
	}
	if t.kind == twistVoid {
		return zone.Execution{Code: core.VoidPanic, Detail: "wrong on purpose"}, nil
	}
	x, err := right(tx)
	if t.kind == twistReceipt && x.Code == core.Included {
		x.ReceiptHash[0]++
	}
	return x, err
}
