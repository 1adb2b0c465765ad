package execution

import (
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// decodedLog has its ticks decoded, as a validator's log has the newest ones: they were, to be checked, before they were ordered.
type decodedLog struct {
	*zonetest.Log
	ticks []*core.Tick
}

// decode decodes all ticks that were appended.
func (l *decodedLog) decode() error {
	for n := uint64(len(l.ticks)) + 1; n <= l.Head(); n++ {
		tick, err := l.Log.Decoded(n)
		if err != nil {
			return err
		}
		l.ticks = append(l.ticks, tick)
	}
	return nil
}

// Decoded implements zone.Log.
func (l *decodedLog) Decoded(n uint64) (*core.Tick, error) {
	if n == 0 || n > uint64(len(l.ticks)) {
		return l.Log.Decoded(n)
	}
	return l.ticks[n-1], nil
}
