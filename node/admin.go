package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node/admin"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// errNoSending: the private listener takes no transactions.
var errNoSending = errors.New("node: the private listener takes no transactions")

// openAdmin opens the private listener.
func (n *Node) openAdmin() error {
	if n.cfg.Admin.Listen == "" {
		return nil
	}
	supervision := n.supervision()
	deps := admin.Deps{
		Metrics: n.metrics.registry, Logger: n.log,
		Health: http.HandlerFunc(supervision.ServeHealth), Ready: http.HandlerFunc(supervision.ServeReady),
	}
	if n.cfg.Admin.Debug {
		deps.Debug = make(map[core.RollupID]*rpc.Server, len(n.chains))
		for id, chain := range n.chains {
			server, err := n.openDebug(id, chain)
			if err != nil {
				return fmt.Errorf("debug rollup %s: %w", id, err)
			}
			deps.Debug[id] = server
		}
	}
	var err error
	n.admin, err = admin.New(n.cfg.Admin, deps)
	return err
}

// supervision is the gateway's, or one of the node's own.
func (n *Node) supervision() *gateway.Supervision {
	if n.gateway != nil {
		return n.gateway.Supervision()
	}
	return gateway.NewSupervision(gateway.Deps{Genesis: n.genesis, Log: servedLog{n.ticks}, Ledger: agreed{n.machine}, Zones: n.servedZones(), Decided: n.decided()})
}

// openDebug makes a rollup's server of debug_*. Its backend is one of its own, so that it is there without a gateway too.
func (n *Node) openDebug(id core.RollupID, chain *evm.Chain) (*rpc.Server, error) {
	backend, err := evm.NewRPC(chain, evm.RPCDeps{
		Submit: noSender{}, Pool: rollupPool{n.pool, id}, Finality: finality{n.progress, id}, Work: n.work, SealedOnly: true,
	})
	if err != nil {
		return nil, err
	}
	n.rpcs = append(n.rpcs, backend)
	return backend.DebugServer()
}

// noSender stands where nothing can be sent.
type noSender struct{}

func (noSender) SendTx(context.Context, *gethtypes.Transaction) error { return errNoSending }

// AdminAddr is where the private listener is, nil without one.
func (n *Node) AdminAddr() net.Addr {
	if n.admin == nil {
		return nil
	}
	return n.admin.Addr()
}
