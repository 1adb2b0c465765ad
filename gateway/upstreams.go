package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// RelayConfig says to whom a gateway alone forwards.
type RelayConfig struct {
	// Upstreams are the root URLs (http://HOST:PORT) of the gateways of followers or validators, all of one network. A client stays
	// with one of them while that is ready.
	Upstreams []string
	// CheckInterval is the pause between asking each whether it is ready, CheckTimeout how long the answer may take.
	CheckInterval time.Duration
	CheckTimeout  time.Duration
}

// DefaultRelay is a gateway alone with nobody behind it yet.
func DefaultRelay() RelayConfig {
	return RelayConfig{CheckInterval: 500 * time.Millisecond, CheckTimeout: time.Second}
}

// Validate reports all problems at once.
func (c RelayConfig) Validate() error {
	var problems []error
	if len(c.Upstreams) == 0 {
		problems = append(problems, errors.New("relay.upstreams is empty, want the root URL of at least one gateway"))
	}
	for _, text := range c.Upstreams {
		if u, err := url.Parse(text); err != nil || u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			problems = append(problems, fmt.Errorf("relay.upstreams: %q, want http://HOST:PORT", text))
		}
	}
	if c.CheckInterval <= 0 || c.CheckTimeout <= 0 {
		problems = append(problems, fmt.Errorf("relay.checkInterval is %s and checkTimeout %s, want more than 0", c.CheckInterval, c.CheckTimeout))
	}
	return errors.Join(problems...)
}

// upstreams are the gateways behind a relay. As an http.RoundTripper they take a request to one that is ready, and to the next
// when that one is not there.
type upstreams struct {
	cfg     RelayConfig
	maxLag  uint64
	network string
	log     *slog.Logger
	all     []*upstream
	plain   *http.Transport
	grpc    *http.Transport

	requests  *prometheus.CounterVec
	readiness *prometheus.GaugeVec
}

// upstream is one gateway.
type upstream struct {
	url *url.URL

	mu    sync.Mutex
	tick  uint64 // the newest tick that it has executed, as of the last check
	why   string // it is not ready; empty while it is
	known bool   // it is of the right network
	// gone is closed while it is not ready. Who waits for an answer to a question asks elsewhere then.
	gone chan struct{}
}

func newUpstream(url *url.URL) *upstream {
	up := &upstream{url: url, why: "not asked yet", gone: make(chan struct{})}
	close(up.gone)
	return up
}

func newUpstreams(cfg RelayConfig, maxLag uint64, network string, log *slog.Logger) *upstreams {
	u := &upstreams{
		cfg: cfg, maxLag: maxLag, network: network, log: log,
		plain: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, DialContext: (&net.Dialer{Timeout: cfg.CheckTimeout}).DialContext},
		grpc:  &http.Transport{Protocols: new(http.Protocols), DialContext: (&net.Dialer{Timeout: cfg.CheckTimeout}).DialContext},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_relay_requests_total", Help: "Requests and WebSockets that a gateway alone has forwarded, by the gateway behind it and by how it went.",
		}, []string{"upstream", "result"}),
		readiness: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lockstep_relay_upstream_ready", Help: "1 while the gateway behind a gateway alone is ready.",
		}, []string{"upstream"}),
	}
	u.grpc.Protocols.SetUnencryptedHTTP2(true)
	for _, text := range cfg.Upstreams {
		parsed, _ := url.Parse(text) // validated
		u.all = append(u.all, newUpstream(parsed))
		u.readiness.WithLabelValues(parsed.Host)
	}
	return u
}

// close ends idle connections.
func (u *upstreams) close() {
	u.plain.CloseIdleConnections()
	u.grpc.CloseIdleConnections()
}

// watch asks every gateway again and again whether it is ready, until ctx ends.
func (u *upstreams) watch(ctx context.Context) {
	var group sync.WaitGroup
	for _, up := range u.all {
		group.Go(func() {
			ticker := time.NewTicker(u.cfg.CheckInterval)
			defer ticker.Stop()
			for {
				tick, err := u.check(ctx, up)
				if ctx.Err() != nil {
					return
				}
				u.note(up, tick, err)
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
				}
			}
		})
	}
	group.Wait()
}

// check asks one gateway, and at first which network it is of.
func (u *upstreams) check(ctx context.Context, up *upstream) (tick uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, u.cfg.CheckTimeout)
	defer cancel()
	var ready Readiness
	if err := u.ask(ctx, http.MethodGet, up.url.JoinPath("readyz").String(), &ready); err != nil {
		return 0, err
	}
	if !ready.Ready {
		texts := make([]string, len(ready.Reasons))
		for i, r := range ready.Reasons {
			texts[i] = r.Text
		}
		return 0, errors.New(strings.Join(texts, "; "))
	}
	up.mu.Lock()
	known := up.known
	up.mu.Unlock()
	if !known {
		var answer struct {
			Result struct {
				NetworkID string `json:"networkId"`
			} `json:"result"`
		}
		if err := u.ask(ctx, http.MethodPost, up.url.JoinPath("/").String(), &answer); err != nil {
			return 0, err
		}
		if answer.Result.NetworkID != u.network {
			return 0, fmt.Errorf("it is of network %q, want %s", answer.Result.NetworkID, u.network)
		}
	}
	tick = ready.Tick
	for _, executed := range ready.Executed {
		tick = min(tick, executed)
	}
	return tick, nil
}

// statusCall asks for the network's id among others.
const statusCall = `{"jsonrpc":"2.0","id":1,"method":"lockstep_status"}`

// maxCheckAnswer bounds what a check reads.
const maxCheckAnswer = 1 << 20

func (u *upstreams) ask(ctx context.Context, method, target string, answer any) error {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(statusCall)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := u.plain.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxCheckAnswer))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("status %d, and no JSON", res.StatusCode)
	}
	return nil
}

// note takes notice of a check, or of a failure; changes are logged.
func (u *upstreams) note(up *upstream, tick uint64, err error) {
	why := ""
	if err != nil {
		why = cmp.Or(err.Error(), "not ready")
	}
	up.mu.Lock()
	before := up.why
	up.why, up.known = why, why == ""
	if why == "" {
		up.tick = tick
	}
	switch {
	case why == "" && before != "":
		up.gone = make(chan struct{})
	case why != "" && before == "":
		close(up.gone)
	}
	up.mu.Unlock()
	switch {
	case why == "" && before != "":
		u.readiness.WithLabelValues(up.url.Host).Set(1)
		u.log.Info("upstream is ready", "peer", up.url.Host, "tick", tick)
	case why != "" && before == "":
		u.readiness.WithLabelValues(up.url.Host).Set(0)
		u.log.Warn("upstream is not ready", "peer", up.url.Host, "reason", why)
	}
}

func (up *upstream) state() (tick uint64, why string) {
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.tick, up.why
}

// newest is the newest tick that somebody behind has executed; ready is whether anybody is.
func (u *upstreams) newest() (newest uint64, ready bool) {
	for _, up := range u.all {
		if tick, why := up.state(); why == "" {
			newest, ready = max(newest, tick), true
		}
	}
	return newest, ready
}

// why says what is wrong with those that are not ready.
func (u *upstreams) why() string {
	var texts []string
	for _, up := range u.all {
		if _, why := up.state(); why != "" {
			texts = append(texts, up.url.Host+": "+why)
		}
	}
	return strings.Join(texts, "; ")
}

// forwarded is what the relay knows of a request: who its client is, the least tick that it must see, its body if that
// was read, and whether it must not be made twice.
type forwarded struct {
	client  string
	least   uint64
	body    []byte
	submits bool
}

// forwardedKey is where a request's context has it.
type forwardedKey struct{}

// order lists those that are ready, the one that the client stays with first: the same for every relay. Who has executed
// what the client has seen goes before who has not, as of the last check.
func (u *upstreams) order(f forwarded) []*upstream {
	type place struct {
		up    *upstream
		lacks bool
		score uint64
	}
	var places []place
	for _, up := range u.all {
		tick, why := up.state()
		if why != "" {
			continue
		}
		h := fnv.New64a()
		_, _ = io.WriteString(h, f.client+" "+up.url.Host) // never fails
		places = append(places, place{up, tick+u.maxLag < f.least, h.Sum64()})
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.lacks != b.lacks {
			return cmp.Compare(b2i(a.lacks), b2i(b.lacks))
		}
		return cmp.Compare(b.score, a.score)
	})
	ups := make([]*upstream, len(places))
	for i, p := range places {
		ups[i] = p.up
	}
	return ups
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// RoundTrip takes a request to the client's gateway, or to the next one: when nobody is there, when that one says 503, which
// it does before it does anything, and, unless it submits something, when it is lost, or found not to be ready, before it answers.
func (u *upstreams) RoundTrip(req *http.Request) (*http.Response, error) {
	f, _ := req.Context().Value(forwardedKey{}).(forwarded)
	var last error
	again := f.body != nil || req.Body == nil || req.Body == http.NoBody // what it sends can be sent once more
	candidates := u.order(f)
	for i, up := range candidates {
		res, err := u.attempt(req, up, f, again && !f.submits && i < len(candidates)-1)
		switch {
		case err == nil && (res.StatusCode != http.StatusServiceUnavailable || i == len(candidates)-1 || !again):
			u.requests.WithLabelValues(up.url.Host, "answered").Inc()
			return res, nil
		case err == nil:
			_ = res.Body.Close()
			u.requests.WithLabelValues(up.url.Host, "refused").Inc()
			continue
		case req.Context().Err() != nil:
			return nil, err // the client is gone
		case errors.Is(err, errGone):
			u.requests.WithLabelValues(up.url.Host, "lost").Inc()
			last = err
			continue
		}
		u.requests.WithLabelValues(up.url.Host, "lost").Inc()
		u.note(up, 0, err)
		last = err
		if !unsent(err) && (f.submits || !again) {
			return nil, fmt.Errorf("%w: %w", ErrUpstreamLost, err)
		}
	}
	if last != nil {
		return nil, &Refusal{Cause: ErrNoUpstream, Detail: "they were tried and none answered"}
	}
	return nil, &Refusal{Cause: ErrNoUpstream, Detail: u.why()}
}

// unsent is whether nothing of a request has left.
func unsent(err error) bool {
	op := new(net.OpError)
	return errors.As(err, &op) && op.Op == "dial"
}

// errGone: the gateway has not answered and is not ready any more.
var errGone = errors.New("relay: gateway is not ready any more")

// attempt makes one attempt. If others can be asked as well it gives up once this one is found not to be ready: one that is frozen does not
// break its connections.
func (u *upstreams) attempt(req *http.Request, up *upstream, f forwarded, others bool) (*http.Response, error) {
	if !others {
		return u.send(req, up, f)
	}
	up.mu.Lock()
	gone := up.gone
	up.mu.Unlock()
	ctx, cancel := context.WithCancel(req.Context()) // which ends with the request: an answer is read until then
	answered := make(chan struct{})
	var settled atomic.Bool // by an answer, or by giving up
	go func() {
		select {
		case <-gone:
			if settled.CompareAndSwap(false, true) {
				cancel()
			}
		case <-answered:
		}
	}()
	res, err := u.send(req.WithContext(ctx), up, f)
	close(answered)
	if !settled.CompareAndSwap(false, true) {
		if err == nil {
			_ = res.Body.Close()
		}
		return nil, errGone
	}
	return res, err
}

// send makes one attempt, however long it takes.
func (u *upstreams) send(req *http.Request, up *upstream, f forwarded) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host, out.Host = up.url.Scheme, up.url.Host, up.url.Host
	switch {
	case f.body != nil:
		out.Body = io.NopCloser(bytes.NewReader(f.body))
	case req.Body != nil:
		out.Body = io.NopCloser(req.Body) // stays open for the next attempt
	}
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc") {
		return u.grpc.RoundTrip(out)
	}
	return u.plain.RoundTrip(out)
}
