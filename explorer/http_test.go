package explorer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// ask gets a path below Prefix.
func ask(t *testing.T, url, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+Prefix+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestAPI_SaysWhatIsWrong(t *testing.T) {
	n := newNetwork()
	n.calls = func(result any, method string, _ ...any) error {
		if method == "lockstep_getTick" {
			return errors.New("disk gone")
		}
		return json.Unmarshal([]byte(`{"kind":"unknown","level":"unknown"}`), result)
	}
	n.order(nil)
	url := serve(t, n.open(t, filepath.Join(t.TempDir(), "x"), nil))
	hash := "0x" + strings.Repeat("ab", 32)
	for _, c := range []struct {
		path   string
		status int
		says   string
	}{
		{"api/nothing", 404, "no such path"},
		{"api/ticks?limit=0", 400, `limit is "0", want 1 to 200`},
		{"api/ticks?before=x", 400, `before is "x", want a tick`},
		{"api/tick/x", 400, `want a tick, or "latest"`},
		{"api/tick/9", 404, "keeps 1 to 1"},
		{"api/tick/1", 500, "the node's log has the reason"},
		{"api/tx/0x12", 400, "0x and 64 hex digits"},
		{"api/tx/" + hash, 404, "does not know a transaction"},
		{"api/bundle/" + hash, 404, "does not know a bundle"},
		{"api/rollup/0", 400, "a decimal number"},
		{"api/rollup/77", 404, "no rollup 77"},
		{"api/rollup/901/block/5", 404, "no sealed block 5"},
		{"api/rollup/901/block/x", 400, `a number, a hash, or`},
		{"api/validator/0x12", 400, "40 hex digits"},
		{"api/validator/0x" + strings.Repeat("12", 20), 404, "no validator"},
		{"api/address/" + strings.Repeat("z", 500), 400, "zzz…"},
		{"api/address/0x" + strings.Repeat("12", 20) + "?before=zz", 400, "what the page before gave"},
		{"api/search", 400, `q is ""`},
		{"assets/none.js", 404, "no such file"},
	} {
		response, body := ask(t, url, c.path)
		var failure Failure
		if err := json.Unmarshal([]byte(body), &failure); err != nil {
			t.Errorf("%s: %s", c.path, body)
			continue
		}
		if response.StatusCode != c.status || failure.Error.Status != c.status || !strings.Contains(failure.Error.Message, c.says) {
			t.Errorf("%s: %d %s, want %d %s", c.path, response.StatusCode, body, c.status, c.says)
		}
		if strings.Contains(body, "disk gone") {
			t.Errorf("%s tells what is for the log only: %s", c.path, body)
		}
	}
	posted, err := http.Post(url+Prefix+"api/ticks", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	if posted.Body.Close() != nil || posted.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", posted.Status)
	}
}

func TestAPI_Search(t *testing.T) {
	n := newNetwork()
	bundle := testBundle(n.genesis, testTx(rollupA, 0, bob), testTx(rollupB, 0, bob))
	n.order([]core.DecodedBundle{bundle})
	url := serve(t, n.open(t, filepath.Join(t.TempDir(), "x"), nil))
	block := chain{n, rollupB}.genesisBlock().Hash()
	for query, want := range map[string]string{
		bundle.Hash.Hex(): "bundle:0", bundle.Txs[1].Hash().Hex(): "transaction:0", strings.TrimPrefix(block.Hex(), "0x"): "block:902",
		"1": "tick:0", "0": "block:901 block:902", "901": "rollup:0", "ROLLUP": "rollup:0 rollup:0",
		testAddress(1).Hex(): "validator:0 address:0", bob.Hex(): "address:0", "nothing": "",
	} {
		_, body := ask(t, url, "api/search?q="+query)
		var page SearchPage
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, hit := range page.Hits {
			got = append(got, fmt.Sprintf("%s:%s", hit.Type, hit.Rollup))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}

func TestPage_IsServedForEveryPlaceInItAndFromThisNodeOnly(t *testing.T) {
	url := serve(t, newNetwork().open(t, filepath.Join(t.TempDir(), "x"), nil))
	_, index := ask(t, url, "")
	for _, path := range []string{"tx/0x12", "bundle/x?y=1", "%2e%2e/%2e%2e/go.mod", "index.html"} {
		response, body := ask(t, url, path)
		if response.StatusCode != http.StatusOK || body != index || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s %q", path, response.StatusCode, response.Header.Get("Content-Type"), body)
		}
		if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("policy is %s", policy)
		}
	}
	if strings.Contains(index, `src="http`) || strings.Contains(index, `src="//`) {
		t.Errorf("the page loads something from elsewhere: %s", index)
	}
	response, _ := ask(t, url, "")
	again, body := ask(t, url, "", "If-None-Match", response.Header.Get("Etag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("%d %q", again.StatusCode, body)
	}
}
