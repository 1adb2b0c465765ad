package gateway

import (
	"context"
	"net/http"
	"sync/atomic"
)

// heldHeader comes, with the value "false", with an HTTP answer of JSON-RPC if something that a call in it has brought would be lost with this
// gateway: it is known here alone, or too few validators have said that they keep it. It is for answers that have no room for that.
const heldHeader = "Lockstep-Held"

// alone is set by calls of a request that have brought what would be lost with this gateway.
type alone struct{ set atomic.Bool }

// aloneKey is where a request's context has it.
type aloneKey struct{}

func withAlone(r *http.Request) (*http.Request, *alone) {
	a := new(alone)
	return r.WithContext(context.WithValue(r.Context(), aloneKey{}, a)), a
}

// noteAlone has the call's answer say that what was brought would be lost with this gateway. A WebSocket has no room for it.
func noteAlone(ctx context.Context) {
	if a, ok := ctx.Value(aloneKey{}).(*alone); ok {
		a.set.Store(true)
	}
}
