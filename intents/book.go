package intents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
)

// Book is one gateway's book of orders of one zone. It is safe for concurrent use.
type Book struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	network core.NetworkID
	feed    *feed
	// slots are taken by who simulates or reads the state for a client.
	slots chan struct{}

	mu      sync.Mutex
	machine *machine
	quota   *quota
	// todo are effects that wait for a worker, working how many are being done. wake has room for one signal.
	todo    effects
	working int
	wake    chan struct{}
	// stopped says why the zone does not execute any more.
	stopped error
}

// New makes an empty book. It starts nothing.
func New(cfg Config, deps Deps) (*Book, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Book{
		cfg: cfg, deps: deps, log: deps.Logger.With("stage", "intents", "zone", deps.Zone), network: deps.Genesis.NetworkID(),
		feed: &feed{cfg: cfg}, slots: make(chan struct{}, cfg.MaxSimulations), machine: newMachine(cfg), quota: newQuota(cfg),
		wake: make(chan struct{}, 1),
	}, nil
}

// Submit checks an order and takes it into the book; the hash is its id. One that is there already is no error.
func (b *Book) Submit(ctx context.Context, client string, signed orders.Order, signature []byte) (common.Hash, error) {
	b.mu.Lock()
	err := b.quota.ask(client, b.deps.Now())
	b.mu.Unlock()
	var id common.Hash
	if err == nil {
		id, err = b.submit(ctx, client, signed, signature)
	}
	if err != nil {
		b.deps.Metrics.refused.Inc()
		b.mu.Lock()
		b.charge(client, err)
		b.mu.Unlock()
	}
	return id, err
}

func (b *Book) submit(ctx context.Context, client string, signed orders.Order, signature []byte) (common.Hash, error) {
	at := b.deps.Now()
	o, err := b.read(signed, signature)
	if err != nil {
		return common.Hash{}, err
	}
	o.Client, o.At = client, at
	b.mu.Lock()
	known, err := b.machine.room(&o)
	now := b.machine.time
	if err == nil && b.stopped != nil {
		err = refuse(ErrNotServed, "%v", b.stopped)
	}
	b.mu.Unlock()
	if known || err != nil {
		return o.ID, err
	}
	if now == 0 {
		return common.Hash{}, refuse(ErrNotServed, "no tick is executed yet, try again")
	}
	if err := b.checkDeadlines(&o, now); err != nil {
		return common.Hash{}, err
	}
	end, err := b.slot()
	if err != nil {
		return common.Hash{}, err
	}
	defer end()
	left, err := b.checkState(ctx, &o)
	if err != nil {
		return common.Hash{}, err
	}
	return o.ID, b.admit(o, left)
}

func (b *Book) admit(o Order, left *big.Int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.machine.entries[o.ID] == nil {
		b.deps.Metrics.submitted.Inc()
	}
	err := b.machine.admit(o, left)
	b.publish()
	return err
}

// slot takes one of the places for work, or says that there is none.
func (b *Book) slot() (end func(), err error) {
	select {
	case b.slots <- struct{}{}:
		return func() { <-b.slots }, nil
	default:
		return nil, refuse(ErrBusy, "at most %d; try again", b.cfg.MaxSimulations)
	}
}

// Get is an order of the book, or one that it remembers.
func (b *Book) Get(id common.Hash) (View, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.machine.entries[id]
	if e == nil {
		return View{}, refuse(ErrUnknown, "%s", id)
	}
	return e.view(), nil
}

// List are at most so many of the orders that are open or pending, in order of arrival: those that came after another one, which may be over
// by now, or from the first one on if that is zero.
func (b *Book) List(after common.Hash, limit int) ([]View, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, first := b.machine.active, 0
	if after != (common.Hash{}) {
		e := b.machine.entries[after]
		if e == nil {
			return nil, refuse(ErrUnknown, "%s; begin with the first one again", after)
		}
		first, _ = slices.BinarySearchFunc(all, e.number+1, func(e *entry, number uint64) int { return cmp.Compare(e.number, number) })
	}
	return views(all[first:min(len(all), first+limit)]), nil
}

func views(entries []*entry) []View {
	all := make([]View, len(entries))
	for i, e := range entries {
		all[i] = e.view()
	}
	return all
}

// Solve simulates a bundle that a client offers for an order, and keeps it for the auction if it fills and claims the order.
func (b *Book) Solve(ctx context.Context, client string, id common.Hash, bundle core.DecodedBundle) (*Solution, error) {
	s, err := b.solve(ctx, client, id, bundle)
	result := solutionTaken
	switch {
	case errors.Is(err, ErrFails) || errors.Is(err, ErrSolution):
		result = solutionFailed
	case err != nil:
		result = solutionLate
	}
	b.deps.Metrics.solutions.WithLabelValues(result).Inc()
	return s, err
}

func (b *Book) solve(ctx context.Context, client string, id common.Hash, bundle core.DecodedBundle) (*Solution, error) {
	order, timeMs, err := b.asks(client, id)
	if err != nil {
		return nil, err
	}
	end, err := b.slot()
	if err != nil {
		return nil, err
	}
	defer end()
	var r Result
	if err = checkForm(&bundle, timeMs); err == nil {
		r, err = b.simulate(ctx, order, bundle)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.charge(client, err)
		return nil, err
	}
	s := &Solution{BundleID: bundle.Hash, Bundle: bundle, Client: client, Result: r, Surplus: order.surplus(r)}
	for _, leg := range bundle.Legs {
		s.size += len(leg.Tx)
	}
	return s, b.machine.offer(id, s)
}

// asks is the order that a client wants to offer a solution for, and the consensus time of the newest tick in ms.
func (b *Book) asks(client string, id common.Hash) (o *Order, timeMs uint64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, err := b.machine.find(id)
	if err != nil {
		return nil, 0, err
	}
	if b.stopped != nil {
		return nil, 0, refuse(ErrNotServed, "%v", b.stopped)
	}
	return &e.order, b.machine.time, b.quota.ask(client, b.deps.Now())
}

// charge charges a client for an order or a solution that is at fault itself. The caller holds the lock.
func (b *Book) charge(client string, err error) {
	for _, fault := range []error{ErrOrder, ErrDeadline, ErrSignature, ErrNonce, ErrFunds, ErrFails, ErrSolution} {
		if errors.Is(err, fault) {
			b.quota.charge(client, b.deps.Now())
			return
		}
	}
}

// checkForm refuses bundles that no auction could send, or only to wait for them: a simulation does not look at notBefore, and the
// order would be kept from everybody else until then.
func checkForm(bundle *core.DecodedBundle, timeMs uint64) error {
	switch {
	case bundle.Atomicity != core.AtomicExecution:
		return &Refusal{Cause: ErrSolution, Field: "atomicity", Have: bundle.Atomicity.String(), Want: core.AtomicExecution.String()}
	case bundle.ParentTick != 0:
		return &Refusal{Cause: ErrSolution, Field: "parentTick", Have: fmt.Sprint(bundle.ParentTick), Want: "none: the tick is not known before the award"}
	case bundle.NotBefore > timeMs:
		return &Refusal{Cause: ErrSolution, Field: "notBefore", Have: fmt.Sprint(bundle.NotBefore), Want: fmt.Sprintf("none, or at most %d, the network's time in ms", timeMs)}
	}
	return nil
}

// simulate tells what a bundle does for an order now. One that takes longer than a simulation may is at fault for that itself.
func (b *Book) simulate(ctx context.Context, o *Order, bundle core.DecodedBundle) (Result, error) {
	s, err := b.deps.Executor.Simulate(ctx, bundle)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return Result{}, refuse(ErrFails, "it takes too long to simulate")
	}
	if err != nil {
		return Result{}, err
	}
	return judge(o, s)
}

// Cancel takes an order out of the book, with the user's signature over core.CancelIntentDigest.
func (b *Book) Cancel(ctx context.Context, id common.Hash, signature []byte) (Status, error) {
	b.mu.Lock()
	e := b.machine.entries[id]
	b.mu.Unlock()
	if e == nil {
		return "", refuse(ErrUnknown, "%s", id)
	}
	end, err := b.slot()
	if err != nil {
		return "", err
	}
	defer end()
	if err := b.checkCancel(ctx, &e.order, signature); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	status, err := b.machine.cancel(id)
	b.publish()
	return status, err
}

func (b *Book) checkCancel(ctx context.Context, o *Order, signature []byte) error {
	digest := core.CancelIntentDigest(b.network, o.ID)
	if n := len(signature); n > b.cfg.MaxOrderBytes {
		return &Refusal{Cause: ErrSignature, Field: "signature", Have: fmt.Sprintf("%d bytes", n), Want: fmt.Sprintf("at most %d", b.cfg.MaxOrderBytes)}
	}
	if is, err := b.signedByCode(ctx, o, digest, signature); is || err != nil {
		return err
	}
	signer, err := core.CancelIntentSigner(b.network, o.ID, signature)
	if err != nil {
		return &Refusal{Cause: ErrSignature, Field: "signature", Detail: err.Error()}
	}
	if signer != o.Signed.User {
		return &Refusal{Cause: ErrSignature, Field: "signature", Have: "one of " + signer.Hex() + " over digest " + digest.Hex(), Want: "the user's, " + o.Signed.User.Hex()}
	}
	return nil
}

// Subscribe tells of every order from now on, first of those that are there.
func (b *Book) Subscribe() (*Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := views(b.machine.active)
	first := make([]Notice, len(open))
	for i, v := range open {
		first[i] = Notice{EventOpened, v}
	}
	return b.feed.subscribe(first)
}

// publish takes the machine's effects: what is to be told is told, what is to be done is left to the workers. The caller holds
// the lock.
func (b *Book) publish() {
	out := b.machine.take()
	b.feed.publish(out.notices)
	b.deps.Metrics.note(&out, b.deps.Now())
	b.todo.trials = append(b.todo.trials, out.trials...)
	b.todo.sends = append(b.todo.sends, out.sends...)
	if len(b.todo.checks) < b.cfg.CheckRate { // else those who work are behind; the orders have another turn
		b.todo.checks = append(b.todo.checks, out.checks...)
	}
	b.rouse()
}

// Stats are a book's numbers now.
type Stats struct {
	// Orders are those that are open or pending.
	Orders int
	// Subscribers are those of the book's feed.
	Subscribers int
	// Work counts the simulations, sendings and comparisons that wait or are under way.
	Work int
}

// Stats counts.
func (b *Book) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	work := b.working + len(b.todo.sends) + len(b.todo.trials) + len(b.todo.checks)
	return Stats{len(b.machine.active), b.feed.size(), work}
}
