package mempool

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// AddTransaction takes a transaction from a local client: checks everything, admits it and hands it to gossip. It
// blocks while Config.Workers other submissions are checked. Refusals wrap the errors of errors.go and of core's
// rules. The hash is zero if the bytes could not be read.
func (p *Pool) AddTransaction(ctx context.Context, rollup core.RollupID, raw []byte) (common.Hash, error) {
	tx, err := p.decode(rollup, raw)
	return p.addOne(ctx, tx, err)
}

// AddSigned is AddTransaction for a transaction of an EVM rollup that is decoded already. The pool keeps eth, and who reads
// it afterwards finds its sender recovered; nobody may change it.
func (p *Pool) AddSigned(ctx context.Context, rollup core.RollupID, eth *gethtypes.Transaction) (common.Hash, error) {
	tx, err := p.wrap(rollup, eth)
	return p.addOne(ctx, tx, err)
}

// addOne admits a local transaction unless it could not be read.
func (p *Pool) addOne(ctx context.Context, tx core.Transaction, unread error) (common.Hash, error) {
	if unread != nil {
		p.countRefusal()
		return common.Hash{}, unread
	}
	if err := p.acquire(ctx); err != nil {
		return tx.Hash(), err
	}
	defer p.release()
	return tx.Hash(), p.add(tx, true)
}

// AddBundle takes a bundle from a local client, as AddTransaction does, and returns its id. Errors name the field.
func (p *Pool) AddBundle(ctx context.Context, b *core.Bundle) (common.Hash, error) {
	return p.AddClientBundle(ctx, "", b)
}

// AddClientBundle is AddBundle for a client with a name, such as its network address, to whom bundles without effect
// are charged. ErrQuota says that it had too many.
func (p *Pool) AddClientBundle(ctx context.Context, client string, b *core.Bundle) (common.Hash, error) {
	return p.addLocal(ctx, submission{DecodedBundle: core.DecodedBundle{Bundle: b}, local: true, client: client})
}

func (p *Pool) addLocal(ctx context.Context, s submission) (id common.Hash, err error) {
	if err := p.mayBring(s.client); err != nil {
		return common.Hash{}, err
	}
	if s.DecodedBundle, err = p.decodeBundle(s.Bundle); err != nil {
		p.countRefusal()
		return common.Hash{}, err
	}
	if err := p.acquire(ctx); err != nil {
		return s.Hash, err
	}
	defer p.release()
	return s.Hash, p.addBundle(s)
}

// mayBring refuses a client above its quota before its bundle costs anything.
func (p *Pool) mayBring(client string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.askQuota(client)
	if err != nil {
		p.counters.Refused++
	}
	return err
}

func (p *Pool) acquire(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Pool) release() { <-p.slots }

// decode reads a transaction after the checks that need its size and first byte only.
func (p *Pool) decode(rollup core.RollupID, raw []byte) (core.Transaction, error) {
	q, err := p.door(rollup, uint64(len(raw)))
	if err != nil {
		return core.Transaction{}, err
	}
	if q.kind != core.KindOpaque && len(raw) > 0 && raw[0] < 0x80 {
		if err := admittedType(raw[0]); err != nil {
			return core.Transaction{}, err
		}
	}
	return core.DecodeLane(rollup, q.kind, raw)
}

// wrap is decode for what is decoded.
func (p *Pool) wrap(rollup core.RollupID, eth *gethtypes.Transaction) (core.Transaction, error) {
	if _, err := p.door(rollup, eth.Size()); err != nil {
		return core.Transaction{}, err
	}
	if err := admittedType(eth.Type()); err != nil {
		return core.Transaction{}, err
	}
	return core.NewTransaction(rollup, eth)
}

// door finds a rollup's queue for a transaction of so many bytes.
func (p *Pool) door(rollup core.RollupID, size uint64) (*queue, error) {
	q := p.queue(rollup)
	if q == nil {
		return nil, fmt.Errorf("rollup: %w", &core.UnknownRollupError{Rollup: rollup})
	}
	if limit := p.genesis.Params.MaxTxBytes; size > limit {
		return nil, refuse(core.ErrTooLarge, "transaction size %d, limit %d", size, limit)
	}
	return q, nil
}

func admittedType(t byte) error {
	switch t {
	case gethtypes.LegacyTxType, gethtypes.AccessListTxType, gethtypes.DynamicFeeTxType, gethtypes.SetCodeTxType:
		return nil
	case gethtypes.BlobTxType:
		return refuse(core.ErrTxType, "type 3 (EIP-4844): rollups carry no blobs")
	}
	return refuse(core.ErrTxType, "type %d", t)
}

// add checks a decoded transaction and admits it. local ones go on to gossip.
func (p *Pool) add(tx core.Transaction, local bool) error {
	c := checked{queue: p.queue(tx.Rollup()), entry: &entry{tx: tx}}
	c.err = p.check(c.queue, c.entry, local)
	if local && errors.Is(c.err, core.ErrProtectedAlone) {
		err := p.park(c.queue, tx, c.err)
		if err != nil {
			p.countRefusal()
		}
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addChecked(c, local)
}

// checked is a transaction with what check said of it.
type checked struct {
	queue *queue
	entry *entry
	err   error
}

// addChecked admits what check let through, and counts.
func (p *Pool) addChecked(c checked, local bool) error {
	e, err := c.entry, c.err
	if err == nil {
		e, err = p.admit(c.queue, e, local)
	}
	if err != nil {
		p.counters.Refused++
		return err
	}
	p.counters.Admitted++
	if local && c.queue.nonces == nil { // gossipHeld hands on the others when their turn comes
		p.outbox.add(outgoing{entry: e}, p.live())
	}
	return nil
}

// check applies, without the lock, what does not depend on the rest of the pool, and recovers the sender. What is known is found out here
// if there is a sender to recover, and by admit in any case.
func (p *Pool) check(q *queue, e *entry, local bool) error {
	if e.tx.Eth() != nil && p.known(q, e.tx.Hash(), local) {
		return ErrAlreadyKnown
	}
	if err := p.genesis.CheckSingle(e.tx); err != nil {
		return err
	}
	return p.checkEth(q, e)
}

// known reports whether a single need not be looked at again: it is in the pool, or it was ordered a short time ago.
// A local client may send again what was ordered and executed, since it may have been void; the nonce decides then.
func (p *Pool) known(q *queue, hash common.Hash, local bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.knownSingle(q, hash, local)
}

func (p *Pool) knownSingle(q *queue, hash common.Hash, local bool) bool {
	if e := q.txs[hash]; e != nil && e.single {
		return true
	}
	return p.orderedRecently(hash, local && !q.elsewhere())
}

func (p *Pool) orderedRecently(hash common.Hash, again bool) bool {
	tick, ok := p.recent.get(hash)
	return ok && (!again || tick > p.executed)
}

// checkEth checks an `evm` rollup's transaction in go-ethereum's order (its txpool.ValidateTransaction) and recovers
// the sender on the way.
func (p *Pool) checkEth(q *queue, e *entry) error {
	eth := e.tx.Eth()
	if eth == nil {
		return nil
	}
	if err := p.checkFields(q, eth); err != nil {
		return err
	}
	from, err := gethtypes.Sender(q.signer, eth)
	if err != nil {
		return refuse(ErrInvalidSender, "%v", err)
	}
	if eth.Type() == gethtypes.SetCodeTxType && len(eth.SetCodeAuthorizations()) == 0 {
		return &Refusal{Cause: ErrEmptyAuthList}
	}
	if q.elsewhere() {
		e.from = from
		return p.state.CheckGas(q.id, eth) // what it costs, and whether its sender has that, is known there
	}
	cost, overflow := uint256.FromBig(eth.Cost())
	if overflow {
		return refuse(ErrInsufficientFunds, "address %s, tx cost above 2^256-1", from)
	}
	e.from, e.cost = from, *cost
	if err := p.state.CheckGas(q.id, eth); err != nil {
		return err
	}
	e.authorities = q.authorities(eth) // after CheckGas, which bounds their number
	return nil
}

func (p *Pool) checkFields(q *queue, eth *gethtypes.Transaction) error {
	feeCap, tip := eth.GasFeeCap(), eth.GasTipCap()
	switch {
	case feeCap.BitLen() > 256:
		return refuse(ErrFeeCapVeryHigh, "maxFeePerGas bit length: %d", feeCap.BitLen())
	case tip.BitLen() > 256:
		return refuse(ErrTipVeryHigh, "maxPriorityFeePerGas bit length: %d", tip.BitLen())
	case feeCap.Cmp(tip) < 0:
		return refuse(ErrTipAboveFeeCap, "maxPriorityFeePerGas: %s, maxFeePerGas: %s", tip, feeCap)
	case eth.Nonce()+1 == 0:
		return refuse(ErrNonceMax, "tx nonce %d", eth.Nonce())
	}
	if q.elsewhere() {
		return nil
	}
	if baseFee := p.state.BaseFee(q.id); feeCap.Cmp(baseFee) < 0 {
		return refuse(ErrFeeCapTooLow, "maxFeePerGas: %s, baseFee: %s", feeCap, baseFee)
	}
	return nil
}

func (p *Pool) countRefusal() {
	p.mu.Lock()
	p.counters.Refused++
	p.mu.Unlock()
}
