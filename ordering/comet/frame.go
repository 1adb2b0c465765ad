package comet

import (
	"encoding/binary"
	"hash/crc32"
)

// A record of the write-ahead log is a frame in a segment:
//
//	checksum 4 | length and flags 4 | synced 4 | segment 8 | record
//
// The checksum, CRC-32C, is of all that follows it. Segment is the number of the segment, which no other use of the same file has, so what is left of
// an earlier use is never read as new. Synced is how many bytes of the segment were on disk when the frame was made: damage below that took something
// away that was relied on, while a fault without such a frame behind it is where a power cut or a crash ended the last write.
const (
	frameHeader = 20
	// A mark begins a tick: nobody needs what is before the newest one.
	flagMark = 1 << 31
	// The last frame of a segment that has a successor.
	flagClosed = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is a record and what stands with it.
type frame struct {
	record       []byte
	mark, closed bool
	synced       int
}

// appendTo adds the frame to b, as one of the segment.
func (f frame) appendTo(b []byte, segment uint64) []byte {
	length := uint32(len(f.record))
	if f.mark {
		length |= flagMark
	}
	if f.closed {
		length |= flagClosed
	}
	begin := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, length)
	b = binary.BigEndian.AppendUint32(b, uint32(f.synced))
	b = binary.BigEndian.AppendUint64(b, segment)
	b = append(b, f.record...)
	binary.BigEndian.PutUint32(b[begin:], crc32.Checksum(b[begin+4:], castagnoli))
	return b
}

// readFrame reads the frame at the beginning of b, if a whole one of the segment is there; the record is a part of b.
func readFrame(b []byte, segment uint64) (f frame, ok bool) {
	if len(b) < frameHeader || binary.BigEndian.Uint64(b[12:]) != segment {
		return frame{}, false
	}
	length := binary.BigEndian.Uint32(b[4:])
	size := int(length &^ (flagMark | flagClosed))
	if size > len(b)-frameHeader || crc32.Checksum(b[4:frameHeader+size], castagnoli) != binary.BigEndian.Uint32(b) {
		return frame{}, false
	}
	return frame{
		record: b[frameHeader : frameHeader+size], mark: length&flagMark != 0, closed: length&flagClosed != 0,
		synced: int(binary.BigEndian.Uint32(b[8:])),
	}, true
}

// scan is what a segment holds.
type scan struct {
	frames []frame
	size   int
	// end is where the next frame goes, closed tells that none does, and torn that there are whole frames behind that were never relied on.
	end          int
	closed, torn bool
	// damage is where something is missing that was on disk, before frames[whole]; negative if nothing is.
	damage, whole int
}

// scanSegment reads a segment. Behind damage it goes on with the next frame that is whole.
func scanSegment(b []byte, segment uint64) scan {
	s := scan{size: len(b), damage: -1}
	for !s.closed {
		f, ok := readFrame(b[s.end:], segment)
		if !ok {
			behind, torn, found := findBehind(b, segment, s.end)
			if !found {
				s.torn = torn
				return s
			}
			s.damage, s.whole, s.end = s.end, len(s.frames), behind
			continue
		}
		s.end += frameHeader + len(f.record)
		if s.closed = f.closed; !f.closed {
			s.frames = append(s.frames, f)
		}
	}
	return s
}

// findBehind finds the first frame behind a fault that was made when the place of the fault was on disk; torn tells that there are frames, but none that was.
func findBehind(b []byte, segment uint64, fault int) (at int, torn, found bool) {
	for at = fault + 1; at <= len(b)-frameHeader; at++ {
		if f, ok := readFrame(b[at:], segment); ok {
			if f.synced > fault {
				return at, false, true
			}
			torn = true
		}
	}
	return 0, torn, false
}
