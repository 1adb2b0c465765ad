package systems

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// Place is where a network runs.
type Place struct {
	// Binary is this program, or a build of it from other sources: its members are run.
	Binary string
	// Dir is the folder in which the network gets one of its own: on a disk, or in memory.
	Dir string
	// Processes is whether each member is a process of its own; otherwise all are in one.
	Processes bool
}

// Network is one that runs.
type Network struct {
	dir       string
	processes []*harness.Process
	foreign   bool // they do not listen to their input
	stop      sync.Once
	// Doors are the addresses for clients of the members that have one: HOST:PORT.
	Doors []string
}

// newNetwork makes the network's folder.
func newNetwork(place Place) (*Network, error) {
	dir, err := os.MkdirTemp(place.Dir, "lockstep-bench-")
	return &Network{dir: dir}, err
}

// PIDs are those of the network's processes.
func (n *Network) PIDs() (pids []int) {
	for _, p := range n.processes {
		pids = append(pids, p.PID())
	}
	return pids
}

// Profile has every process profiled until end is called: process 2 of them to FILE-2, see harness.StartProfile, and this program, which makes
// the load, to FILE-load. Foreign processes cannot be.
func (n *Network) Profile(file string) (end func() error, err error) {
	order := func(file func(i int) string) (err error) {
		for i, p := range n.processes {
			if !n.foreign {
				err = errors.Join(err, p.Profile(file(i)))
			}
		}
		return err
	}
	own, err := harness.StartProfile(file + "-load")
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(own(), order(func(int) string { return "" })) },
		order(func(i int) string { return fmt.Sprintf("%s-%d", file, i) })
}

// Stop ends the network and removes its folder; it is idempotent.
func (n *Network) Stop() error {
	var err error
	n.stop.Do(func() {
		n.halt()
		err = os.RemoveAll(n.dir)
	})
	return err
}

// halt ends the processes.
func (n *Network) halt() {
	var all sync.WaitGroup
	for _, p := range n.processes {
		all.Go(func() {
			if n.foreign {
				p.Interrupt()
			}
			p.Stop()
		})
	}
	all.Wait()
	n.processes, n.Doors = nil, nil
}

// DiskMiB is the size of the network's files by folder of a member's home, of all members together; "" is what lies in none.
func (n *Network) DiskMiB() (map[string]float64, error) {
	sizes := make(map[string]float64)
	err := filepath.Walk(n.dir, func(path string, info os.FileInfo, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // a database has just removed it
		}
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		folder := ""
		if inside, err := filepath.Rel(n.dir, path); err != nil {
			return err
		} else if parts := strings.Split(inside, string(filepath.Separator)); len(parts) > 2 {
			folder = parts[1]
		}
		sizes[folder] += float64(info.Size()) / (1 << 20)
		return nil
	})
	return sizes, err
}

// doors is what a process of members says when its ports are open: an address of each for the others, and for clients.
type doors struct {
	Peers   []string `json:"peers"`
	Clients []string `json:"clients"`
}

// ready is what it says when it runs.
type ready struct {
	Ready bool `json:"ready"`
}

// launch starts the processes of members, makes them known to each other and waits until they run. Each task is what a process is
// told to be.
func (n *Network) launch(ctx context.Context, place Place, kind string, tasks []any) error {
	for _, task := range tasks {
		p, err := harness.Start(ctx, place.Binary, ServeFlag, kind)
		if err != nil {
			return err
		}
		n.processes = append(n.processes, p)
		if err := p.Tell(task); err != nil {
			return fmt.Errorf("tell a member what to be: %w: %s", err, p.Stderr())
		}
	}
	var peers []string
	for _, p := range n.processes {
		var d doors
		if err := p.Hear(ctx, &d); err != nil {
			return err
		}
		peers, n.Doors = append(peers, d.Peers...), append(n.Doors, d.Clients...)
	}
	for _, p := range n.processes {
		if err := p.Tell(peers); err != nil {
			return err
		}
	}
	for _, p := range n.processes {
		if err := p.Hear(ctx, &ready{}); err != nil {
			return err
		}
	}
	return nil
}

// split gives members to processes: all to one, or one to each.
func split[T any](members []T, processes bool) [][]T {
	if !processes {
		return [][]T{members}
	}
	parts := make([][]T, len(members))
	for i, m := range members {
		parts[i] = []T{m}
	}
	return parts
}
