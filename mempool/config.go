package mempool

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Config bounds and paces one node's pool. Nothing in it has to be equal on all nodes.
type Config struct {
	// Workers is the number of goroutines that check gossip, and of local submissions checked at a time.
	Workers int
	// BatchDelay is the shortest time between two gossip batches that are not full.
	BatchDelay time.Duration
	// BatchBytes is the size at which a gossip batch is full, in bytes. A larger single item goes alone.
	BatchBytes int
	// MaxTxs and MaxBytes bound the transactions of all rollups that are not ordered yet; bytes are those of their encodings.
	MaxTxs   int
	MaxBytes int
	// MaxRollupTxs and MaxRollupBytes bound one rollup's share of them, so that one rollup cannot crowd out the others, and
	// separately what is kept of a rollup that is ordered and not executed.
	MaxRollupTxs   int
	MaxRollupBytes int
	// MaxSenderTxs and MaxSenderBytes bound one sender's share of them on one rollup.
	MaxSenderTxs   int
	MaxSenderBytes int
	// MaxSenderWaiting bounds one sender's transactions that wait for a missing nonce.
	MaxSenderWaiting int
	// MaxBundles and MaxBundlesBytes bound the bundles that are not ordered yet, and separately those that are ordered and
	// not executed.
	MaxBundles      int
	MaxBundlesBytes int
	// MaxSenderBundles bounds the bundles that use one sender on one rollup and are not ordered yet: only one of them can
	// come true.
	MaxSenderBundles int
	// MaxClients bounds the clients whose bundles are counted, MaxClientBundles the bundles of one of them that are not
	// executed yet. MaxClientVoids is how many of them may be void per VoidWindow before more are refused.
	MaxClients       int
	MaxClientBundles int
	MaxClientVoids   int
	VoidWindow       time.Duration
	// MaxLines bounds the lines (signer, uuid) of replaceable bundles that are remembered, MaxSignerLines those of one
	// signer. A line is remembered until all that was signed for it before its last change has expired.
	MaxLines       int
	MaxSignerLines int
	// MaxParked and MaxParkedBytes bound the protected transactions that came alone and wait for their bundle, MaxSenderParked
	// those of one sender on one rollup, and MaxSkeletons the prepared bundles that are remembered.
	MaxParked       int
	MaxParkedBytes  int
	MaxSenderParked int
	MaxSkeletons    int
	// ParkTime is how long such a transaction waits, at most ten minutes.
	ParkTime time.Duration
	// PriceBump is how much higher, in percent, both fees of a replacement must be.
	PriceBump uint64
	// Lifetime is how long a transaction may wait for a missing nonce or for a lower base fee.
	Lifetime time.Duration
	// GapWait is how long a transaction of a chain that the network does not execute waits for an earlier nonce if the chain itself
	// did not say that it is missing; then it is offered all the same.
	GapWait time.Duration
	// MaxNonces is of how many senders of such a chain the next nonce is remembered, and how many of its transactions are watched
	// until the operator reports what became of them.
	MaxNonces int
	// Sweep is the time between two searches for what has expired.
	Sweep time.Duration
	// MaxInboxBytes bounds what waits for a worker.
	MaxInboxBytes int
	// MaxRecent is how many ordered hashes are remembered, at least, against late gossip.
	MaxRecent int
	// MaxReasons is how many reasons of dropped entries are remembered.
	MaxReasons int
}

// Default is a pool for a node of 4 GB: at most 128 MiB of transactions and 32 MiB of bundles.
func Default() Config {
	return Config{
		Workers: runtime.GOMAXPROCS(0), BatchDelay: 2 * time.Millisecond, BatchBytes: 64 << 10,
		MaxTxs: 1 << 16, MaxBytes: 128 << 20, MaxRollupTxs: 1 << 15, MaxRollupBytes: 64 << 20,
		MaxSenderTxs: 1024, MaxSenderBytes: 8 << 20, MaxSenderWaiting: 64,
		MaxBundles: 4096, MaxBundlesBytes: 32 << 20, MaxSenderBundles: 16,
		MaxClients: 1 << 14, MaxClientBundles: 1024, MaxClientVoids: 64, VoidWindow: time.Minute,
		MaxLines: 1 << 15, MaxSignerLines: 1024, MaxParked: 1024, MaxParkedBytes: 8 << 20, MaxSenderParked: 16,
		MaxSkeletons: 4096, ParkTime: 10 * time.Minute, PriceBump: 10, Lifetime: 10 * time.Minute, GapWait: 3 * time.Second, MaxNonces: 1 << 16, Sweep: time.Second,
		MaxInboxBytes: 16 << 20, MaxRecent: 1 << 17, MaxReasons: 1 << 14,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	positive := func(name string, v int64) {
		if v <= 0 {
			problems = append(problems, fmt.Errorf("%s is %d, want a positive value", name, v))
		}
	}
	positive("workers", int64(c.Workers))
	positive("batchDelay", int64(c.BatchDelay))
	positive("batchBytes", int64(c.BatchBytes))
	positive("maxTxs", int64(c.MaxTxs))
	positive("maxBytes", int64(c.MaxBytes))
	positive("maxRollupTxs", int64(c.MaxRollupTxs))
	positive("maxRollupBytes", int64(c.MaxRollupBytes))
	positive("maxSenderTxs", int64(c.MaxSenderTxs))
	positive("maxSenderBytes", int64(c.MaxSenderBytes))
	positive("maxSenderWaiting", int64(c.MaxSenderWaiting))
	positive("maxBundles", int64(c.MaxBundles))
	positive("maxBundlesBytes", int64(c.MaxBundlesBytes))
	positive("maxSenderBundles", int64(c.MaxSenderBundles))
	positive("maxClients", int64(c.MaxClients))
	positive("maxClientBundles", int64(c.MaxClientBundles))
	positive("maxClientVoids", int64(c.MaxClientVoids))
	positive("voidWindow", int64(c.VoidWindow))
	positive("maxLines", int64(c.MaxLines))
	positive("maxSignerLines", int64(c.MaxSignerLines))
	positive("maxParked", int64(c.MaxParked))
	positive("maxParkedBytes", int64(c.MaxParkedBytes))
	positive("maxSenderParked", int64(c.MaxSenderParked))
	positive("maxSkeletons", int64(c.MaxSkeletons))
	positive("parkTime", int64(c.ParkTime))
	positive("lifetime", int64(c.Lifetime))
	positive("gapWait", int64(c.GapWait))
	positive("maxNonces", int64(c.MaxNonces))
	positive("sweep", int64(c.Sweep))
	positive("maxInboxBytes", int64(c.MaxInboxBytes))
	positive("maxRecent", int64(c.MaxRecent))
	positive("maxReasons", int64(c.MaxReasons))
	if c.ParkTime > 10*time.Minute {
		problems = append(problems, fmt.Errorf("parkTime is %s, want at most 10m, the longest that a bundle is valid", c.ParkTime))
	}
	if c.PriceBump < 1 || c.PriceBump > 1000 {
		problems = append(problems, fmt.Errorf("priceBump is %d, want 1 to 1000", c.PriceBump))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}
