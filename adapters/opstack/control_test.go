package opstack_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
)

func TestControl_ChangesTheMode(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Geth)
	ask := func(method, path, body, origin string) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		s.proxy.Control().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		name, body, origin string
		status             int
		want               string
		mode               opstack.Mode
	}{
		{"out", `{"mode":"pass-through"}`, "", 200, `"mode":"pass-through"`, opstack.PassThrough},
		{"in", `{"mode":"confirm"}`, "", 200, `"mode":"confirm"`, opstack.Confirm},
		{"to a mode that is not there", `{"mode":"failover"}`, "", 400, "want one of", opstack.Confirm},
		{"no mode", `{"made":"x"}`, "", 400, "want {", opstack.Confirm},
		{"garbage", `{`, "", 400, "want {", opstack.Confirm},
		{"a page of another site", `{"mode":"pass-through"}`, "https://evil.example", 403, "cross-origin", opstack.Confirm},
	} {
		status, body := ask(http.MethodPost, "/opstack/mode", c.body, c.origin)
		if status != c.status || !strings.Contains(body, c.want) && c.status != 403 || s.proxy.Mode() != c.mode {
			t.Errorf("%s: status %d, %s, mode %s", c.name, status, body, s.proxy.Mode())
		}
	}
	var state opstack.State
	if status, body := ask(http.MethodGet, "/opstack/state", "", ""); status != http.StatusOK || json.Unmarshal([]byte(body), &state) != nil || state.Confirm.Rollup != chain10 {
		t.Errorf("state: %d, %s", status, body)
	}
}

func TestReady_FollowsTheExecutionClientAlone(t *testing.T) {
	t.Parallel()
	s := newScene(t, opstacktest.Reth)
	ready := func() (int, opstack.State) {
		w := httptest.NewRecorder()
		s.proxy.Ready().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		var state opstack.State
		if err := json.Unmarshal(w.Body.Bytes(), &state); err != nil {
			t.Fatal(err)
		}
		return w.Code, state
	}
	seal(t, s.op, 1)
	s.network.Down(false)
	seal(t, s.op, 1)
	if status, state := ready(); status != http.StatusOK || state.Mode != opstack.Confirm || state.Engine != "ok" {
		t.Errorf("without the network: %d, %+v", status, state)
	}
	s.engine.Stop()
	if _, err := s.op.Seal(t.Context(), false); err == nil {
		t.Error("a block without an execution client")
	}
	if status, state := ready(); status != http.StatusServiceUnavailable || state.Engine != "silent" {
		t.Errorf("without the execution client: %d, %+v", status, state)
	}
	s.engine.Resume(t)
}
