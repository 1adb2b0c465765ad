package opstack

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// maxRecordSize is the size of the longest line of a journal in bytes: a block with nothing but skips.
const maxRecordSize = 16 << 20

// journal keeps what was decided, one record per line, so that what op-node was given can be given again after a restart.
type journal struct{ file *os.File }

// openJournal reads a journal into a book, and writes it anew with what the book keeps of it. A last line that was not written to
// its end belongs to a block that op-node never got.
func openJournal(path string, into *book) (*journal, error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	old = old[:bytes.LastIndexByte(old, '\n')+1]
	lines := bufio.NewScanner(bytes.NewReader(old))
	lines.Buffer(nil, maxRecordSize)
	for n := 1; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%w: %s, line %d: %w", ErrJournal, path, n, err)
		}
		into.add(r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrJournal, path, err)
	}
	var kept bytes.Buffer
	for _, hash := range into.order {
		if err := json.NewEncoder(&kept).Encode(into.records[hash]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrJournal, err)
		}
	}
	return replaceJournal(path, kept.Bytes())
}

// replaceJournal puts a journal with this content into a file's place, at once.
func replaceJournal(path string, content []byte) (*journal, error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, errors.Join(err, file.Close(), os.Remove(file.Name())))
	}
	return &journal{file}, nil
}

// write returns when the record is on the disk.
func (j *journal) write(r record) error {
	line, err := json.Marshal(r)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

func (j *journal) close() error { return j.file.Close() }
