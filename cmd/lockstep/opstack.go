package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/node/admin"
)

// opstackFlags is a command line of lockstep opstack.
type opstackFlags struct {
	cfg    opstack.Config
	mode   opstackMode
	listen address
	op     operatorFlags
	admin  admin.Config
	file   string
	level  level
	asJSON bool
}

// opstackMode is a flag with the name of a mode.
type opstackMode opstack.Mode

func (m *opstackMode) String() string { return string(*m) }
func (m *opstackMode) Type() string   { return "MODE" }
func (m *opstackMode) Set(text string) error {
	mode, err := opstack.ParseMode(text)
	if err == nil {
		*m = opstackMode(mode)
	}
	return err
}

func newOPStack() *cobra.Command {
	f := opstackFlags{cfg: opstack.Default(), level: level{slog.LevelInfo}}
	f.mode, f.listen = opstackMode(f.cfg.Mode), address(f.cfg.Listen)
	cmd := &cobra.Command{
		Use:   "opstack",
		Short: "Run the Engine API proxy between a chain's op-node and its execution client",
		Long: "Stands between an unmodified op-node and its unmodified execution client (op-geth, op-reth): give op-node the address of this\n" +
			"proxy as --l2, and the proxy that of the execution client's authenticated port. Every call passes byte for byte; in mode\n" +
			"pass-through that is all. In mode confirm the blocks of the chain go into its lane, signed by the operator; that needs --rollup,\n" +
			"--genesis, --gateways and --operator-key, and delays no call whatever the network does. In mode shared the lane fills the blocks\n" +
			"that op-node builds; that needs --journal too. docs/guides/opstack.md leads through it.\n\n" +
			"Every flag is a setting too: in the TOML file of --config by its name (jwt-in = \"jwt.hex\"), in the environment in capitals\n" +
			"(LOCKSTEP_OPSTACK_JWT_IN). Flags win over the environment, and that over the file. The mode can be changed while it runs:\n" +
			"`lockstep opstack mode`. SIGINT or SIGTERM stops it, with exit code 0.",
		Example: "  lockstep opstack --engine http://127.0.0.1:8551 --jwt-in jwt.hex\n  lockstep opstack --config opstack.toml --json-log",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.Var(&f.listen, "listen", "address for op-node, which gets it as --l2 http://HOST:PORT; port 0 is any free one")
	flags.StringVar(&f.cfg.Engine, "engine", f.cfg.Engine, "`URL` of the execution client's authenticated port")
	flags.StringVar(&f.cfg.JWTIn, "jwt-in", "", "`FILE` with the secret of op-node's tokens, 64 hex digits, as its --l2.jwt-secret")
	flags.StringVar(&f.cfg.JWTOut, "jwt-out", "", "`FILE` with the execution client's secret; that of --jwt-in if it is not given")
	flags.Var(&f.mode, "mode", "mode at the start: pass-through, confirm or shared; what it was switched to later lasts over restarts until this changes")
	flags.StringVar(&f.cfg.Journal, "journal", "", "`FILE` in which mode shared keeps what was decided; it needs one")
	flags.StringVar((*string)(&f.cfg.OnGap), "on-gap", string(f.cfg.OnGap), "`POLICY` for a block of mode shared that the network is behind of: wait, empty (deposits alone) or local (the chain's own pool)")
	flags.DurationVar(&f.cfg.GapWait, "gap-wait", f.cfg.GapWait, "how long a block of mode shared waits for the network before that; below 8s")
	flags.DurationVar(&f.cfg.SealDelta, "seal-delta", f.cfg.SealDelta, "how long before a block's timestamp its part of the lane ends; the same for all proxies of a chain")
	flags.DurationVar(&f.cfg.FillTime, "fill-time", f.cfg.FillTime, "after how long no further build is tried to fill a block")
	flags.StringVar(&f.cfg.Stream, "stream", "", "`HOST:PORT` of the stream of pre-confirmed blocks in mode shared, for op-reth's --flashblocks-url; empty for none")
	flags.DurationVar(&f.cfg.StreamInterval, "stream-interval", f.cfg.StreamInterval, "shortest time between two builds for the stream")
	f.op.register(flags)
	flags.Int64Var(&f.cfg.MaxBody, "max-body", f.cfg.MaxBody, "size of the largest request in `BYTES`")
	flags.DurationVar(&f.cfg.Timeout, "timeout", f.cfg.Timeout, "how long the execution client may take for an answer; op-node itself gives up earlier")
	flags.StringVar(&f.admin.Listen, "admin", "127.0.0.1:8652", "private `HOST:PORT` of /metrics, /healthz, /readyz and the switch; empty for none")
	flags.BoolVar(&f.admin.AllowRemote, "admin-allow-remote", false, "let the private port be on an address that other machines reach; it has no password")
	flags.StringVar(&f.file, "config", "", "TOML `FILE` with these settings")
	flags.Var(&f.level, "log-level", "least level of log lines: debug, info, warn or error")
	flags.BoolVar(&f.asJSON, "json-log", false, "write log lines as JSON")
	cmd.AddCommand(newOPStackMode(), newOPStackState())
	return cmd
}

func (f *opstackFlags) run(cmd *cobra.Command) error {
	if err := loadOPStackSettings(cmd.Flags(), f.file); err != nil {
		return usageError{err}
	}
	if f.cfg.JWTOut == "" {
		f.cfg.JWTOut = f.cfg.JWTIn
	}
	f.cfg.Mode, f.cfg.Listen = opstack.Mode(f.mode), string(f.listen)
	if err := errors.Join(f.cfg.Validate(), f.admin.Validate()); err != nil {
		return usageError{err}
	}
	operator, err := f.op.operator(f.cfg.Mode)
	if err != nil {
		return usageError{err}
	}
	options := &slog.HandlerOptions{Level: f.level.Level}
	var handler slog.Handler = slog.NewTextHandler(cmd.ErrOrStderr(), options)
	if f.asJSON {
		handler = slog.NewJSONHandler(cmd.ErrOrStderr(), options)
	}
	log := slog.New(handler)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	adapter, err := opstack.New(f.cfg, opstack.Deps{Operator: operator, Metrics: registry, Logger: log})
	if errors.Is(err, opstack.ErrMode) || errors.Is(err, opstack.ErrSecret) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return f.serve(cmd.Context(), adapter, registry, log)
}

// serve runs the proxy and its private port.
func (f *opstackFlags) serve(ctx context.Context, adapter *opstack.Adapter, registry *prometheus.Registry, log *slog.Logger) error {
	group, ctx := errgroup.WithContext(ctx)
	if f.admin.Listen != "" {
		private, err := admin.New(f.admin, admin.Deps{
			Metrics: registry, Health: adapter.Health(), Ready: adapter.Ready(), Logger: log,
			Control: map[string]http.Handler{opstack.ControlPath: adapter.Control()},
		})
		if err != nil {
			return errors.Join(err, adapter.Close())
		}
		group.Go(func() error { return private.Run(ctx) })
	}
	group.Go(func() error { return adapter.Run(ctx) })
	return group.Wait()
}
