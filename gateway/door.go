package gateway

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/lockstep-network/lockstep/core"
)

// door is what every request goes through first, of a gateway of a node and of one that stands alone: which hosts and
// pages may call, how often, and how large a body may be.
type door struct {
	cfg      Config
	proxies  proxies
	throttle *throttle
	bodies   *semaphore.Weighted
	// exceeded counts a refusal because of a limit.
	exceeded func(limit string)
}

func newDoor(cfg Config, now func() time.Time, exceeded func(limit string)) (door, error) {
	trusted, err := parseProxies(cfg.TrustedProxies)
	return door{
		cfg: cfg, proxies: trusted, throttle: newThrottle(cfg, now), bodies: semaphore.NewWeighted(int64(cfg.BodyBudget)), exceeded: exceeded,
	}, err
}

// listen opens the port within the limits on connections; l is the open port, or nil.
func (d *door) listen(l net.Listener) (*limitedListener, error) {
	if l == nil {
		opened, err := Listen(d.cfg.Listen)
		if err != nil {
			return nil, err
		}
		l = opened
	}
	limited := newLimitedListener(l, d.cfg.MaxConnections)
	limited.perClient, limited.exempt, limited.refused = d.cfg.MaxConnectionsPerClient, d.proxies, d.exceeded
	return limited, nil
}

// admitHost refuses names that the port may not be addressed under, and tells browsers who may read the answer.
func (d *door) admitHost(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !d.hostAllowed(r.Host) {
		refuse(w, http.StatusForbidden, &Refusal{Cause: ErrHTTP, Field: "host", Have: r.Host, Want: "an IP address or one of gateway.vhosts"})
		return false
	}
	d.setCORS(w, r)
	return true
}

// allow takes tokens for the calls of an HTTP request, or answers that there are none.
func (d *door) allow(w http.ResponseWriter, r *http.Request, calls int) bool {
	wait, ok := d.throttle.take(clientOf(r.RemoteAddr), calls)
	if !ok {
		d.exceeded(limitRate)
		w.Header().Set("Retry-After", retryAfter(wait))
		refuse(w, http.StatusTooManyRequests, d.throttle.refusal(wait))
	}
	return ok
}

// hostAllowed guards against DNS rebinding: the Host header must be an IP address or a configured name.
func (d *door) hostAllowed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "" || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return true
	}
	return slices.Contains(d.cfg.VHosts, "*") || slices.ContainsFunc(d.cfg.VHosts, func(v string) bool { return strings.EqualFold(v, host) })
}

// originAllowed reports whether a page of this origin may open a WebSocket; what is no browser has no origin.
func (d *door) originAllowed(origin string) bool {
	return origin == "" || slices.Contains(d.cfg.CORS, "*") || slices.Contains(d.cfg.CORS, origin)
}

// setCORS tells browsers whether the page's origin may read the answer.
func (d *door) setCORS(w http.ResponseWriter, r *http.Request) {
	h, origin := w.Header(), r.Header.Get("Origin")
	switch {
	case origin == "":
		return
	case slices.Contains(d.cfg.CORS, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case slices.Contains(d.cfg.CORS, origin):
		h.Set("Access-Control-Allow-Origin", origin)
		h.Add("Vary", "Origin")
	default:
		return
	}
	if r.Method != http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", tickHeader+", "+heldHeader)
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, "+signatureHeader+", "+minTickHeader)
	h.Set("Access-Control-Max-Age", "600")
}

// body reads the body of a JSON-RPC request within the limits; release gives back what it took of the budget for all
// bodies. What is refused is answered.
func (d *door) body(w http.ResponseWriter, r *http.Request) (body []byte, release func(), ok bool) {
	tooLarge := &Refusal{Cause: core.ErrTooLarge, Field: "body", Want: fmt.Sprintf("at most %d bytes", d.cfg.MaxBody)}
	if r.ContentLength > int64(d.cfg.MaxBody) {
		d.exceeded(limitBody)
		tooLarge.Have = fmt.Sprintf("%d bytes", r.ContentLength)
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestEntityTooLarge, tooLarge)
		return nil, nil, false
	}
	size := r.ContentLength
	if size < 0 {
		size = int64(d.cfg.MaxBody)
	}
	if !d.bodies.TryAcquire(size) {
		d.exceeded(limitBodyBudget)
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, d.bodiesFull())
		return nil, nil, false
	}
	release = func() { d.bodies.Release(size) }
	// The RPC server would cut a body without a length at its limit and report broken JSON.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(d.cfg.MaxBody)))
	if err == nil {
		return body, release, true
	}
	release()
	status, refusal := http.StatusBadRequest, &Refusal{Cause: ErrHTTP, Field: "body", Detail: "cannot be read"}
	if limit := (*http.MaxBytesError)(nil); errors.As(err, &limit) {
		d.exceeded(limitBody)
		status, refusal = http.StatusRequestEntityTooLarge, tooLarge
	}
	refuse(w, status, refusal)
	return nil, nil, false
}

// allowBatch takes tokens for the calls of a batch beyond the one that the request has paid for.
func (d *door) allowBatch(w http.ResponseWriter, r *http.Request, body []byte) bool {
	calls, batch := splitBatch(body)
	if !batch {
		return true
	}
	if !d.allow(w, r, len(calls)-1) {
		return false
	}
	if len(calls) > d.cfg.MaxBatch {
		d.exceeded(limitBatch) // the server answers it
	}
	return true
}

// bodiesFull says that there is no room for another body.
func (d *door) bodiesFull() *Refusal {
	return &Refusal{Cause: ErrBusy, Field: "body", Want: fmt.Sprintf("at most %d bytes in all requests together", d.cfg.BodyBudget)}
}

// paidBody is a body that somebody else reads. What is read of it takes from the budget for all bodies until it is released; what has
// a length has taken it before.
type paidBody struct {
	io.ReadCloser
	door       *door
	paid, read int64
}

// pay takes so many bytes of the budget, or tells that they are not there.
func (b *paidBody) pay(bytes int64) bool {
	if !b.door.bodies.TryAcquire(bytes) {
		b.door.exceeded(limitBodyBudget)
		return false
	}
	b.paid += bytes
	return true
}

// Read implements io.Reader. Its error is a *Refusal when the budget is used up.
func (b *paidBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.read += int64(n); b.read > b.paid && !b.pay(b.read-b.paid) {
		return 0, b.door.bodiesFull()
	}
	return n, err
}

// release gives everything back. Nothing is read after it.
func (b *paidBody) release() { b.door.bodies.Release(b.paid) }
