package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/core"
)

// serveHTTP routes one request. What is refused here, before a JSON-RPC server sees it, is answered in the shape of a
// JSON-RPC error with a fitting HTTP status.
func (g *Gateway) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.admitHost(w, r) {
		return
	}
	switch r.URL.Path {
	case "/healthz":
		g.supervision.ServeHealth(w, r)
		return
	case "/readyz":
		g.supervision.ServeReady(w, r)
		return
	case "/metrics":
		g.metrics.ServeHTTP(w, r)
		return
	}
	r.RemoteAddr = g.proxies.remote(r)
	if !g.allow(w, r, 1) {
		return
	}
	if g.deps.Explorer != nil && (r.URL.Path == explorerPath || strings.HasPrefix(r.URL.Path, explorerPath+"/")) {
		g.deps.Explorer.ServeHTTP(w, r)
		return
	}
	if g.deps.Snapshots != nil && (r.URL.Path == snapshotsPath || strings.HasPrefix(r.URL.Path, snapshotsPath+"/")) {
		g.deps.Snapshots.ServeHTTP(w, r)
		return
	}
	if api := g.deps.Rollups; api != nil && api.Serves(r.URL.Path) {
		g.serveRollups(w, r)
		return
	}
	m, err := g.route(r.URL.Path)
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	if err := g.admit(r.Context(), m); err != nil {
		g.meters.refused.Inc()
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	if !g.admitSession(w, r) {
		return
	}
	defer g.meters.request(m, websocket.IsWebSocketUpgrade(r))()
	switch {
	case websocket.IsWebSocketUpgrade(r):
		g.serveWebSocket(m, w, r)
	case r.Method == http.MethodPost:
		r, alone := withAlone(r)
		g.servePost(m, &tickWriter{ResponseWriter: w, log: g.deps.Log, alone: alone}, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		g.serveInfo(w, r)
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS, POST")
		refuse(w, http.StatusMethodNotAllowed, &Refusal{Cause: ErrHTTP, Field: "method", Have: r.Method, Want: "POST"})
	}
}

// serveRollups serves a call of the API for rollups' nodes. It reads the body itself, so that is paid for while it is read.
func (g *Gateway) serveRollups(w http.ResponseWriter, r *http.Request) {
	paid := &paidBody{ReadCloser: r.Body, door: &g.door}
	defer paid.release()
	if r.ContentLength > 0 && !paid.pay(r.ContentLength) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, g.bodiesFull())
		return
	}
	r.Body = paid
	g.deps.Rollups.ServeHTTP(w, r)
}

// explorerPath is where the web page is.
const explorerPath = "/explorer"

// snapshotsPath is where snapshots for nodes that join are.
const snapshotsPath = "/snapshots"

// Call asks the network's endpoint, as a client would, without the limits that are on clients. It must be called while Run
// runs.
func (g *Gateway) Call(ctx context.Context, result any, method string, args ...any) error {
	return g.root.client.CallContext(ctx, result, method, args...)
}

// route finds the endpoint of a path.
func (g *Gateway) route(path string) (*mount, error) {
	if path == "/" {
		return g.root, nil
	}
	name, ok := strings.CutPrefix(path, "/rollup/")
	if !ok {
		return nil, &Refusal{Cause: ErrHTTP, Field: "path", Have: excerpt([]byte(path)), Want: "/ or /rollup/{id}"}
	}
	mounts := g.rollups
	if name, ok = strings.CutSuffix(name, "/sealed"); ok {
		mounts = g.sealed
	}
	id, err := core.ParseRollupID(name)
	if err != nil {
		return nil, &Refusal{Cause: core.ErrUnknownRollup, Field: "rollup", Have: excerpt([]byte(name)), Want: g.knownRollups()}
	}
	r, ok := g.deps.Genesis.Rollup(id)
	if !ok {
		return nil, &Refusal{Cause: core.ErrUnknownRollup, Field: "rollup", Have: id.String(), Want: g.knownRollups()}
	}
	m, ok := mounts[id]
	if !ok || m.chain != nil && r.Kind == core.KindEVM {
		return nil, &Refusal{Cause: ErrNotServed, Field: "rollup", Detail: g.notMounted(r)}
	}
	return m, nil
}

// notMounted says why there is no Ethereum JSON-RPC of a registered rollup.
func (g *Gateway) notMounted(r *core.Rollup) string {
	switch executed := g.mounted(r.ID) != nil; {
	case r.Kind != core.KindEVM || executed:
		return "no Ethereum JSON-RPC of rollup " + r.ID.String() + " at this path"
	case g.deps.Genesis.Retired(r.ID):
		return "state unavailable on this node: rollup " + r.ID.String() + " was retired before the node joined the network, ask one that executed it"
	}
	return "state unavailable on this node: it does not execute rollup " + r.ID.String() + ", ask one that does"
}

// knownRollups lists the registered rollups for error messages.
func (g *Gateway) knownRollups() string {
	const most = 8
	var ids []string
	for _, r := range g.deps.Genesis.InForce().Rollups[:min(most, len(g.deps.Genesis.InForce().Rollups))] {
		ids = append(ids, r.ID.String())
	}
	if len(g.deps.Genesis.InForce().Rollups) > most {
		ids = append(ids, "…")
	}
	return "one of " + strings.Join(ids, ", ")
}

// servePost serves one JSON-RPC request or batch.
func (g *Gateway) servePost(m *mount, w http.ResponseWriter, r *http.Request) {
	switch mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case err != nil || (mediaType != "application/json" && mediaType != "application/json-rpc" && mediaType != "application/jsonrequest"):
		refuse(w, http.StatusUnsupportedMediaType, &Refusal{Cause: ErrHTTP, Field: "contentType", Have: r.Header.Get("Content-Type"), Want: "application/json"})
		return
	}
	body, release, ok := g.body(w, r)
	if !ok {
		return
	}
	defer release()
	if !g.allowBatch(w, r, body) {
		return
	}
	if !g.admitCurrent(w, body) {
		return
	}
	r = withSignature(r, body)
	body = m.forward(renameDiscover(body))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if isBatch(body) {
		g.serveBatch(m, w, r)
		return
	}
	m.server.ServeHTTP(w, r)
}

// serveInfo tells people who open the URL in a browser what this is.
func (g *Gateway) serveInfo(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "Lockstep gateway %s\nnetwork %s (%s)\n\nThis is a JSON-RPC endpoint: POST application/json, or open a WebSocket.\n\n/  lockstep_* (network)\n", g.deps.Version, g.deps.Genesis.Name, g.network)
	for _, r := range g.deps.Genesis.InForce().Rollups {
		if g.mounted(r.ID) != nil {
			fmt.Fprintf(w, "%s  Ethereum JSON-RPC of rollup %s\n", rollupPath(r.ID), r.Name)
		}
	}
}

// refuse answers with a JSON-RPC error that belongs to no request id.
func refuse(w http.ResponseWriter, status int, err error) {
	x, ok := explain(err)
	if !ok {
		x = explanation{row: errorRow{code: codeInternal, reason: "internal", text: "internal error"}}
	}
	e := newRPCError(x)
	writeJSON(w, status, map[string]any{
		"jsonrpc": "2.0", "id": nil,
		"error": errorObject(e),
	})
}

// errorObject is the member error of a JSON-RPC answer.
func errorObject(e *rpcError) map[string]any {
	return map[string]any{"code": e.code, "message": e.message, "data": e.data}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":47000,"message":"internal error"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a client that is gone needs no answer
}
