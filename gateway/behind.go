package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// timeless are the methods whose answers are as true on a node that is behind.
var timeless = []string{
	"lockstep_status", "lockstep_getGenesis", "lockstep_unsubscribe", discoverMethod, servedDiscoverMethod,
	"eth_chainId", "eth_unsubscribe", "net_version", "web3_clientVersion", "web3_sha3",
}

// lag is how far a node that follows others is behind them: what it has executed, and what they have decided. ok is false while
// it keeps up, and for nodes that decide themselves.
func (s *Supervision) lag() (executed, decided uint64, ok bool) {
	if s.decided == nil {
		return 0, 0, false
	}
	executed, decided = s.log.Head(), s.decided()
	for _, z := range s.zones {
		if z.Err() == nil {
			executed = min(executed, z.Executed())
		}
	}
	return executed, decided, executed+s.maxLag < decided
}

// lagText says how far behind.
func lagText(executed, decided uint64) string {
	return fmt.Sprintf("it has executed tick %d, and the network has decided tick %d: %d ticks are missing", executed, decided, decided-executed)
}

// current refuses calls whose answers would be stale.
func (g *Gateway) current(calls func() []callHead) *Refusal {
	executed, decided, behind := g.supervision.lag()
	if !behind {
		return nil
	}
	for _, call := range calls() {
		if call.answered() && !slices.Contains(timeless, call.Method) {
			return &Refusal{Cause: ErrBehind, Have: strconv.FormatUint(executed, 10), Want: strconv.FormatUint(decided, 10), Detail: lagText(executed, decided) + "; ask another gateway"}
		}
	}
	return nil
}

// admitCurrent answers a request that may not be answered from an old state.
func (g *Gateway) admitCurrent(w http.ResponseWriter, body []byte) bool {
	refusal := g.current(func() []callHead {
		calls, _ := parseCalls(body)
		return calls
	})
	if refusal == nil {
		return true
	}
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusServiceUnavailable, refusal)
	return false
}
