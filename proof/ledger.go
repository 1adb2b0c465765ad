package proof

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

var errNode = errors.New("not a node of the path")

// ledgerValue is the value at a 32-byte path of the Merkle-Patricia trie with this root. nodes are exactly those on the
// path, from the root to the leaf, each of at least 32 bytes: the ledger's values are longer than that, so no node of a
// path is embedded in the one before.
func ledgerValue(root, path common.Hash, nodes []hexutil.Bytes) ([]byte, error) {
	if len(nodes) == 0 || len(nodes) > maxNodes {
		return nil, fmt.Errorf("%d nodes, want 1 to %d", len(nodes), maxNodes)
	}
	want, left := root[:], nibbles(path)
	for i, node := range nodes {
		if len(node) < common.HashLength || len(node) > maxNodeBytes || !bytes.Equal(crypto.Keccak256(node), want) {
			return nil, fmt.Errorf("nodes[%d]: %w", i, errNode)
		}
		next, rest, err := step(node, left)
		if err != nil {
			return nil, fmt.Errorf("nodes[%d]: %w", i, err)
		}
		last := i == len(nodes)-1
		if (len(rest) == 0) != last || !last && len(next) != common.HashLength {
			return nil, fmt.Errorf("nodes[%d]: %w", i, errNode)
		}
		want, left = next, rest
	}
	return want, nil
}

// step goes from a node along the path: to the hash of the next node, or with nothing left to the value.
func step(node, path []byte) (next, rest []byte, err error) {
	items, err := splitList(node)
	if err != nil || len(path) == 0 {
		return nil, nil, errNode
	}
	switch len(items) {
	case 17:
		if len(path) == 1 {
			return nil, nil, errNode // all keys have the same length, so none ends in a branch
		}
		return items[path[0]], path[1:], nil
	case 2:
		key, leaf, ok := compactKey(items[0])
		if !ok || !bytes.HasPrefix(path, key) || leaf != (len(key) == len(path)) {
			return nil, nil, errNode
		}
		return items[1], path[len(key):], nil
	}
	return nil, nil, errNode
}

// splitList gives the byte strings of an RLP list; embedded lists, which the nodes of a path do not need, are given empty.
func splitList(b []byte) ([][]byte, error) {
	content, rest, err := rlp.SplitList(b)
	if err != nil || len(rest) > 0 {
		return nil, errNode
	}
	var items [][]byte
	for len(content) > 0 {
		kind, item, tail, err := rlp.Split(content)
		if err != nil {
			return nil, errNode
		}
		if kind == rlp.List {
			item = nil
		}
		items, content = append(items, item), tail
	}
	return items, nil
}

// compactKey decodes the hex-prefix encoding of a short node's key.
func compactKey(b []byte) (key []byte, leaf, ok bool) {
	if len(b) == 0 || b[0] >= 0x40 {
		return nil, false, false
	}
	for _, x := range b {
		key = append(key, x>>4, x&0x0f)
	}
	leaf = b[0]&0x20 != 0
	if b[0]&0x10 != 0 {
		return key[1:], leaf, true
	}
	return key[2:], leaf, key[1] == 0
}

func nibbles(h common.Hash) []byte {
	out := make([]byte, 0, 2*len(h))
	for _, x := range h {
		out = append(out, x>>4, x&0x0f)
	}
	return out
}
