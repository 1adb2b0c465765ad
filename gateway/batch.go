package gateway

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// batch holds what the calls of one JSON-RPC batch have submitted. The server runs them one after another, and libraries
// put all parallel sends of an application into one batch: if each waited for its result, twenty would take twenty times
// as long, and those with a nonce before their turn would wait for nothing. So all enter the pool first, and the answer of
// the batch waits for their results together. A transaction of a batch that is ordered and void is answered with its hash.
type batch struct {
	deadline time.Time

	mu   sync.Mutex
	sent []submission
}

// submission is a transaction in the pool.
type submission struct {
	rollup core.RollupID
	hash   common.Hash
}

// batchKey is where the context of a batch's calls has the batch: the RPC server between the two carries nothing else.
type batchKey struct{}

// batchOf is the batch that a call belongs to, nil if it came alone.
func batchOf(ctx context.Context) *batch {
	b, _ := ctx.Value(batchKey{}).(*batch)
	return b
}

func (b *batch) add(s submission) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, s)
}

// take gives what was submitted since the last call.
func (b *batch) take() []submission {
	b.mu.Lock()
	defer b.mu.Unlock()
	sent := b.sent
	b.sent = nil
	return sent
}

// isBatch is whether a body is a JSON array.
func isBatch(body []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) }

// serveBatch serves a request whose calls share one wait.
func (g *Gateway) serveBatch(m *mount, w http.ResponseWriter, r *http.Request) {
	b := &batch{deadline: time.Now().Add(g.cfg.SubmitWait)}
	ctx := context.WithValue(r.Context(), batchKey{}, b)
	m.server.ServeHTTP(&batchWriter{w, func() { g.awaitBatch(ctx, b) }}, r.WithContext(ctx))
}

// awaitBatch waits until every submission of the batch has a result, or its deadline.
func (g *Gateway) awaitBatch(ctx context.Context, b *batch) {
	for _, s := range b.take() {
		wt, ok := g.waiters.add(s.hash)
		if !ok {
			return // as many wait as may
		}
		// The result may have come before the waiter stood.
		if done, err := g.result(s.rollup, s.hash); !done && err == nil {
			_ = g.awaitResult(ctx, wt, s.rollup, b.deadline) // the hash is answered already, and true at any time
		}
		g.waiters.remove(wt)
	}
}

// batchWriter holds an answer back until the batch's wait is over.
type batchWriter struct {
	http.ResponseWriter
	wait func()
}

// Write implements io.Writer.
func (w *batchWriter) Write(p []byte) (int, error) {
	w.wait()
	return w.ResponseWriter.Write(p)
}

// Flush implements http.Flusher, which the RPC server uses for answers of requests that took too long.
func (w *batchWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
