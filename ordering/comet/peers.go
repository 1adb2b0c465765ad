package comet

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Pauses between two looks at whether a peer is connected: short at first, longer while it cannot be reached.
const (
	firstRedial = 500 * time.Millisecond
	lastRedial  = 8 * time.Second
)

// keepPeers connects to the peers whose node id is below ours at once, and again whenever a connection ends, until ctx does. The
// engine dials all peers by itself, but each after a random pause of up to three seconds, or of five to eight when it tries again,
// lest two nodes dial each other at the same moment and both hang up; so validators that are restarted one after the other could
// leave a network without connections for many seconds. One direction per pair avoids that.
func (n *Node) keepPeers(ctx context.Context, engine *cmtnode.Node) *sync.WaitGroup {
	dials := new(sync.WaitGroup)
	for _, peer := range n.cfg.Peers {
		id, _, _ := strings.Cut(peer, "@")
		if id >= string(n.key.ID()) && !n.cfg.Follow { // nobody dials a follower
			continue
		}
		dials.Go(func() { n.keepPeer(ctx, engine.Switch(), peer) })
	}
	return dials
}

// keepPeer looks the peer's name up each time: in some places it gets another address when it starts again.
func (n *Node) keepPeer(ctx context.Context, engine cmtp2p.Switcher, peer string) {
	id, _, _ := strings.Cut(peer, "@")
	for pause := firstRedial; ; {
		if engine.Peers().Has(cmtp2p.ID(id)) {
			pause = firstRedial
		} else if err := dial(engine, peer); err != nil {
			n.log.Debug("dial peer", "peer", peer, "err", err)
			pause = min(2*pause, lastRedial)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func dial(engine cmtp2p.Switcher, peer string) error {
	addr, err := cmtp2p.NewNetAddressString(peer)
	if err != nil {
		return err
	}
	return engine.DialPeerWithAddress(addr)
}

// Peers is how many other nodes this one is connected to.
func (n *Node) Peers() int {
	if engine := n.engine.Load(); engine != nil {
		return engine.Switch().Peers().Size()
	}
	return 0
}

// Decided is the newest tick that more than a third of this node's peers say is decided, 0 while it has none. A third of them can
// neither hide that this node is behind nor pretend it.
func (n *Node) Decided() uint64 {
	engine := n.engine.Load()
	if engine == nil {
		return 0
	}
	var ticks []uint64
	for _, peer := range engine.Switch().Peers().Copy() {
		state, ok := peer.Get(cmttypes.PeerStateKey).(*cmtconsensus.PeerState)
		if !ok {
			continue
		}
		ticks = append(ticks, uint64(max(state.GetHeight(), 1))-1) // it works on the height after the decided one
	}
	return agreedTick(ticks)
}

// agreedTick is the largest tick that more than a third of the peers have reached.
func agreedTick(ticks []uint64) uint64 {
	if len(ticks) == 0 {
		return 0
	}
	slices.Sort(ticks)
	return ticks[len(ticks)-1-len(ticks)/3]
}
