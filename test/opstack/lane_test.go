package opstack

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/ethereum-optimism/optimism/op-service/eth"
)

// told is a block in a chain's lane, decoded as docs/spec/formats.md has it, and not by the code that encoded it.
type told struct {
	Rollup, Branch, Number uint64
	Hash, Parent           common.Hash
	Timestamp, L1Number    uint64
	L1Hash, TxsHash        common.Hash
	Signature              []byte
}

// headOfBlock are the first bytes of such an entry: version and kind.
var headOfBlock = []byte{0x01, 0x03}

// readLane reads the blocks of a chain's lane from its begin; mixed says that there may be other entries, too.
func (n *network) readLane(chainID uint64, mixed bool) ([]told, error) {
	entries, err := n.entries(chainID)
	if err != nil {
		return nil, err
	}
	var all []told
	for _, entry := range entries {
		encoded, ok := bytes.CutPrefix(entry, headOfBlock)
		if !ok && !mixed {
			return nil, fmt.Errorf("the lane has what is no block: %x;", entry)
		}
		if !ok {
			continue
		}
		var block told
		if err := rlp.DecodeBytes(encoded, &block); err != nil {
			return nil, fmt.Errorf("decode a block of the lane: %w", err)
		}
		all = append(all, block)
	}
	return all, nil
}

// entries reads a chain's lane from its begin.
func (n *network) entries(chainID uint64) ([][]byte, error) {
	var all [][]byte
	for next := uint64(0); ; {
		var answer struct {
			Updates []struct {
				Tick struct {
					Entries []struct {
						Data []byte `json:"data"`
					} `json:"entries"`
				} `json:"tick"`
			} `json:"updates"`
			NextSeq uint64 `json:"nextSeq,string"`
		}
		err := n.post("Range", map[string]any{"rollup": fmt.Sprint(chainID), "fromSeq": fmt.Sprint(next), "count": "1000"}, &answer)
		if errors.Is(err, errNotOrdered) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the lane: %w", err)
		}
		for _, update := range answer.Updates {
			for _, entry := range update.Tick.Entries {
				all = append(all, entry.Data)
			}
		}
		next = answer.NextSeq
	}
}

// branches gives what the lane says the chain is: the blocks of the newest branch, on those of the older ones below it.
func branches(lane []told) (chain map[uint64]told, count int, err error) {
	chain = map[uint64]told{}
	for i, block := range lane {
		if i > 0 {
			last := lane[i-1]
			follows := block.Branch == last.Branch && block.Number == last.Number+1 && block.Parent == last.Hash
			if !follows && block.Branch != last.Branch+1 {
				return nil, 0, fmt.Errorf("block %d of branch %d does not follow block %d of branch %d;", block.Number, block.Branch, last.Number, last.Branch)
			}
			if !follows {
				count++
				for number := block.Number; number <= last.Number; number++ {
					delete(chain, number)
				}
			}
		}
		chain[block.Number] = block
	}
	return chain, count + 1, nil
}

// laneHolds checks that the lane says of a chain what its execution client says: every block from the first that was told
// up to one, with its parent and time, and an origin that L1 has.
func (s *stack) laneHolds(c *chain, to uint64) (string, error) {
	lane, err := s.network.readLane(c.id, c.sharedAt > 0)
	if err != nil {
		return "", err
	}
	if len(lane) == 0 {
		return "", errors.New("the lane has no block;")
	}
	chain, count, err := branches(lane)
	if err != nil {
		return "", err
	}
	first := c.joinedAt
	for number := first; number <= to; number++ {
		block, ok := chain[number]
		if !ok {
			return "", fmt.Errorf("block %d is not in the lane, which has %d blocks from %d on;", number, len(lane), first)
		}
		header, err := c.sequencer.HeaderByNumber(interrupted, new(big.Int).SetUint64(number))
		if err != nil {
			return "", err
		}
		if header.Hash() != block.Hash || header.ParentHash != block.Parent || header.Time != block.Timestamp {
			return "", fmt.Errorf("block %d is %s in the lane, and %s in the chain;", number, block.Hash, header.Hash())
		}
		there, err := s.l1.isCanonical(eth.BlockID{Hash: block.L1Hash, Number: block.L1Number})
		if err != nil || !there {
			return "", errors.Join(fmt.Errorf("block %d has the origin %s in the lane, which is not in L1;", number, block.L1Hash), err)
		}
	}
	return fmt.Sprintf("blocks %d to %d as the chain has them; told: %d, branches: %d", first, to, len(lane), count), nil
}
