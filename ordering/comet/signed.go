package comet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	cmtprivval "github.com/cometbft/cometbft/privval"
)

// The file of the last signature has two slots that are written in turns, in place, so that a signature costs one small
// write to blocks that the file has already; the engine's own way, a new file under the old name for each signature, costs the disk five times as much.
// A slot is a line of JSON, spaces up to its size, and the SHA-256 of all that in hex; `cat` shows both. A power cut
// within a write damages the slot being written, whose signature was not released then; the other one is the last that was.
const (
	slotSize   = 4096
	slotDigest = 2*sha256.Size + 1 // and the end of the line
	// signedVersion leads every slot.
	signedVersion = 1
)

// signed is the newest vote or proposal that the consensus key has signed. The zero value is that of a new key.
type signed struct {
	Version uint8 `json:"version"`
	// Count is how many signatures were recorded, this one included.
	Count     uint64            `json:"count"`
	Height    int64             `json:"height"`
	Round     int32             `json:"round"`
	Step      int8              `json:"step"`
	Signature []byte            `json:"signature,omitempty"`
	SignBytes cmtbytes.HexBytes `json:"signBytes,omitempty"`
}

// check compares a step that is to be signed with the newest one; again tells that it is the same one.
func (s *signed) check(height int64, round int32, step int8) (again bool, err error) {
	if s.Height == height && s.Round == round && s.Step == step && s.SignBytes != nil && len(s.Signature) == 0 {
		return false, errors.New("the record of this step has no signature")
	}
	last := cmtprivval.FilePVLastSignState{Height: s.Height, Round: s.Round, Step: s.Step, Signature: s.Signature, SignBytes: s.SignBytes}
	return last.CheckHRS(height, round, step)
}

// encodeSlot is what stands in a slot; the zero value's is blank.
func encodeSlot(s signed) ([]byte, error) {
	var line []byte
	if s.Version != 0 {
		var err error
		if line, err = json.Marshal(s); err != nil {
			return nil, err
		}
	}
	if len(line) > slotSize-slotDigest-1 {
		return nil, fmt.Errorf("a record of %d bytes, the file has room for %d", len(line), slotSize-slotDigest-1)
	}
	slot := append(bytes.Repeat([]byte{' '}, slotSize-slotDigest), make([]byte, slotDigest)...)
	slot[copy(slot, line)] = '\n'
	digest := sha256.Sum256(slot[:slotSize-slotDigest])
	hex.Encode(slot[slotSize-slotDigest:], digest[:])
	slot[slotSize-1] = '\n'
	return slot, nil
}

// decodeSlot is the inverse of encodeSlot.
func decodeSlot(slot []byte) (s signed, err error) {
	digest := sha256.Sum256(slot[:slotSize-slotDigest])
	if want := append(hex.AppendEncode(nil, digest[:]), '\n'); !bytes.Equal(slot[slotSize-slotDigest:], want) {
		return signed{}, errors.New("checksum does not fit")
	}
	line := bytes.TrimSpace(slot[:slotSize-slotDigest])
	if len(line) == 0 {
		return signed{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return signed{}, err
	}
	if s.Version != signedVersion {
		return signed{}, fmt.Errorf("version %d, this build knows %d", s.Version, signedVersion)
	}
	return s, nil
}

// readSigned reads the newest record of a file. A damaged slot beside a good one is a write that was cut off. Files in the engine's form are read too.
func readSigned(path string) (newest signed, slots bool, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return signed{}, false, err
	}
	if len(b) != 2*slotSize {
		var last cmtprivval.FilePVLastSignState
		if err := readJSON(path, &last); err != nil {
			return signed{}, false, err
		}
		return signed{
			Version: signedVersion, Count: 1, Height: last.Height, Round: last.Round, Step: last.Step,
			Signature: last.Signature, SignBytes: last.SignBytes,
		}, false, nil
	}
	first, firstErr := decodeSlot(b[:slotSize])
	second, secondErr := decodeSlot(b[slotSize:])
	if firstErr != nil && secondErr != nil {
		return signed{}, true, errors.Join(firstErr, secondErr)
	}
	if first.Count < second.Count {
		first = second
	}
	if first.Count == 0 {
		return signed{}, true, errors.Join(errors.New("it holds no record"), firstErr, secondErr)
	}
	return first, true, nil
}

// convertSigned gives a file in the engine's form its slots. A crash leaves the old form or the new one.
func convertSigned(path string, s signed) error {
	first, err := encodeSlot(signed{})
	if err != nil {
		return err
	}
	second, err := encodeSlot(s)
	if err != nil {
		return err
	}
	temporary := path + ".tmp"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	slots := [][]byte{first, second}
	if s.Count%2 == 0 {
		slots = [][]byte{second, first}
	}
	_, err = f.Write(bytes.Join(slots, nil))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// writeSigned puts a record in its slot. It is on disk when writeSigned returns; the record before it stays.
func writeSigned(path string, s signed) error {
	slot, err := encodeSlot(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_DSYNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(slot, int64(s.Count%2)*slotSize)
	return errors.Join(err, f.Close())
}
