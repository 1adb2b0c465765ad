package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// verifyFlags are common to all that can be verified.
type verifyFlags struct {
	genesis, checkpoint string
	rpc, proof          string
	wait                time.Duration
	orderOnly, asJSON   bool
}

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check what a gateway says, against nothing but a genesis file or a trusted checkpoint",
		Long: "Asks a gateway for a proof, or takes one from a file, and checks it: signatures of more than 2/3 of the validators' power,\n" +
			"and hashes from there down. The gateway need not be trusted; the genesis file must come from somewhere else.\n" +
			"Exits with 0 if it is proven, 3 if the proof is wrong, 1 if there is none, for instance because no checkpoint covers it yet.",
	}
	cmd.AddCommand(newVerifyTx(), newVerifyBundle(), newVerifyLane())
	return cmd
}

func newVerifyTx() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "tx (HASH | ROLLUP SEQ)",
		Short: "Prove where a transaction was ordered, and what became of it",
		Example: "  lockstep verify tx 0x5c50…c060 --genesis genesis.json --rpc http://127.0.0.1:8545\n" +
			"  lockstep verify tx 901 17 --checkpoint trusted.json\n  lockstep verify tx 901 17 --genesis genesis.json --proof proof.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			var ask func(context.Context, *client.Verifier) (*proof.Fact, error)
			var is func(*proof.Fact) error
			switch len(args) {
			case 1:
				hash, err := readHashArg(args[0])
				if err != nil {
					return err
				}
				ask = func(ctx context.Context, v *client.Verifier) (*proof.Fact, error) { return v.Transaction(ctx, hash) }
				is = func(fact *proof.Fact) error { return client.IsTransaction(fact, hash) }
			case 2:
				rollup, err := core.ParseRollupID(args[0])
				if err != nil {
					return usageError{err}
				}
				seq, err := readSeqArg(args[1])
				if err != nil {
					return err
				}
				ask = func(ctx context.Context, v *client.Verifier) (*proof.Fact, error) {
					return v.Position(ctx, rollup, seq)
				}
				is = func(fact *proof.Fact) error { return client.IsPosition(fact, rollup, seq) }
			default:
				return usageError{fmt.Errorf("%s takes a transaction hash, or a rollup and a seq", cmd.CommandPath())}
			}
			return f.one(cmd, ask, is)
		},
	}
	f.register(cmd, true)
	return cmd
}

func newVerifyBundle() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:     "bundle ID",
		Short:   "Prove where a bundle was ordered, and what became of every leg",
		Example: "  lockstep verify bundle 0x9d0c…11aa --genesis genesis.json --rpc http://127.0.0.1:8545",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes a bundle id", cmd.CommandPath())}
			}
			id, err := readHashArg(args[0])
			if err != nil {
				return err
			}
			return f.one(cmd,
				func(ctx context.Context, v *client.Verifier) (*proof.Fact, error) { return v.Bundle(ctx, id) },
				func(fact *proof.Fact) error { return client.IsBundle(fact, id) })
		},
	}
	f.register(cmd, true)
	return cmd
}

func newVerifyLane() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "lane ROLLUP [FROM [TO]]",
		Short: "Read a part of a lane, and prove that nothing is missing in it",
		Long: "Reads the positions FROM (default 0) to TO-1 of a rollup's lane, and proves that they are these, in this order, and no others.\n" +
			"Without TO it ends where the gateway has no more to prove. With --proof it takes one range from a file.",
		Example: "  lockstep verify lane 901 0 1000 --genesis genesis.json --rpc http://127.0.0.1:8545",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 3 {
				return usageError{fmt.Errorf("%s takes a rollup and up to two positions", cmd.CommandPath())}
			}
			r := laneRequest{to: math.MaxUint64}
			var err error
			if r.rollup, err = core.ParseRollupID(args[0]); err != nil {
				return usageError{err}
			}
			if len(args) > 1 {
				if r.from, err = readSeqArg(args[1]); err != nil {
					return err
				}
			}
			if len(args) > 2 {
				if r.to, err = readSeqArg(args[2]); err != nil {
					return err
				}
			}
			if r.from >= r.to {
				return usageError{fmt.Errorf("positions %d to %d: want TO above FROM", r.from, r.to)}
			}
			return f.lane(cmd, r)
		},
	}
	f.register(cmd, false)
	return cmd
}

func (f *verifyFlags) register(cmd *cobra.Command, outcomes bool) {
	flags := cmd.Flags()
	flags.StringVar(&f.genesis, "genesis", "", "genesis file of the network, from somebody you trust; a devnet's is DIR/genesis.json")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "instead: a checkpoint you trust, as lockstep_getCheckpoint answers it")
	flags.StringVar(&f.rpc, "rpc", "http://127.0.0.1:8545", "URL of any gateway of the network")
	flags.StringVar(&f.proof, "proof", "", "file with the proof, instead of asking a gateway")
	flags.DurationVar(&f.wait, "wait", 5*time.Second, "how long to wait for a checkpoint that covers it")
	if outcomes {
		flags.BoolVar(&f.orderOnly, "order-only", false, "prove the order only, which is there earlier")
	}
	flags.BoolVar(&f.asJSON, "json", false, "print what is proven as JSON")
}

// trust reads the one thing that is believed.
func (f *verifyFlags) trust() (proof.Trust, error) {
	switch {
	case (f.genesis == "") == (f.checkpoint == ""):
		return proof.Trust{}, usageError{errors.New("give either --genesis or --checkpoint: something must be trusted, and it cannot be the gateway")}
	case f.genesis != "":
		b, err := os.ReadFile(f.genesis)
		if err != nil {
			return proof.Trust{}, err
		}
		g, err := core.ParseGenesis(b)
		if err != nil {
			return proof.Trust{}, fmt.Errorf("%s: %w", f.genesis, err)
		}
		return proof.FromGenesis(g), nil
	}
	b, err := os.ReadFile(f.checkpoint)
	if err != nil {
		return proof.Trust{}, err
	}
	var view struct {
		core.Checkpoint
		NextSigners core.ValidatorSet `json:"nextSigners"`
	}
	if err := json.Unmarshal(b, &view); err != nil {
		return proof.Trust{}, fmt.Errorf("%s: %w", f.checkpoint, err)
	}
	trust, err := proof.FromCheckpoint(proof.Handover{Signed: core.SignedCheckpoint{Checkpoint: view.Checkpoint}, Next: view.NextSigners})
	if err != nil {
		return proof.Trust{}, fmt.Errorf("%s: %w", f.checkpoint, err)
	}
	return trust, nil
}

// one verifies a transaction or a bundle and prints what is proven.
func (f *verifyFlags) one(cmd *cobra.Command, ask func(context.Context, *client.Verifier) (*proof.Fact, error), is func(*proof.Fact) error) error {
	trust, err := f.trust()
	if err != nil {
		return err
	}
	var fact *proof.Fact
	if f.proof != "" {
		if fact, err = checkFile(f.proof, trust); err == nil {
			err = is(fact)
		}
	} else {
		var c *client.Client
		if c, err = client.Dial(cmd.Context(), f.rpc); err != nil {
			return err
		}
		defer c.Close()
		fact, err = ask(cmd.Context(), &client.Verifier{Client: c, Trust: trust, Wait: f.wait, OrderOnly: f.orderOnly})
	}
	if err != nil {
		return err
	}
	if f.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(fact)
	}
	return printFact(cmd.OutOrStdout(), trust, fact)
}

func checkFile(path string, trust proof.Trust) (*proof.Fact, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return client.Check(b, trust)
}

type laneRequest struct {
	rollup   core.RollupID
	from, to uint64
}

// laneReport is what is proven of a lane.
type laneReport struct {
	Rollup core.RollupID `json:"rollup"`
	// First and Next: the positions First to Next-1 are Positions, and no others.
	First     uint64           `json:"first"`
	Next      uint64           `json:"next"`
	Proofs    int              `json:"proofs"`
	Positions []proof.Position `json:"positions"`
}

// lane verifies a part of a lane and prints it.
func (f *verifyFlags) lane(cmd *cobra.Command, r laneRequest) error {
	trust, err := f.trust()
	if err != nil {
		return err
	}
	report := &laneReport{Rollup: r.rollup, First: r.from, Next: r.from}
	visit := func(fact *proof.Fact) error {
		report.add(fact.Range, r)
		return nil
	}
	if f.proof != "" {
		fact, err := checkFile(f.proof, trust)
		if err == nil {
			err = client.Continues(fact, nil, r.rollup, r.from)
		}
		if err != nil {
			return err
		}
		_ = visit(fact)
	} else {
		c, err := client.Dial(cmd.Context(), f.rpc)
		if err != nil {
			return err
		}
		defer c.Close()
		v := &client.Verifier{Client: c, Trust: trust, Wait: f.wait}
		_, err = v.Lane(cmd.Context(), r.rollup, r.from, r.to, visit)
		if err != nil && (r.to != math.MaxUint64 || report.Proofs == 0 || errors.Is(err, client.ErrRefuted)) {
			return err
		}
	}
	if f.proof != "" && r.to != math.MaxUint64 && report.Next < r.to {
		return fmt.Errorf("%w: it ends before seq %d, wanted are positions up to %d", client.ErrRefuted, report.Next, r.to-1)
	}
	if f.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(report)
	}
	return printLane(cmd.OutOrStdout(), trust, report)
}

// add takes the wanted positions of a range.
func (l *laneReport) add(fact *proof.RangeFact, r laneRequest) {
	l.Proofs++
	for _, p := range fact.Positions {
		if p.Seq >= r.from && p.Seq < r.to {
			l.Positions = append(l.Positions, p)
			l.Next = p.Seq + 1
		}
	}
}

func readHashArg(s string) (common.Hash, error) {
	b, err := hexutil.Decode(s)
	if err != nil || len(b) != common.HashLength {
		return common.Hash{}, usageError{fmt.Errorf("%q: want 0x and 64 hex digits", s)}
	}
	return common.Hash(b), nil
}

func readSeqArg(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, usageError{fmt.Errorf("%q: want a lane position, a decimal number", s)}
	}
	return n, nil
}

// printFact says in words what is proven.
func printFact(w io.Writer, trust proof.Trust, fact *proof.Fact) error {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if b := fact.Bundle; b != nil {
		say("proven: bundle %s (%s, %d legs) was ordered in tick %d", b.ID, b.Atomicity, len(b.Legs), b.Tick)
		for i, leg := range b.Legs {
			say("  leg %d: transaction %s, rollup %s, seq %d: %s", i, leg.TxHash, leg.Rollup, leg.Seq, decisionText(leg.Decided))
		}
		switch {
		case b.Included == nil:
			say("  proven is the order only")
		case *b.Included:
			say("  all legs were included")
		case b.Atomicity == core.AtomicExecution:
			say("  the bundle is void: no leg had any effect")
		default:
			say("  not all legs were included")
		}
	}
	if t := fact.Transaction; t != nil {
		say("proven: transaction %s of rollup %s was ordered in tick %d, at seq %d", t.TxHash, t.Rollup, t.Tick, t.Seq)
		if t.Bundle != (common.Hash{}) {
			say("  as leg %d of bundle %s", t.Leg, t.Bundle)
		}
		say("  %s", decisionText(t.Decided))
	}
	at := time.UnixMilli(int64(fact.Checkpoint.Time)).UTC().Format(time.RFC3339)
	say("  signed by more than 2/3 of the power in the checkpoint of tick %d (%s)", fact.Checkpoint.Tick, at)
	say("  network %s", trust.Network())
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func decisionText(d *proof.Decision) string {
	switch {
	case d == nil:
		return "proven is the order only"
	case d.Code.Void():
		return fmt.Sprintf("void (%s), decided in tick %d: it had no effect", d.Code, d.Tick)
	}
	return fmt.Sprintf("included, decided in tick %d, receipt hash %s", d.Tick, d.ReceiptHash)
}

func printLane(w io.Writer, trust proof.Trust, l *laneReport) error {
	if _, err := fmt.Fprintf(w, "proven: positions %d to %d of the lane of rollup %s are these %d, in this order, and no others (%d proofs)\n",
		l.First, l.Next-1, l.Rollup, len(l.Positions), l.Proofs); err != nil {
		return err
	}
	for _, p := range l.Positions {
		leg := ""
		if p.Bundle != (common.Hash{}) {
			leg = fmt.Sprintf("  leg %d of bundle %s", p.Leg, p.Bundle)
		}
		if _, err := fmt.Fprintf(w, "  %d  tick %d  %s%s\n", p.Seq, p.Tick, p.TxHash, leg); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "  network %s\n", trust.Network())
	return err
}
