package comet

import (
	"strings"
	"sync"

	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
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
