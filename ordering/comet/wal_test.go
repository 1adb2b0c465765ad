package comet

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// walBook is a log that notes what is asked of it.
type walBook struct {
	cmtconsensus.WAL
	done  []string
	ended []int64
}

func describe(message cmtconsensus.WALMessage) string {
	if end, ok := message.(cmtconsensus.EndHeightMessage); ok {
		return "end of " + string(rune('0'+end.Height))
	}
	if w, ok := message.(wrapped); ok {
		switch m := w.Msg.(type) {
		case *cmtconsensus.VoteMessage:
			return map[cmtproto.SignedMsgType]string{cmtproto.PrevoteType: "prevote", cmtproto.PrecommitType: "precommit"}[m.Vote.Type]
		case *cmtconsensus.ProposalMessage:
			return "proposal"
		}
	}
	return "other"
}

func (b *walBook) note(what string, message cmtconsensus.WALMessage) error {
	b.done = append(b.done, what+" "+describe(message))
	if end, ok := message.(cmtconsensus.EndHeightMessage); ok {
		b.ended = append(b.ended, end.Height)
	}
	return nil
}

func (b *walBook) Write(m cmtconsensus.WALMessage) error     { return b.note("write", m) }
func (b *walBook) WriteSync(m cmtconsensus.WALMessage) error { return b.note("sync", m) }
func (b *walBook) FlushAndSync() error                       { b.done = append(b.done, "flush"); return nil }
func (b *walBook) SearchForEndHeight(height int64, _ *cmtconsensus.WALSearchOptions) (io.ReadCloser, bool, error) {
	return nil, slices.Contains(b.ended, height), nil
}

// wrapped has the form of the engine's own wrapping.
type wrapped struct {
	Msg    cmtconsensus.Message
	PeerID string
}

func ownVote(kind cmtproto.SignedMsgType) wrapped {
	return wrapped{Msg: &cmtconsensus.VoteMessage{Vote: &cmttypes.Vote{Type: kind}}}
}

func TestWAL_SyncsBeforeSignaturesAndWithPrecommits(t *testing.T) {
	t.Parallel()
	book := new(walBook)
	w := &wal{WAL: book, stored: func() int64 { return 1 }, said: func(m cmtconsensus.Message) { book.done = append(book.done, "say "+describe(wrapped{Msg: m})) }}
	err := errors.Join(
		w.FlushAndSync(), w.WriteSync(wrapped{Msg: &cmtconsensus.ProposalMessage{}}), w.Write("a part"),
		w.FlushAndSync(), w.WriteSync(ownVote(cmtproto.PrevoteType)), w.FlushAndSync(), w.WriteSync(ownVote(cmtproto.PrecommitType)),
		w.WriteSync(cmtconsensus.EndHeightMessage{Height: 1}), w.FlushAndSync(),
		w.WriteSync(cmtconsensus.EndHeightMessage{Height: 2}), w.Write("a step"), w.WriteSync("something new"), w.WriteSync(&wrapped{}),
		w.Write(wrapped{Msg: ownVote(cmtproto.PrecommitType).Msg, PeerID: "a peer"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"flush", "write proposal", "say proposal", "write other", "flush", "write prevote", "say prevote", "flush", "sync precommit", "say precommit",
		"write end of 1", "flush", "write end of 2", "write other", "sync other", "sync other", "write precommit",
	}
	if !slices.Equal(book.done, want) {
		t.Errorf("got %q, want %q", book.done, want)
	}
}

// The process was killed after the block was stored and before the next tick's first message.
func TestWAL_MakesUpForTheEndOfTheNewestTick(t *testing.T) {
	t.Parallel()
	book := &walBook{ended: []int64{6}}
	w := &wal{WAL: book, stored: func() int64 { return 7 }}
	for _, c := range []struct {
		height int64
		found  bool
	}{{8, false}, {6, true}, {5, false}, {7, true}, {7, true}} {
		if _, found, err := w.SearchForEndHeight(c.height, nil); err != nil || found != c.found {
			t.Errorf("end of %d: found %v (%v), want %v", c.height, found, err, c.found)
		}
	}
	if want := []string{"sync end of 7"}; !slices.Equal(book.done, want) {
		t.Errorf("got %q, want %q", book.done, want)
	}
}

// The engine's own wrapping is known: what a running validator wrote is told apart as what it is, and every tick but the newest has its end.
func TestWAL_KnowsTheEnginesMessages(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, nil).start()
	c.awaitTick(0, 20)
	c.mustStop(0)
	kinds, ends := make(map[string]int), int64(0)
	for decoder := cmtconsensus.NewWALDecoder(allRecords(t, filepath.Join(c.members[0].cfg.Home, "data", "cs.wal"), segmentBytes)); ; {
		m, err := decoder.Decode()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if end, ok := m.Msg.(cmtconsensus.EndHeightMessage); ok {
			if end.Height != 0 && end.Height != ends+1 {
				t.Errorf("the end of tick %d follows that of %d", end.Height, ends)
			}
			ends = end.Height
		}
		if own := ownMessage(m.Msg); locksNothing(own) {
			kinds[fmt.Sprintf("%T", own)]++
		}
	}
	head := int(c.members[0].log.head())
	votes, proposals := kinds["*consensus.VoteMessage"], kinds["*consensus.ProposalMessage"]
	if votes < head || votes > head+2 || proposals < head || proposals > head+2 || len(kinds) != 2 {
		t.Errorf("%v of %d ticks need no sync, want a proposal and a prevote for each", kinds, head)
	}
	if ends < int64(head)-1 {
		t.Errorf("the newest end is that of %d of %d ticks", ends, head)
	}
}
