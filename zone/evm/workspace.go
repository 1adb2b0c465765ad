package evm

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

const (
	// blockSizeMargin is kept free below go-ethereum's limit for the header and the list prefixes of a block.
	blockSizeMargin = 64 << 10
	// maxBodySize bounds the transactions of a block in bytes.
	maxBodySize = params.MaxBlockSize - blockSizeMargin
	// txOverhead is the most that RLP adds to a transaction's bytes inside a block body.
	txOverhead = 4
)

// environment is what all transactions of one block have in common.
type environment struct {
	log      *slog.Logger
	rollup   core.RollupID
	header   *gethtypes.Header
	config   *params.ChainConfig
	rules    params.Rules
	signer   gethtypes.Signer
	maxTxGas uint64
	// parentRoot is the state root that the block is executed on.
	parentRoot common.Hash
	// provisional stands for the hash of the block until it is sealed.
	provisional common.Hash
	newEVM      func(vm.StateDB) *vm.EVM
}

// workspace is a state that transactions are applied to: that of the open block, or a scratch state over another
// workspace which can be merged into it.
type workspace struct {
	env *environment
	// below is the workspace that this one lies over, nil for the bottom one.
	below *workspace
	state *recorder
	evm   *vm.EVM
	gas   *gethcore.GasPool
	// size is the bytes of the block's transactions, those below included.
	size uint64
	// firstTx is the block position of included.txs[0], logs the number of the block's logs so far.
	firstTx  int
	logs     uint
	bloom    gethtypes.Bloom
	included inclusions
}

// inclusions are the transactions that a workspace includes, in order.
type inclusions struct {
	txs      gethtypes.Transactions
	receipts gethtypes.Receipts
	// encoded are the receipts' consensus encodings.
	encoded [][]byte
}

// panicked is a panic of the EVM, caught, with the state back to where it was.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// apply executes one transaction. The order of the reasons is a rule of the network:
//
//  1. gas limit above the network's cap: void, whatever the block looks like;
//  2. gas limit above the gas left, or bytes above the size left: NoRoom. Nothing else has been looked at, so the same
//     transaction may turn out void when there is room;
//  3. sender, then go-ethereum's own checks in its own order: void, known before the first opcode.
func (w *workspace) apply(tx core.Transaction) (zone.Execution, error) {
	execution, err := w.applyOnce(tx, true)
	if p := (*panicked)(nil); errors.As(err, &p) {
		return w.retry(tx.Eth(), bodySize(tx))
	}
	return execution, err
}

// applyOnce is apply without another try after a panic, whose error is then *panicked. What is not finalised can be taken
// back, see mark, and must be finalised or taken back before anything else is applied.
func (w *workspace) applyOnce(tx core.Transaction, finalise bool) (zone.Execution, error) {
	eth := tx.Eth()
	if eth == nil || tx.Rollup() != w.env.rollup {
		return zone.Execution{}, fmt.Errorf("%w: %s", ErrForeign, tx.Hash())
	}
	if eth.Gas() > w.env.maxTxGas {
		return void(core.VoidGasAboveCap, fmt.Errorf("%w (cap: %d, tx: %d)", gethcore.ErrGasLimitTooHigh, w.env.maxTxGas, eth.Gas())), nil
	}
	size := bodySize(tx)
	if eth.Gas() > w.gas.Available(false) || w.size+size > maxBodySize {
		return zone.Execution{NoRoom: true}, nil
	}
	return w.try(eth, size, finalise)
}

// bodySize is the most that a transaction takes of a block's body in bytes.
func bodySize(tx core.Transaction) uint64 { return uint64(len(tx.Raw())) + txOverhead }

// retry executes a transaction whose first execution panicked once more, with a fresh EVM, on a scratch state: this one
// is touched only if all goes well.
func (w *workspace) retry(eth *gethtypes.Transaction, size uint64) (zone.Execution, error) {
	scratch, err := w.over()
	if err != nil {
		return zone.Execution{}, err
	}
	defer scratch.release()
	execution, err := scratch.try(eth, size, true)
	if p := (*panicked)(nil); errors.As(err, &p) {
		w.env.log.Error("transaction panicked twice", "tx", eth.Hash(), "err", p, "reason", string(p.stack))
		return void(core.VoidPanic, p), nil
	}
	if err != nil || execution.Code.Void() {
		return execution, err
	}
	return execution, scratch.merge()
}

// try executes one transaction between snapshots of state and gas pool. Whatever the reason why it is not included,
// a panic among them, everything is back when it returns a nil error or a *panicked.
func (w *workspace) try(eth *gethtypes.Transaction, size uint64, finalise bool) (execution zone.Execution, err error) {
	revision, gas, finalising := w.state.Snapshot(), w.gas.Snapshot(), false
	defer func() {
		if value := recover(); value != nil {
			execution, err = zone.Execution{}, w.recovered(value, revision, gas, finalising)
		}
	}()
	message, result, reason := w.execute(eth)
	if err := w.broken(); err != nil {
		return zone.Execution{}, err
	}
	if reason != nil {
		w.revert(revision, gas)
		code, ok := outcomeOf(reason)
		if !ok {
			return zone.Execution{}, fmt.Errorf("%w: transaction %s: %w", ErrUnknownReason, eth.Hash(), reason)
		}
		return void(code, reason), nil
	}
	if finalise {
		finalising = true
		w.state.Finalise(w.env.rules)
	}
	return w.include(eth, message, result, size)
}

// execute runs the EVM; the error is the reason why the transaction cannot be included.
func (w *workspace) execute(eth *gethtypes.Transaction) (*gethcore.Message, *gethcore.ExecutionResult, error) {
	if _, err := gethtypes.Sender(w.env.signer, eth); errors.Is(err, gethtypes.ErrTxTypeNotSupported) {
		return nil, nil, err
	} else if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errBadSignature, err)
	}
	if eth.Value().BitLen() > 256 { // for which go-ethereum has no named error
		return nil, nil, fmt.Errorf("%w: value exceeds 256 bits", gethcore.ErrInsufficientFundsForTransfer)
	}
	message, err := gethcore.TransactionToMessage(eth, w.env.signer, w.env.header.BaseFee)
	if err != nil {
		return nil, nil, err
	}
	position := w.firstTx + len(w.included.txs)
	w.state.SetTxContext(eth.Hash(), position, uint32(position+1))
	result, err := gethcore.ApplyMessage(w.evm, message, w.gas)
	return message, result, err
}

// include makes an executed transaction part of the block.
func (w *workspace) include(eth *gethtypes.Transaction, message *gethcore.Message, result *gethcore.ExecutionResult, size uint64) (zone.Execution, error) {
	header := w.env.header
	receipt := gethcore.MakeReceipt(w.evm, result, w.state.StateDB, header.Number, w.env.provisional, header.Time, eth, w.gas.CumulativeUsed(), nil)
	receipt.EffectiveGasPrice = message.GasPrice.ToBig()
	if receipt.Logs == nil {
		receipt.Logs = []*gethtypes.Log{} // as in a sealed block's receipts: clients expect a list, not null
	}
	for _, log := range receipt.Logs {
		log.Index = w.logs
		w.logs++
	}
	encoded, err := receipt.MarshalBinary()
	if err != nil {
		return zone.Execution{}, fmt.Errorf("%w: encode receipt of %s: %w", ErrState, eth.Hash(), err)
	}
	w.size += size
	w.addBloom(&receipt.Bloom)
	w.included.txs = append(w.included.txs, eth)
	w.included.receipts = append(w.included.receipts, receipt)
	w.included.encoded = append(w.included.encoded, encoded)
	return zone.Execution{
		Code: core.Included, Reverted: result.Failed(), GasUsed: receipt.GasUsed, ReturnData: result.ReturnData,
		Logs: receipt.Logs, ReceiptHash: crypto.Keccak256Hash(encoded),
	}, nil
}

// storage reads a slot as the transactions so far left it; code says whether the account has any.
func (w *workspace) storage(account common.Address, slot common.Hash) (value common.Hash, code bool, err error) {
	value, code = w.state.GetState(account, slot), codeHash(w.state, account) != gethtypes.EmptyCodeHash
	return value, code, w.broken()
}

func (w *workspace) addBloom(bloom *gethtypes.Bloom) {
	for i, b := range bloom {
		w.bloom[i] |= b
	}
}

// mark is a workspace before a transaction that is applied and not finalised.
type mark struct {
	revision int
	gas      *gethcore.GasPool
	size     uint64
	logs     uint
	bloom    gethtypes.Bloom
	included int
}

func (w *workspace) mark() *mark {
	return &mark{w.state.Snapshot(), w.gas.Snapshot(), w.size, w.logs, w.bloom, len(w.included.txs)}
}

// back takes back everything since the mark.
func (w *workspace) back(m *mark) {
	w.revert(m.revision, m.gas)
	w.size, w.logs, w.bloom = m.size, m.logs, m.bloom
	dropped := len(w.included.txs) - m.included
	w.included.txs, w.included.receipts = w.included.txs[:m.included], w.included.receipts[:m.included]
	w.included.encoded = w.included.encoded[:len(w.included.encoded)-dropped] // those of earlier ticks are gone
}

// revert takes back everything since the snapshots.
func (w *workspace) revert(revision int, gas *gethcore.GasPool) {
	w.state.RevertToSnapshot(revision)
	w.gas.Set(gas)
}

// recovered brings everything back after a panic. The result is *panicked, or another error if that cannot be done:
// once finalising has begun the journal is gone, and a journal may itself be what is broken.
func (w *workspace) recovered(value any, revision int, gas *gethcore.GasPool, finalising bool) (err error) {
	defer func() {
		if again := recover(); again != nil {
			err = fmt.Errorf("%w: panic %v while reverting after panic %v", ErrState, again, value)
		}
	}()
	if finalising {
		return fmt.Errorf("%w: panic %v while finalising", ErrState, value)
	}
	if err := w.broken(); err != nil {
		return err
	}
	p := &panicked{value: value, stack: debug.Stack()}
	w.revert(revision, gas)
	w.evm = w.env.newEVM(w.state)
	return p
}

// release gives the EVM's memory back (that of one that panicked is left to the collector). The workspace executes
// nothing afterwards.
func (w *workspace) release() { w.evm.Release() }

// broken reports a failed read of this state or of one below.
func (w *workspace) broken() error {
	for ; w != nil; w = w.below {
		if err := w.state.Error(); err != nil {
			return fmt.Errorf("%w: %w", ErrState, err)
		}
	}
	return nil
}

func void(code core.OutcomeCode, reason error) zone.Execution {
	return zone.Execution{Code: code, Detail: reason.Error()}
}
