package comet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/vfs"
	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmttime "github.com/cometbft/cometbft/types/time"
)

// messageLog keeps the engine's write-ahead log, in the engine's encoding, in segments instead of files that grow. It has the messages since the newest end of a
// tick, which is all that the engine asks for.
type messageLog struct {
	mu      sync.Mutex
	log     *segments
	encoded bytes.Buffer // of one message
	encoder *cmtconsensus.WALEncoder
}

// segmentBytes is many ticks under most loads, and more than the engine's largest message, of 1 MiB.
const segmentBytes = 2 << 20

var _ cmtconsensus.WAL = (*messageLog)(nil)

// openMessageLog opens or makes the log in a folder. What the engine's own log has of the tick after the newest stored one is taken over.
func openMessageLog(dir string, stored int64) (*messageLog, error) {
	own := filepath.Join(dir, ownLog)
	if missing(own) {
		if err := removeFiles(dir, ownLog+"."); err != nil { // of one that was taken over
			return nil, err
		}
		return newMessageLog(dir)
	}
	messages, err := readOwnLog(own, stored)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", own, err)
	}
	if err := removeFiles(dir, segmentPrefix); err != nil { // of an attempt that was cut off
		return nil, err
	}
	m, err := newMessageLog(dir)
	if err != nil {
		return nil, err
	}
	for _, message := range messages {
		err = errors.Join(err, m.append(message))
	}
	if err = errors.Join(err, m.FlushAndSync()); err == nil {
		err = errors.Join(os.Rename(own, own+importedSuffix), syncDir(vfs.Default, dir), removeFiles(dir, ownLog+"."))
	}
	if err != nil {
		return nil, errors.Join(err, m.Stop())
	}
	return m, nil
}

func newMessageLog(dir string) (*messageLog, error) {
	log, err := openSegments(dir, segmentBytes)
	if err != nil {
		return nil, err
	}
	m := &messageLog{log: log}
	m.encoder = cmtconsensus.NewWALEncoder(&m.encoded)
	return m, nil
}

// Write adds a message.
func (m *messageLog) Write(message cmtconsensus.WALMessage) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.append(&cmtconsensus.TimedWALMessage{Time: cmttime.Now(), Msg: message})
}

func (m *messageLog) append(message *cmtconsensus.TimedWALMessage) error {
	m.encoded.Reset()
	if err := m.encoder.Encode(message); err != nil {
		return err
	}
	_, end := message.Msg.(cmtconsensus.EndHeightMessage)
	return m.log.Append(m.encoded.Bytes(), end)
}

// WriteSync adds a message, which is on disk then, with all before it.
func (m *messageLog) WriteSync(message cmtconsensus.WALMessage) error {
	return errors.Join(m.Write(message), m.FlushAndSync())
}

// FlushAndSync returns when all messages are on disk.
func (m *messageLog) FlushAndSync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.Sync()
}

// SearchForEndHeight gives the messages after the end of a tick if that is the newest end in the log.
func (m *messageLog) SearchForEndHeight(height int64, _ *cmtconsensus.WALSearchOptions) (io.ReadCloser, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.log.Sync(); err != nil {
		return nil, false, err
	}
	records, _, err := m.log.read()
	if err != nil || len(records) == 0 {
		return nil, false, err
	}
	first, err := cmtconsensus.NewWALDecoder(bytes.NewReader(records[0])).Decode()
	if err != nil {
		return nil, false, err
	}
	if end, ok := first.Msg.(cmtconsensus.EndHeightMessage); !ok || end.Height != height {
		return nil, false, nil
	}
	return io.NopCloser(bytes.NewReader(bytes.Join(records[1:], nil))), true, nil
}

// Start does nothing: the log was opened before.
func (*messageLog) Start() error { return nil }

// Stop closes the log; nothing can be written then. It is idempotent.
func (m *messageLog) Stop() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if errors.Is(m.log.failed, os.ErrClosed) {
		return nil
	}
	return m.log.Close()
}

// Wait does nothing: Stop leaves nothing running.
func (*messageLog) Wait() {}

// The files of the engine's own log: the newest one, those before it with a number behind the name, and what the newest one is called when it was taken over.
const (
	ownLog         = "wal"
	importedSuffix = ".imported"
)

// readOwnLog reads the end of a tick, and what follows it up to where it was cut off, from the engine's own log; nothing if the end is not there.
func readOwnLog(own string, height int64) (messages []*cmtconsensus.TimedWALMessage, err error) {
	log, err := cmtconsensus.NewWAL(own)
	if err != nil {
		return nil, err
	}
	if err := log.Start(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Stop()) }()
	found, ok, err := log.SearchForEndHeight(height, &cmtconsensus.WALSearchOptions{IgnoreDataCorruptionErrors: true})
	if err != nil || !ok {
		return nil, err
	}
	defer found.Close()
	messages = append(messages, &cmtconsensus.TimedWALMessage{Time: cmttime.Now(), Msg: cmtconsensus.EndHeightMessage{Height: height}})
	for decoder := cmtconsensus.NewWALDecoder(found); ; {
		message, err := decoder.Decode()
		if errors.Is(err, io.EOF) || cmtconsensus.IsDataCorruptionError(err) { // at which the engine itself cuts it off
			return messages, nil
		}
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
}

// removeFiles removes what has names that begin so.
func removeFiles(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
