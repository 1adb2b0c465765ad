package evm

import (
	"fmt"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"
)

// Limits of the server. They keep one client from stalling the process; fair shares between clients are the gateway's.
const (
	batchItems      = 1000
	batchBytes      = 25 << 20
	filterTimeout   = 2 * time.Minute
	logQueryTimeout = 10 * time.Second
	logCacheBlocks  = 32
	logPositions    = 1000
)

// RPC is one rollup's Ethereum JSON-RPC: go-ethereum's own eth, net, web3 and txpool namespaces over the newest view of
// a chain. There is no debug, admin, miner, personal or engine, and there are no keys.
type RPC struct {
	server  *rpc.Server
	ws      http.Handler
	backend *openBackend
	logs    *logMethods
}

// NewRPC serves a chain. It may start goroutines that end with Stop; the chain must be closed later than that.
func NewRPC(c *Chain, deps RPCDeps) (*RPC, error) {
	if err := deps.validate(); err != nil {
		return nil, err
	}
	if deps.Work == nil {
		deps.Work = NewWork()
	}
	if deps.MaxSyncWait <= 0 {
		deps.MaxSyncWait = syncMax
	}
	service, err := newService(c)
	if err != nil {
		return nil, err
	}
	sealed := newSealedBackend(c, service, deps)
	r := &RPC{server: rpc.NewServer(), backend: newOpenBackend(sealed)}
	if err := r.register(service, sealed); err != nil {
		r.Stop()
		return nil, err
	}
	r.server.SetBatchLimits(batchItems, batchBytes)
	r.ws = r.server.WebsocketHandler([]string{"*"})
	return r, nil
}

// register adds the services of each namespace; where two have a method in common, the later one answers.
func (r *RPC) register(service *eth.Ethereum, sealed *sealedBackend) error {
	stock, err := newStockServices(service, r.backend)
	if err != nil {
		return err
	}
	methods, subjects, err := newEthMethods(r.backend, stock)
	if err != nil {
		return err
	}
	costly, err := newCostlyMethods(r.backend, stock)
	if err != nil {
		return err
	}
	system := filters.NewFilterSystem(sealed, filters.Config{
		LogCacheSize: logCacheBlocks, Timeout: filterTimeout, LogQueryLimit: logPositions,
	})
	r.logs = newLogMethods(r.backend, system)
	services := []struct {
		namespace string
		service   any
	}{
		{"eth", stock.ethereum},
		{"eth", stock.chain},
		{"eth", stock.transactions},
		{"eth", stock.accounts},
		{"eth", r.logs},
		{"eth", costly},
		{"eth", methods},
		{"eth", subjects},
		{"txpool", stock.txpool},
		{"net", &netMethods{r.backend.ChainConfig().ChainID}},
		{"web3", &web3Methods{r.backend.deps.ClientVersion}},
	}
	for _, s := range services {
		if err := r.server.RegisterName(s.namespace, s.service); err != nil {
			return fmt.Errorf("register %s: %w", s.namespace, err)
		}
	}
	return nil
}

// ServeHTTP answers JSON-RPC over HTTP and WebSocket. WebSocket connections of any origin are taken: origins, sizes and
// rates are for the gateway to check.
func (r *RPC) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if websocket.IsWebSocketUpgrade(req) {
		r.ws.ServeHTTP(w, req)
		return
	}
	r.server.ServeHTTP(w, req)
}

// Server is the server behind ServeHTTP, for more namespaces and other transports.
func (r *RPC) Server() *rpc.Server { return r.server }

// Client connects to the server within the process. The caller closes it.
func (r *RPC) Client() *rpc.Client { return rpc.DialInProc(r.server) }

// Stop closes all connections and subscriptions. It is idempotent.
func (r *RPC) Stop() {
	r.server.Stop()
	if r.logs != nil {
		r.logs.uninstallAll()
	}
	r.backend.close()
}
