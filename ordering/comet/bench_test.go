package comet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
)

// eager never lets a proposer wait.
type eager struct{ *memPool }

func (eager) Ready() <-chan struct{} {
	ready := make(chan struct{})
	close(ready)
	return ready
}

func gossipSleeps(b *testing.B, run func(b *testing.B, tune func(*Config))) {
	for _, sleep := range []time.Duration{time.Millisecond, 250 * time.Microsecond} {
		b.Run(fmt.Sprintf("validators=4/gossip=%s", sleep), func(b *testing.B) {
			run(b, func(c *Config) { c.GossipSleep, c.FlushInterval = sleep, sleep })
		})
	}
}

// cpuTime is what this process has used up; unlike the clock it hardly depends on what else the machine does.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkTickInterval is the time from tick to tick when nobody waits for entries, everything on disk.
func BenchmarkTickInterval(b *testing.B) {
	gossipSleeps(b, func(b *testing.B, tune func(*Config)) {
		c := newCluster(b, 4, tune)
		for i, m := range c.members {
			m.node.app.deps.Pool = eager{m.pool}
			c.run(i, nil)
		}
		c.awaitMesh()
		head := c.members[0].log.head()
		spent := cpuTime(b)
		b.ResetTimer()
		c.awaitTick(0, head+uint64(b.N))
		b.StopTimer()
		b.ReportMetric(float64((cpuTime(b)-spent).Microseconds())/1000/float64(b.N), "cpu-ms/tick")
		b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/tick")
		for i := range c.members {
			c.mustStop(i)
		}
	})
}

// BenchmarkCatchUp is how fast a validator that missed b.N ticks takes them in, while the others go on at full speed.
func BenchmarkCatchUp(b *testing.B) {
	c := newCluster(b, 4, nil)
	eagerAgain := func(i int) { c.members[i].node.app.deps.Pool = eager{c.members[i].pool} }
	for i := range c.members {
		eagerAgain(i)
		c.run(i, nil)
	}
	c.awaitMesh()
	c.mustStop(3)
	missed := c.members[3].log.head()
	c.awaitTick(0, missed+uint64(b.N))
	c.build(3)
	eagerAgain(3)
	if err := c.members[3].node.AddPeers(c.addrs()...); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	c.run(3, nil)
	c.await(3, "the others", func(l *memLog) bool { return l.head()+2 >= c.members[0].log.head() })
	b.StopTimer()
	b.ReportMetric(float64(c.members[3].log.head()-missed)/b.Elapsed().Seconds(), "ticks/s")
	for i := range c.members {
		c.mustStop(i)
	}
}

// BenchmarkOrderLatency is the time from an entry at one validator to the record in the log of another, everything on
// disk, the network idle before each entry.
func BenchmarkOrderLatency(b *testing.B) {
	gossipSleeps(b, func(b *testing.B, tune func(*Config)) {
		c := newCluster(b, 4, tune).start()
		c.awaitMesh()
		rng := rand.New(rand.NewPCG(1, 2))
		var latencies []time.Duration
		b.ResetTimer()
		for nonce := range uint64(b.N) {
			b.StopTimer()
			c.awaitTick(0, c.members[0].log.head()+6) // attested, and idle again
			from := rng.IntN(4)
			tx := testTx(b, 901, nonce)
			b.StartTimer()
			began := time.Now()
			c.members[from].pool.submit(tx)
			c.awaitOrdered((from+1)%4, tx)
			latencies = append(latencies, time.Since(began))
		}
		b.StopTimer()
		slices.Sort(latencies)
		ms := func(q int) float64 { return float64(latencies[(len(latencies)-1)*q/100].Microseconds()) / 1000 }
		b.ReportMetric(ms(50), "ms-p50")
		b.ReportMetric(ms(99), "ms-p99")
		for i := range c.members {
			c.mustStop(i)
		}
	})
}
