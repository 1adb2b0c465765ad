package opstack

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// meter stands between op-node and an engine, and takes the time of the calls. Where they go can be changed while op-node
// runs, which compares two ways in one run. It alters nothing, and when nobody answers behind it, it hangs up.
type meter struct {
	url    string
	client *http.Client

	mu     sync.Mutex
	target string
	// ways are taken in turns, a block each, when there are any.
	ways   []string
	blocks []engineBlock
}

// engineBlock are the engine calls from one build to the next.
type engineBlock struct {
	way   string
	at    time.Time
	calls map[string][]time.Duration
}

// startMeter listens on a port of the kernel's until the test's end.
func startMeter(t *testing.T, target string) (*meter, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &meter{url: "http://" + listener.Addr().String(), target: target, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	server := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return m, nil
}

// goThrough sends all further calls to one place, or block by block to one after the other.
func (m *meter) goThrough(ways ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.target, m.ways = ways[0], ways[1:]
	if len(ways) > 1 {
		m.ways = ways
	}
}

func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	call, target := m.begin(body)
	from := time.Now()
	request, err := http.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	request.Header = r.Header.Clone()
	answer, err := m.client.Do(request)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	m.end(call, time.Since(from))
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(text)
}

// begin tells which engine call a request is, if any, and where it goes. A request to build begins a block.
func (m *meter) begin(body []byte) (call, target string) {
	var request struct {
		Method string            `json:"method"`
		Params []json.RawMessage `json:"params"`
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// Batches never hold calls of the engine.
	if json.Unmarshal(body, &request) != nil || !strings.HasPrefix(request.Method, "engine_") {
		return "", m.target
	}
	call = strings.TrimRight(strings.TrimPrefix(request.Method, "engine_"), "V12345")
	if call == "forkchoiceUpdated" && len(request.Params) == 2 && string(request.Params[1]) != "null" {
		call = "build"
		if len(m.ways) > 0 {
			m.target = m.ways[len(m.blocks)%len(m.ways)]
		}
		m.blocks = append(m.blocks, engineBlock{way: m.target, at: time.Now(), calls: map[string][]time.Duration{}})
	}
	return call, m.target
}

func (m *meter) end(call string, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if call == "" || len(m.blocks) == 0 {
		return
	}
	calls := m.blocks[len(m.blocks)-1].calls
	calls[call] = append(calls[call], took)
}

// engineCalls are what op-node asks for each block, in this order.
var engineCalls = []string{"build", "getPayload", "newPayload", "forkchoiceUpdated"}

// medians are those of each engine call on one way since a time, and of how many blocks.
func (m *meter) medians(way string, since time.Time) (medians []time.Duration, blocks int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	each := map[string][]time.Duration{}
	for _, b := range m.blocks {
		if b.way != way || b.at.Before(since) {
			continue
		}
		blocks++
		for call, took := range b.calls {
			each[call] = append(each[call], took...)
		}
	}
	for _, call := range engineCalls {
		if took := each[call]; len(took) > 0 {
			slices.Sort(took)
			medians = append(medians, took[len(took)/2])
		}
	}
	return medians, blocks
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
