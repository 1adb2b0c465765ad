package evm

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// openBlock is the block that transactions are applied to until it is sealed.
type openBlock struct {
	*workspace
	// layers is what the block's ticks changed, as readers see it.
	layers *layer
	// index maps the hashes of the first indexed transactions to their positions. Readers share it.
	index   sync.Map
	indexed int
	// txRoot and receiptRoot grow with every tick, so that a seal has only the state left to hash; the first hashed transactions
	// are in them.
	txRoot, receiptRoot *gethtypes.ListHashStream
	hashed              int
}

func newOpenBlock(w *workspace) *openBlock {
	stream := func() *gethtypes.ListHashStream { return gethtypes.NewListHashStream(trie.NewStackTrie(nil)) }
	return &openBlock{workspace: w, txRoot: stream(), receiptRoot: stream()}
}

// hash puts the transactions since the last call and their receipts, which no EndTick has taken yet, into the block's roots.
func (b *openBlock) hash() {
	receipts := encodedTail{first: b.hashed, list: b.included.encoded}
	for ; b.hashed < len(b.included.txs); b.hashed++ {
		b.txRoot.Update(b.included.txs)
		b.receiptRoot.Update(receipts)
	}
}

// Open implements zone.Engine.
func (c *Chain) Open(timestamp uint64) (err error) {
	defer haltOnPanic(&err, "open a block")
	if c.open != nil {
		return fmt.Errorf("%w: %s", ErrBlockOpen, c.open.env.header.Number)
	}
	if timestamp <= c.head.Time {
		return fmt.Errorf("%w: %d after %d", ErrTimestamp, timestamp, c.head.Time)
	}
	statedb, err := state.New(c.head.Root, c.states)
	if err != nil {
		return fmt.Errorf("%w: open state of block %s: %w", ErrState, c.head.Number, err)
	}
	env := c.environment(c.nextHeader(c.head, timestamp), c.head.Root)
	w, err := beginBlock(env, statedb, c.head)
	if err != nil {
		return err
	}
	c.open = newOpenBlock(w)
	c.publish()
	return nil
}

// Apply implements zone.Engine.
func (c *Chain) Apply(tx core.Transaction) (_ zone.Execution, err error) {
	defer haltOnPanic(&err, "apply")
	if err := c.writable(); err != nil {
		return zone.Execution{}, err
	}
	return c.open.apply(tx)
}

// EndTick implements zone.Engine.
func (c *Chain) EndTick(tick uint64) (receiptsRoot common.Hash, err error) {
	defer haltOnPanic(&err, "end a tick")
	if c.running != nil {
		return common.Hash{}, ErrAttemptOpen
	}
	receipts := c.unpublished
	c.unpublished = nil
	if c.open != nil {
		c.open.hash()
		receipts = append(receipts, c.open.included.encoded...)
		c.open.included.encoded = nil
	}
	c.tick = tick
	c.publish()
	if len(receipts) == 0 {
		return gethtypes.EmptyReceiptsHash, nil
	}
	return gethtypes.DeriveSha(encodedList(receipts), trie.NewStackTrie(nil)), nil
}

// writable reports why the open block cannot be written to.
func (c *Chain) writable() error {
	switch {
	case c.open == nil:
		return ErrNoOpenBlock
	case c.running != nil:
		return ErrAttemptOpen
	}
	return nil
}

// nextHeader is the header of the block after parent, as far as it is known before its transactions.
func (c *Chain) nextHeader(parent *gethtypes.Header, timestamp uint64) *gethtypes.Header {
	number := new(big.Int).Add(parent.Number, common.Big1)
	excess := eip4844.CalcExcessBlobGas(c.config, parent, timestamp)
	withdrawals := gethtypes.EmptyWithdrawalsHash
	return &gethtypes.Header{
		ParentHash:       parent.Hash(),
		UncleHash:        gethtypes.EmptyUncleHash,
		Coinbase:         c.cfg.Rollup.EVM.FeeRecipient,
		Difficulty:       new(big.Int),
		Number:           number,
		GasLimit:         c.cfg.Params.BlockGas,
		Time:             timestamp,
		MixDigest:        prevRandao(&c.cfg, number.Uint64()),
		BaseFee:          eip1559.CalcBaseFee(c.config, parent),
		WithdrawalsHash:  &withdrawals,
		BlobGasUsed:      new(uint64),
		ExcessBlobGas:    &excess,
		ParentBeaconRoot: new(common.Hash),
	}
}

// provisionalHash stands for the hash of a block on this parent until it is sealed.
func (c *Chain) provisionalHash(number uint64, parent common.Hash) common.Hash {
	return core.TagProvisional.Sum(c.cfg.Network[:], core.U64(uint64(c.cfg.Rollup.ID)), core.U64(number), parent[:])
}

// environment is what the transactions of a block with this header have in common.
func (c *Chain) environment(header *gethtypes.Header, parentRoot common.Hash) *environment {
	blockContext := gethcore.NewEVMBlockContext(header, c.storage.chain, &header.Coinbase)
	return &environment{
		rollup: c.cfg.Rollup.ID, header: header, signer: c.signer, maxTxGas: c.cfg.Params.MaxTxGas,
		log: c.log, config: c.config, rules: c.config.Rules(header.Number, true, header.Time), parentRoot: parentRoot,
		provisional: c.provisionalHash(header.Number.Uint64(), header.ParentHash),
		newEVM: func(s vm.StateDB) *vm.EVM {
			evm := vm.NewEVM(blockContext, s, c.config, c.vm)
			evm.SetJumpDestCache(c.storage.chain.JumpDestCache())
			evm.SetPrecompileCache(c.storage.chain.PrecompileCache())
			return evm
		},
	}
}

// beginBlock is the workspace of a block before its first transaction: the parent's state after the system calls that
// begin a block.
func beginBlock(env *environment, statedb *state.StateDB, parent *gethtypes.Header) (*workspace, error) {
	w := &workspace{env: env, state: newRecorder(statedb), gas: gethcore.NewGasPool(env.header.GasLimit)}
	w.evm = env.newEVM(w.state)
	gethcore.PreExecution(context.Background(), env.header.ParentBeaconRoot, parent, env.config, w.evm, env.header.Number, env.header.Time)
	return w, w.broken()
}

// encodedList lets DeriveSha hash receipts that are encoded already.
type encodedList [][]byte

// Len implements gethtypes.DerivableList.
func (l encodedList) Len() int { return len(l) }

// EncodeIndex implements gethtypes.DerivableList.
func (l encodedList) EncodeIndex(i int, w *bytes.Buffer) { w.Write(l[i]) }

// encodedTail is a list of which only the elements from first on are kept.
type encodedTail struct {
	first int
	list  encodedList
}

// Len implements gethtypes.DerivableList.
func (t encodedTail) Len() int { return t.first + len(t.list) }

// EncodeIndex implements gethtypes.DerivableList.
func (t encodedTail) EncodeIndex(i int, w *bytes.Buffer) { t.list.EncodeIndex(i-t.first, w) }
