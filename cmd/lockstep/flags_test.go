package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each command line is wrong or asks for what cannot be; none may leave anything behind.
func TestRun_RefusesAndTouchesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	for _, c := range []struct {
		name string
		args []string // DIR is a folder that does not exist
		code int
		want string
	}{
		{"unknown command", []string{"devnt"}, exitUsage, "want one of bundle, changes, completion, config, contracts, demo, devnet, evidence, keys, node, opstack, propose, rollups, sign, signer, sim, solver, status, submit, testnet, tick, tx, validators, verify, version, watch"},
		{"unknown flag", []string{"devnet", "--dirr", "DIR"}, exitUsage, "lockstep devnet --help"},
		{"devnet arguments", []string{"devnet", "DIR"}, exitUsage, "takes flags only"},
		{"demo arguments", []string{"demo", "fast"}, exitUsage, "takes flags only"},
		{"no port", []string{"devnet", "--dir", "DIR", "--rpc", "localhost"}, exitUsage, "want HOST:PORT"},
		{"a URL", []string{"devnet", "--dir", "DIR", "--rpc", "http://127.0.0.1:8545"}, exitUsage, "want HOST:PORT"},
		{"port out of range", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:65536"}, exitUsage, "0 to 65535"},
		{"named port", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:http"}, exitUsage, "0 to 65535"},
		{"port in use", []string{"devnet", "--dir", "DIR", "--rpc", taken.Addr().String()}, exitFailed, "give --rpc another address"},
		{"log level", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:0", "--log-level", "loud"}, exitUsage, "want debug, info, warn or error"},
		{"empty folder name", []string{"devnet", "--rpc", "127.0.0.1:0", "--dir", ""}, exitUsage, "want the path of a folder"},
		{"no artifacts", []string{"demo", "--artifacts", "DIR"}, exitFailed, "make artifacts"},
		{"validators out of range", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:0", "--validators", "3"}, exitUsage, "want 4 to 16"},
		{"rollups out of range", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:0", "--rollups", "17"}, exitUsage, "want 2 to 16"},
		{"setting that the devnet chooses", []string{"devnet", "--dir", "DIR", "--gateway.listen", "127.0.0.1:1"}, exitUsage, "unknown flag"},
		{"setting out of range", []string{"devnet", "--dir", "DIR", "--rpc", "127.0.0.1:0", "--gateway.maxBatch", "0"}, exitUsage, "gateway.maxBatch is 0"},
		{"setting of another kind", []string{"config", "show", "--gateway.maxBatch", "many"}, exitUsage, "want a number"},
		{"missing settings file", []string{"config", "show", "--config", "none.toml"}, exitUsage, "none.toml"},
		{"tick", []string{"tick", "newest"}, exitUsage, "want the number of a tick"},
		{"short hash", []string{"tx", "0x12"}, exitUsage, "64 hex digits"},
		{"level", []string{"tx", "0x" + strings.Repeat("00", 32), "--wait", "soon"}, exitUsage, "want ordered, executed or attested"},
		{"no gateway", []string{"status", "--rpc", "http://127.0.0.1:1"}, exitNobody, "lockstep devnet"},
		{"no gateway to watch", []string{"watch", "--rpc", "http://127.0.0.1:1"}, exitNobody, "lockstep devnet"},
		{"no URL", []string{"rollups", "--rpc", "localhost"}, exitFailed, "is not a gateway URL"},
		{"no bundle file", []string{"bundle", "send", "none.json"}, exitFailed, "none.json"},
		{"two bundle files", []string{"bundle", "simulate", "a", "b"}, exitUsage, "the file of a bundle"},
		{"key without password", []string{"keys", "new", "key.json"}, exitUsage, "--password-file is missing"},
		{"key that is not there", []string{"keys", "show", "key.json"}, exitFailed, "key.json"},
		{"contracts without a key", []string{"contracts", "deploy"}, exitUsage, "want either --key FILE or --dev-account"},
		{"contracts with two keys", []string{"contracts", "deploy", "--key", "none.json", "--dev-account"}, exitUsage, "want either --key FILE or --dev-account"},
		{"contracts with a key that is not there", []string{"contracts", "deploy", "--key", "none.json"}, exitFailed, "none.json"},
		{"contracts of no network", []string{"contracts", "addresses", "--rpc", "http://127.0.0.1:1"}, exitNobody, "lockstep devnet"},
		{"solver without settings", []string{"solver"}, exitUsage, "--config is missing"},
		{"solver with settings that are not there", []string{"solver", "--config", "none.toml"}, exitUsage, "none.toml"},
		{"empty artifacts", []string{"demo", "--artifacts", ""}, exitUsage, "want the path of a folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var out, errs bytes.Buffer
			args := strings.Split(strings.ReplaceAll(strings.Join(c.args, "\x00"), "DIR", "net"), "\x00")
			if code := run(args, &out, &errs); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.HasPrefix(errs.String(), "error: ") || !strings.Contains(errs.String(), c.want) || out.Len() > 0 {
				t.Errorf("stderr %q, stdout %q; want an error with %q", errs.String(), out.String(), c.want)
			}
			if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
}

func TestRun_RefusesForeignFolders(t *testing.T) {
	dir, old := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(old, "devnet.json"), []byte(`{"version":0,"genesisVersion":0}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--dir", dir}, "give --dir a new folder"},
		{[]string{"--dir", dir, "--fresh"}, "give --dir a new folder"},
		{[]string{"--dir", filepath.Join(dir, "thesis.tex")}, "is not a folder; give --dir a new one"},
		{[]string{"--dir", old}, "start with --fresh"},
	} {
		var out, errs bytes.Buffer
		if code := run(append([]string{"devnet", "--rpc", "127.0.0.1:0"}, c.args...), &out, &errs); code != exitFailed || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%q: exit code %d, %q; want an error with %q", c.args, code, errs.String(), c.want)
		}
	}
	for _, d := range []string{dir, old} {
		if left, err := os.ReadDir(d); err != nil || len(left) != 1 {
			t.Errorf("the folder holds %v (%v)", left, err)
		}
	}
}

func TestRun_PrintsHelpAndVersion(t *testing.T) {
	for args, want := range map[string]string{"": "lockstep devnet", "help": "Exit codes", "devnet --help": "--fresh", "version": "protocol version", "--version": "lockstep version", "version --json": `"protocolVersion":`} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(args), &out, &errs); code != exitDone || errs.Len() > 0 || !strings.Contains(out.String(), want) {
			t.Errorf("lockstep %s: exit code %d, stderr %q, stdout %q; want %q", args, code, errs.String(), out.String(), want)
		}
	}
}
