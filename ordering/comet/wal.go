package comet

import (
	"fmt"
	"io"
	"path/filepath"
	"reflect"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
)

// wal is the engine's write-ahead log, kept by messageLog, with three syncs to disk per tick, four for the proposer, instead of five and seven. What it is for is kept: a
// validator that has released a precommit finds, after a crash, that precommit and everything before it, so it knows what it is locked on; and
// what led to any signature is on disk before it is made, so that the same one is made again (see FlushAndSync).
//   - A proposal and a prevote lock nothing. That no second one is signed for their step is in the record of the last signature, which is
//     synced before (see voter), and that they are found again follows from what led to them. So they are synced with what comes next.
//   - The end of a tick needs no sync: the block is durable, and what follows from it is the next tick's. It is written with the first message
//     of the next tick, so never before the block is durable and the log has the tick.
type wal struct {
	cmtconsensus.WAL
	// stored is the height of the newest block in the engine's store.
	stored func() int64
	// said is told each message of this node when it may leave.
	said  func(cmtconsensus.Message)
	ended *cmtconsensus.EndHeightMessage // not written yet
}

// Write adds a message.
func (w *wal) Write(message cmtconsensus.WALMessage) error {
	if err := w.end(); err != nil {
		return err
	}
	if err := w.WAL.Write(message); err != nil {
		return err
	}
	if own := ownMessage(message); own != nil {
		w.said(own)
	}
	return nil
}

// WriteSync adds a message of this node, and syncs where that is needed.
func (w *wal) WriteSync(message cmtconsensus.WALMessage) error {
	if end, ok := message.(cmtconsensus.EndHeightMessage); ok {
		w.ended = &end
		return nil
	}
	own := ownMessage(message)
	if locksNothing(own) {
		return w.Write(message)
	}
	if err := w.end(); err != nil {
		return err
	}
	if err := w.WAL.WriteSync(message); err != nil {
		return err
	}
	if own != nil {
		w.said(own)
	}
	return nil
}

// FlushAndSync is what the engine calls before it signs anything. A vote that is in the record of the last signature and is not made again after a
// crash is one that nobody ever gets: with two such validators of four the round would have no votes to end with, and order would never go on.
func (w *wal) FlushAndSync() error {
	if err := w.end(); err != nil {
		return err
	}
	return w.WAL.FlushAndSync()
}

// end writes the end of the tick before.
func (w *wal) end() error {
	if w.ended == nil {
		return nil
	}
	end := *w.ended
	w.ended = nil
	return w.WAL.Write(end)
}

// SearchForEndHeight is what the engine begins with. A crash may have kept the end of the newest tick from being written; it is
// made up for, since without it the next crash would find no place to begin from.
func (w *wal) SearchForEndHeight(height int64, options *cmtconsensus.WALSearchOptions) (io.ReadCloser, bool, error) {
	messages, found, err := w.WAL.SearchForEndHeight(height, options)
	if err != nil || found || height != w.stored() {
		return messages, found, err
	}
	if err := w.WAL.WriteSync(cmtconsensus.EndHeightMessage{Height: height}); err != nil {
		return nil, false, err
	}
	return w.WAL.SearchForEndHeight(height, options)
}

// ownMessage is what a message of this node says; nil for what is a peer's, or nobody's. The engine wraps messages in a struct that it does not export.
func ownMessage(message cmtconsensus.WALMessage) cmtconsensus.Message {
	wrapped := reflect.ValueOf(message)
	if wrapped.Kind() != reflect.Struct {
		return nil
	}
	said, from := wrapped.FieldByName("Msg"), wrapped.FieldByName("PeerID")
	if !said.IsValid() || !said.CanInterface() || from.Kind() != reflect.String || from.Len() != 0 {
		return nil
	}
	own, _ := said.Interface().(cmtconsensus.Message)
	return own
}

// locksNothing tells whether a message is a proposal or a prevote.
func locksNothing(own cmtconsensus.Message) bool {
	switch m := own.(type) {
	case *cmtconsensus.ProposalMessage:
		return true
	case *cmtconsensus.VoteMessage:
		return m.Vote != nil && m.Vote.Type == cmtproto.PrevoteType
	default:
		return false
	}
}

// withWAL gives an engine that was not started yet its write-ahead log, which the engine makes itself if nobody has. close gives the file
// back if the engine does not.
func withWAL(engine *cmtnode.Node, file string, said func(cmtconsensus.Message)) (close func(), err error) {
	field, err := hiddenField[cmtconsensus.WAL](engine, "wal")
	if err != nil {
		return nil, err
	}
	stored := engine.BlockStore().Height
	opened, err := openMessageLog(filepath.Dir(file), stored())
	if err != nil {
		return nil, fmt.Errorf("open write-ahead log: %w", err)
	}
	*field = &wal{WAL: opened, stored: stored, said: said}
	return func() { _ = opened.Stop() }, nil // nothing is lost that was promised
}
