package snapshot

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Bounds of what a peer may offer.
const (
	// ChunkSize is the size in bytes of every chunk of a part but its last.
	ChunkSize   = 1 << 20
	maxManifest = 16 << 20
	// maxHead bounds the head in bytes, which is read as a whole: a ledger of thousands of rollups, a block, some thousand
	// handovers.
	maxHead   = 256 << 20
	maxListed = 64
)

// headPart is the name of the part with the head; the others are named after their rollup.
const headPart = "head"

// FormatVersion is the version of manifests and parts.
const FormatVersion = 2

// Manifest lists the chunks of a snapshot by their hashes, so that each is checked when it comes.
type Manifest struct {
	Version uint64         `json:"version"`
	Network core.NetworkID `json:"networkId"`
	Tick    uint64         `json:"tick"`
	// Parts are the head, then the rollups ascending.
	Parts []Part `json:"parts"`
}

// Part is a stream cut into chunks.
type Part struct {
	Name string `json:"name"`
	// Size is the part's length in bytes.
	Size   uint64        `json:"size"`
	Chunks []common.Hash `json:"chunks"`
}

// Size is the length of all parts in bytes.
func (m *Manifest) Size() (size uint64) {
	for _, p := range m.Parts {
		size += p.Size
	}
	return size
}

// part finds a part by its name.
func (m *Manifest) part(name string) (*Part, error) {
	for i := range m.Parts {
		if m.Parts[i].Name == name {
			return &m.Parts[i], nil
		}
	}
	return nil, fmt.Errorf("%w: it has no part %s", ErrBad, name)
}

// chunkSize is how long a chunk must be.
func (p *Part) chunkSize(i int) uint64 { return min(p.Size-uint64(i)*ChunkSize, ChunkSize) }

func readManifest(b []byte, network core.NetworkID, tick, limit uint64) (*Manifest, error) {
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", ErrBad, err)
	}
	if m.Version != FormatVersion || m.Network != network || m.Tick != tick {
		return nil, fmt.Errorf("%w: version %d of tick %d of network %s, want %d, %d and %s", ErrBad, m.Version, m.Tick, m.Network, FormatVersion, tick, network)
	}
	var size uint64
	for _, p := range m.Parts {
		if p.Name == headPart && p.Size > maxHead {
			return nil, fmt.Errorf("%w: head of %d bytes, cap %d", ErrBad, p.Size, maxHead)
		}
		if p.Size > limit || size+p.Size > limit {
			return nil, fmt.Errorf("%w: more than %d bytes", ErrBad, limit)
		}
		size += p.Size
		if uint64(len(p.Chunks)) != (p.Size+ChunkSize-1)/ChunkSize {
			return nil, fmt.Errorf("%w: part %s of %d bytes in %d chunks", ErrBad, p.Name, p.Size, len(p.Chunks))
		}
	}
	return m, nil
}

// chunks are the sizes of all chunks by hash: a chunk that stands in several places is one.
func (m *Manifest) chunks() (map[common.Hash]uint64, error) {
	sizes := make(map[common.Hash]uint64)
	for p := range m.Parts {
		part := &m.Parts[p]
		for i, hash := range part.Chunks {
			size := part.chunkSize(i)
			if before, ok := sizes[hash]; ok && before != size {
				return nil, fmt.Errorf("%w: chunk %s of %d and of %d bytes", ErrBad, hash, before, size)
			}
			sizes[hash] = size
		}
	}
	return sizes, nil
}

func chunkHash(b []byte) common.Hash { return sha256.Sum256(b) }
