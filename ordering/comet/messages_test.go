package comet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmttypes "github.com/cometbft/cometbft/types"
)

// step is a message that the engine can encode.
func step(height int64, name string) cmtconsensus.WALMessage {
	return cmttypes.EventDataRoundState{Height: height, Step: name}
}

// engineLog makes the engine's own log, as builds before this one had it.
func engineLog(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, ownLog)
	log, err := cmtconsensus.NewWAL(file)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(log.Start(), log.Write(step(1, "old")), log.Write(cmtconsensus.EndHeightMessage{Height: 7}),
		log.Write(step(8, "one")), log.WriteSync(step(8, "two")), log.Stop())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// found lists the steps after the end of a tick.
func found(t *testing.T, log cmtconsensus.WAL, height int64) (steps []string, ok bool) {
	t.Helper()
	r, ok, err := log.SearchForEndHeight(height, &cmtconsensus.WALSearchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return nil, false
	}
	defer r.Close()
	for decoder := cmtconsensus.NewWALDecoder(r); ; {
		m, err := decoder.Decode()
		if errors.Is(err, io.EOF) {
			return steps, true
		}
		if err != nil {
			t.Fatal(err)
		}
		s, ok := m.Msg.(cmttypes.EventDataRoundState)
		if !ok {
			t.Fatalf("a %T", m.Msg)
		}
		steps = append(steps, fmt.Sprintf("%d %s", s.Height, s.Step))
	}
}

func mustOpenLog(t *testing.T, dir string, stored int64) *messageLog {
	t.Helper()
	log, err := openMessageLog(dir, stored)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestMessageLog_GivesWhatFollowsTheNewestEnd(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cs.wal")
	log := mustOpenLog(t, dir, 0)
	if _, ok := found(t, log, 0); ok {
		t.Error("an empty log has an end")
	}
	err := errors.Join(log.WriteSync(cmtconsensus.EndHeightMessage{Height: 6}), log.Write(step(7, "one")), log.Write(cmtconsensus.EndHeightMessage{Height: 7}),
		log.Write(step(8, "one")), log.FlushAndSync(), log.Write(step(8, "two")))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for height, want := range map[int64]bool{5: false, 6: false, 7: true, 8: false} {
			if _, ok := found(t, log, height); ok != want {
				t.Errorf("end of %d: found %v, want %v", height, ok, want)
			}
		}
		if steps, _ := found(t, log, 7); !slices.Equal(steps, []string{"8 one", "8 two"}) {
			t.Errorf("after the end of 7: %q", steps)
		}
		if err := errors.Join(log.Stop(), log.Stop()); err != nil {
			t.Fatal(err)
		}
		if err := log.Write(step(8, "three")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("write after stop: %v, want %v", err, os.ErrClosed)
		}
		log = mustOpenLog(t, dir, 7)
	}
	if err := log.Stop(); err != nil {
		t.Fatal(err)
	}
}

// TestMessageLog_TakesOverTheEnginesOwn, also when an earlier attempt was cut off, and when the last write to it was.
func TestMessageLog_TakesOverTheEnginesOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := engineLog(t, dir)
	b, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		stored int64
		cut    int
		want   []string
	}{
		{"whole", 7, 0, []string{"8 one", "8 two"}},
		{"cut off", 7, 3, []string{"8 one"}},
		{"of an older tick", 9, 0, nil},
	} {
		dir := t.TempDir()
		earlier := mustOpenLog(t, dir, 0)
		err := errors.Join(earlier.Write(cmtconsensus.EndHeightMessage{Height: 7}), earlier.Write(step(8, "half")), earlier.Stop(),
			os.WriteFile(filepath.Join(dir, ownLog), b[:len(b)-c.cut], 0o600), os.WriteFile(filepath.Join(dir, ownLog+".000"), nil, 0o600))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time there is no other log any more
			log := mustOpenLog(t, dir, c.stored)
			if steps, ok := found(t, log, c.stored); ok != (c.want != nil) || !slices.Equal(steps, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, steps, c.want)
			}
			if err := log.Stop(); err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ownLog+"*")); len(left) > 0 {
			t.Errorf("%s: %q is left", c.name, left)
		}
	}
}
