package chainrpc

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"reflect"
	"testing"
)

// The stream as the proxy writes it, one golden for both sides: adapters/opstack holds what it writes to the same file.
func TestPreview_ReadsWhatTheProxyWrites(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../adapters/opstack/testdata/stream.golden")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	messages := json.NewDecoder(file)
	for count := 0; ; count++ {
		var raw json.RawMessage
		if err := messages.Decode(&raw); errors.Is(err, io.EOF) {
			if count < 3 {
				t.Errorf("%d messages, want a block of two and the begin of the next", count)
			}
			return
		} else if err != nil {
			t.Fatal(err)
		}
		m := new(subblock)
		if err := json.Unmarshal(raw, m); err != nil {
			t.Fatalf("message %d: %v", count, err)
		}
		if (m.Base != nil) != (m.Index == 0) {
			t.Errorf("message %d: index %d, base %v", count, m.Index, m.Base)
		}
		understood(t, "", parsed(t, m), parsed(t, raw))
	}
}

func parsed(t *testing.T, v any) (out any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// understood checks that every field that the reader knows is in what was written, with the same content.
func understood(t *testing.T, path string, read, written any) {
	t.Helper()
	fields, ok := read.(map[string]any)
	if !ok {
		if !reflect.DeepEqual(read, written) {
			t.Errorf("%s is read as %v, and was written as %v", path, read, written)
		}
		return
	}
	from, ok := written.(map[string]any)
	if !ok {
		t.Errorf("%s was written as %v", path, written)
		return
	}
	for name, value := range fields {
		if sent, is := from[name]; is || value != nil {
			understood(t, path+"."+name, value, sent)
		}
	}
}
