package sim

import (
	"math/rand/v2"
)

// faults decides what goes wrong when.
type faults struct {
	s      *simulation
	rand   *rand.Rand
	healMs uint64 // when the partition ends; zero without one
	mendMs uint64 // when wrong executors that nobody outvotes are replaced; zero without any
}

// mayMisbehave reports whether the validator is one of those, less than 1/3, that break rules.
func (s *simulation) mayMisbehave(v *validator) bool { return v.index < (len(s.validators)-1)/3 }

// strike lets things go wrong, and lets those that went wrong come back.
func (f *faults) strike() error {
	for _, v := range f.s.validators {
		if !v.up && f.s.nowMs >= v.wakeMs {
			if err := f.s.wake(v); err != nil {
				return err
			}
		}
	}
	f.partition()
	if err := f.split(); err != nil {
		return err
	}
	for _, v := range f.s.validators {
		if !v.up {
			continue
		}
		if f.s.cfg.has(Slow) && f.rand.IntN(120) == 0 {
			f.s.count("slow")
			v.lag = f.rand.Uint64N(40)
		} else if v.lag > 0 && f.rand.IntN(30) == 0 {
			v.lag = 0
		}
		if f.s.cfg.has(Clock) && f.rand.IntN(60) == 0 {
			f.s.count("clock:skew")
			v.skewMs = f.rand.Int64N(4000) - 2000
		}
		if f.s.cfg.has(Diverge) && f.s.mayMisbehave(v) && v.twist == nil && f.mendMs == 0 && f.rand.IntN(250) == 0 {
			if err := f.diverge(v); err != nil {
				return err
			}
		}
		if f.s.cfg.has(Crash) && f.rand.IntN(25*len(f.s.validators)) == 0 {
			if err := f.crash(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// partition begins and ends partitions.
func (f *faults) partition() {
	if f.healMs != 0 && f.s.nowMs >= f.healMs {
		f.heal()
	}
	if !f.s.cfg.has(Partition) || f.healMs != 0 || f.rand.IntN(150) != 0 {
		return
	}
	f.s.count("partition")
	f.healMs = f.s.nowMs + 500 + f.rand.Uint64N(6000)
	for _, v := range f.s.validators {
		v.group = f.rand.IntN(2)
	}
	f.s.event("partition until %d", f.healMs)
}

func (f *faults) heal() {
	f.healMs = 0
	for _, v := range f.s.validators {
		v.group = 0
	}
}

// split makes more executors wrong than the others can outvote, and has all of them replaced later.
func (f *faults) split() error {
	if f.mendMs != 0 && f.s.nowMs >= f.mendMs {
		f.mendMs = 0
		for _, v := range f.s.validators {
			if v.twist != nil && v.up {
				if err := f.s.repair(v); err != nil {
					return err
				}
			}
		}
	}
	n := len(f.s.validators)
	if !f.s.cfg.has(Split) || f.mendMs != 0 || n < 3 || f.rand.IntN(300) != 0 {
		return nil
	}
	f.s.count("split")
	f.mendMs = f.s.nowMs + 1000 + f.rand.Uint64N(4000)
	wrong := 0
	for _, v := range f.s.validators {
		if v.twist != nil {
			wrong++
		}
	}
	for _, i := range f.rand.Perm(n) {
		if v := f.s.validators[i]; v.up && v.twist == nil && wrong < n/2 {
			wrong++
			if err := f.diverge(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// diverge gives a validator a wrong executor; it is replaced when the zone has noticed.
func (f *faults) diverge(v *validator) error {
	v.twist = &twist{kind: twistKind(f.rand.IntN(int(twistKinds))), every: byte(2 + f.rand.IntN(60))}
	f.s.count("diverge")
	f.s.event("diverge %d kind %d every %d", v.index, v.twist.kind, v.twist.every)
	if err := v.stop(false); err != nil {
		return err
	}
	return v.start()
}

// crash takes a validator down between two steps, or prepares its end in the middle of one.
func (f *faults) crash(v *validator) error {
	v.wakeMs = f.s.nowMs + 100 + f.rand.Uint64N(8000)
	switch f.rand.IntN(4) {
	case 0: // in the middle of an execution, at any call of one engine
		f.s.count("crash:executing")
		id := f.s.net.evm[f.rand.IntN(len(f.s.net.evm))]
		v.engines[id].left = f.rand.IntN(60)
		return nil
	case 1: // before the append, or with it written and not synced
		f.s.count("crash:appending")
		v.dieAppending = 1 + f.rand.IntN(2)
		return nil
	}
	f.s.count("crash:idle")
	if err := f.s.down(v, f.rand.IntN(4) != 0); err != nil {
		return err
	}
	if f.rand.IntN(3) == 0 {
		f.loseBlocks(v)
	}
	return nil
}

// loseBlocks takes sealed blocks from one chain, as a disk that lies about its syncs does.
func (f *faults) loseBlocks(v *validator) {
	id := f.s.net.evm[f.rand.IntN(len(f.s.net.evm))]
	d := v.disks[id]
	n := min(1+f.rand.IntN(3), len(d.blocks)-1)
	if n > 0 {
		f.s.count("crash:blocksLost")
		d.blocks = d.blocks[:len(d.blocks)-n]
	}
}
