package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "dev"

type versionInfo struct {
	Version         string `json:"version"`
	Go              string `json:"go"`
	ProtocolVersion uint64 `json:"protocolVersion"`
	GenesisVersion  uint64 `json:"genesisVersion"`
}

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the build and of the formats it speaks",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := versionInfo{Version: version, ProtocolVersion: core.ProtocolVersion, GenesisVersion: core.GenesisVersion}
			if build, ok := debug.ReadBuildInfo(); ok {
				info.Go = build.GoVersion
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(info)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "lockstep %s (%s), protocol version %d, genesis version %d\n",
				info.Version, info.Go, info.ProtocolVersion, info.GenesisVersion)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object instead of a line")
	return cmd
}
