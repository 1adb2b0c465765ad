package testnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/proof"
)

// until asks again and again until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	late := time.After(2 * patience)
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for !so() {
		select {
		case <-poll.C:
		case <-late:
			t.Fatalf("it does not come that %s", what)
		}
	}
}

// reply is how a gateway answers a question about a rollup's state.
type reply struct {
	status int
	code   int // of the error, 0 for none
	tick   uint64
	body   string
}

// ask asks for a rollup's newest block, in a state in which a tick is executed.
func ask(t *testing.T, url string, tick uint64) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/rollup/"+rollup.String(), strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if tick > 0 {
		req.Header.Set("Lockstep-Min-Tick", strconv.FormatUint(tick, 10))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error struct{ Code int } }
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r := reply{status: res.StatusCode, code: answer.Error.Code, body: string(text)}
	r.tick, _ = strconv.ParseUint(res.Header.Get("Lockstep-Tick"), 10, 64)
	return r
}

// answers asks until there is an answer, as a client does that is told to try again, and checks that it is new enough.
func answers(t *testing.T, url string, tick uint64) {
	t.Helper()
	var r reply
	until(t, url+" answers", func() bool {
		r = ask(t, url, tick)
		return r.status == http.StatusOK && r.code == 0
	})
	if r.tick < tick {
		t.Errorf("%s answers of tick %d, tick %d was wanted", url, r.tick, tick)
	}
}

// numbers reads a metric of a gateway alone, by the port of the gateway behind it.
func numbers(t *testing.T, relay, metric, label string) map[string]int {
	t.Helper()
	res, err := http.Get(relay + "/metrics") //nolint:noctx // a test's own port
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, upstream, ok := strings.Cut(name, `upstream="`); ok && strings.HasPrefix(name, metric+"{") && strings.Contains(name, label) {
			upstream, _, _ = strings.Cut(upstream, `"`)
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(line)
			}
			found["http://"+upstream] = n
		}
	}
	return found
}

// awaitUpstreams waits until a gateway alone knows that so many behind it are ready.
func awaitUpstreams(t *testing.T, relay string, want int) {
	t.Helper()
	until(t, fmt.Sprintf("%d gateways behind %s are ready", want, relay), func() bool {
		ready := 0
		for _, n := range numbers(t, relay, "lockstep_relay_upstream_ready", "") {
			ready += n
		}
		return ready == want
	})
}

// serves tells which gateway behind a gateway alone has answered what is asked meanwhile.
func serves(t *testing.T, relay string, asked func()) (url string) {
	t.Helper()
	before := numbers(t, relay, "lockstep_relay_requests_total", `"answered"`)
	asked()
	for upstream, n := range numbers(t, relay, "lockstep_relay_requests_total", `"answered"`) {
		if n > before[upstream] {
			url = upstream
		}
	}
	if url == "" {
		t.Fatal("nobody has answered")
	}
	return url
}

// A follower that falls behind says so and answers nothing that is old; the gateway alone in front asks the other one, also when it is
// frozen, and a lane that is read through it goes on when it is killed.
func TestRelay_GoesOnWhateverAFollowerDoes(t *testing.T) {
	l := initNetwork(t, 2, 1)
	followers, relay := []int{4, 5}, l.url(6)
	mutes := make(map[string]*mute)
	index := make(map[string]int)
	for _, i := range followers {
		index[l.url(i)], mutes[l.url(i)] = i, l.between(t, i)
	}
	nodes := l.runAll(t, acceptPatiently, "--gateway.maxLag=32")
	for _, i := range append(followers, 0) {
		reaches(t, l.url(i), 3)
	}
	awaitUpstreams(t, relay, len(followers))
	victim := serves(t, relay, func() { answers(t, relay, 1) }) // where the client of this test is
	t.Run("behind", func(t *testing.T) { fallsBehind(t, relay, victim, l.url(0), mutes[victim]) })
	t.Run("frozen", func(t *testing.T) { freezes(t, relay, victim, l.url(0), nodes[index[victim]]) })
	t.Run("lane", func(t *testing.T) {
		loses(t, l, relay, func(url string) {
			if code := nodes[index[url]].end(t, syscall.SIGKILL); code != -1 {
				t.Errorf("exit code %d of a killed process", code)
			}
		})
	})
}

func fallsBehind(t *testing.T, relay, victim, validator string, m *mute) {
	m.on()
	var ready gateway.Readiness
	until(t, "the follower says that it is behind", func() bool {
		status, now, err := readyz(t.Context(), victim)
		ready = now
		return err == nil && status == http.StatusServiceUnavailable && len(now.Reasons) > 0 && now.Reasons[0].Code == "behind"
	})
	if !strings.Contains(ready.Reasons[0].Text, "ticks are missing") {
		t.Errorf("%+v", ready.Reasons)
	}
	seen := reaches(t, validator, ready.Tick+33)
	if r := ask(t, victim, seen); r.status != http.StatusServiceUnavailable || r.code != 47507 {
		t.Errorf("to who has seen tick %d: %+v", seen, r)
	}
	until(t, "the follower refuses what would be old", func() bool { return ask(t, victim, 0).code == 47507 })
	if by := serves(t, relay, func() { answers(t, relay, seen) }); by == victim {
		t.Errorf("%s answers", by)
	}
	m.release()
	awaitReady(t, victim)
	answers(t, victim, reaches(t, validator, seen+1))
	awaitUpstreams(t, relay, 2)
}

func freezes(t *testing.T, relay, victim, validator string, p *process) {
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	seen := reaches(t, validator, 1)
	if by := serves(t, relay, func() { answers(t, relay, seen) }); by == victim {
		t.Errorf("%s answers", by)
	}
	until(t, "the frozen follower counts as not ready", func() bool {
		return numbers(t, relay, "lockstep_relay_upstream_ready", "")[victim] == 0
	})
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, victim)
	answers(t, victim, reaches(t, validator, seen+1))
	awaitUpstreams(t, relay, 2)
}

var errEnough = errors.New("enough")

// follower reads a lane and checks that nothing is left out or comes twice.
type follower struct {
	cursor lane.Cursor
	items  []core.LaneItem
	came   func(count int) error
}

func (f *follower) Tick(tick *lane.Tick, after lane.Cursor) error {
	if tick.FirstSeq != uint64(len(f.items)) || tick.Number < f.cursor.Tick {
		return fmt.Errorf("tick %d begins at %d, after tick %d and %d positions", tick.Number, tick.FirstSeq, f.cursor.Tick, len(f.items))
	}
	f.items, f.cursor = append(f.items, tick.Items...), after
	return f.came(len(f.items))
}

func (f *follower) Clock(_ uint64, after lane.Cursor) error {
	if after.Tick <= f.cursor.Tick {
		return fmt.Errorf("tick %d after tick %d", after.Tick, f.cursor.Tick)
	}
	f.cursor = after
	return nil
}

func (*follower) Proven(*proof.HeadFact) error { return nil }

// loses reads a lane through a gateway alone and kills the follower that serves it in between.
func loses(t *testing.T, l layout, relay string, kill func(url string)) {
	text, err := os.ReadFile(filepath.Join(l.home(0), "genesis.json"))
	if err != nil {
		t.Fatal(err)
	}
	genesis, err := core.ParseGenesis(text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	const half = 10
	read := func(url string, came func(count int) error) *follower {
		f := &follower{came: came}
		if err := lane.New(rollup, proof.FromGenesis(genesis), url).Follow(ctx, lane.Cursor{}, f); !errors.Is(err, errEnough) {
			t.Errorf("%s, after %d positions: %v", url, len(f.items), err)
		}
		return f
	}
	all := func(count int) error {
		if count >= 2*half {
			return errEnough
		}
		return nil
	}
	first, read1 := make(chan struct{}, 2*half), make(chan *follower, 1)
	var own *follower
	by := serves(t, relay, func() {
		go func() {
			read1 <- read(relay, func(count int) error {
				first <- struct{}{}
				return all(count)
			})
		}()
		for nonce := range uint64(half) {
			if _, err := l.send(t, 0, 0, nonce); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-first:
		case own = <-read1:
			t.Fatal("the lane is not read")
		}
	})
	kill(by)
	for nonce := range uint64(half) {
		if _, err := l.send(t, 0, 0, half+nonce); err != nil {
			t.Fatal(err)
		}
	}
	own = <-read1
	same := read(l.url(0), all)
	if len(own.items) != 2*half || len(same.items) != 2*half || own.cursor != same.cursor {
		t.Fatalf("%d positions to %+v by the gateway alone, %d to %+v by a validator", len(own.items), own.cursor, len(same.items), same.cursor)
	}
	for nonce := range uint64(2 * half) {
		raw, err := transfer(t, 0, nonce).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(own.items[nonce].Tx.Raw(), raw) {
			t.Errorf("position %d is not the transaction with nonce %d", nonce, nonce)
		}
	}
}
