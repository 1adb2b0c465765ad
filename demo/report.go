package demo

import (
	"fmt"
	"io"
	"math/big"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
)

// Report is what the demo did.
type Report struct {
	NetworkID common.Hash `json:"networkId"`
	Steps     []*Step     `json:"steps"`
	// Refusal is the gateway's answer to a protected leg sent alone.
	Refusal string `json:"refusal"`
	// OK: every step ended as it should.
	OK bool `json:"ok"`
}

// Step is one bundle's way through the network. Times are milliseconds from submit, as seen by the client.
type Step struct {
	Name       string           `json:"name"`
	BundleID   common.Hash      `json:"bundleId"`
	Outcome    core.OutcomeCode `json:"outcome"`
	Level      core.Level       `json:"level"`
	Tick       uint64           `json:"tick"`
	FailingLeg *int             `json:"failingLeg,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	// Profit of an arbitrage in ETH.
	Profit     string  `json:"profit,omitempty"`
	OrderedMs  float64 `json:"orderedMs"`
	ExecutedMs float64 `json:"executedMs"`
	AttestedMs float64 `json:"attestedMs"`
}

// printer writes the report for people while it is made.
type printer struct{ w io.Writer }

func newPrinter(w io.Writer) *printer {
	if w == nil {
		w = io.Discard
	}
	return &printer{w}
}

func (p *printer) heading(format string, args ...any) { fmt.Fprintf(p.w, "\n"+format+"\n", args...) }
func (p *printer) line(format string, args ...any)    { fmt.Fprintf(p.w, "  "+format+"\n", args...) }

func (s *stage) finish() {
	s.report.OK = true
	s.heading("%-18s %-12s %-10s %8s %12s %13s %13s", "STEP", "OUTCOME", "LEVEL", "TICK", "ORDERED MS", "EXECUTED MS", "ATTESTED MS")
	for _, step := range s.report.Steps {
		fmt.Fprintf(s.w, "%-18s %-12s %-10s %8d %12.1f %13.1f %13.1f\n",
			step.Name, step.Outcome, step.Level, step.Tick, step.OrderedMs, step.ExecutedMs, step.AttestedMs)
	}
	s.heading("Every step ended as it should.")
}

// inEther prints wei as ETH with four decimals.
func inEther(wei *big.Int) string {
	return new(big.Rat).SetFrac(wei, big.NewInt(params.Ether)).FloatString(4)
}

func legName(i *int) string {
	if i == nil {
		return "none"
	}
	return strconv.Itoa(*i)
}
