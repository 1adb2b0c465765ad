package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo"
	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/node/devnet"
)

const referencePage = "../../docs/reference/cli.md"

func TestReference_DescribesEveryCommand(t *testing.T) {
	golden.Block(t, referencePage, "commands", commandReference(newRoot()))
}

// fenced finds JSON in a text of help.
var fenced = regexp.MustCompile(`\n  (\{.*\})\n`)

// commandReference is the help of all commands as Markdown. Hidden flags are settings, which have a page of their own.
func commandReference(parent *cobra.Command) string {
	var out strings.Builder
	for _, cmd := range parent.Commands() {
		if !cmd.IsAvailableCommand() || cmd.Name() == "help" || cmd.Parent().Name() == "completion" {
			continue
		}
		text := cmd.Long
		if text == "" {
			text = cmd.Short + "."
		}
		fmt.Fprintf(&out, "## %s\n\n%s\n\n", strings.TrimSuffix(cmd.UseLine(), " [flags]"), fenced.ReplaceAllString(text, "\n```json\n$1\n```\n"))
		flags := 0
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" || f.Hidden {
				return
			}
			if flags++; flags == 1 {
				out.WriteString("| Flag | Default | |\n|---|---|---|\n")
			}
			fmt.Fprintf(&out, "| %s | %s | %s |\n", flagSyntax(f), flagDefault(f), strings.ReplaceAll(flagUsage(f), "|", "\\|"))
		})
		if flags > 0 {
			out.WriteString("\n")
		}
		if cmd.Example != "" {
			fmt.Fprintf(&out, "%s\n\n", strings.ReplaceAll("  "+strings.TrimSpace(cmd.Example), "  lockstep", "    bin/lockstep"))
		}
		out.WriteString(commandReference(cmd))
	}
	return out.String()
}

func flagSyntax(f *pflag.Flag) string {
	if name, _ := pflag.UnquoteUsage(f); name != "" {
		return fmt.Sprintf("`--%s %s`", f.Name, name)
	}
	return fmt.Sprintf("`--%s`", f.Name)
}

func flagUsage(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	return usage
}

func flagDefault(f *pflag.Flag) string {
	if f.DefValue == "false" {
		return "no"
	}
	if f.DefValue == "" {
		return "none"
	}
	return "`" + f.DefValue + "`"
}

// The examples hold every field, also the optional ones.
func TestReference_ShowsEveryField(t *testing.T) {
	hash := common.HexToHash("0x01")
	leg := 1
	accounts, contracts := devnet.Accounts(), deployment.Of([]core.RollupID{901, 902})
	for name, value := range map[string]any{
		"devnet": devnetInfo{Contracts: &contracts, Info: devnet.Info{
			NetworkID: hash, Validators: 4, Dir: "./devnet-data", RPC: demoRPC, Mnemonic: devnet.Mnemonic,
			Rollups:  []devnet.RollupInfo{{Name: "rollup-901", ChainID: 901, Zone: 1, HTTP: demoRPC + "/rollup/901", WebSocket: "ws://127.0.0.1:8545/rollup/901"}},
			Accounts: []devnet.AccountInfo{{Address: accounts[0].Address, PrivateKey: accounts[0].KeyHex()}},
		}},
		"contracts": contractsView{1, contracts, []contractsOf{{ChainID: 901, Deployed: []string{"Inbox", "TokenBridge"}, Missing: []string{}}}},
		"demo": demo.Report{
			Error: "only if ok is false", NetworkID: hash, LoneLeg: "parked, not ordered: …", Unserved: "cancelled, 0 offers",
			Steps: []*demo.Step{
				{Name: "arbitrage", BundleID: hash, Level: core.LevelAttested, Tick: 21, Profit: "0.2151", OrderedMs: 45.7, ExecutedMs: 60.9, AttestedMs: 118.2},
				{Name: "failing leg", BundleID: hash, Outcome: core.VoidLegReverted, Level: core.LevelAttested, Tick: 24, FailingLeg: &leg, Reason: "execution reverted: …", OrderedMs: 57.2, ExecutedMs: 59.1, AttestedMs: 149.3},
				{Name: "intent", BundleID: hash, Level: core.LevelAttested, Tick: 41, OrderID: &hash, Winner: &accounts[6].Address, Output: "2.3117", AwardedMs: 767.1, OrderedMs: 801.9, ExecutedMs: 805.2, AttestedMs: 893.4},
			},
		},
		"version": versionInfo{Version: "v0.1.0", Go: "go1.26", ProtocolVersion: core.ProtocolVersion, GenesisVersion: core.GenesisVersion},
	} {
		b, err := json.MarshalIndent(value, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.Block(t, referencePage, name+" --json", "```json\n"+string(b)+"\n```\n")
	}
}
