package core

import "github.com/ethereum/go-ethereum/rlp"

// What holds many entries is written into memory of its size at once: the encoder of package rlp keeps all of it in a buffer first.

// startEncoding makes room for an encoding whose body is a list with so many bytes of content, and begins it.
func startEncoding(kind EncodingKind, content uint64) []byte {
	return startIn(make([]byte, 0, encodingSize(content)), kind, content)
}

func encodingSize(content uint64) uint64 { return encodingHeader + rlp.ListSize(content) }

func startIn(b []byte, kind EncodingKind, content uint64) []byte {
	return appendListHead(append(b, EncodingVersion, byte(kind)), content)
}

func appendListHead(b []byte, content uint64) []byte { return appendHead(b, 0xc0, content) }

// appendStringHead begins a string of at least two bytes; a single byte may stand for itself.
func appendStringHead(b []byte, size uint64) []byte { return appendHead(b, 0x80, size) }

// appendString appends a string of any length.
func appendString(b, s []byte) []byte {
	if len(s) == 1 && s[0] < 0x80 {
		return append(b, s[0])
	}
	return append(appendStringHead(b, uint64(len(s))), s...)
}

// shortMost is the length up to which a head is one byte.
const shortMost = 55

func appendHead(b []byte, short byte, size uint64) []byte {
	if size <= shortMost {
		return append(b, short+byte(size))
	}
	n := 0
	for rest := size; rest > 0; rest >>= 8 {
		n++
	}
	b = append(b, short+shortMost+byte(n))
	for i := n - 1; i >= 0; i-- {
		b = append(b, byte(size>>(8*i)))
	}
	return b
}
