package evm

import (
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
)

// aliasDepth is how many sealed blocks can still be found by their provisional hash.
const aliasDepth = 1024

// aliases finds sealed blocks by the provisional hash that their receipts carried while they were open. Both are
// functions of the sealed chain, so the table is filled when it is asked, and nothing has to follow the chain.
type aliases struct {
	mu sync.Mutex
	// filled is the newest block in the table.
	filled uint64
	table  *lru.BasicLRU[common.Hash, common.Hash]
}

// sealed returns the hash of the sealed block that had this provisional hash.
func (a *aliases) sealed(c *Chain, provisional common.Hash) (common.Hash, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fill(c)
	hash, ok := a.table.Get(provisional)
	if !ok || c.BlockChain().GetBlockNumber(hash) == nil {
		return common.Hash{}, false
	}
	return hash, true
}

func (a *aliases) fill(c *Chain) {
	if a.table == nil {
		table := lru.NewBasicLRU[common.Hash, common.Hash](aliasDepth)
		a.table = &table
	}
	bc := c.BlockChain()
	head := bc.CurrentBlock().Number.Uint64()
	if a.filled > head {
		a.filled = 0 // rewound: the blocks above may have become others
	}
	first := a.filled + 1
	if head > aliasDepth {
		first = max(first, head-aliasDepth+1)
	}
	for number := first; number <= head; number++ {
		header := bc.GetHeaderByNumber(number)
		if header == nil {
			return
		}
		a.table.Add(c.provisionalHash(number, header.ParentHash), header.Hash())
		a.filled = number
	}
}
