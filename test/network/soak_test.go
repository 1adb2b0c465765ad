package network

import (
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reading is what is watched, at one moment: of resources the largest of all validators.
type reading struct {
	memory, goroutines, files, disk float64
	attested                        time.Duration // p50 of what was sent since the last reading
}

// TestSoak_MixedLoadAndFaults runs a network under mixed load with a fault at a time, and says whether it stays what it was.
func TestSoak_MixedLoadAndFaults(t *testing.T) {
	length := *soak
	if length == 0 {
		if !*long {
			t.Skip("part of make test-network, and make soak")
		}
		length = 40 * time.Second
	}
	s := &soaking{n: newNetwork(t, 4), rng: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)), every: min(length/40, 10*time.Second)}
	s.n.startAll()
	s.n.settle()
	s.load = s.n.transfers(40, 0, 1, 2, 3)
	s.mix()
	s.n.history.gaps()
	began := time.Now()
	for next := 0; time.Since(began) < length; next++ {
		s.read(2 * s.every)
		s.fault(next)
		s.read(2 * s.every)
	}
	perSecond := s.load.end()
	s.n.agree()
	t.Logf("%s, %d faults, %.0f transfers/s, %d bundles, %d reads, %d calls not taken, %d ticks",
		time.Since(began).Round(time.Second), s.faults, perSecond, s.bundles.Load(), s.reads.Load(), s.load.failures, s.n.history.head(0))
	s.verdict()
}

// soaking is a soak under way.
type soaking struct {
	mixed
	n        *network
	load     *load
	rng      *rand.Rand
	every    time.Duration
	faults   int
	gap      time.Duration
	readings []reading
}

// fault makes the next of the faults and waits until everybody has come out of it.
func (s *soaking) fault(next int) {
	s.n.t.Helper()
	at := s.rng.IntN(len(s.n.members))
	m, witness := s.n.members[at], (at+1)%len(s.n.members)
	s.faults++
	switch next % 3 {
	case 0:
		m.kill()
		s.n.history.abandon(at)
		s.n.pass(s.every)
		m.start()
		s.n.watch(m)
	case 1:
		m.signal(syscall.SIGSTOP)
		s.n.pass(s.every)
		m.signal(syscall.SIGCONT)
	case 2:
		f := s.n.alone(at)
		f.begin()
		s.n.pass(s.every)
		f.end()
	}
	head := s.n.history.head(witness)
	for _, m := range s.n.members {
		s.n.reaches(m, head+3)
	}
	s.gap = max(s.gap, s.n.history.longestGap(witness))
	s.n.history.gaps()
}

// read takes readings for a while in which nothing is wrong.
func (s *soaking) read(d time.Duration) {
	s.n.t.Helper()
	for stop := time.Now().Add(d); time.Now().Before(stop); {
		since := time.Now()
		s.n.pass(s.every)
		s.n.gone()
		r := reading{attested: s.n.history.p50(since)}
		for _, m := range s.n.members {
			values, err := m.metrics(s.n.t.Context())
			if err != nil {
				s.n.t.Fatal(err)
			}
			disk := 0.0
			for name, value := range values {
				if strings.HasPrefix(name, "lockstep_node_disk_bytes{") {
					disk += value
				}
			}
			r.memory, r.disk = max(r.memory, values["process_resident_memory_bytes"]), max(r.disk, disk)
			r.goroutines, r.files = max(r.goroutines, values["go_goroutines"]), max(r.files, values["process_open_fds"])
		}
		s.readings = append(s.readings, r)
	}
}

// longestStop is how long ordering may pause over one faulty validator: some timeouts, and a restart on a busy machine.
const longestStop = 10 * time.Second

// verdict compares the last quarter of the readings with the second one; the first is warming up. What may grow is bounded by a
// factor and an allowance for what grows in steps.
func (s *soaking) verdict() {
	s.n.t.Helper()
	quarter := len(s.readings) / 4
	if quarter == 0 {
		s.n.t.Fatalf("%d readings are too few for a verdict", len(s.readings))
	}
	early, late := s.readings[quarter:2*quarter], s.readings[len(s.readings)-quarter:]
	failed := false
	say := func(what, unit string, first, last, limit float64) {
		verdict := "ok"
		if last > limit {
			verdict, failed = "BAD", true
		}
		s.n.t.Logf("%-34s %9.1f → %9.1f %-10s limit %9.1f  %s", what, first, last, unit, limit, verdict)
	}
	const mib = 1 << 20
	compare := func(what, unit string, factor, allowance float64, of func(reading) float64) {
		first, last := median(early, of), median(late, of)
		say(what, unit, first, last, factor*first+allowance)
	}
	compare("memory", "MiB", 1.3, 100, func(r reading) float64 { return r.memory / mib })
	compare("goroutines", "", 1.2, 50, func(r reading) float64 { return r.goroutines })
	compare("open files", "", 1.2, 40, func(r reading) float64 { return r.files })
	compare("attested p50", "ms", 1.5, 200, func(r reading) float64 { return float64(r.attested.Milliseconds()) })
	grown := func(part []reading) float64 { return (part[len(part)-1].disk - part[0].disk) / mib }
	say("disk, growth in a quarter", "MiB", grown(early), grown(late), 2*grown(early)+64)
	say("longest gap between ticks", "s", 0, s.gap.Seconds(), longestStop.Seconds())
	if s.bundles.Load() == 0 || s.reads.Load() == 0 || s.faults < 3 {
		s.n.t.Errorf("the load was not mixed: %d bundles, %d reads, %d faults", s.bundles.Load(), s.reads.Load(), s.faults)
	}
	if failed {
		s.n.t.Error("VERDICT: BAD, see the lines above")
		return
	}
	s.n.t.Log("VERDICT: good; one history at all validators, nothing accepted was lost, no level went back")
}

func median(part []reading, of func(reading) float64) float64 {
	var values []float64
	for _, r := range part {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// p50 is the median time to attested of what became attested since a moment.
func (h *history) p50(since time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var samples []*sample
	for _, s := range h.sent {
		if s.attested.After(since) {
			samples = append(samples, s)
		}
	}
	return quantiles(samples, func(s *sample) time.Time { return s.attested }).p50
}
