package sim

import (
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/lockstep-network/lockstep/mempool"
)

// gossip carries batches between the pools, each to every peer once, as the engine does.
type gossip struct {
	s       *simulation
	rand    *rand.Rand
	waiting []message // by due time, then by order of sending
	sent    uint64
}

type message struct {
	dueMs uint64
	order uint64
	from  int
	to    int
	batch []byte
}

// exchange takes what the pools have for their peers and delivers what is due.
func (g *gossip) exchange() {
	for _, v := range g.s.validators {
		if !v.up {
			continue
		}
		for _, batch := range v.pool.Reap(0) {
			for _, to := range g.s.validators {
				if to != v {
					g.send(v.index, to.index, batch)
				}
			}
		}
	}
	g.deliver()
}

// send puts a batch on its way, with what happens to it there.
func (g *gossip) send(from, to int, batch []byte) {
	g.sent++
	m := message{dueMs: g.s.nowMs, order: g.sent, from: from, to: to, batch: batch}
	if g.s.cfg.has(Gossip) {
		switch g.rand.IntN(24) {
		case 0:
			g.s.count("gossip:lost")
			return
		case 1:
			g.s.count("gossip:doubled")
			again := m
			again.dueMs += g.rand.Uint64N(3000)
			g.push(again)
		case 2:
			g.s.count("gossip:garbled")
			m.batch = slices.Clone(batch)
			m.batch[g.rand.IntN(len(batch))] ^= byte(1 + g.rand.IntN(255))
		case 3:
			g.s.count("gossip:late")
			m.dueMs += 500 + g.rand.Uint64N(5000)
		default:
			m.dueMs += g.rand.Uint64N(150) // enough to overtake others
		}
	}
	g.push(m)
}

func (g *gossip) push(m message) {
	at, _ := slices.BinarySearchFunc(g.waiting, m, func(a, b message) int {
		if a.dueMs != b.dueMs {
			return compare(a.dueMs, b.dueMs)
		}
		return compare(a.order, b.order)
	})
	g.waiting = slices.Insert(g.waiting, at, m)
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// deliver hands over what is due. A peer that is down or cut off does not get it, and it is not sent again.
func (g *gossip) deliver() {
	for len(g.waiting) > 0 && g.waiting[0].dueMs <= g.s.nowMs {
		m := g.waiting[0]
		g.waiting = g.waiting[1:]
		from, to := g.s.validators[m.from], g.s.validators[m.to]
		if !to.up || from.group != to.group {
			g.s.count("gossip:unheard")
			continue
		}
		if err := to.pool.Insert(m.batch); errors.Is(err, mempool.ErrBusy) {
			_ = g.s.broken("the pool keeps up", to.index, "refuses gossip: %v", err)
		}
	}
	for _, v := range g.s.validators {
		if v.up {
			v.pool.Drain()
		}
	}
}
