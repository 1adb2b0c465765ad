package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify_ExitCodes(t *testing.T) {
	const vectors = "../../proof/testdata/"
	valid, err := os.ReadFile(vectors + "transaction.golden")
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(wrong, bytes.Replace(valid, []byte(`"included"`), []byte(`"nonceTooLow"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	trust := "--checkpoint=" + vectors + "trust.golden"
	for _, test := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"transaction", []string{"tx", "901", "9", trust, "--proof=" + vectors + "transaction.golden"}, exitDone, "included, decided in tick 13"},
		{"as JSON", []string{"tx", "901", "9", trust, "--json", "--proof=" + vectors + "transaction.golden"}, exitDone, `"seq":9`},
		{"range", []string{"lane", "902", "1", "3", trust, "--proof=" + vectors + "range.golden"}, exitDone, "positions 1 to 2"},
		{"not what was asked", []string{"tx", "901", "8", trust, "--proof=" + vectors + "transaction.golden"}, exitRefuted, "not about seq 8"},
		{"range too short", []string{"lane", "902", "1", "9", trust, "--proof=" + vectors + "range.golden"}, exitRefuted, "ends before"},
		{"wrong proof", []string{"tx", "901", "9", trust, "--proof=" + wrong}, exitRefuted, "not in the outcomes root"},
		{"no file", []string{"tx", "901", "9", trust, "--proof=" + wrong + ".not"}, exitFailed, "no such file"},
		{"no trust", []string{"tx", "901", "9", "--proof=" + wrong}, exitUsage, "something must be trusted"},
		{"no hash", []string{"bundle", "0x12", trust}, exitUsage, "64 hex digits"},
		{"nothing asked", []string{"lane", trust}, exitUsage, "takes a rollup"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(append([]string{"verify"}, test.args...), &out, &errs); code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, errs.String())
			}
			if said := out.String() + errs.String(); !strings.Contains(said, test.says) {
				t.Errorf("it says %q, want %q", said, test.says)
			}
		})
	}
}
