package network

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// percentiles of one level.
type percentiles struct{ p50, p99 time.Duration }

// speed is what a network does in good weather.
type speed struct {
	floor                       time.Duration
	perSecond                   float64
	ordered, executed, attested percentiles
	interval                    time.Duration // mean, between two ticks
	late                        float64       // rounds beyond the first, per 1000 ticks
	cores                       float64       // that all validators use together
	propose, vote               time.Duration // timeouts of validator 0
}

// measure puts a load on the network through the first gateway of each region.
func (n *network) measure(rate int, d time.Duration) speed {
	n.t.Helper()
	n.history.forget()
	before := n.counters()
	l := n.transfers(rate, 0, 1, 2, 3)
	n.pass(d)
	after := n.counters()
	s := speed{floor: floor(len(n.members)), perSecond: l.end()}
	ticks := after.ticks - before.ticks
	s.interval = time.Duration(float64(after.at.Sub(before.at)) / ticks)
	s.late = 1000 * (after.late - before.late) / ticks
	s.cores = (after.cpu - before.cpu).Seconds() / after.at.Sub(before.at).Seconds()
	s.propose, s.vote = after.propose, after.vote
	samples := n.history.forget()
	s.ordered = quantiles(samples, func(s *sample) time.Time { return s.ordered })
	s.executed = quantiles(samples, func(s *sample) time.Time { return s.executed })
	s.attested = quantiles(samples, func(s *sample) time.Time { return s.attested })
	return s
}

func quantiles(samples []*sample, level func(*sample) time.Time) percentiles {
	var took []time.Duration
	for _, s := range samples {
		took = append(took, level(s).Sub(s.submitted))
	}
	if len(took) == 0 {
		return percentiles{}
	}
	slices.Sort(took)
	return percentiles{took[len(took)/2], took[len(took)*99/100]}
}

// counters are readings of validator 0, and the processor time of all.
type counters struct {
	at            time.Time
	ticks, late   float64
	propose, vote time.Duration
	cpu           time.Duration
}

func (n *network) counters() counters {
	n.t.Helper()
	values, err := n.members[0].metrics(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	seconds := func(name string) time.Duration { return time.Duration(values[name] * float64(time.Second)) }
	c := counters{
		at: time.Now(), ticks: values["lockstep_orderedlog_head_tick"], late: values["lockstep_ordering_late_rounds"],
		propose: seconds(`lockstep_ordering_timeout_seconds{step="propose"}`), vote: seconds(`lockstep_ordering_timeout_seconds{step="vote"}`),
	}
	for _, m := range n.members {
		c.cpu += m.cpu()
	}
	return c
}

// metrics are a node's, by name with labels.
func (m *member) metrics(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.rpc+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	values := make(map[string]float64)
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(value, 64); ok && err == nil {
			values[name] = v
		}
	}
	return values, nil
}

// cpu is the processor time that the process has used (proc(5), utime and stime in hundredths of a second).
func (m *member) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	var hundredths int
	for _, field := range fields[11:13] {
		n, _ := strconv.Atoi(field)
		hundredths += n
	}
	return time.Duration(hundredths) * 10 * time.Millisecond
}

func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// level is a percentile pair with its multiples of the floor.
func (s speed) level(p percentiles) string {
	times := func(d time.Duration) float64 { return float64(d) / float64(s.floor) }
	return fmt.Sprintf("%s (%.1f) / %s (%.1f)", ms(p.p50), times(p.p50), ms(p.p99), times(p.p99))
}

const speedHead = "| validators | timeouts | floor | ordered p50 / p99 | executed p50 / p99 | attested p50 / p99 | tick every | late rounds per 1,000 ticks | tx/s | cores |\n|---|---|---|---|---|---|---|---|---|---|\n"

func (s speed) row(validators int, timeouts string) string {
	return fmt.Sprintf("| %d | %s: %s, %s | %s | %s | %s | %s | %s | %.0f | %.0f | %.1f |\n", validators, timeouts, ms(s.propose), ms(s.vote), ms(s.floor),
		s.level(s.ordered), s.level(s.executed), s.level(s.attested), ms(s.interval), s.late, s.perSecond, s.cores)
}
