package evm

import (
	"math/big"

	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/event"
)

// Chain is one rollup.
type Chain struct{}

// Open opens the chain.
func Open(cfg Config) (*Chain, error) { return nil, nil }

// Close releases the chain's folder. It is idempotent.
func (c *Chain) Close() error { return nil }

// View is the newest published view. It is safe to call from any goroutine.
func (c *Chain) View() *View { return nil }

// SubscribeViews sends every view that is published from now on to ch, in order. A reader that is slower than the
// ticks misses the oldest of the views it has not taken yet; it never holds up execution.
func (c *Chain) SubscribeViews(ch chan<- *View) event.Subscription { return nil }

// BlockChain is the sealed chain.
func (c *Chain) BlockChain() *gethcore.BlockChain { return nil }

// ChainDb is the database of the sealed chain.
func (c *Chain) ChainDb() ethdb.Database { return nil }

// Service is go-ethereum's whole service, nil when the chain was opened without.
func (c *Chain) Service() *eth.Ethereum { return nil }

// NextBaseFee is the base fee of the block after the newest sealed one, in wei.
func (c *Chain) NextBaseFee() *big.Int { return nil }

// MarkSafe moves the tags `safe` and `finalized` to a sealed block.
func (c *Chain) MarkSafe(number uint64) error { return nil }
