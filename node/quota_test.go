package node

import (
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

func TestFailed_NamesBundlesThatFailedByThemselves(t *testing.T) {
	t.Parallel()
	var result zone.TickResult
	for _, o := range []struct {
		bundle byte // zero: a single
		code   core.OutcomeCode
	}{
		{0, core.VoidNonceTooLow},
		{1, core.Included}, {1, core.Included},
		{2, core.VoidOtherLeg}, {2, core.VoidLegReverted},
		{3, core.VoidBlockFull}, {3, core.VoidOtherLeg}, // nobody's fault
		{4, core.VoidNonceTooLow}, {4, core.VoidNonceTooLow}, // once
		{5, core.VoidCommitment},
	} {
		result.Outcomes = append(result.Outcomes, zone.Fate{Outcome: core.Outcome{Bundle: common.Hash{31: o.bundle}, Code: o.code}})
	}
	if got, want := failed(result), []common.Hash{{31: 2}, {31: 4}, {31: 5}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
