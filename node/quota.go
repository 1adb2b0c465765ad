package node

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// failed lists the bundles that had no effect in a tick by their own fault: not because a block was full, or because
// they share the fate of another leg.
func failed(result zone.TickResult) (ids []common.Hash) {
	seen := make(map[common.Hash]bool)
	for _, f := range result.Outcomes {
		if f.Bundle == (common.Hash{}) || seen[f.Bundle] {
			continue
		}
		switch f.Code {
		case core.Included, core.VoidBlockFull, core.VoidOtherLeg:
		default:
			seen[f.Bundle] = true
			ids = append(ids, f.Bundle)
		}
	}
	return ids
}
