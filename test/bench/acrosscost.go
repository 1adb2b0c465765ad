package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
)

// CostRow is what a pair of transactions costs, one on each rollup, in one of several forms: medians over the rounds.
type CostRow struct {
	Form string `json:"form"`
	// Gas of both transactions.
	Gas uint64 `json:"gas"`
	// CPU is the processor time in ms of all four validators for a pair, beyond what they use when idle.
	CPU float64 `json:"cpu"`
	// Executed and ExecutedP99 are from submit until a subscriber learns that a transaction is executed, in ms.
	Executed    float64 `json:"executed"`
	ExecutedP99 float64 `json:"executedP99"`
	Attested    float64 `json:"attested"`
	// Ticks per second meanwhile: an idle network makes fewer than a busy one.
	Ticks float64 `json:"ticks"`
	// CPURatio is the median over the rounds of CPU by that of the two singles of the same round.
	CPURatio float64 `json:"cpuRatio"`
}

// form is a way to bring a pair of transactions.
type form struct {
	name string
	make func(by [2]*sender) (*pair, error)
}

// pair is a pair that is signed, and how to send it.
type pair struct {
	hashes [2]common.Hash
	send   func(context.Context) error
}

// Gas limits are near what is used: bundles are limited by the gas that they declare.
const (
	transferGas = 100_000
	payGas      = 250_000
)

// benchCost sends pairs in all forms at the same rate, round by round in an order that changes.
func (s *setting) benchCost(ctx context.Context, o acrossOptions) ([]CostRow, error) {
	forms := []form{
		{"two singles", s.singles},
		{"a bundle of the same two", func(by [2]*sender) (*pair, error) { return s.transfers(by, false) }},
		{"the same, protected", func(by [2]*sender) (*pair, error) { return s.transfers(by, true) }},
		{"a swap: the same payments by `Swap.pay`, two assertions", s.swapPair},
	}
	devnet := server{pid: s.net.cmd.Process.Pid}
	if err := devnet.measureIdle(ctx, o.round); err != nil {
		return nil, err
	}
	measured := make([][]CostRow, len(forms))
	for round := range o.rounds {
		order := make([]int, len(forms))
		for i := range order {
			order[i] = (i + round) % len(forms)
		}
		for _, i := range order {
			fmt.Fprintf(os.Stderr, "round %d of %d: %d pairs/s, %s …\n", round+1, o.rounds, o.pairs, forms[i].name)
			row, err := s.costRound(ctx, forms[i], devnet, o)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", forms[i].name, err)
			}
			measured[i] = append(measured[i], row)
		}
	}
	rows := make([]CostRow, len(forms))
	for i, f := range forms {
		rows[i] = CostRow{
			Form: f.name, Gas: measured[i][len(measured[i])-1].Gas,
			Ticks:       medianOf(measured[i], func(r CostRow) float64 { return r.Ticks }),
			CPU:         medianOf(measured[i], func(r CostRow) float64 { return r.CPU }),
			Executed:    medianOf(measured[i], func(r CostRow) float64 { return r.Executed }),
			ExecutedP99: medianOf(measured[i], func(r CostRow) float64 { return r.ExecutedP99 }),
			Attested:    medianOf(measured[i], func(r CostRow) float64 { return r.Attested }),
		}
		var ratios []float64
		for round, r := range measured[i] {
			ratios = append(ratios, r.CPU/measured[0][round].CPU)
		}
		rows[i].CPURatio = median(ratios)
	}
	return rows, nil
}

func medianOf(rows []CostRow, of func(CostRow) float64) float64 {
	values := make([]float64, len(rows))
	for i, r := range rows {
		values[i] = of(r)
	}
	return median(values)
}

// costRound sends pairs of one form at the rate.
func (s *setting) costRound(ctx context.Context, f form, devnet server, o acrossOptions) (CostRow, error) {
	n := int(float64(o.pairs) * o.round.Seconds())
	pairs := make([]*pair, n)
	for i := range pairs {
		turn := i % len(s.load.rollups[0].senders)
		var err error
		if pairs[i], err = f.make([2]*sender{s.load.rollups[0].senders[turn], s.load.rollups[1].senders[turn]}); err != nil {
			return CostRow{}, err
		}
	}
	run := s.load.observer.begin(2 * n)
	first, err := s.load.root.LatestTick(ctx)
	if err != nil {
		return CostRow{}, err
	}
	before, err := cpu(devnet.pid)
	if err != nil {
		return CostRow{}, err
	}
	begin := time.Now()
	var failed atomic.Pointer[error]
	var senders sync.WaitGroup
	for i, p := range pairs {
		if err := sleepUntil(ctx, begin.Add(time.Duration(i)*time.Second/time.Duration(o.pairs))); err != nil {
			return CostRow{}, err
		}
		for _, hash := range p.hashes {
			run.submitted(hash)
		}
		senders.Go(func() {
			if err := p.send(ctx); err != nil {
				failed.Store(&err)
			}
		})
	}
	senders.Wait()
	if err := failed.Load(); err != nil {
		return CostRow{}, fmt.Errorf("send: %w", *err)
	}
	if err := run.await(ctx, settleTime); err != nil {
		return CostRow{}, err
	}
	took := time.Since(begin).Seconds()
	after, err := cpu(devnet.pid)
	if err != nil {
		return CostRow{}, err
	}
	last, err := s.load.root.LatestTick(ctx)
	if err != nil {
		return CostRow{}, err
	}
	l := run.latency(o.pairs)
	row := CostRow{
		CPU: max(0, after-before-devnet.idle*took) * 1e3 / float64(n), Ticks: float64(last.Number-first.Number) / took,
		Executed: l.Executed.P50, ExecutedP99: l.Executed.P99, Attested: l.Attested.P50,
	}
	row.Gas, err = s.gasOf(ctx, pairs[n-1])
	return row, err
}

// gasOf is what both transactions of a pair used.
func (s *setting) gasOf(ctx context.Context, p *pair) (gas uint64, err error) {
	for i, hash := range p.hashes {
		receipt, err := s.eth[i].TransactionReceipt(ctx, hash)
		if err != nil {
			return 0, err
		}
		gas += receipt.GasUsed
	}
	return gas, nil
}

// transferDrafts pay one smallest unit of each rollup's token.
func (s *setting) transferDrafts(by [2]*sender) []draft {
	data := bridgederc20.NewBridgedERC20().PackTransfer(common.Address{0xbe, 0xac}, common.Big1)
	return []draft{
		{rollup: 0, by: by[0], to: s.exchanges[0].Token, data: data, gas: transferGas},
		{rollup: 1, by: by[1], to: s.exchanges[1].Token, data: data, gas: transferGas},
	}
}

func (s *setting) singles(by [2]*sender) (*pair, error) {
	var p pair
	var sends [2]transfer
	for i, d := range s.transferDrafts(by) {
		tx, err := s.sign(d, nil)
		if err != nil {
			return nil, err
		}
		raw, err := tx.MarshalBinary()
		if err != nil {
			return nil, err
		}
		p.hashes[i], sends[i] = tx.Hash(), transfer{tx.Hash(), hexutil.Encode(raw), d.by.conn}
	}
	p.send = func(ctx context.Context) error {
		var errs [2]error
		var both sync.WaitGroup
		for i, t := range sends {
			both.Go(func() { errs[i] = t.send(ctx) })
		}
		both.Wait()
		return errors.Join(errs[:]...)
	}
	return &p, nil
}

func (s *setting) transfers(by [2]*sender, protected bool) (*pair, error) {
	return s.bundled(protected, s.transferDrafts(by))
}

func (s *setting) swapPair(by [2]*sender) (*pair, error) {
	drafts, err := s.swapDrafts(by, payGas)
	if err != nil {
		return nil, err
	}
	return s.bundled(true, drafts)
}

func (s *setting) bundled(protected bool, drafts []draft) (*pair, error) {
	b, err := s.bundle(protected, drafts...)
	if err != nil {
		return nil, err
	}
	return &pair{hashes: [2]common.Hash(b.legs), send: func(ctx context.Context) error {
		_, err := s.load.root.SendBundle(ctx, b.Bundle)
		return err
	}}, nil
}

func printCost(w io.Writer, rows []CostRow) {
	cells := [][]any{{"two transfers of an ERC-20 token, one on each rollup", "gas", "by the singles'", "CPU ms", "by the singles'", "ticks per s", "executed p50 / p99 ms", "attested p50 ms"}}
	for _, r := range rows {
		cells = append(cells, []any{
			r.Form, thousands(r.Gas), fmt.Sprintf("%.2f", float64(r.Gas)/float64(rows[0].Gas)), fmt.Sprintf("%.2f", r.CPU), fmt.Sprintf("%.2f", r.CPURatio),
			fmt.Sprintf("%.0f", r.Ticks), fmt.Sprintf("%.0f / %.0f", r.Executed, r.ExecutedP99), fmt.Sprintf("%.0f", r.Attested),
		})
	}
	table(w, cells...)
}
