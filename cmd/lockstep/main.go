package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
)

// Exit codes of the command.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefuted = 3 // of verify: the proof is wrong
	exitNobody  = 4 // no gateway answers
)

// usageError marks an error of the command line itself.
type usageError struct{ error }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run executes one command line and gives the exit code. SIGINT and SIGTERM end it in good order; a second one at once.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(stderr, "error:", err)
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(stderr, "see %s --help\n", cmd.CommandPath())
		return exitUsage
	}
	if errors.Is(err, client.ErrRefuted) {
		return exitRefuted
	}
	if errors.Is(err, errUnreachable) {
		return exitNobody
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "lockstep",
		Short: "A shared sequencer network: one order for many rollups, and bundles that take effect on all of them or on none.",
		Long: "A shared sequencer network: one order for many rollups, and bundles that take effect on all of them or on none.\n\n" +
			"Begin with `lockstep devnet`, and `lockstep demo` in a second terminal.\n\n" +
			"Exit codes: 0 everything asked for happened, 1 it did not, 2 the command line is wrong, 3 (verify) a proof is wrong, 4 no gateway\n" +
			"answers.",
		Version:       version,
		Args:          onlyCommands,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newDevnet(), newDemo(), newTestnet(), newNode(), newStatus(), newRollups(), newTick(), newTx(), newBundle(), newContracts(), newWatch(), newValidators(),
		newVerify(), newEvidence(), newPropose(), newSign(), newSubmit(), newChanges(), newKeys(), newSigner(), newConfig(), newSolver(), newSim(), newOPStack(), newVersion(),
	)
	root.InitDefaultCompletionCmd()
	return root
}

// onlyCommands refuses a word that is no command as a usage error.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usageError{fmt.Errorf("unknown command %q, want one of %s", args[0], strings.Join(names, ", "))}
}

// noArgs refuses positional arguments as a usage error.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes flags only, got %q", cmd.CommandPath(), args)}
	}
	return nil
}
