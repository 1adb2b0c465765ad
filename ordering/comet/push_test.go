package comet

import (
	"fmt"
	"slices"
	"testing"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
)

// listener is a peer that notes what it is sent; full makes it take nothing.
type listener struct {
	cmtp2p.Peer
	id    cmtp2p.ID
	state *cmtconsensus.PeerState
	full  bool
	got   []string
}

func newListener(id string) *listener {
	l := &listener{id: cmtp2p.ID(id)}
	l.state = cmtconsensus.NewPeerState(l)
	return l
}

func (l *listener) ID() cmtp2p.ID  { return l.id }
func (l *listener) Get(string) any { return l.state }
func (l *listener) TrySend(e cmtp2p.Envelope) bool {
	if l.full {
		return false
	}
	l.got = append(l.got, heard(e.Message))
	return true
}

// heard is what a peer reads of a message.
func heard(sent proto.Message) string {
	wire, err := proto.Marshal(sent)
	if err != nil {
		return err.Error()
	}
	wrapped := new(cmtcons.Message)
	if err := proto.Unmarshal(wire, wrapped); err != nil {
		return err.Error()
	}
	message, err := wrapped.Unwrap()
	if err != nil {
		return err.Error()
	}
	if v, ok := message.(*cmtcons.Vote); ok {
		return v.Vote.Type.String()
	}
	return fmt.Sprintf("%T", message)
}

// at is a peer that says where it is.
func (l *listener) at(height int64, round int32) {
	l.state.ApplyNewRoundStepMessage(&cmtconsensus.NewRoundStepMessage{Height: height, Round: round, Step: 1, LastCommitRound: -1})
}

func testBlock(t *testing.T, height int64) (*cmttypes.Proposal, []*cmttypes.Part) {
	t.Helper()
	parts := cmttypes.NewPartSetFromData(make([]byte, cmttypes.BlockPartSizeBytes+1), cmttypes.BlockPartSizeBytes)
	return cmttypes.NewProposal(height, 0, -1, cmttypes.BlockID{Hash: make([]byte, 32), PartSetHeader: parts.Header()}),
		[]*cmttypes.Part{parts.GetPart(0), parts.GetPart(1)}
}

const (
	gotProposal  = "*consensus.Proposal"
	gotPart      = "*consensus.BlockPart"
	gotPrevote   = "SIGNED_MSG_TYPE_PREVOTE"
	gotPrecommit = "SIGNED_MSG_TYPE_PRECOMMIT"
)

// sayAll says what a proposer says in a height.
func sayAll(t *testing.T, p *push, height int64) {
	t.Helper()
	proposal, parts := testBlock(t, height)
	p.say(&cmtconsensus.ProposalMessage{Proposal: proposal})
	for _, part := range parts {
		p.say(&cmtconsensus.BlockPartMessage{Height: height, Part: part})
	}
	for _, kind := range []cmtproto.SignedMsgType{cmtproto.PrevoteType, cmtproto.PrecommitType} {
		p.say(&cmtconsensus.VoteMessage{Vote: &cmttypes.Vote{Type: kind, Height: height, ValidatorIndex: 2, ValidatorAddress: make([]byte, 20)}})
	}
}

func TestPush_SaysEachThingOnceToWhoIsThere(t *testing.T) {
	t.Parallel()
	p := newPush(func(uint64) int { return 4 })
	there, behind, elsewhere, gone := newListener("there"), newListener("behind"), newListener("elsewhere"), newListener("gone")
	for _, l := range []*listener{there, behind, elsewhere, gone} {
		p.join(l)
	}
	p.leave(gone)
	p.leave(newListener("behind")) // an older connection of the same peer
	there.at(7, 0)
	gone.at(7, 0)
	behind.at(6, 0)
	elsewhere.at(7, 1)
	sayAll(t, p, 7)
	p.moved(there)
	behind.at(7, 0)
	p.moved(behind)
	p.moved(gone)
	want := []string{gotProposal, gotPart, gotPart, gotPrevote, gotPrecommit}
	for _, l := range []*listener{there, behind} {
		if !slices.Equal(l.got, want) {
			t.Errorf("%s got %q, want %q", l.id, l.got, want)
		}
		state := l.state.GetRoundState()
		if !state.Proposal || !state.ProposalBlockParts.IsFull() || !state.Prevotes.GetIndex(2) || !state.Precommits.GetIndex(2) {
			t.Errorf("%s: gossip would send it again: %+v", l.id, state)
		}
	}
	if len(elsewhere.got)+len(gone.got) > 0 {
		t.Errorf("a peer in another round got %q, one that has left %q", elsewhere.got, gone.got)
	}
	sayAll(t, p, 6) // the engine replays
	there.at(8, 0)
	p.moved(there)
	sayAll(t, p, 8)
	if want = append(want, want...); !slices.Equal(there.got, want) {
		t.Errorf("got %q in two heights, want %q", there.got, want)
	}
}

// What a peer got by gossip is not sent again, and what it could not take now is sent when there is more to say.
func TestPush_LeavesOutWhatThePeerHas(t *testing.T) {
	t.Parallel()
	p := newPush(func(uint64) int { return 4 })
	has, full := newListener("has"), newListener("full")
	p.join(has)
	p.join(full)
	has.at(7, 0)
	full.at(7, 0)
	full.full = true
	proposal, parts := testBlock(t, 7)
	has.state.SetHasProposal(proposal)
	has.state.SetHasProposalBlockPart(7, 0, 1)
	p.say(&cmtconsensus.ProposalMessage{Proposal: proposal})
	full.full = false
	for _, part := range parts {
		p.say(&cmtconsensus.BlockPartMessage{Height: 7, Part: part})
	}
	late := *proposal
	late.POLRound = 0
	p.say(&cmtconsensus.ProposalMessage{Proposal: &late}) // comes with the votes of its round, by gossip
	if want := []string{gotPart}; !slices.Equal(has.got, want) {
		t.Errorf("got %q, want %q", has.got, want)
	}
	if want := []string{gotProposal, gotPart, gotPart}; !slices.Equal(full.got, want) {
		t.Errorf("got %q, want %q", full.got, want)
	}
}
