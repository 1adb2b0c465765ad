package zonetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// First bytes of calldata that the engine acts on; any other transaction transfers its value.
const (
	OpRevert byte = 0xfd // reverts with the rest of the calldata as revert data
	OpPanic  byte = 0xfe // is void because the executor panicked
	OpAssert byte = 0xfa // asserts what the rest of the calldata, that of assertStorage, says
)

// Disk is what survives of an Engine when its process dies: the sealed blocks with the states after them.
type Disk struct {
	mu     sync.Mutex
	blocks []diskBlock
}

type diskBlock struct {
	block zone.SealedBlock
	state state
}

// NewDisk makes a chain that consists of a genesis block of this time in seconds, with these balances in wei.
func NewDisk(rollup core.RollupID, time uint64, balances map[common.Address]uint64) *Disk {
	s := newState()
	for address, balance := range balances {
		s.accounts[address] = account{balance: balance}
	}
	genesis := zone.SealedBlock{Hash: crypto.Keccak256Hash([]byte("genesis"), core.U64(uint64(rollup)), s.root().Bytes()), Time: time}
	return &Disk{blocks: []diskBlock{{genesis, s}}}
}

// Slots that Attempt.Storage knows, of accounts that were ever touched: these have code, all others do not.
var (
	NonceSlot   = common.Hash{31: 1}
	BalanceSlot = common.Hash{31: 2}
)

// Engine executes transfers without an EVM: nonces, balances in wei below 2^64, declared gas against the block's
// limit, and a block size in transactions' bytes. Gas used is 21000 + 16 per byte of calldata; the gas price is paid.
type Engine struct {
	rollup core.RollupID
	params core.Params
	disk   *Disk
	// MaxBlockBytes bounds the transactions of a block; zero means no bound.
	MaxBlockBytes uint64

	open    *openBlock
	attempt bool

	mu   sync.Mutex
	view state // as of the last EndTick
}

type openBlock struct {
	time  uint64
	work  work
	ended uint64 // receipts published
}

// NewEngine opens a disk.
func NewEngine(rollup core.RollupID, params core.Params, disk *Disk) *Engine {
	e := &Engine{rollup: rollup, params: params, disk: disk}
	e.view = disk.newest().state
	return e
}

func (d *Disk) newest() diskBlock {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.blocks[len(d.blocks)-1]
}

// Copy is a disk with the same blocks up to one of this number.
func (d *Disk) Copy(number uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Disk{blocks: slices.Clone(d.blocks[:number+1])}
}

// Truncate forgets the newest n sealed blocks, as a disk that lost power may.
func (d *Disk) Truncate(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blocks = d.blocks[:max(1, len(d.blocks)-n)]
}

// Head implements zone.Engine.
func (e *Engine) Head() zone.SealedBlock { return e.disk.newest().block }

// Open implements zone.Engine.
func (e *Engine) Open(timestamp uint64) error {
	head := e.disk.newest()
	if e.open != nil || timestamp <= head.block.Time {
		return fmt.Errorf("zonetest: open at %d: open %v, head at %d", timestamp, e.open != nil, head.block.Time)
	}
	e.open = &openBlock{time: timestamp, work: work{engine: e, state: head.state.clone()}}
	return nil
}

// Apply implements zone.Engine.
func (e *Engine) Apply(tx core.Transaction) (zone.Execution, error) {
	if e.open == nil || e.attempt {
		return zone.Execution{}, fmt.Errorf("zonetest: apply without an open block or during an attempt")
	}
	return e.open.work.apply(tx), nil
}

// Attempt implements zone.Engine.
func (e *Engine) Attempt() zone.Attempt {
	if e.open == nil || e.attempt {
		panic("zonetest: attempt without an open block or during another")
	}
	e.attempt = true
	return &attempt{work: e.open.work.clone(), into: e.open}
}

// Scratch implements zone.Engine.
func (e *Engine) Scratch(ctx context.Context) (zone.Attempt, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return &attempt{ctx: ctx, work: work{engine: e, state: e.view.clone()}}, nil
}

// EndTick implements zone.Engine. The root is a plain hash over the receipts, not a trie's.
func (e *Engine) EndTick(uint64) (common.Hash, error) {
	switch {
	case e.attempt:
		return common.Hash{}, fmt.Errorf("zonetest: end of tick during an attempt")
	case e.open == nil: // of a rollup that leaves
		return gethtypes.EmptyReceiptsHash, nil
	}
	fresh := e.open.work.receipts[e.open.ended:]
	e.open.ended = uint64(len(e.open.work.receipts))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.view = e.open.work.state.clone()
	if len(fresh) == 0 {
		return gethtypes.EmptyReceiptsHash, nil
	}
	return hashList(fresh), nil
}

// Seal implements zone.Engine.
func (e *Engine) Seal(extra []byte) (zone.SealedBlock, error) {
	if e.open == nil || e.attempt || e.open.ended != uint64(len(e.open.work.receipts)) {
		return zone.SealedBlock{}, fmt.Errorf("zonetest: seal without an open block, during an attempt or within a tick")
	}
	head := e.Head()
	block := zone.SealedBlock{Number: head.Number + 1, Time: e.open.time, Extra: extra}
	block.Hash = crypto.Keccak256Hash(head.Hash[:], core.U64(block.Number), core.U64(block.Time), extra,
		e.open.work.state.root().Bytes(), hashList(e.open.work.receipts).Bytes())
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	e.disk.blocks = append(e.disk.blocks, diskBlock{block, e.open.work.state})
	e.open = nil
	return block, nil
}

// Sync implements zone.Engine; a Disk has no cache.
func (e *Engine) Sync() error { return nil }

// Rewind implements zone.Engine.
func (e *Engine) Rewind(number uint64) error {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if number >= uint64(len(e.disk.blocks)) {
		return fmt.Errorf("zonetest: rewind to block %d of %d", number, len(e.disk.blocks)-1)
	}
	e.disk.blocks = e.disk.blocks[:number+1]
	e.open, e.attempt = nil, false
	e.mu.Lock()
	defer e.mu.Unlock()
	e.view = e.disk.blocks[number].state
	return nil
}

// Sealed implements zone.Engine.
func (e *Engine) Sealed(number uint64) (zone.SealedBlock, bool) {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if number >= uint64(len(e.disk.blocks)) {
		return zone.SealedBlock{}, false
	}
	return e.disk.blocks[number].block, true
}

// Balance is an account's balance in the published view.
func (e *Engine) Balance(address common.Address) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.view.accounts[address].balance
}

// Nonce is an account's nonce in the published view.
func (e *Engine) Nonce(address common.Address) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.view.accounts[address].nonce
}

type attempt struct {
	ctx  context.Context // of a scratch only
	work work
	into *openBlock // of an attempt only
}

func (a *attempt) Apply(tx core.Transaction) (zone.Execution, error) {
	if a.ctx != nil && a.ctx.Err() != nil {
		return zone.Execution{}, a.ctx.Err()
	}
	return a.work.apply(tx), nil
}

func (a *attempt) Storage(address common.Address, slot common.Hash) (value common.Hash, code bool, err error) {
	account, ok := a.work.state.accounts[address]
	switch slot {
	case NonceSlot:
		value = common.BytesToHash(core.U64(account.nonce))
	case BalanceSlot:
		value = common.BytesToHash(core.U64(account.balance))
	}
	return value, ok, nil
}

func (a *attempt) Merge() error {
	if a.into == nil {
		return fmt.Errorf("zonetest: merge of a scratch")
	}
	a.into.work = a.work
	a.work.engine.attempt = false
	return nil
}

func (a *attempt) Drop() {
	if a.into != nil {
		a.work.engine.attempt = false
	}
}

// work is a state with the gas, bytes and receipts that led to it.
type work struct {
	engine   *Engine
	state    state
	gas      uint64
	bytes    uint64
	receipts []common.Hash
}

func (w work) clone() work {
	w.state = w.state.clone()
	w.receipts = append([]common.Hash(nil), w.receipts...)
	return w
}

// apply executes a transaction; a void one and one without room change nothing.
func (w *work) apply(tx core.Transaction) zone.Execution {
	eth := tx.Eth()
	sender, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(tx.Rollup()))), eth)
	if err != nil {
		return zone.Execution{Code: core.VoidBadSignature, Detail: err.Error()}
	}
	from := w.state.accounts[sender]
	cost := eth.Gas()*eth.GasPrice().Uint64() + eth.Value().Uint64()
	switch data := eth.Data(); {
	case eth.Nonce() < from.nonce:
		return zone.Execution{Code: core.VoidNonceTooLow, Detail: fmt.Sprintf("nonce too low: tx %d, state %d", eth.Nonce(), from.nonce)}
	case eth.Nonce() > from.nonce:
		return zone.Execution{Code: core.VoidNonceTooHigh, Detail: fmt.Sprintf("nonce too high: tx %d, state %d", eth.Nonce(), from.nonce)}
	case from.balance < cost:
		return zone.Execution{Code: core.VoidInsufficientFunds, Detail: "insufficient funds for gas * price + value"}
	case eth.Gas() < gasUsed(data):
		return zone.Execution{Code: core.VoidIntrinsicGas, Detail: "intrinsic gas too low"}
	case w.gas+eth.Gas() > w.engine.params.BlockGas, w.engine.MaxBlockBytes != 0 && w.bytes+eth.Size() > w.engine.MaxBlockBytes:
		return zone.Execution{NoRoom: true}
	case len(data) > 0 && data[0] == OpPanic:
		return zone.Execution{Code: core.VoidPanic, Detail: "panic"}
	}
	return w.execute(tx, sender)
}

// execute runs a transaction that is known to be good.
func (w *work) execute(tx core.Transaction, sender common.Address) zone.Execution {
	eth := tx.Eth()
	x := zone.Execution{GasUsed: gasUsed(eth.Data())}
	from := w.state.accounts[sender]
	from.nonce++
	from.balance -= x.GasUsed * eth.GasPrice().Uint64()
	w.state.accounts[sender] = from
	if data := eth.Data(); len(data) > 0 && data[0] == OpRevert {
		x.Reverted, x.ReturnData = true, data[1:]
	} else if eth.To() != nil {
		value := eth.Value().Uint64()
		from.balance -= value
		w.state.accounts[sender] = from
		to := w.state.accounts[*eth.To()]
		to.balance += value
		w.state.accounts[*eth.To()] = to
	}
	if data := eth.Data(); len(data) > 0 && data[0] == OpAssert {
		x.Logs = append(x.Logs, assertionLog(data[1:]))
	}
	w.gas += x.GasUsed
	w.bytes += eth.Size()
	hash := tx.Hash()
	status := binary.BigEndian.AppendUint64([]byte{b2i(x.Reverted)}, w.gas)
	x.ReceiptHash = crypto.Keccak256Hash(hash[:], status, core.U64(uint64(len(w.receipts))))
	w.receipts = append(w.receipts, x.ReceiptHash)
	return x
}

// assertionLog is what the predeploy logs when it is called with this calldata.
func assertionLog(calldata []byte) *gethtypes.Log {
	word := func(i int) []byte { return calldata[4+32*i : 4+32*(i+1)] }
	return &gethtypes.Log{
		Address: core.DefaultPredeploy().Address, Data: word(3),
		Topics: []common.Hash{core.AssertionTopic, common.BytesToHash(word(0)), common.BytesToHash(word(1)), common.BytesToHash(word(2))},
	}
}

func gasUsed(data []byte) uint64 { return 21000 + 16*uint64(len(data)) }

func b2i(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func hashList(hashes []common.Hash) common.Hash {
	var all []byte
	for _, h := range hashes {
		all = append(all, h[:]...)
	}
	return crypto.Keccak256Hash(all)
}
