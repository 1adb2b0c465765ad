package intents

import (
	"context"
	"sync"
)

// Run follows the zone: after each tick it judges the windows that are over and learns the fates of winners. What the machine wants
// done is done beside that, by Config.MaxSimulations goroutines, so that one slow simulation holds up no other order. What cannot be
// read is tried again after the next tick. It returns nil when ctx ends or the zone has stopped, and may be called once.
func (b *Book) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	for range b.cfg.MaxSimulations {
		workers.Go(func() { b.work(ctx) })
	}
	defer workers.Wait()
	defer cancel()
	for after := uint64(0); ; {
		tick, timeMs, err := b.deps.Executor.Next(ctx, after)
		if err != nil {
			if ctx.Err() == nil {
				b.stop(err)
			}
			return nil
		}
		after = tick
		if err := b.step(ctx, tick, timeMs); err != nil && ctx.Err() == nil {
			b.log.Warn("book of intents tries again", "tick", tick, "err", err)
		}
	}
}

// stop ends the book's work: nothing is executed any more.
func (b *Book) stop(why error) {
	b.log.Warn("book of intents stands still: its zone is not executed any more", "err", why)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = why
}

// step takes notice of a tick.
func (b *Book) step(ctx context.Context, tick, timeMs uint64) error {
	err := b.follow(ctx, timeMs)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.machine.advance(tick, timeMs)
	b.publish()
	return err
}

// work does one thing after another that the machine wants done.
func (b *Book) work(ctx context.Context) {
	for {
		select {
		case <-b.wake:
		case <-ctx.Done():
			return
		}
		for do := b.next(); do != nil; do = b.next() {
			do(ctx)
			b.done()
		}
	}
}

// next takes what is to be done next, for done to end it: winners go before simulations, and these before comparisons. It is nil if nothing waits.
func (b *Book) next() (do func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	todo := &b.todo
	switch {
	case len(todo.sends) > 0:
		s := todo.sends[0]
		todo.sends = todo.sends[1:]
		do = func(ctx context.Context) { b.send(ctx, s) }
	case len(todo.trials) > 0:
		t := todo.trials[0]
		todo.trials = todo.trials[1:]
		do = func(ctx context.Context) { b.try(ctx, t) }
	case len(todo.checks) > 0:
		o := todo.checks[0]
		todo.checks = todo.checks[1:]
		do = func(ctx context.Context) { b.compare(ctx, o) }
	default:
		return nil
	}
	b.rouse() // there may be more, for another one
	b.working++
	return do
}

// done ends what next began.
func (b *Book) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.working--
}

// rouse wakes one of those who work. The caller holds the lock.
func (b *Book) rouse() {
	select {
	case b.wake <- struct{}{}:
	default: // one is about to look already
	}
}

// follow asks what became of the winners that were sent.
func (b *Book) follow(ctx context.Context, timeMs uint64) error {
	b.mu.Lock()
	waiting := b.machine.waiting()
	b.mu.Unlock()
	for _, w := range waiting {
		fate, ok, err := b.deps.Executor.Fate(ctx, w.solution.BundleID)
		if err != nil {
			return err
		}
		if !ok && timeMs > w.solution.Bundle.NotAfter {
			// A bundle is decided in the tick that orders it, and no later tick may.
			fate, ok = Fate{Reason: "it was not ordered before its notAfter"}, true
		}
		if !ok {
			continue
		}
		outcome := w.order.outcome(fate)
		b.mu.Lock()
		if !outcome.Executed {
			b.quota.charge(w.solution.Client, b.deps.Now())
		}
		b.machine.decided(w.order.ID, w.solution.BundleID, outcome)
		b.publish()
		b.mu.Unlock()
	}
	return nil
}

// outcome reads a fate.
func (o *Order) outcome(f Fate) Outcome {
	if !f.Included {
		return Outcome{Tick: f.Tick, Reason: f.Reason}
	}
	r, err := settled(o, f.Legs)
	if err != nil {
		return Outcome{Tick: f.Tick, Reason: "executed without effect on the order: " + err.Error()}
	}
	return Outcome{Executed: true, Tick: f.Tick, Result: r}
}

// try simulates the best solution of an order again.
func (b *Book) try(ctx context.Context, t award) {
	r, err := b.simulate(ctx, t.order, t.solution.Bundle)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charge(t.solution.Client, err)
	b.machine.simulated(t.order.ID, t.solution.BundleID, r, err)
	b.publish()
}

// send sends a winner to the pool.
func (b *Book) send(ctx context.Context, s award) {
	err := b.deps.Pool.SendBundle(ctx, s.solution.Client, s.solution.Bundle.Bundle)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.machine.sent(s.order.ID, s.solution.BundleID, err)
	b.publish()
}

// compare looks where an open order stands on its chain. What cannot be read now is read in a later turn.
func (b *Book) compare(ctx context.Context, o *Order) {
	s, err := b.readStanding(ctx, o)
	if err != nil {
		b.log.Debug("order not compared with its chain", "rollup", o.origin(), "err", err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.machine.standing(o.ID, s)
	b.publish()
}
