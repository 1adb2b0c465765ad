package demo

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
)

// Report is what the demo did.
type Report struct {
	// OK: every step ended as it should.
	OK bool `json:"ok"`
	// Error is why it did not; steps after the failing one are missing.
	Error     string      `json:"error,omitempty"`
	NetworkID common.Hash `json:"networkId"`
	Steps     []*Step     `json:"steps"`
	// LoneLeg says what became of a protected leg sent alone.
	LoneLeg string `json:"loneLeg,omitempty"`
	// Unserved says what became of an order that asks for more than anybody can give.
	Unserved string `json:"unserved,omitempty"`
}

// Step is one bundle's way through the network.
type Step struct {
	// Name is "arbitrage", "failing leg", "protected bundle", "swap", "swap, one cheats", "token away", "token home", "invented
	// message" or "intent".
	Name     string           `json:"name"`
	BundleID common.Hash      `json:"bundleId"`
	Outcome  core.OutcomeCode `json:"outcome"`
	Level    core.Level       `json:"level"`
	// Tick is the place in the order.
	Tick uint64 `json:"tick"`
	// FailingLeg and Reason say which leg voided the bundle, and why.
	FailingLeg *int   `json:"failingLeg,omitempty"`
	Reason     string `json:"reason,omitempty"`
	// Profit of an arbitrage in ETH, after fees.
	Profit string `json:"profit,omitempty"`
	// OrderID is that of an intent, Winner the solver whose bundle this is, and Output what the user got, in ETH.
	OrderID *common.Hash    `json:"orderId,omitempty"`
	Winner  *common.Address `json:"winner,omitempty"`
	Output  string          `json:"output,omitempty"`
	// AwardedMs is, of an intent, until the winner's bundle was sent; its other times have the auction in them.
	AwardedMs float64 `json:"awardedMs,omitempty"`
	// OrderedMs, ExecutedMs and AttestedMs are milliseconds from submit until the client knew of the level.
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

// fate says where a bundle came to be, and how fast.
func (p *printer) fate(step *Step) {
	fate := "included on both rollups"
	if step.Outcome.Void() {
		fate = "void on both rollups"
	}
	p.line("bundle %s: %s in tick %d; ordered after %.0f ms, executed after %.0f ms, attested after %.0f ms",
		step.BundleID.TerminalString(), fate, step.Tick, step.OrderedMs, step.ExecutedMs, step.AttestedMs)
}

func (p *printer) summary(r *Report) {
	p.heading("%-18s%-13s%-10s%6s  %16s  %17s", "STEP", "OUTCOME", "LEVEL", "TICK", "SUBMIT → ORDERED", "SUBMIT → EXECUTED")
	for _, step := range r.Steps {
		fmt.Fprintf(p.w, "%-18s%-13s%-10s%6d  %13.1f ms  %14.1f ms\n",
			step.Name, step.Outcome, step.Level, step.Tick, step.OrderedMs, step.ExecutedMs)
	}
	p.heading("Every step ended as it should.")
}

// units prints an amount of 10^-18 with thousands separated and the given number of decimals.
func units(amount *big.Int, decimals int) string {
	text := new(big.Rat).SetFrac(amount, big.NewInt(params.Ether)).FloatString(decimals)
	sign, fraction := "", ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	if at := strings.IndexByte(text, '.'); at >= 0 {
		text, fraction = text[:at], text[at:]
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return sign + text + fraction
}

// inEther prints wei as ETH with four decimals.
func inEther(wei *big.Int) string { return units(wei, 4) + " ETH" }

// ether is n ETH in wei.
func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

func legName(i *int) string {
	if i == nil {
		return "none"
	}
	return strconv.Itoa(*i)
}
