package zone

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/lockstep-network/lockstep/core"
)

// Zone executes one zone of a network. Run is its only loop; the readers may be called from any goroutine.
type Zone struct {
	cfg      Config
	listener Listener
	log      Log
	engines  map[core.RollupID]Engine
	senders  senders
	machine  *machine
	store    *store
	durable  durability
	results  *results

	// views is held while a tick's effects are published, so that a simulation sees all rollups after the same tick.
	views sync.RWMutex
	// members are the engines of the rollups that are members after the newest published tick.
	members atomic.Pointer[map[core.RollupID]Engine]
	// begins is the zone's first tick, or the next one while it is not formed.
	begins atomic.Uint64
}

// New opens the zone's folder and takes all engines back to the newest seal that they have in common; Run goes on from
// there. engines must be exactly those of the zone's rollups in the genesis and of cfg.Joining, and belong to the zone from now on.
func New(cfg Config, engines map[core.RollupID]Engine, log Log) (*Zone, error) {
	if err := cfg.validate(engines); err != nil {
		return nil, err
	}
	members, err := cfg.members()
	if err != nil {
		return nil, err
	}
	st, err := openStore(cfg)
	if err != nil {
		return nil, err
	}
	z := &Zone{
		cfg: cfg, listener: cfg.Listener.withDefaults(), log: log, engines: engines,
		senders: senders{known: cfg.Known}, store: st, durable: durability{store: st}, results: newResults(),
	}
	z.begins.Store(cfg.first())
	z.machine = newMachine(cfg, members, engines, logBacklog{log, z.senders})
	z.publishMembers()
	if err := z.begin(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	return z, nil
}

// step executes one tick of the log and publishes its results.
func (z *Zone) step(number uint64) error {
	record, err := z.log.Record(number)
	if err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	for _, a := range record.Attested {
		z.Attested(a)
	}
	if _, err := z.results.divergence(); err != nil {
		return err
	}
	if !z.machine.formed(record) {
		return z.pass(record)
	}
	tick, err := z.log.Decoded(number)
	if err != nil {
		return fmt.Errorf("read tick: %w", err)
	}
	tick = z.senders.prepare(tick)
	if z.machine.seals(tick) {
		if err := z.sealBlocks(number); err != nil {
			return err
		}
	}
	if err := z.machine.execute(tick, record); err != nil {
		return err
	}
	result, err := z.publish()
	if err != nil {
		return err
	}
	z.announce(result)
	return nil
}

// pass tells that a tick went by before the zone is formed.
func (z *Zone) pass(record *core.TickRecord) error {
	if err := z.machine.pass(record); err != nil {
		return err
	}
	z.begins.Store(record.Number + 1)
	z.results.pass(record.Number, record.Time)
	z.listener.Executed(TickResult{Tick: record.Number, Time: record.Time})
	return nil
}

// sealBlocks seals all open blocks. The seal before is durable by then, and this one begins to be.
func (z *Zone) sealBlocks(next uint64) error {
	z.listener.Sealing()
	if err := z.durable.wait(); err != nil {
		return err
	}
	record, err := z.machine.sealBlocks(next)
	if err != nil {
		return err
	}
	if err := z.durable.begin(record, z.engines); err != nil {
		return err
	}
	z.listener.Sealed(record)
	return nil
}

// publish makes the tick's effects and results readable, for all rollups at once.
func (z *Zone) publish() (TickResult, error) {
	z.views.Lock()
	defer z.views.Unlock()
	result, err := z.machine.finish()
	if err != nil {
		return TickResult{}, err
	}
	if err := z.store.putTick(result, z.results.agreement()); err != nil {
		return TickResult{}, fmt.Errorf("write results: %w", err)
	}
	z.publishMembers()
	z.results.publish(result)
	return result, nil
}

// announce tells the listener, and compares the result with the attested one if that came first.
func (z *Zone) announce(result TickResult) {
	if a, ok := z.results.pending(result.Tick); ok {
		z.Attested(a)
	}
	for _, stop := range result.Stopped {
		z.listener.LaneStopped(stop)
	}
	z.listener.Executed(result)
}

// Close closes the zone's folder. Run must have returned; it is idempotent.
func (z *Zone) Close() error {
	z.results.stop(nil)
	return z.store.close()
}
