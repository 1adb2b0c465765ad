package comet

import (
	"fmt"
	"sync"

	cmtconsensus "github.com/cometbft/cometbft/consensus"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtcons "github.com/cometbft/cometbft/proto/tendermint/consensus"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
)

// push sends what this validator says, its proposal with its parts and its votes, to every peer as soon as it may leave: when it is in the
// write-ahead log, or when the peer has come to the same round. The engine alone would look, for each peer and after each
// Config.GossipSleep, for something that the peer lacks, and it sees a proposal only once the proposer has voted for it. That gossip goes on, and brings what was
// not delivered here or what others say; both note what a peer has in the engine's own state of that peer, so neither sends what the other has.
type push struct {
	// validators is how many vote on a tick.
	validators func(height uint64) int

	mu     sync.Mutex
	peers  map[cmtp2p.ID]*pushPeer
	height int64
	said   []saying // in this height, in order
}

// pushPeer is a peer and how much of said it has got, by index.
type pushPeer struct {
	peer  cmtp2p.Peer
	state *cmtconsensus.PeerState
	sent  []bool
}

// saying is one message of this validator.
type saying struct {
	round   int32
	channel byte
	message *encoded
	// has tells whether a peer in this round has it, note that it does now.
	has  func(*cmtconsensus.PeerState) bool
	note func(*cmtconsensus.PeerState)
}

// encoded is a message of the engine, not wrapped, that is encoded once for all peers: a part of a full tick has 64 KiB. push.mu is held
// where it is sent, which is when it is encoded.
type encoded struct {
	proto.Message
	bytes []byte
}

var _ proto.Marshaler = (*encoded)(nil)

// Marshal is what the engine sends; it must not be changed.
func (e *encoded) Marshal() (_ []byte, err error) {
	if e.bytes == nil {
		message := e.Message
		if w, ok := message.(cmtp2p.Wrapper); ok {
			message = w.Wrap()
		}
		e.bytes, err = proto.Marshal(message)
	}
	return e.bytes, err
}

func newPush(validators func(height uint64) int) *push {
	return &push{validators: validators, peers: make(map[cmtp2p.ID]*pushPeer)}
}

// say is told what this validator has written into its write-ahead log. It never blocks.
func (p *push) say(message cmtconsensus.Message) {
	switch m := message.(type) {
	case *cmtconsensus.ProposalMessage:
		if m.Proposal.POLRound < 0 { // one that follows an earlier round comes with the votes of that round, by gossip
			p.add(m.Proposal.Height, proposalSaid(m.Proposal))
		}
	case *cmtconsensus.BlockPartMessage:
		if part, err := m.Part.ToProto(); err == nil {
			p.add(m.Height, partSaid(m, &cmtcons.BlockPart{Height: m.Height, Round: m.Round, Part: *part}))
		}
	case *cmtconsensus.VoteMessage:
		p.add(m.Vote.Height, voteSaid(m.Vote, p.validators(uint64(m.Vote.Height))))
	}
}

func proposalSaid(proposal *cmttypes.Proposal) saying {
	return saying{
		round: proposal.Round, channel: cmtconsensus.DataChannel, message: &encoded{Message: &cmtcons.Proposal{Proposal: *proposal.ToProto()}},
		has:  func(s *cmtconsensus.PeerState) bool { return s.GetRoundState().Proposal },
		note: func(s *cmtconsensus.PeerState) { s.SetHasProposal(proposal) },
	}
}

func partSaid(m *cmtconsensus.BlockPartMessage, message *cmtcons.BlockPart) saying {
	index := int(m.Part.Index)
	return saying{
		round: m.Round, channel: cmtconsensus.DataChannel, message: &encoded{Message: message},
		has:  func(s *cmtconsensus.PeerState) bool { return s.GetRoundState().ProposalBlockParts.GetIndex(index) },
		note: func(s *cmtconsensus.PeerState) { s.SetHasProposalBlockPart(m.Height, m.Round, index) },
	}
}

func voteSaid(vote *cmttypes.Vote, validators int) saying {
	return saying{
		round: vote.Round, channel: cmtconsensus.VoteChannel, message: &encoded{Message: &cmtcons.Vote{Vote: vote.ToProto()}},
		has: func(*cmtconsensus.PeerState) bool { return false },
		note: func(s *cmtconsensus.PeerState) {
			s.EnsureVoteBitArrays(vote.Height, validators)
			s.SetHasVote(vote)
		},
	}
}

func (p *push) add(height int64, s saying) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if height < p.height {
		return
	}
	if height > p.height {
		p.height, p.said = height, nil
		for _, peer := range p.peers {
			peer.sent = nil
		}
	}
	p.said = append(p.said, s)
	for _, peer := range p.peers {
		p.offer(peer)
	}
}

// offer sends a peer that is in the same round what it has not got; p.mu is held.
func (p *push) offer(peer *pushPeer) {
	at := peer.state.GetRoundState()
	if at.Height != p.height {
		return
	}
	for i, s := range p.said {
		if i == len(peer.sent) {
			peer.sent = append(peer.sent, false)
		}
		if peer.sent[i] || at.Round != s.round {
			continue
		}
		if s.has(peer.state) {
			peer.sent[i] = true
		} else if peer.peer.TrySend(cmtp2p.Envelope{ChannelID: s.channel, Message: s.message}) {
			peer.sent[i] = true
			s.note(peer.state)
		}
	}
}

func (p *push) join(peer cmtp2p.Peer) {
	state, ok := peer.Get(cmttypes.PeerStateKey).(*cmtconsensus.PeerState)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peers[peer.ID()] = &pushPeer{peer: peer, state: state}
}

func (p *push) leave(peer cmtp2p.Peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.peers[peer.ID()]; known != nil && known.peer == peer {
		delete(p.peers, peer.ID())
	}
}

// moved looks what a peer lacks that has come to another step.
func (p *push) moved(peer cmtp2p.Peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.peers[peer.ID()]; known != nil {
		p.offer(known)
	}
}

// pushing is the engine's consensus reactor with a push beside its gossip.
type pushing struct {
	*cmtconsensus.Reactor
	push *push
}

// AddPeer begins to gossip with a peer.
func (r pushing) AddPeer(peer cmtp2p.Peer) {
	r.push.join(peer)
	r.Reactor.AddPeer(peer)
}

// RemovePeer ends that.
func (r pushing) RemovePeer(peer cmtp2p.Peer, reason any) {
	r.push.leave(peer)
	r.Reactor.RemovePeer(peer, reason)
}

// Receive takes a peer's message.
func (r pushing) Receive(e cmtp2p.Envelope) {
	r.Reactor.Receive(e)
	if _, ok := e.Message.(*cmtcons.NewRoundStep); ok {
		r.push.moved(e.Src)
	}
}

// withPush puts the push beside the gossip of an engine that was not started yet.
func withPush(engine *cmtnode.Node, p *push) error {
	sw := engine.Switch()
	found, _ := sw.Reactor("CONSENSUS")
	reactor, ok := found.(*cmtconsensus.Reactor)
	if !ok {
		return fmt.Errorf("%w: consensus reactor is %T", errEngineChanged, found)
	}
	sw.RemoveReactor("CONSENSUS", reactor)
	sw.AddReactor("CONSENSUS", pushing{reactor, p})
	return nil
}
