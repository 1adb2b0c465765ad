package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// PagesRow is what open explorer pages cost a node under a steady load.
type PagesRow struct {
	// Pages are streams of the live feed that are open, as an explorer page holds one.
	Pages int `json:"pages"`
	// Cores is the CPU time of the node's process per second of real time.
	Cores float64 `json:"cores"`
	// RSSMiB is its resident memory at the end.
	RSSMiB int `json:"rssMiB"`
	// MiBPerSecond is what all pages together received.
	MiBPerSecond float64 `json:"mibPerSecond"`
}

// benchPages measures the node without and with open pages, under the same load.
func benchPages(ctx context.Context, net *network, o options) ([]PagesRow, error) {
	load, err := newLoad(ctx, net.info, o.senders)
	if err != nil {
		return nil, err
	}
	defer load.close()
	var rows []PagesRow
	for _, pages := range []int{0, o.pages} {
		fmt.Fprintf(os.Stderr, "%d pages at %d tx/s for %s …\n", pages, o.rates[0], o.duration)
		row, err := measurePages(ctx, net, pages, func() error {
			_, err := load.paced(ctx, o.rates[0], o.duration)
			return err
		})
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// measurePages opens the streams, runs the load, and measures meanwhile.
func measurePages(ctx context.Context, net *network, pages int, run func() error) (PagesRow, error) {
	row := PagesRow{Pages: pages}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var received atomic.Int64
	var group errgroup.Group
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	for range pages {
		body, err := openPage(ctx, transport, net.info.RPC)
		if err != nil {
			return row, err
		}
		group.Go(func() error {
			defer body.Close()
			buffer := make([]byte, 32<<10)
			for {
				n, err := body.Read(buffer)
				received.Add(int64(n))
				if ctx.Err() != nil {
					return nil
				}
				if err != nil {
					return fmt.Errorf("a page was cut off: %w", err)
				}
			}
		})
	}
	before, err := cpu(net.cmd.Process.Pid)
	if err != nil {
		return row, err
	}
	begin, already := time.Now(), received.Load()
	if err := run(); err != nil {
		return row, err
	}
	after, err := cpu(net.cmd.Process.Pid)
	if err != nil {
		return row, err
	}
	seconds := time.Since(begin).Seconds()
	row.Cores = (after - before) / seconds
	row.MiBPerSecond = float64(received.Load()-already) / seconds / (1 << 20)
	memory, err := net.rss()
	row.RSSMiB = memory.NowMiB
	cancel()
	if cut := group.Wait(); err == nil {
		err = cut
	}
	return row, err
}

// openPage opens the stream that a page of the explorer reads.
func openPage(ctx context.Context, transport http.RoundTripper, gateway string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, gateway+"/explorer/live", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // the status says enough
		return nil, fmt.Errorf("open a page: %s", response.Status)
	}
	return response.Body, nil
}

func printPages(w io.Writer, rows []PagesRow) {
	fmt.Fprintln(w, "| open pages | cores | RSS MiB | MiB/s |\n|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %d | %.2f | %d | %.2f |\n", r.Pages, r.Cores, r.RSSMiB, r.MiBPerSecond)
	}
}
