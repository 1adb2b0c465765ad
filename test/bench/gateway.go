package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"
)

// gatewayOptions are those of the benchmark of the gateway.
type gatewayOptions struct {
	rounds      int
	round       time.Duration
	connections int // of reads
	senders     int // connections and accounts of eth_sendRawTransaction
	artifacts   string
}

const (
	sendsPerRound = 20 // of each sender
	warmUp        = 500 * time.Millisecond
)

// server is a node under load.
type server struct {
	name, url string
	pid       int
	idle      float64 // CPU seconds per second that it uses when nobody asks
}

// result is one round.
type result struct {
	perSecond float64
	latency   Percentiles
	cpu       float64
}

// GatewayRow is one method: medians over the rounds.
type GatewayRow struct {
	Method      string `json:"method"`
	Connections int    `json:"connections"`
	// Ours and Stock are requests per second, and milliseconds from a request to its answer.
	Ours  Serving `json:"ours"`
	Stock Serving `json:"stock"`
	// Ratio is the median over the rounds of ours by stock, in requests per second; 0 without a stock node.
	Ratio float64 `json:"ratio"`
}

// Serving is what a server does under load.
type Serving struct {
	PerSecond float64 `json:"perSecond"`
	P50       float64 `json:"p50"`
	P99       float64 `json:"p99"`
	// CPU is the process's CPU time in µs per request, beyond what it uses when idle. It depends less on what else runs.
	CPU float64 `json:"cpu"`
}

// benchGateway asks the devnet's gateway and a stock node with the same blocks the same questions, in turns.
func benchGateway(ctx context.Context, n *network, o gatewayOptions) ([]GatewayRow, error) {
	rollup := n.info.Rollups[0]
	bytecode, err := loadWETH(o.artifacts)
	if err != nil {
		return nil, err
	}
	written, err := write(ctx, rollup, bytecode)
	if err != nil {
		return nil, err
	}
	accounts := &lane{id: rollup.ChainID}
	defer accounts.close()
	if err := accounts.open(ctx, rollup.WebSocket, o.senders); err != nil {
		return nil, err
	}
	if err := awaitSealed(ctx, rollup); err != nil {
		return nil, err
	}
	geth, err := startStock(ctx, n.info)
	if err != nil {
		return nil, err
	}
	defer geth.stop()
	ours, stock := server{name: "ours", url: rollup.HTTP, pid: n.cmd.Process.Pid}, server{name: "stock", url: geth.url, pid: geth.cmd.Process.Pid}
	for _, s := range []*server{&ours, &stock} {
		if err := s.measureIdle(ctx, o.round); err != nil {
			return nil, err
		}
	}
	questions, err := written.questions()
	if err != nil {
		return nil, err
	}
	var rows []GatewayRow
	for _, q := range questions {
		fmt.Fprintf(os.Stderr, "%s, %d rounds of %s …\n", q.method, o.rounds, o.round)
		servers := []server{ours, stock}
		if q.oursOnly {
			root := ours
			root.url = n.info.RPC
			servers = []server{root}
		} else if err := sameAnswer(q.body, ours, stock); err != nil {
			return nil, fmt.Errorf("%s: %w", q.method, err)
		}
		row, err := compare(servers, o.rounds, func(s server, round int) (result, error) {
			if round == 0 {
				if _, err := read(ctx, s, q.body, o.connections, warmUp); err != nil {
					return result{}, err
				}
			}
			return read(ctx, s, q.body, o.connections, o.round)
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.method, err)
		}
		row.Method, row.Connections = q.method, o.connections
		rows = append(rows, row)
	}
	fmt.Fprintf(os.Stderr, "eth_sendRawTransaction, %d rounds of %d …\n", o.rounds, o.senders*sendsPerRound)
	row, err := compareSends(ctx, []server{ours, stock}, accounts, o)
	return append(rows, row), err
}

// compare runs the rounds: every server once in each, in an order that changes.
func compare(servers []server, rounds int, run func(s server, round int) (result, error)) (GatewayRow, error) {
	results := make(map[string][]result)
	for round := range rounds {
		order := slices.Clone(servers)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, s := range order {
			r, err := run(s, round)
			if err != nil {
				return GatewayRow{}, fmt.Errorf("%s: %w", s.name, err)
			}
			results[s.name] = append(results[s.name], r)
		}
	}
	row := GatewayRow{Ours: summary(results["ours"]), Stock: summary(results["stock"])}
	var ratios []float64
	for i, r := range results["stock"] {
		ratios = append(ratios, results["ours"][i].perSecond/r.perSecond)
	}
	row.Ratio = median(ratios)
	return row, nil
}

// compareSends has every connection send the transactions of an account of its own, one after the other.
func compareSends(ctx context.Context, servers []server, accounts *lane, o gatewayOptions) (GatewayRow, error) {
	// The nonces of both servers go their own ways: what one executes, the other only keeps in its pool.
	nonces := make(map[string]uint64)
	row, err := compare(servers, o.rounds, func(s server, _ int) (result, error) {
		bodies := make([][][]byte, o.senders)
		for i, account := range accounts.senders {
			account.nonce = nonces[s.name]
			for range sendsPerRound {
				tx, err := accounts.transfer(account)
				if err != nil {
					return result{}, err
				}
				body, err := request("eth_sendRawTransaction", tx.raw)
				if err != nil {
					return result{}, err
				}
				bodies[i] = append(bodies[i], body)
			}
		}
		nonces[s.name] += sendsPerRound
		return under(ctx, s, o.senders, func(connection, n int) []byte {
			if n == sendsPerRound {
				return nil
			}
			return bodies[connection][n]
		})
	})
	row.Method, row.Connections = "eth_sendRawTransaction", o.senders
	return row, err
}

// read asks one question on many connections for some time.
func read(ctx context.Context, s server, body []byte, connections int, duration time.Duration) (result, error) {
	end := time.Now().Add(duration)
	return under(ctx, s, connections, func(int, int) []byte {
		if time.Now().After(end) {
			return nil
		}
		return body
	})
}

// under puts a server under load: every connection asks its next request when the one before is answered, until next
// gives nil.
func under(ctx context.Context, s server, connections int, next func(connection, n int) []byte) (result, error) {
	open := make([]*connection, connections)
	for i := range open {
		c, err := connect(s.url)
		if err != nil {
			return result{}, err
		}
		defer c.close()
		open[i] = c
	}
	times := make([][]time.Duration, connections)
	before, err := cpu(s.pid)
	if err != nil {
		return result{}, err
	}
	begin := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i, c := range open {
		group.Go(func() error {
			for n := 0; ctx.Err() == nil; n++ {
				body := next(i, n)
				if body == nil {
					return nil
				}
				asked := time.Now()
				answer, err := c.ask(body)
				if err != nil {
					return err
				}
				if !bytes.Contains(answer, []byte(`"result":`)) {
					return fmt.Errorf("the answer is no result: %.300s", answer)
				}
				times[i] = append(times[i], time.Since(asked))
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return result{}, err
	}
	took, all := time.Since(begin).Seconds(), slices.Concat(times...)
	after, err := cpu(s.pid)
	used := max(0, after-before-s.idle*took)
	return result{float64(len(all)) / took, percentiles(all), used * 1e6 / float64(len(all))}, err
}

// measureIdle notes what the server uses when nobody asks.
func (s *server) measureIdle(ctx context.Context, duration time.Duration) error {
	begin := time.Now()
	before, err := cpu(s.pid)
	if err != nil {
		return err
	}
	if err := sleepUntil(ctx, begin.Add(duration)); err != nil {
		return err
	}
	after, err := cpu(s.pid)
	s.idle = (after - before) / time.Since(begin).Seconds()
	return err
}

// cpu is the CPU time in seconds that a process has used (proc(5), utime and stime, in ticks of 10 ms).
func cpu(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name before may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	var ticks float64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return ticks / 100, nil
}

// sameAnswer makes sure that the servers are compared over the same work.
func sameAnswer(body []byte, servers ...server) error {
	var answers []string
	for _, s := range servers {
		c, err := connect(s.url)
		if err != nil {
			return err
		}
		answer, err := c.ask(body)
		if err != nil {
			return err
		}
		answers = append(answers, string(answer))
		c.close()
	}
	if len(answers[0]) != len(answers[1]) || bytes.Contains([]byte(answers[0]), []byte(`"error"`)) {
		return fmt.Errorf("the answers differ: %.300s, %.300s", answers[0], answers[1])
	}
	return nil
}

func summary(rounds []result) Serving {
	var perSecond, p50, p99, used []float64
	for _, r := range rounds {
		perSecond, p50 = append(perSecond, r.perSecond), append(p50, r.latency.P50)
		p99, used = append(p99, r.latency.P99), append(used, r.cpu)
	}
	return Serving{median(perSecond), median(p50), median(p99), median(used)}
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[len(v)/2]
}

func printGateway(w io.Writer, rows []GatewayRow) {
	fmt.Fprintf(w, "%s\na devnet's gateway and a stock go-ethereum node with the same blocks, in turns; medians over the rounds\n\n", machine())
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "METHOD\tCONNECTIONS\tOURS/S\tP50 MS\tP99\tCPU µS\tSTOCK/S\tP50 MS\tP99\tCPU µS\tRATIO\t")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.0f\t", r.Method, r.Connections, r.Ours.PerSecond, r.Ours.P50, r.Ours.P99, r.Ours.CPU)
		if r.Ratio > 0 {
			fmt.Fprintf(t, "%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t\n", r.Stock.PerSecond, r.Stock.P50, r.Stock.P99, r.Stock.CPU, r.Ratio)
		} else {
			fmt.Fprint(t, "–\t–\t–\t–\t–\t\n")
		}
	}
	if err := t.Flush(); err != nil {
		fmt.Fprintln(w, err)
	}
}
