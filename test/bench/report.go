package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is what one run measured.
type Report struct {
	Machine    string     `json:"machine"`
	Command    string     `json:"command"`
	Latency    []Latency  `json:"latency"`
	Throughput Throughput `json:"throughput"`
	RSS        Memory     `json:"rss"`
}

// Latency is from submit to the moment a subscriber of the same gateway learns of the level, in ms.
type Latency struct {
	Rate     int         `json:"rate"`
	Count    int         `json:"count"`
	Ordered  Percentiles `json:"ordered"`
	Executed Percentiles `json:"executed"`
	Attested Percentiles `json:"attested"`
}

// Percentiles in ms.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Throughput of transfers from client to executed receipt.
type Throughput struct {
	Count     int     `json:"count"`
	PerSecond float64 `json:"perSecond"`
	// Latency is that of the saturated network.
	Latency Latency `json:"latency"`
}

// Memory is resident memory in MiB of the whole devnet.
type Memory struct {
	NowMiB  int `json:"now"`
	PeakMiB int `json:"peak"`
}

func (m *measurement) latency(rate int) Latency {
	m.o.mu.Lock()
	defer m.o.mu.Unlock()
	var ordered, executed, attested []time.Duration
	for _, s := range m.sent {
		ordered = append(ordered, s.ordered.Sub(s.submitted))
		executed = append(executed, s.executed.Sub(s.submitted))
		attested = append(attested, s.attested.Sub(s.submitted))
	}
	return Latency{rate, len(m.sent), percentiles(ordered), percentiles(executed), percentiles(attested)}
}

func (m *measurement) throughput(begin time.Time) Throughput {
	l := m.latency(0)
	m.o.mu.Lock()
	defer m.o.mu.Unlock()
	var last time.Time
	for _, s := range m.sent {
		if s.executed.After(last) {
			last = s.executed
		}
	}
	return Throughput{Count: l.Count, PerSecond: float64(l.Count) / last.Sub(begin).Seconds(), Latency: l}
}

func percentiles(ds []time.Duration) Percentiles {
	slices.Sort(ds)
	at := func(p float64) float64 {
		return float64(ds[min(len(ds)-1, int(p*float64(len(ds))))].Microseconds()) / 1000
	}
	return Percentiles{at(0.50), at(0.99), at(1)}
}

func (r Report) print(w io.Writer) {
	fmt.Fprintf(w, "%s\nfour validators in one process, everything on disk, two rollups, signed transfers\n\n", r.Machine)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "LOAD\tTXS\tORDERED P50\tP99\tEXECUTED P50\tP99\tATTESTED P50\tP99\t(ms)\t")
	row := func(name string, l Latency) {
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t\t\n", name, l.Count,
			l.Ordered.P50, l.Ordered.P99, l.Executed.P50, l.Executed.P99, l.Attested.P50, l.Attested.P99)
	}
	for _, l := range r.Latency {
		row(fmt.Sprintf("%d tx/s", l.Rate), l)
	}
	row("saturated", r.Throughput.Latency)
	if err := t.Flush(); err != nil {
		fmt.Fprintln(w, err)
	}
	fmt.Fprintf(w, "\nend to end: %.0f transfers per second; resident memory of the devnet: %d MiB, at most %d MiB\n",
		r.Throughput.PerSecond, r.RSS.NowMiB, r.RSS.PeakMiB)
}

// machine names cores, processor and operating system.
func machine() string {
	model := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores of %s, %s/%s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
