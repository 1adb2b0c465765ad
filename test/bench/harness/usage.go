package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Usage is what processes have used since they were started, or between two moments.
type Usage struct {
	// CPU is processor time in seconds, of user and system.
	CPU float64 `json:"cpu"`
	// RSSMiB is resident memory, all processes together; PeakMiB adds up the highest of each.
	RSSMiB  float64 `json:"rssMiB"`
	PeakMiB float64 `json:"peakMiB"`
	// WrittenMiB is what was written to disks (proc(5), write_bytes); nothing of what was written to tmpfs.
	WrittenMiB float64 `json:"writtenMiB"`
}

// UsageOf reads what processes have used (proc(5): stat, status, io).
func UsageOf(pids ...int) (Usage, error) {
	var all Usage
	for _, pid := range pids {
		used, err := usageOf(pid)
		if err != nil {
			return Usage{}, err
		}
		all.CPU, all.WrittenMiB = all.CPU+used.CPU, all.WrittenMiB+used.WrittenMiB
		all.RSSMiB, all.PeakMiB = all.RSSMiB+used.RSSMiB, all.PeakMiB+used.PeakMiB
	}
	return all, nil
}

// Since is what was used after before; memory is that of now.
func (u Usage) Since(before Usage) Usage {
	return Usage{CPU: u.CPU - before.CPU, WrittenMiB: u.WrittenMiB - before.WrittenMiB, RSSMiB: u.RSSMiB, PeakMiB: u.PeakMiB}
}

func usageOf(pid int) (u Usage, err error) {
	if u.CPU, err = cpuOf(pid); err != nil {
		return u, err
	}
	status, err := fields(pid, "status")
	if err != nil {
		return u, err
	}
	u.RSSMiB, u.PeakMiB = status["VmRSS"]/1024, status["VmHWM"]/1024
	io, err := fields(pid, "io")
	u.WrittenMiB = io["write_bytes"] / (1 << 20)
	return u, err
}

// cpuOf is utime and stime, in ticks of 10 ms.
func cpuOf(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name before may hold spaces
	columns := strings.Fields(rest)
	if len(columns) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(columns))
	}
	var ticks float64
	for _, column := range columns[11:13] {
		n, err := strconv.ParseFloat(column, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return ticks / 100, nil
}

// fields reads the numbers of a file with lines such as "VmRSS:   123 kB".
func fields(pid int, file string) (map[string]float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return nil, err
	}
	numbers := make(map[string]float64)
	for line := range strings.Lines(string(b)) {
		name, rest, ok := strings.Cut(line, ":")
		columns := strings.Fields(rest)
		if !ok || len(columns) == 0 {
			continue
		}
		if n, err := strconv.ParseFloat(columns[0], 64); err == nil {
			numbers[name] = n
		}
	}
	return numbers, nil
}
