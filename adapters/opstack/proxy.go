package opstack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	// maxVerdict bounds what is kept of an answer to forkchoiceUpdated: it has some hundred bytes.
	maxVerdict = 64 << 10
	// dialTimeout is short: the execution client is near.
	dialTimeout = 2 * time.Second
	// maxIdle is for how many connections to the execution client are kept.
	maxIdle      = 64
	drainTimeout = 2 * time.Second
)

// exchange is a call with its answer.
type exchange struct {
	call call
	at   time.Time
	// status, encoding and body are the answer's; body is kept of forkchoiceUpdated only.
	status   int
	encoding string
	body     []byte
}

// proxy passes calls on, and tells of them.
type proxy struct {
	cfg       Config
	in, out   secret
	engine    *url.URL
	transport http.RoundTripper
	// seen is told of every answered call, in the order in which the answers end. It must not block.
	seen func(exchange)
	// heard and missed are when the execution client last answered and last did not, in ns since the Unix epoch; zero for never.
	heard, missed atomic.Int64
	// fill and mode are for mode Shared; nil without what it needs.
	fill   *filler
	mode   func() Mode
	meters *meters
	log    *slog.Logger
	now    func() time.Time
}

// newProxy makes the handler for op-node.
func newProxy(cfg Config, seen func(exchange), m *meters, log *slog.Logger) (*proxy, error) {
	p := &proxy{cfg: cfg, seen: seen, meters: m, log: log, now: time.Now}
	var inErr, outErr error
	p.in, inErr = loadSecret(cfg.JWTIn)
	p.out, outErr = loadSecret(cfg.JWTOut)
	engine, err := url.Parse(cfg.Engine)
	if err := errors.Join(inErr, outErr, err); err != nil {
		return nil, err
	}
	p.engine, p.transport = engine, newTransport(cfg)
	return p, nil
}

// newTransport connects to the execution client. It neither compresses nor unpacks: what op-node accepts is between the two.
func newTransport(cfg Config) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		DialContext: dialer.DialContext, DisableCompression: true, MaxIdleConnsPerHost: maxIdle, IdleConnTimeout: time.Minute,
		ResponseHeaderTimeout: cfg.Timeout, TLSHandshakeTimeout: dialTimeout,
	}
}

// passage is a request on its way.
type passage struct {
	proxy       *proxy
	call        call
	begun       time.Time
	sent, heard time.Time // around the execution client
	answer      exchange
	// prepared: the build is one that is filled when its payload is wanted.
	prepared bool
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pass := &passage{proxy: p, begun: p.now()}
	if problem := p.in.check(r.Header, pass.begun); problem != "" {
		p.meters.refused.WithLabelValues("token").Inc()
		p.log.Debug("request refused", "reason", problem, "peer", r.RemoteAddr)
		http.Error(w, problem, http.StatusUnauthorized)
		return
	}
	if r.Header.Get("Upgrade") != "" {
		p.meters.refused.WithLabelValues("upgrade").Inc()
		http.Error(w, "this is an Engine API proxy for HTTP: give op-node an http:// URL as --l2", http.StatusNotImplemented)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, p.cfg.MaxBody))
	if err != nil {
		p.meters.refused.WithLabelValues("body").Inc()
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, fmt.Sprintf("content length too large (>%d)", large.Limit), http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "request body ended early", http.StatusBadRequest)
		return
	}
	pass.call = readCall(body)
	if p.fill != nil {
		if pass.call.kind == getPayload {
			if answer := p.fill.answer(r.Context(), pass.call); answer != nil {
				p.answer(w, pass, answer)
				return
			}
		}
		if prepared := p.fill.prepare(pass.call, p.mode()); prepared != nil {
			body, pass.prepared = prepared, true
		}
	}
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	// With it the transport sends the call again when a connection turns out to be closed before anything was answered.
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	(&httputil.ReverseProxy{
		Rewrite: pass.rewrite, Transport: pass, ModifyResponse: pass.answered, ErrorHandler: p.failed,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}).ServeHTTP(w, r)
	p.finished(pass)
}

// rewrite gives the request the execution client's address and a token of that side.
func (s *passage) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(s.proxy.engine)
	if err := s.proxy.out.sign(r.Out.Header, s.proxy.now()); err != nil {
		s.proxy.log.Error("sign token for the execution client", "err", err)
	}
}

// RoundTrip notes when the request goes to the execution client, and when its answer begins.
func (s *passage) RoundTrip(r *http.Request) (*http.Response, error) {
	s.sent = s.proxy.now()
	answer, err := s.proxy.transport.RoundTrip(r)
	s.heard = s.proxy.now()
	return answer, err
}

// answered keeps a copy of what is needed of the answer while it passes.
func (s *passage) answered(answer *http.Response) error {
	s.answer = exchange{call: s.call, status: answer.StatusCode, encoding: answer.Header.Get("Content-Encoding")}
	if s.prepared { // the build must be known before op-node knows it
		body, err := io.ReadAll(io.LimitReader(answer.Body, maxVerdict))
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		s.answer.body, answer.Body = body, io.NopCloser(bytes.NewReader(body))
		if v, err := readVerdict(body, s.answer.encoding); err == nil && v.valid && len(v.id) > 0 {
			s.proxy.fill.opened(s.call, v.id)
		}
		return nil
	}
	if s.call.kind == forkchoiceUpdated {
		answer.Body = &copied{ReadCloser: answer.Body, into: &s.answer.body}
	}
	return nil
}

// copied is a body of which the beginning is kept.
type copied struct {
	io.ReadCloser
	into *[]byte
}

func (c *copied) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	*c.into = append(*c.into, b[:min(n, maxVerdict-len(*c.into))]...)
	return n, err
}

// failed answers a call that the execution client did not. op-node takes any such answer for an engine that is away for a while.
func (p *proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // op-node has hung up
	}
	p.missed.Store(p.now().UnixNano())
	p.meters.unanswered.Inc()
	p.log.Warn("execution client does not answer", "err", err)
	http.Error(w, "the execution client does not answer", http.StatusBadGateway)
}

// answer is the answer to a call that was not passed on.
func (p *proxy) answer(w http.ResponseWriter, pass *passage, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // who hung up does not want it
	done := p.now()
	p.heard.Store(done.UnixNano())
	p.seen(exchange{call: pass.call, at: done, status: http.StatusOK})
}

// finished measures, and tells of an answered call.
func (p *proxy) finished(pass *passage) {
	if pass.answer.status == 0 {
		return
	}
	done := p.now()
	p.heard.Store(done.UnixNano())
	k := string(pass.call.kind)
	p.meters.engine.WithLabelValues(k).Observe(pass.heard.Sub(pass.sent).Seconds())
	p.meters.added.WithLabelValues(k).Observe((pass.sent.Sub(pass.begun) + done.Sub(pass.heard)).Seconds())
	pass.answer.at = done
	p.seen(pass.answer)
}
