package signer

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Introduce signs that the node with this node id is the key's, for the node that chose the challenge. It is no checkpoint and can
// contradict nothing, so there is no record of it. The error is ErrClosed or core's.
func (s *Signer) Introduce(node, asker string, challenge common.Hash) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return core.SignIntroduction(s.key, core.IntroductionDigest(s.network, node, asker, challenge))
}
