package mempool

import (
	"github.com/lockstep-network/lockstep/core"
)

// maxParentTickAhead is how many ticks after the newest one a parentTick may be. Who simulates on a state names the newest
// tick, or one of the next few to give the bundle time to get around; a place further away is not to be held by anybody.
const maxParentTickAhead = 64

// checkParentTick refuses a bundle whose place has passed or is too far away. A pool that has seen no tick yet cannot say.
func (p *Pool) checkParentTick(d core.DecodedBundle) error {
	if p.tick == 0 || d.ParentTick == 0 {
		return nil
	}
	if err := d.CheckParentTick(p.tick); err != nil {
		return err
	}
	if d.ParentTick-p.tick > maxParentTickAhead {
		refused := refuse(ErrParentTickAhead, "have %d, want %d to %d", d.ParentTick, p.tick, p.tick+maxParentTickAhead)
		refused.Field = "parentTick"
		return refused
	}
	return nil
}

// dropPassed drops the bundles whose only place has passed without them.
func (p *Pool) dropPassed() {
	for place := p.bundleList.Front(); place != nil && p.pinned > 0; {
		b := place.Value.(*bundle)
		place = place.Next()
		if err := b.CheckParentTick(p.tick); err != nil {
			p.dropBundle(b, err)
		}
	}
}

// addPinned offers, of the bundles that may only be the first of this tick, the one that came first and fits.
func (s *selection) addPinned() {
	for place := s.pool.bundleList.Front(); place != nil && s.pool.pinned > 0; place = place.Next() {
		if b := place.Value.(*bundle); b.ParentTick != 0 && b.MayStand(s.budget.Tick, 0) && s.add(b) {
			return
		}
	}
}
