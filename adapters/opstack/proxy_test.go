package opstack_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
)

// side is what one side of the proxy knows.
type side struct {
	secret []byte
	path   string
}

func newSide(t *testing.T) side {
	t.Helper()
	secret, path := opstacktest.NewSecret(t)
	return side{secret, path}
}

// running is a proxy that runs until the test ends.
type running struct {
	*opstack.Adapter
	url  string
	stop func()
}

// start runs a proxy before an engine.
func start(t *testing.T, cfg opstack.Config) running {
	t.Helper()
	return startWith(t, cfg, nil)
}

func startWith(t *testing.T, cfg opstack.Config, operator *opstack.Operator) running {
	t.Helper()
	a, err := opstack.New(complete(cfg), depsOf(operator))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return running{a, "http://" + a.Addr().String(), stop}
}

func depsOf(operator *opstack.Operator) opstack.Deps {
	return opstack.Deps{Operator: operator, Metrics: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler)}
}

// complete gives what a test does not say.
func complete(cfg opstack.Config) opstack.Config {
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	base := opstack.Default()
	cfg.Timeout, cfg.SealDelta, cfg.FillTime = base.Timeout, base.SealDelta, 8*time.Second
	if cfg.OnGap == "" {
		cfg.OnGap, cfg.GapWait = base.OnGap, base.GapWait
	}
	if cfg.Mode == "" {
		cfg.Mode = base.Mode
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = base.MaxBody
	}
	return cfg
}

// recorded is a call between a real op-node and a real op-geth.
type recorded struct{ request, answer json.RawMessage }

// recording reads the calls of testdata: see there where they come from.
func recording(t *testing.T) []recorded {
	t.Helper()
	f, err := os.Open("testdata/engine-calls.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var calls []recorded
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var line struct {
			Msg struct{ Req, Res json.RawMessage }
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Msg.Req != nil && line.Msg.Res != nil {
			calls = append(calls, recorded{line.Msg.Req, line.Msg.Res})
		}
	}
	if err := lines.Err(); err != nil || len(calls) < 400 {
		t.Fatalf("%d calls: %v", len(calls), err)
	}
	return calls
}

// wire is an execution client that answers what the test says, and keeps what it gets.
type wire struct {
	*httptest.Server
	side
	mu   sync.Mutex
	body []byte
	head http.Header
	uri  string
	next func(http.ResponseWriter)
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{side: newSide(t)}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		w.body, w.head, w.uri = body, r.Header.Clone(), r.RequestURI
		next := w.next
		w.mu.Unlock()
		next(out)
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *wire) answers(next func(http.ResponseWriter)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

func (w *wire) got() ([]byte, http.Header, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.body, w.head, w.uri
}

// post sends a body with a token and gives the answer with its whole body, as it is on the wire.
func post(t *testing.T, url, token string, body io.Reader) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Kept", "as it is")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, got
}

// Every call of the recording, with the answer that op-geth gave, errors and refusals among them.
func TestProxy_PassesRecordedCallsByteForByte(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path})
	for i, call := range recording(t) {
		engine.answers(func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(call.answer)
		})
		answer, body := post(t, p.url, opstacktest.Token(node.secret, time.Now()), bytes.NewReader(call.request))
		sent, header, _ := engine.got()
		if !bytes.Equal(sent, call.request) || !bytes.Equal(body, call.answer) {
			t.Fatalf("call %d: sent %.300q, want %.300q; answered %.300q, want %.300q", i, sent, call.request, body, call.answer)
		}
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/json" || header.Get("X-Kept") != "as it is" {
			t.Fatalf("call %d: status %d, headers %v and %v", i, answer.StatusCode, answer.Header, header)
		}
	}
}

func TestProxy_PassesWhateverItIs(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, `{"jsonrpc":"2.0","id":1,"result":{"payloadStatus":{"status":"VALID"},"payloadId":null}}`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, request string
		status        int
		header        [2]string
		answer        string
	}{
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"engine_forkchoiceUpdatedV3","params":[{},null]}]`, 200, [2]string{"Vary", "Origin"}, `[{"id":1},{"id":2}]`},
		{"garbage both ways", "\x00\xff{{{\"engine_forkchoiceUpdatedV3\"", 200, [2]string{"X-Engine", "yes"}, "\x00not JSON\xff"},
		{"an empty body", "", 400, [2]string{"X-Engine", "yes"}, "invalid request\n"},
		{"an error of the engine's", `{"method":"engine_forkchoiceUpdatedV3","params":[{"headBlockHash":"0x12"},{}]}`, 200, [2]string{"X-Engine", "yes"}, `{"error":{"code":-38003,"message":"Invalid payload attributes","data":{"err":"x"}}}`},
		{"a status of HTTP's", `{"method":"engine_newPayloadV4","params":[]}`, 503, [2]string{"Retry-After", "3"}, "busy"},
		{"a large answer", `{"method":"engine_getPayloadV4","params":["0x01"]}`, 200, [2]string{"X-Engine", "yes"}, strings.Repeat("0123456789abcdef", 1<<19)},
		{"a large request", `{"method":"engine_newPayloadV4","params":["` + strings.Repeat("ab", 4<<20) + `"]}`, 200, [2]string{"X-Engine", "yes"}, "{}"},
		{"a packed answer", `{"method":"engine_forkchoiceUpdatedV3","params":[{"headBlockHash":"0x` + strings.Repeat("77", 32) + `"},null]}`, 200, [2]string{"Content-Encoding", "gzip"}, packed.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			engine.answers(func(w http.ResponseWriter) {
				w.Header().Set(c.header[0], c.header[1])
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			})
			answer, body := post(t, p.url+"/path?q=1", opstacktest.Token(node.secret, time.Now()), strings.NewReader(c.request))
			sent, _, uri := engine.got()
			if string(sent) != c.request || string(body) != c.answer {
				t.Errorf("sent %.200q; answered %.200q", sent, body)
			}
			if answer.StatusCode != c.status || answer.Header.Get(c.header[0]) != c.header[1] || uri != "/path?q=1" {
				t.Errorf("status %d, headers %v, path %s", answer.StatusCode, answer.Header, uri)
			}
		})
	}
}

// The execution client gets a token of its own secret, and never op-node's.
func TestProxy_SignsForTheOtherSide(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	engine.answers(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "{}") })
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path})
	token := opstacktest.Token(node.secret, time.Now())
	post(t, p.url, token, strings.NewReader("{}"))
	_, header, _ := engine.got()
	text := strings.TrimPrefix(header.Get("Authorization"), "Bearer ")
	if text == token {
		t.Error("op-node's token is passed on")
	}
	parsed, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return engine.secret, nil }, jwt.WithValidMethods([]string{"HS256"}))
	if err != nil || !parsed.Valid {
		t.Errorf("token %q: %v", text, err)
	}
	if header.Get("X-Forwarded-For") != "" {
		t.Errorf("headers were added: %v", header)
	}
}

func TestProxy_RefusesWithoutAValidToken(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	engine.answers(func(http.ResponseWriter) { t.Error("a call went through") })
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path})
	sign := func(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	now := time.Now()
	iat := jwt.MapClaims{"iat": now.Unix()}
	good := opstacktest.Token(node.secret, now)
	for name, c := range map[string]struct{ token, want string }{
		"none":            {"", "missing token"},
		"not a token":     {"ey.ey.ey", "JSON"},
		"wrong secret":    {opstacktest.Token(engine.secret, now), "signature is invalid"},
		"alg none":        {sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, iat), "signing method none is invalid"},
		"alg HS512":       {sign(jwt.SigningMethodHS512, node.secret, iat), "signing method HS512 is invalid"},
		"no iat":          {sign(jwt.SigningMethodHS256, node.secret, jwt.MapClaims{"id": "x"}), "missing issued-at"},
		"old":             {opstacktest.Token(node.secret, now.Add(-65*time.Second)), "stale token"},
		"from the future": {opstacktest.Token(node.secret, now.Add(65*time.Second)), "future token"},
		"expired":         {sign(jwt.SigningMethodHS256, node.secret, jwt.MapClaims{"iat": now.Unix(), "exp": now.Unix() - 1}), "token is expired"},
		"cut":             {good[:len(good)-4], "signature is invalid"},
	} {
		answer, body := post(t, p.url, c.token, strings.NewReader(`{"method":"eth_chainId"}`))
		if answer.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: status %d, %q, want %q", name, answer.StatusCode, body, c.want)
		}
	}
	engine.answers(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "{}") })
	for name, at := range map[string]time.Time{"late": now.Add(-55 * time.Second), "early": now.Add(55 * time.Second)} {
		if answer, body := post(t, p.url, opstacktest.Token(node.secret, at), strings.NewReader("{}")); answer.StatusCode != http.StatusOK {
			t.Errorf("%s within the window: status %d, %q", name, answer.StatusCode, body)
		}
	}
}

func TestProxy_RefusesWhatItCannotPass(t *testing.T) {
	t.Parallel()
	engine, node := newWire(t), newSide(t)
	engine.answers(func(http.ResponseWriter) { t.Error("a call went through") })
	p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.path, MaxBody: 1 << 20})
	token := opstacktest.Token(node.secret, time.Now())
	if answer, body := post(t, p.url, token, io.LimitReader(zeros{}, 1<<20+1)); answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: status %d, %q", answer.StatusCode, body)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNotImplemented {
		t.Errorf("a WebSocket: status %d", answer.StatusCode)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// The answers of a proxy whose execution client is away are ones that op-node takes for a while's trouble, and the calls go on
// when it is back.
func TestProxy_ExecutionClientGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	for _, style := range []opstacktest.Style{opstacktest.Geth, opstacktest.Reth} {
		t.Run(string(style), func(t *testing.T) {
			t.Parallel()
			engine, node := opstacktest.StartExecution(t, style, 10), newSide(t)
			p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.JWT})
			s := sequencer(t, p, node, engine)
			seal(t, s, 3)
			engine.Stop()
			if answer, _ := post(t, p.url, opstacktest.Token(node.secret, time.Now()), strings.NewReader(`{"method":"eth_chainId"}`)); answer.StatusCode != http.StatusBadGateway {
				t.Errorf("status %d without an execution client", answer.StatusCode)
			}
			if state := p.State(); state.Engine != "silent" {
				t.Errorf("state %+v", state)
			}
			engine.Resume(t)
			seal(t, s, 3)
			if state := p.State(); state.Engine != "ok" || len(engine.Canonical()) != 7 {
				t.Errorf("state %+v, %d blocks", state, len(engine.Canonical()))
			}
		})
	}
}

// A proxy that is started again goes on: it has nothing to remember.
func TestProxy_Restarts(t *testing.T) {
	t.Parallel()
	engine, node := opstacktest.StartExecution(t, opstacktest.Geth, 10), newSide(t)
	cfg := opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.JWT}
	first := start(t, cfg)
	cfg.Listen = first.Addr().String()
	s := sequencer(t, first, node, engine)
	seal(t, s, 2)
	first.stop()
	if _, err := s.Seal(t.Context(), false); err == nil {
		t.Error("a block without a proxy")
	}
	start(t, cfg)
	seal(t, s, 2)
	if n := len(engine.Canonical()); n != 5 {
		t.Errorf("%d blocks", n)
	}
}

// Refusals of a build come to op-node as its execution client means them.
func TestProxy_PassesRefusalsOfBothKinds(t *testing.T) {
	t.Parallel()
	for style, want := range map[opstacktest.Style]string{opstacktest.Geth: "Invalid payload attributes", opstacktest.Reth: ""} {
		engine, node := opstacktest.StartExecution(t, style, 10), newSide(t)
		p := start(t, opstack.Config{Engine: engine.URL, JWTIn: node.path, JWTOut: engine.JWT})
		s := sequencer(t, p, node, engine)
		b, err := s.Seal(t.Context(), true, opstacktest.Invalid)
		switch {
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%s: %v, want %q", style, err, want)
		case want == "" && (err != nil || len(b.Transactions) != 1):
			t.Errorf("%s: %v, block %+v, want the transaction skipped", style, err, b)
		}
	}
}

func sequencer(t *testing.T, p running, node side, engine *opstacktest.Execution) *opstacktest.Sequencer {
	t.Helper()
	chain := engine.Canonical()
	s, err := opstacktest.NewSequencer(t.Context(), p.url, node.secret, chain[len(chain)-1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func seal(t *testing.T, s *opstacktest.Sequencer, n int) {
	t.Helper()
	if err := s.SealMany(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}
