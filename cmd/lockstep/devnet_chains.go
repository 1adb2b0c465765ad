package main

import (
	"errors"
	"strings"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

// chainFlags are chains of the OP Stack, "9101" or "9101=http://127.0.0.1:8545", separated by commas.
type chainFlags []chainFlag

// chainFlag is a chain, and the URL of its execution client if that is to be served.
type chainFlag struct {
	id        core.RollupID
	execution string
}

func (f *chainFlags) String() string { return "" }
func (f *chainFlags) Type() string   { return "IDS" }

// Set implements pflag.Value.
func (f *chainFlags) Set(text string) error {
	for one := range strings.SplitSeq(text, ",") {
		name, url, _ := strings.Cut(one, "=")
		id, err := core.ParseRollupID(strings.TrimSpace(name))
		if err != nil {
			return errors.New("want chain ids, or ID=URL with the URL of the chain's execution client")
		}
		*f = append(*f, chainFlag{id, url})
	}
	return nil
}

func (f *chainFlags) ids() (ids []core.RollupID) {
	for _, chain := range *f {
		ids = append(ids, chain.id)
	}
	return ids
}

// configure adds the execution clients to what else is configured.
func (f *chainFlags) configure(next func(int, *node.Config)) func(int, *node.Config) {
	return func(validator int, cfg *node.Config) {
		next(validator, cfg)
		for _, chain := range *f {
			if chain.execution != "" {
				cfg.ServeChain(chain.id, chain.execution)
			}
		}
	}
}
