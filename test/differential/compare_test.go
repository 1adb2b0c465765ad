package differential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ask posts a body and returns what comes back.
func ask(t testing.TB, url, body string) (status int, answer []byte) {
	t.Helper()
	status, answer, err := post(t, url, body)
	require.NoError(t, err)
	return status, answer
}

func post(t testing.TB, url, body string) (status int, answer []byte, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { require.NoError(t, response.Body.Close()) }()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

func request(q question, f facts) string {
	return f.fill(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, q.method, q.params))
}

// decode reads JSON without losing digits; what is no JSON stays as text.
func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return string(text)
	}
	return value
}

// differences are the paths at which two JSON values differ, without indices of lists: result.logs[].blockHash.
func differences(path string, ours, theirs any) (paths []string) {
	switch a := ours.(type) {
	case map[string]any:
		if b, ok := theirs.(map[string]any); ok {
			for key := range union(a, b) {
				inA, inB := a[key], b[key]
				_, hasA := a[key]
				_, hasB := b[key]
				if hasA != hasB {
					paths = append(paths, join(path, key))
				} else {
					paths = append(paths, differences(join(path, key), inA, inB)...)
				}
			}
			return unique(paths)
		}
	case []any:
		if b, ok := theirs.([]any); ok && len(a) == len(b) {
			for i := range a {
				paths = append(paths, differences(path+"[]", a[i], b[i])...)
			}
			return unique(paths)
		}
	default:
		if ours == theirs {
			return nil
		}
	}
	return []string{path}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func union(a, b map[string]any) map[string]bool {
	keys := make(map[string]bool, len(a))
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}

func unique(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

// form replaces the digits of an id, of which only the length is compared.
func form(value any) any {
	if answer, ok := value.(map[string]any); ok {
		if id, ok := answer["result"].(string); ok && strings.HasPrefix(id, "0x") {
			answer["result"] = "an id"
		}
	}
	return value
}
