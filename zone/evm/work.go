package evm

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
)

// Limits of what calls may take of the machine. Ticks are executed on the same processors, so what clients let the node compute is
// counted, over all rollups and endpoints.
const (
	// maxCallsPerConnection is how many costly calls of one connection may run or wait at a time.
	maxCallsPerConnection = 32
	// workWait is how long a costly call waits for its turn.
	workWait = 5 * time.Second
)

// Work bounds how many costly calls (those that run the EVM, search logs, or prove) run at the same time. All RPC servers of a process share one.
type Work struct {
	slots chan struct{}

	mu           sync.Mutex
	byConnection map[string]int
}

// NewWork makes room for as many calls as the machine has processors, but for two at least.
func NewWork() *Work {
	return &Work{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), byConnection: make(map[string]int)}
}

// begin waits for its turn; the caller ends its work by calling end, once.
func (w *Work) begin(ctx context.Context) (end func(), err error) {
	connection := rpc.PeerInfoFromContext(ctx).RemoteAddr
	if !w.enter(connection) {
		return nil, errTooManyCalls
	}
	select {
	case w.slots <- struct{}{}:
	default:
		if err := w.await(ctx); err != nil {
			w.leave(connection)
			return nil, err
		}
	}
	return func() {
		<-w.slots
		w.leave(connection)
	}, nil
}

func (w *Work) await(ctx context.Context) error {
	timer := time.NewTimer(workWait)
	defer timer.Stop()
	select {
	case w.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *Work) enter(connection string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byConnection[connection] >= maxCallsPerConnection {
		return false
	}
	w.byConnection[connection]++
	return true
}

func (w *Work) leave(connection string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byConnection[connection]--; w.byConnection[connection] == 0 {
		delete(w.byConnection, connection)
	}
}
