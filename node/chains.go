package node

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
)

// mountChains serves the Ethereum JSON-RPC of the chains that others execute, where the configuration says how to reach them. A chain
// that is not registered is served from the moment at which it is.
func (n *Node) mountChains() error {
	for _, id := range slices.Sorted(maps.Keys(n.cfg.OPStack)) {
		if n.cfg.OPStack[id].Execution == "" {
			continue
		}
		switch kind, ok := n.genesis.Kind(id); {
		case !ok:
			n.log.Warn("a chain is set that is not registered: it is served once it is", "stage", "gateway", "rollup", id)
		case kind != core.KindOPStack:
			return fmt.Errorf("opstack.%s: rollup %s is of kind %s, want one of kind opstack; registered are %s", id, id, kind, n.chainsOf())
		}
		chain, err := chainrpc.New(n.cfg.OPStack[id], chainrpc.Deps{
			Rollup: id, Network: n.gateway.Sender(id), Pool: chainPool{rollupPool{n.pool, id}}, MaxSyncWait: n.cfg.Gateway.MaxWait, Logger: n.log,
		})
		if err != nil {
			return err
		}
		n.served = append(n.served, chain)
		if err := n.gateway.MountChain(id, chain); err != nil {
			return err
		}
	}
	return nil
}

// chainsOf lists the rollups of kind opstack for messages.
func (n *Node) chainsOf() string {
	var ids []core.RollupID
	for _, r := range n.genesis.InForce().Rollups {
		if r.Kind == core.KindOPStack {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return "none of this kind"
	}
	return fmt.Sprint(ids)
}

// chainPool is the pool as the server of a chain that others execute uses it.
type chainPool struct{ rollupPool }

func (p chainPool) NoteNonce(sender common.Address, nonce uint64) {
	p.pool.NoteNonce(p.rollup, sender, nonce)
}

func (p chainPool) NextNonce(sender common.Address, from uint64) uint64 {
	return p.pool.NextNonce(p.rollup, sender, from)
}

func (p chainPool) Gaps(limit int) []common.Address { return p.pool.Gaps(p.rollup, limit) }

// ServeChain says where the execution client of a rollup of kind opstack is. Copies of the configuration do not change.
func (c *Config) ServeChain(id core.RollupID, execution string) {
	chains := maps.Clone(c.OPStack)
	if chains == nil {
		chains = make(map[core.RollupID]chainrpc.Config)
	}
	section := chains[id]
	section.Execution = execution
	chains[id], c.OPStack = section, chains
}
