package network

import (
	"fmt"
	"syscall"
	"time"
)

// trouble is a fault and what is expected of the network meanwhile.
type trouble struct {
	name string
	// affected cannot be expected to follow, and no client uses them.
	affected []int
	// halts: nothing can be ordered meanwhile.
	halts bool
	// begin makes the trouble; during, if there is one, is called again and again meanwhile; end ends it.
	begin, during, end func()
}

// hiccup is what a fault did.
type hiccup struct {
	name      string
	length    time.Duration
	gap       time.Duration // the longest between two ticks at an unaffected validator, the fault's end included
	mean      time.Duration // between two ticks meanwhile; zero without any
	recovered time.Duration // from the fault's end until everybody was at the head, executed and attested
}

const faultHead = "| fault | length | longest gap between ticks | tick every, meanwhile | everybody at the head after |\n|---|---|---|---|---|\n"

func (h hiccup) row() string {
	every := "halted"
	if h.mean > 0 {
		every = ms(h.mean)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", h.name, ms(h.length), ms(h.gap), every, ms(h.recovered))
}

// suffer lets the network go through a fault under load, and checks that it comes out of it whole.
func (n *network) suffer(f trouble, rate int, length time.Duration) hiccup {
	n.t.Helper()
	isAffected := make(map[int]bool)
	for _, at := range f.affected {
		isAffected[at] = true
	}
	var fine []int
	for at := range min(len(n.members), len(regions)) {
		if !isAffected[at] {
			fine = append(fine, at)
		}
	}
	l := n.transfers(rate, fine...)
	n.pass(time.Second)
	n.history.gaps()
	h := hiccup{name: f.name, length: length}
	f.begin()
	n.pass(halfWay) // what was under way arrives
	from, began := n.history.head(fine[0]), time.Now()
	for stop := began.Add(length - halfWay); time.Now().Before(stop); {
		if f.during != nil {
			f.during()
			continue
		}
		n.pass(min(50*time.Millisecond, time.Until(stop)))
	}
	to := n.history.head(fine[0])
	f.end()
	healed := time.Now()
	if to > from {
		h.mean = healed.Sub(began) / time.Duration(to-from)
	}
	if f.halts && to > from {
		n.t.Errorf("%s: went from tick %d to %d without a quorum", f.name, from, to)
	}
	if !f.halts && to < from+3 {
		n.t.Errorf("%s: the others are at tick %d after %s, and were at %d", f.name, to, length, from)
	}
	head := n.history.head(fine[0])
	for _, m := range n.members {
		n.reaches(m, head+3)
	}
	h.recovered = time.Since(healed)
	h.gap = n.history.longestGap(fine[0])
	if l.end() == 0 {
		n.t.Errorf("%s: nothing was accepted", f.name)
	}
	n.agree()
	n.t.Logf("%s: gap %s, recovered after %s", f.name, h.gap.Round(time.Millisecond), h.recovered.Round(time.Millisecond))
	return h
}

// halfWay is more than the longest way with a retransmission.
const halfWay = 600 * time.Millisecond

// partition keeps some validators from all the others.
func (n *network) partition(name string, affected []int, halts bool, side func(int) bool) trouble {
	return trouble{
		name: name, affected: affected, halts: halts,
		begin: func() { n.between(side, (*link).shut) }, end: func() { n.between(side, (*link).heal) },
	}
}

// alone is one validator apart from the others.
func (n *network) alone(at int) trouble {
	return n.partition(fmt.Sprintf("partition 1\\|%d", len(n.members)-1), []int{at}, false, func(v int) bool { return v == at })
}

// halves are two sides of which none has a quorum.
func (n *network) halves() trouble {
	half := len(n.members) / 2
	name := fmt.Sprintf("partition %d\\|%d", half, len(n.members)-half)
	return n.partition(name, nil, true, func(v int) bool { return v < half })
}

// frozen is a validator whose process does not run.
func (n *network) frozen(at int) trouble {
	m := n.members[at]
	return trouble{
		name: "frozen validator", affected: []int{at},
		begin: func() { m.signal(syscall.SIGSTOP) }, end: func() { m.signal(syscall.SIGCONT) },
	}
}

// slow is a validator that runs one fifth of the time.
func (n *network) slow(at int) trouble {
	m := n.members[at]
	return trouble{
		name: "slow validator (runs 20 of 100 ms)", affected: []int{at},
		begin: func() {},
		during: func() {
			m.signal(syscall.SIGSTOP)
			n.pass(80 * time.Millisecond)
			m.signal(syscall.SIGCONT)
			n.pass(20 * time.Millisecond)
		},
		end: func() {},
	}
}

// disconnected is a network all of whose connections are cut, at the end; until then nothing is wrong.
func (n *network) disconnected() trouble {
	return trouble{
		name:  "all connections cut",
		begin: func() {},
		end: func() {
			for _, l := range n.links {
				l.cut()
			}
		},
	}
}

// killed is a validator whose process is gone, and is started again at the end.
func (n *network) killed(at int) trouble {
	m := n.members[at]
	return trouble{
		name: "killed validator", affected: []int{at},
		begin: m.kill, end: func() { m.start(); n.watch(m) },
	}
}
