package explorer

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain also shows that streams leave no goroutine.
func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	// pebble leaves one behind when it cannot open a damaged folder.
	if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/cockroachdb/pebble/vfs.(*diskHealthCheckingFS).startTickerLocked.func1")); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

// page is an open live stream.
type page struct {
	t      testing.TB
	body   *bufio.Reader
	close  func()
	status int
}

// browse opens a stream as a browser does.
func browse(t testing.TB, url, lastID string) *page {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+Prefix+"live", nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, body: bufio.NewReader(response.Body), status: response.StatusCode, close: sync.OnceFunc(func() { cancel(); response.Body.Close() })}
	t.Cleanup(p.close)
	return p
}

// next reads one event; ok is false at the stream's end.
func (p *page) next() (id, name, data string, ok bool) {
	for {
		line, err := p.body.ReadString('\n')
		if err != nil {
			return "", "", "", false
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if name != "" {
				return id, name, data, true
			}
		}
	}
}

// serve runs the handler behind a server without limits.
func serve(t testing.TB, x *Explorer) string { return serveWithin(t, x, 0) }

// serveWithin is serve with the limits that the gateway's server has, but shorter; zero for none.
func serveWithin(t testing.TB, x *Explorer, timeout time.Duration) string {
	t.Helper()
	s := httptest.NewUnstartedServer(x.Handler())
	s.Config.ReadTimeout, s.Config.WriteTimeout = timeout, timeout
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func (x *Explorer) say(t testing.TB, data string) {
	t.Helper()
	if err := x.backlog.add(func(id string) ([]byte, error) { return event(id, "frame", data) }); err != nil {
		t.Fatal(err)
	}
}

func TestStream_ResumesWithoutGap(t *testing.T) {
	x := newNetwork().open(t, filepath.Join(t.TempDir(), "x"), func(c *Config) { c.Backlog = 10 })
	url := serve(t, x)
	first := browse(t, url, "")
	if _, name, data, _ := first.next(); name != "hello" || !strings.Contains(data, `"resumed":false`) {
		t.Fatalf("%s %s", name, data)
	}
	last := ""
	for i := range 3 {
		x.say(t, fmt.Sprint(i))
		id, _, data, ok := first.next()
		if !ok || data != fmt.Sprintf("%q", fmt.Sprint(i)) {
			t.Fatalf("message %d is %s", i, data)
		}
		last = id
	}
	first.close()
	for i := 3; i < 8; i++ {
		x.say(t, fmt.Sprint(i))
	}
	second := browse(t, url, last)
	if _, _, data, _ := second.next(); !strings.Contains(data, `"resumed":true`) {
		t.Errorf("hello is %s", data)
	}
	for i := 3; i < 8; i++ {
		if _, _, data, _ := second.next(); data != fmt.Sprintf("%q", fmt.Sprint(i)) {
			t.Fatalf("message is %s, want %d", data, i)
		}
	}
	second.close()
	for i := 8; i < 30; i++ { // more than are kept
		x.say(t, fmt.Sprint(i))
	}
	for name, id := range map[string]string{"too old": last, "of another process": "other-3", "no id": "nonsense"} {
		third := browse(t, url, id)
		if _, _, data, _ := third.next(); !strings.Contains(data, `"resumed":false`) {
			t.Errorf("%s: hello is %s", name, data)
		}
		if _, _, data, _ := third.next(); data != `"20"` { // the newest ten
			t.Errorf("%s: goes on with %s", name, data)
		}
	}
}

func TestStream_OutlivesTheServersTimeouts(t *testing.T) {
	x := newNetwork().open(t, filepath.Join(t.TempDir(), "x"), nil)
	const timeout = 500 * time.Millisecond
	p := browse(t, serveWithin(t, x, timeout), "")
	p.next()
	<-time.After(2 * timeout)
	x.say(t, "later")
	if _, _, data, ok := p.next(); !ok || data != `"later"` {
		t.Errorf("got %q, %t", data, ok)
	}
}

func TestStream_EndsWithTheNodeAndIsBounded(t *testing.T) {
	x := newNetwork().open(t, filepath.Join(t.TempDir(), "x"), func(c *Config) { c.MaxStreams = 1 })
	url := serve(t, x)
	p := browse(t, url, "")
	p.next()
	if refused := browse(t, url, ""); refused.status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", refused.status)
	}
	x.end()
	if _, _, data, ok := p.next(); ok {
		t.Errorf("got %s after the end", data)
	}
}

// reluctant takes nothing until it is let.
type reluctant struct {
	*httptest.ResponseRecorder
	let chan struct{}
}

func (w *reluctant) SetReadDeadline(time.Time) error  { return nil }
func (w *reluctant) SetWriteDeadline(time.Time) error { return nil }
func (w *reluctant) FlushError() error                { <-w.let; return nil }

func TestStream_CutsASlowPage(t *testing.T) {
	x := newNetwork().open(t, filepath.Join(t.TempDir(), "x"), func(c *Config) { c.BacklogBytes = 4096 })
	w := &reluctant{httptest.NewRecorder(), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		x.serveLive(w, httptest.NewRequest(http.MethodGet, Prefix+"live", nil))
	}()
	w.let <- struct{}{} // hello is taken, nothing after it
	for range 100 {
		x.say(t, strings.Repeat("x", 1000))
	}
	close(w.let)
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("a page that is 100 messages behind is still served")
	}
	x.backlog.mu.Lock()
	defer x.backlog.mu.Unlock()
	if x.backlog.bytes > 4096 {
		t.Errorf("%d bytes kept", x.backlog.bytes)
	}
}

// BenchmarkStream measures what a frame costs the node with 500 open pages, over real sockets: the pages' own reading, in the
// same process, is in the figures.
func BenchmarkStream(b *testing.B) {
	for _, pages := range []int{0, 500} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			n := newNetwork()
			x := n.open(b, filepath.Join(b.TempDir(), "x"), nil)
			url := serve(b, x)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var taken sync.WaitGroup
			for range pages {
				p := browse(b, url, "")
				p.next()
				go func() {
					for {
						if _, name, _, ok := p.next(); !ok || name != "frame" {
							return
						}
						taken.Done()
					}
				}()
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			frame := strings.Repeat("x", 4000) // a busy network's
			began := processorTime()
			b.ResetTimer()
			for range b.N {
				taken.Add(pages)
				x.say(b, frame)
				taken.Wait()
			}
			b.ReportMetric(float64((processorTime()-began).Microseconds())/float64(b.N), "cpu-µs/frame")
			b.ReportMetric(float64(int64(after.HeapAlloc+after.StackInuse)-int64(before.HeapAlloc+before.StackInuse))/1024, "KiB")
		})
	}
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for wrong arguments only
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
