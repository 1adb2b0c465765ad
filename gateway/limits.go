package gateway

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common/lru"
	"golang.org/x/time/rate"
)

// Names of the limits, as labels of the metric of refusals and as the settings that bound them.
const (
	limitRate                       = "clientRate"
	limitConnections                = "maxConnections"
	limitConnectionsPerClient       = "maxConnectionsPerClient"
	limitBody                       = "maxBody"
	limitBodyBudget                 = "bodyBudget"
	limitBatch                      = "maxBatch"
	limitCallsPerConnection         = "maxCallsPerConnection"
	limitSubscriptions              = "maxSubscriptions"
	limitSubscriptionsPerConnection = "maxSubscriptionsPerConnection"
	limitWaiters                    = "maxWaiters"
	limitSimulations                = "maxSimulations"
	limitFeedBacklog                = "feedBacklog"
	limitExceededRetry              = time.Second
	maxRetryAfter                   = time.Minute
)

var limitNames = []string{
	limitRate, limitConnections, limitConnectionsPerClient, limitBody, limitBodyBudget, limitBatch, limitCallsPerConnection,
	limitSubscriptions, limitSubscriptionsPerConnection, limitWaiters, limitSimulations, limitFeedBacklog,
}

// limitExceeded is the refusal of what goes beyond a limit of this gateway.
func limitExceeded(name, want string) *Refusal {
	return &Refusal{Cause: ErrLimit, Field: "gateway." + name, Want: want}
}

// throttle holds a token bucket for each client.
type throttle struct {
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu sync.Mutex
	// buckets are those of the clients that called last. Who falls out of the table starts with a full bucket again.
	buckets lru.BasicLRU[string, *rate.Limiter]
}

func newThrottle(cfg Config, now func() time.Time) *throttle {
	return &throttle{
		rate: rate.Limit(cfg.ClientRate), burst: cfg.ClientBurst, now: now,
		buckets: lru.NewBasicLRU[string, *rate.Limiter](max(cfg.MaxClients, 1)),
	}
}

// take takes tokens for a client's calls. When there are not enough it takes none and tells when there will be.
func (t *throttle) take(client string, calls int) (wait time.Duration, ok bool) {
	if t.rate == 0 || calls == 0 {
		return 0, true
	}
	now := t.now()
	reservation := t.bucket(client).ReserveN(now, calls)
	if !reservation.OK() { // more than a full bucket
		return maxRetryAfter, false
	}
	if wait = reservation.DelayFrom(now); wait == 0 {
		return 0, true
	}
	reservation.CancelAt(now)
	return wait, false
}

func (t *throttle) bucket(client string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.buckets.Get(client)
	if !ok {
		b = rate.NewLimiter(t.rate, t.burst)
		t.buckets.Add(client, b)
	}
	return b
}

// refusal says that a client calls too often.
func (t *throttle) refusal(wait time.Duration) *Refusal {
	r := limitExceeded(limitRate, fmt.Sprintf("at most %d calls per second, %d at once", int(t.rate), t.burst))
	r.Detail = fmt.Sprintf("%s; try again in %s s", r.Want, retryAfter(wait))
	return r
}

// retryAfter is the header's value: whole seconds, at least one.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(max(wait, limitExceededRetry).Seconds())))
}

// proxies are those whose X-Forwarded-For is believed.
type proxies []netip.Prefix

// parseProxies reads addresses and prefixes.
func parseProxies(names []string) (proxies, error) {
	var out proxies
	for _, name := range names {
		prefix, err := netip.ParsePrefix(name)
		if err != nil {
			address, addressErr := netip.ParseAddr(name)
			if addressErr != nil {
				return nil, fmt.Errorf("gateway.trustedProxies: %q is neither an IP address nor a prefix such as 10.0.0.0/8", name)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		out = append(out, prefix)
	}
	return out, nil
}

func (p proxies) contain(address netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}

// remote is the address and port of the client whose request this is: that of the connection, unless it is a trusted proxy's;
// then the last address in X-Forwarded-For that is none.
func (p proxies) remote(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !p.contain(peer.Addr()) {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		address, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what stands before it was written by nobody that is trusted
		}
		if !p.contain(address) {
			return net.JoinHostPort(address.String(), strconv.Itoa(int(peer.Port())))
		}
	}
	return r.RemoteAddr
}
