package sim

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// maxWorkers is how many chains an executor keeps: one follows the network, the others those that went another way.
const maxWorkers = 3

// executor executes one rollup with go-ethereum, each history of engine calls once. The histories are a tree; a node of
// it is the engine after the calls that lead there from the genesis block, and remembers what the last of them gave.
type executor struct {
	cfg     evm.Config
	root    *node
	workers []*worker

	executed, remembered uint64 // calls
}

// call is one engine call, without what it is applied to.
type call struct {
	kind    callKind
	n       uint64         // timestamp of open, tick of endTick
	hash    common.Hash    // of the transaction; the 16 bytes of a seal's extra data; the slot of read
	account common.Address // of read
}

type callKind byte

const (
	callOpen callKind = iota
	callApply
	callAttempt
	callLeg
	callRead
	callMerge
	callDrop
	callEndTick
	callSeal
)

// node is an engine after a history of calls.
type node struct {
	parent   *node
	call     call
	tx       core.Transaction // of apply and leg
	children map[call]*node

	execution zone.Execution   // of apply and leg
	root      common.Hash      // of endTick; the value that read finds
	code      bool             // of read
	block     zone.SealedBlock // of a seal and of the genesis
	view      *evm.View        // the newest published
}

// sealed reports whether the engine has no open block.
func (n *node) sealed() bool { return n.parent == nil || n.call.kind == callSeal }

// newExecutor opens the rollup at its genesis block.
func newExecutor(g *core.Genesis, id core.RollupID) (*executor, error) {
	x := &executor{cfg: evm.ConfigOf(g, id, "")}
	w, err := x.newWorker()
	if err != nil {
		return nil, err
	}
	x.root = &node{block: w.chain.Head(), view: w.chain.View()}
	w.at = x.root
	return x, nil
}

func (x *executor) newWorker() (*worker, error) {
	chain, err := evm.Open(x.cfg)
	if err != nil {
		return nil, err
	}
	w := &worker{chain: chain, predeploy: x.cfg.Predeploy.Address}
	x.workers = append(x.workers, w)
	return w, nil
}

// step is the node after a call, executed now if nobody made it before.
func (x *executor) step(from *node, c call, tx core.Transaction) (*node, error) {
	if next := from.children[c]; next != nil {
		x.remembered++
		return next, nil
	}
	w, err := x.workerAt(from)
	if err != nil {
		return nil, err
	}
	next := &node{parent: from, call: c, tx: tx}
	if err := w.do(next); err != nil {
		return nil, err
	}
	x.executed++
	if from.children == nil {
		from.children = make(map[call]*node, 1)
	}
	from.children[c] = next
	return next, nil
}

// workerAt brings a worker to a node: one that is there, or the one whose turn it is.
func (x *executor) workerAt(n *node) (*worker, error) {
	for i, w := range x.workers {
		if w.at == n {
			x.workers[0], x.workers[i] = x.workers[i], x.workers[0] // the newest used first
			return w, nil
		}
	}
	if len(x.workers) < maxWorkers {
		w, err := x.newWorker()
		if err != nil {
			return nil, err
		}
		w.at = x.root
		return w, w.move(n)
	}
	last := len(x.workers) - 1
	x.workers[0], x.workers[last] = x.workers[last], x.workers[0]
	return x.workers[0], x.workers[0].move(n)
}

// forget drops what is remembered after a node, so that it is executed again.
func (x *executor) forget(n *node) {
	n.children = nil
	for _, w := range x.workers {
		w.at = nil
	}
}

func (x *executor) close() {
	for _, w := range x.workers {
		_ = w.chain.Close() // in memory
	}
}

// worker is a chain and the node that it is at, nil if it is at none.
type worker struct {
	chain   *evm.Chain
	at      *node
	attempt zone.Attempt
	// predeploy is the address whose logs are assertions.
	predeploy common.Address
}

// move goes to a node: from where the worker is if that is on the way, else from the newest block on the way that its
// chain has. What is executed again must give what is remembered.
func (w *worker) move(to *node) error {
	var path []*node
	at := to
	for ; at != w.at; at = at.parent {
		if at.sealed() {
			if block, ok := w.chain.Sealed(at.block.Number); ok && block.Hash == at.block.Hash {
				if err := w.rewind(at); err != nil {
					return err
				}
				break
			}
		}
		path = append(path, at)
	}
	for i := len(path) - 1; i >= 0; i-- {
		again := &node{parent: path[i].parent, call: path[i].call, tx: path[i].tx}
		if err := w.do(again); err != nil {
			return err
		}
		if err := same(path[i], again); err != nil {
			return err
		}
		w.at = path[i]
	}
	return nil
}

func (w *worker) rewind(to *node) error {
	if err := w.chain.Rewind(to.block.Number); err != nil {
		return err
	}
	w.at, w.attempt = to, nil
	return nil
}

// do makes the call that leads to a node and fills in what it gives.
func (w *worker) do(n *node) (err error) {
	n.view = n.parent.view
	switch n.call.kind {
	case callOpen:
		err = w.chain.Open(n.call.n)
		n.view = w.chain.View()
	case callApply:
		n.execution, err = w.chain.Apply(n.tx)
	case callAttempt:
		w.attempt = w.chain.Attempt()
	case callLeg:
		n.execution, err = w.attempt.Apply(n.tx)
	case callRead:
		n.root, n.code, err = w.attempt.Storage(n.call.account, n.call.hash)
	case callMerge:
		err = w.attempt.Merge()
	case callDrop:
		w.attempt.Drop()
	case callEndTick:
		n.root, err = w.chain.EndTick(n.call.n)
		n.view = w.chain.View()
	case callSeal:
		n.block, err = w.chain.Seal(n.call.hash[:16])
		n.view = w.chain.View()
	}
	n.execution.Logs, n.execution.ReturnData = w.assertions(n.execution.Logs), nil // nothing here reads others
	w.at = n
	return err
}

// assertions are the logs that the zone reads.
func (w *worker) assertions(logs []*gethtypes.Log) (kept []*gethtypes.Log) {
	for _, log := range logs {
		if log.Address == w.predeploy {
			kept = append(kept, log)
		}
	}
	return kept
}

// same compares two executions of one call.
func same(a, b *node) error {
	x, y := a.execution, b.execution
	if x.Code != y.Code || x.NoRoom != y.NoRoom || x.Reverted != y.Reverted || x.GasUsed != y.GasUsed ||
		x.ReceiptHash != y.ReceiptHash || a.root != b.root || a.code != b.code || a.block.Hash != b.block.Hash {
		return fmt.Errorf("executing again gives %+v %s %s, want %+v %s %s", y, b.root, b.block.Hash, x, a.root, a.block.Hash)
	}
	return nil
}
