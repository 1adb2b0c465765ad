package comet

import (
	"slices"
	"strings"
	"sync"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmttypes "github.com/cometbft/cometbft/types"
)

// dialPeers connects at once to the peers whose node id is below ours. The engine dials all peers by itself, but each
// after a random pause of up to three seconds, lest two nodes dial each other at the same moment and both hang up;
// one direction per pair avoids that too. Dialing ends within seconds by the engine's own timeouts.
func (n *Node) dialPeers(engine *cmtnode.Node) *sync.WaitGroup {
	dials := new(sync.WaitGroup)
	for _, peer := range n.cfg.Peers {
		id, _, _ := strings.Cut(peer, "@")
		if id >= string(n.key.ID()) && !n.cfg.Follow { // nobody dials a follower
			continue
		}
		dials.Go(func() {
			addr, err := cmtp2p.NewNetAddressString(peer)
			if err != nil {
				n.log.Warn("peer address", "peer", peer, "err", err)
				return
			}
			if err := engine.Switch().DialPeerWithAddress(addr); err != nil {
				n.log.Debug("dial peer", "peer", peer, "err", err) // the engine tries again
			}
		})
	}
	return dials
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
