package gateway

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// batch holds what the calls of one JSON-RPC batch have submitted. The server runs them one after another, and libraries
// put all parallel sends of an application into one batch: if each waited for its result, twenty would take twenty times
// as long, and those with a nonce before their turn would wait for nothing. So all enter the pool first, and the answer of
// the batch waits for their results together. A transaction of a batch that is ordered and void is answered with its hash; one
// that too few validators keep is answered with that error.
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
	m.server.ServeHTTP(&batchWriter{w, func(answers []byte) []byte { return corrected(answers, g.awaitBatch(ctx, b)) }}, r.WithContext(ctx))
}

// awaitBatch waits until every submission of the batch has a result, or its deadline, and then until those without one are safe. It gives back
// which are not, with the error.
func (g *Gateway) awaitBatch(ctx context.Context, b *batch) map[common.Hash]error {
	var open []submission
	for _, s := range b.take() {
		if !g.awaitSubmission(ctx, s, b.deadline) {
			open = append(open, s)
		}
	}
	unsafe := make(map[common.Hash]error)
	var mu sync.Mutex
	var together sync.WaitGroup
	for _, s := range open {
		together.Go(func() {
			if err := g.sent(ctx, s.rollup, s.hash); errors.Is(err, ErrFewHold) {
				mu.Lock()
				unsafe[s.hash] = g.ethError(err)
				mu.Unlock()
			}
		})
	}
	together.Wait()
	return unsafe
}

// awaitSubmission waits for one result; done is false when there is none in time, or as many wait as may.
func (g *Gateway) awaitSubmission(ctx context.Context, s submission, deadline time.Time) (done bool) {
	wt, ok := g.awaiting(s.rollup, s.hash)
	if !ok {
		return false
	}
	defer g.waiters.remove(wt)
	// The result may have come before the waiter stood.
	done, err := g.result(s.rollup, s.hash)
	if !done && err == nil {
		done, err = g.awaitResult(ctx, wt, s.rollup, deadline)
	}
	return done || err != nil // what is void was ordered: its hash is a true answer
}

// batchWriter holds an answer back until the batch's wait is over.
type batchWriter struct {
	http.ResponseWriter
	wait func(answers []byte) []byte
}

// Write implements io.Writer.
func (w *batchWriter) Write(p []byte) (int, error) {
	answers := w.wait(p) // the RPC server writes the answers of a request at once, and has said how long they are
	w.Header().Set("Content-Length", strconv.Itoa(len(answers)))
	if _, err := w.ResponseWriter.Write(answers); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush implements http.Flusher, which the RPC server uses for answers of requests that took too long.
func (w *batchWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
