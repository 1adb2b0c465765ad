package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/node/admin"
	"github.com/lockstep-network/lockstep/solver"
)

// solverFlags is a command line of lockstep solver.
type solverFlags struct {
	config  string
	example bool
	level   level
	asJSON  bool
}

func newSolver() *cobra.Command {
	f := solverFlags{level: level{slog.LevelInfo}}
	cmd := &cobra.Command{
		Use:   "solver",
		Short: "Fill orders of intents from an inventory and Uniswap v2 pools, and keep a margin",
		Long: "Watches a gateway's orders, prices each against the inventory of its accounts and the Uniswap v2 pools of all rollups, and\n" +
			"offers what it can give and keep its margin, in one bundle that fills the order and takes its input. Orders that are not\n" +
			"profitable yet are priced again whenever a pool changes. docs/guides/solver.md explains the file and the risks.\n\n" +
			"At its start it checks that all contracts are there, and lets settler and routers take its tokens, once. Then it runs until\n" +
			"SIGINT or SIGTERM, with exit code 0, and survives a gateway that goes away. It keeps nothing on disk.",
		Example: "  lockstep solver --example > solver.toml\n  lockstep solver --config solver.toml --log-level debug",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "TOML `FILE` with all settings")
	flags.BoolVar(&f.example, "example", false, "print a configuration file with comments and exit")
	flags.Var(&f.level, "log-level", "least level of log lines: debug, info, warn or error")
	flags.BoolVar(&f.asJSON, "json-log", false, "write log lines as JSON")
	return cmd
}

func (f *solverFlags) run(cmd *cobra.Command) error {
	if f.example {
		_, err := fmt.Fprint(cmd.OutOrStdout(), solver.Example)
		return err
	}
	if f.config == "" {
		return usageError{errors.New("--config is missing: the file with the solver's settings; --example prints one")}
	}
	file, err := solver.ReadFile(f.config)
	if err != nil {
		return usageError{err}
	}
	cfg, err := file.Config()
	if err != nil {
		return usageError{err}
	}
	cfg.Logger, cfg.Metrics = slog.New(logHandler(cmd.ErrOrStderr(), f.level.Level, f.asJSON)), prometheus.NewRegistry()
	cfg.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s, err := solver.New(cfg)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(cmd.Context())
	if file.Metrics != "" {
		private, err := solverAdmin(file.Metrics, s, cfg)
		if err != nil {
			return usageError{err}
		}
		cfg.Logger.Info("serves metrics", "address", private.Addr())
		group.Go(func() error { return private.Run(ctx) })
	}
	group.Go(func() error { return s.Run(ctx) })
	return group.Wait()
}

// solverAdmin opens the private port: alive as long as it answers, ready while it is connected.
func solverAdmin(listen string, s *solver.Solver, cfg solver.Config) (*admin.Server, error) {
	return admin.New(admin.Config{Listen: listen}, admin.Deps{
		Metrics: cfg.Metrics, Logger: cfg.Logger,
		Health: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }),
		Ready: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if !s.Ready() {
				http.Error(w, "not connected to the gateway, or not set up yet", http.StatusServiceUnavailable)
				return
			}
			fmt.Fprintln(w, "ok")
		}),
	})
}
