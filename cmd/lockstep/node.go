package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/node/testnet"
)

// nodeFlags is a command line of lockstep node.
type nodeFlags struct {
	home   folder
	config string
	level  level
	asJSON bool
}

func newNode() *cobra.Command {
	f := nodeFlags{home: "./lockstep-data", level: level{slog.LevelInfo}}
	cmd := &cobra.Command{
		Use:   "node",
		Short: "Run one validator, follower or gateway from its home folder",
		Long: "Runs the node whose home folder has genesis.json, keys and node.toml, as `lockstep testnet init` writes them, until\n" +
			"SIGINT or SIGTERM, with exit code 0. Settings come from node.toml (or --config), LOCKSTEP_… and flags, see\n" +
			"docs/reference/config.md; paths in them are relative to the home folder. An empty gateway.listen runs it without a gateway.\n\n" +
			"It can be killed at any moment and started again. Let a service manager restart it when it fails; exit code 2 says that\n" +
			"starting it again will not help.",
		Example: "  lockstep node --home net/validator-0\n  lockstep node --home /var/lib/lockstep --gateway.listen \"\" --json-log",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.Var(&f.home, "home", "folder of the node")
	flags.StringVar(&f.config, "config", "", "TOML `FILE` with settings instead of node.toml in the home folder")
	flags.Var(&f.level, "log-level", "least level of log lines: debug, info, warn or error")
	flags.BoolVar(&f.asJSON, "json-log", false, "write log lines as JSON")
	settings.Register(flags, chosenByNode)
	return cmd
}

// chosenByNode are the settings that the command line has other flags for.
var chosenByNode = map[string]string{"home": "it is --home"}

func (f *nodeFlags) run(cmd *cobra.Command) error {
	genesis, err := f.genesis()
	if err != nil {
		return err
	}
	cfg, err := f.settings(cmd)
	if err != nil {
		return err
	}
	cfg.Version, cfg.Logger = version, slog.New(logHandler(cmd.ErrOrStderr(), f.level.Level, f.asJSON))
	if err := node.KeepCrashReport(cfg.Home); err != nil {
		return err
	}
	for err = runOnce(cmd.Context(), cfg, genesis, nil); errors.Is(err, node.ErrLeftBehind); {
		cfg.Logger.Warn("the node joins again", "err", err)
		err = runOnce(cmd.Context(), cfg, genesis, err)
	}
	if err == nil {
		cfg.Logger.Info("node stopped")
	}
	return err
}

// runOnce joins and runs a node. cause is how it ended before, nil at first.
func runOnce(ctx context.Context, cfg node.Config, genesis *core.Genesis, cause error) error {
	if _, err := node.Join(ctx, cfg, genesis, cause); err != nil {
		return err
	}
	n, err := open(cfg, genesis)
	if err != nil {
		return err
	}
	cfg.Logger.Info("node starts", "network", genesis.NetworkID(), "role", cfg.Role, "home", cfg.Home, "version", version)
	return n.Run(ctx)
}

// runner is a node of any role.
type runner interface {
	Run(ctx context.Context) error
}

// open opens the node that the configuration's role asks for.
func open(cfg node.Config, genesis *core.Genesis) (runner, error) {
	if cfg.Role == node.RoleGateway {
		return node.NewRelay(cfg, genesis, nil)
	}
	return node.New(cfg, genesis, nil)
}

func (f *nodeFlags) genesis() (*core.Genesis, error) {
	path := filepath.Join(string(f.home), testnet.GenesisFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, usageError{fmt.Errorf("%s is missing: --home wants a folder as `lockstep testnet init` writes it", path)}
	}
	if err != nil {
		return nil, err
	}
	genesis, err := core.ParseGenesis(text)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return genesis, nil
}

// settings reads and checks the node's settings.
func (f *nodeFlags) settings(cmd *cobra.Command) (node.Config, error) {
	file := f.config
	if file == "" {
		file = filepath.Join(string(f.home), testnet.SettingsFile)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			file = ""
		}
	}
	base := settings.Defaults(string(f.home))
	e, err := settings.Load(base, settings.Sources{File: file, Environ: os.Environ(), Flags: cmd.Flags(), Fixed: chosenByNode})
	if err != nil {
		return node.Config{}, usageError{err}
	}
	cfg := e.Config
	if cfg.Role == node.RoleValidator && e.Origin["ethereumKey"] == "default" {
		cfg.EthereumKey = "ethereum.key"
	}
	if cfg.Gateway.Listen == "" {
		cfg.Gateway = nil
	}
	for _, path := range []*string{&cfg.EthereumKey, &cfg.EthereumPassword} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(cfg.Home, *path)
		}
	}
	if err := cfg.Validate(); err != nil {
		return node.Config{}, usageError{err}
	}
	return cfg, nil
}

// logHandler writes log lines of a level and above.
func logHandler(w io.Writer, least slog.Level, asJSON bool) slog.Handler {
	options := &slog.HandlerOptions{Level: least}
	if asJSON {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}
