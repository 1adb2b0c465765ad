package snapshot

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Making says which snapshots a node with a gateway makes for others.
type Making struct {
	// Every is after how many slots a snapshot is made for nodes that join, in the background; 0 makes none. The engine's
	// blocks since the one before must be kept, see ordering.retainBlocks.
	Every uint64
	// Keep is how many of the newest snapshots stay on disk.
	Keep int
	// Rate bounds in bytes per second how fast a snapshot is written.
	Rate int
}

// Joining says where a node gets a snapshot if it needs one when it starts.
type Joining struct {
	// Peers are the root URLs (http://HOST:PORT) of gateways of the network that may have snapshots; none: the node never
	// joins by one. They are not trusted.
	Peers []string
	// Behind is how many ticks the node may be behind, as checkpoints prove it, and still take them one by one.
	Behind uint64
	// MaxBytes bounds a snapshot that is fetched, with its manifest.
	MaxBytes uint64
	// MinRate is how many bytes per second a peer must bring at least, over half a minute; one that is slower is left for another one.
	MinRate uint64
	// TrustTick and TrustDigest name a complete checkpoint, as lockstep_getCheckpoint of a node that the operator trusts gives
	// it, which what peers offer must lead through. With none a join begins at the genesis, or at the node's own newest checkpoint.
	TrustTick   uint64
	TrustDigest string
}

// maxMinRate is what no disk brings.
const maxMinRate = 1 << 34

// DefaultMaking makes a snapshot every five minutes.
func DefaultMaking() Making { return Making{Every: 300, Keep: 2, Rate: 32 << 20} }

// DefaultJoining names no peers.
func DefaultJoining() Joining { return Joining{Behind: 20_000, MaxBytes: 256 << 30, MinRate: 64 << 10} }

// Validate reports all problems at once.
func (c Making) Validate() error {
	var problems []error
	if c.Keep < 1 || c.Keep > maxListed {
		problems = append(problems, fmt.Errorf("snapshots.keep is %d, want 1 to %d", c.Keep, maxListed))
	}
	if c.Rate < ChunkSize {
		problems = append(problems, fmt.Errorf("snapshots.rate is %d, want at least %d", c.Rate, ChunkSize))
	}
	return errors.Join(problems...)
}

// Validate reports all problems at once.
func (c Joining) Validate() error {
	var problems []error
	for i, peer := range c.Peers {
		u, err := url.Parse(peer)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			problems = append(problems, fmt.Errorf("stateSync.peers[%d] is %q, want http://HOST:PORT", i, peer))
		}
	}
	if c.MaxBytes == 0 {
		problems = append(problems, errors.New("stateSync.maxBytes is 0"))
	}
	if c.MinRate > maxMinRate {
		problems = append(problems, fmt.Errorf("stateSync.minRate is %d, want at most %d", c.MinRate, maxMinRate))
	}
	if (c.TrustTick == 0) != (c.TrustDigest == "") {
		problems = append(problems, fmt.Errorf("stateSync.trustTick is %d and stateSync.trustDigest %q: want both or none", c.TrustTick, c.TrustDigest))
	}
	if b, err := hexutil.Decode(c.TrustDigest); c.TrustDigest != "" && (err != nil || len(b) != common.HashLength) {
		problems = append(problems, fmt.Errorf("stateSync.trustDigest is %q, want 0x and 64 hex digits", c.TrustDigest))
	}
	return errors.Join(problems...)
}
