package comet

import (
	"cmp"
	"slices"
	"sync"
	"time"

	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtconn "github.com/cometbft/cometbft/p2p/conn"
	gogotypes "github.com/cosmos/gogoproto/types"
)

// Channels of the questions and answers that measure a connection. A peer without them is not measured.
const (
	pingChannel byte = 0x70
	pongChannel byte = 0x71
)

const (
	// pingEvery is the pause between two measurements of a peer.
	pingEvery = 250 * time.Millisecond
	// giveUp is when a question is asked anew that was not answered. Answers to older questions do not count, so that neither
	// a peer that was frozen nor a healed partition looks like a slow connection; nor does, then, one that is slower than this.
	giveUp = time.Second
)

// PeerDelay is what was measured of the connection to another node.
type PeerDelay struct {
	// Peer is its node id.
	Peer string
	// RoundTrip is how long a message and its answer take, smoothed, and Bound what nearly all stay below: the smoothed
	// round trip and four times its mean deviation (RFC 6298, section 2). Both include how long the two nodes take.
	RoundTrip, Bound time.Duration
}

// delays measures the round trip to every peer on the connection that carries votes and proposals, behind what waits there.
type delays struct {
	cmtp2p.BaseReactor

	mu    sync.Mutex
	peers map[cmtp2p.ID]*measured
	count uint64
}

// measured is what is known of a peer's round trip.
type measured struct {
	peer           cmtp2p.Peer
	question       uint64
	asked          time.Time
	smooth, spread time.Duration
}

func newDelays() *delays {
	d := &delays{peers: make(map[cmtp2p.ID]*measured)}
	d.BaseReactor = *cmtp2p.NewBaseReactor("DELAYS", d)
	return d
}

// GetChannels implements p2p.Reactor.
func (*delays) GetChannels() []*cmtconn.ChannelDescriptor {
	channel := func(id byte) *cmtconn.ChannelDescriptor {
		return &cmtconn.ChannelDescriptor{
			ID: id, Priority: 10, SendQueueCapacity: 1, RecvBufferCapacity: 16, RecvMessageCapacity: 16, MessageType: new(gogotypes.UInt64Value),
		}
	}
	return []*cmtconn.ChannelDescriptor{channel(pingChannel), channel(pongChannel)}
}

// OnStart implements service.Service.
func (d *delays) OnStart() error {
	go d.run()
	return nil
}

func (d *delays) run() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-d.Quit():
			return
		case <-ticker.C:
			d.mu.Lock()
			for _, m := range d.peers {
				if m.question == 0 || time.Since(m.asked) >= giveUp {
					d.ask(m)
				}
			}
			d.mu.Unlock()
		}
	}
}

// ask sends the next question; d.mu is held.
func (d *delays) ask(m *measured) {
	d.count++
	m.question, m.asked = d.count, time.Now()
	m.peer.TrySend(cmtp2p.Envelope{ChannelID: pingChannel, Message: &gogotypes.UInt64Value{Value: m.question}})
}

// AddPeer implements p2p.Reactor.
func (d *delays) AddPeer(peer cmtp2p.Peer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := &measured{peer: peer}
	d.peers[peer.ID()] = m
	d.ask(m)
}

// RemovePeer implements p2p.Reactor.
func (d *delays) RemovePeer(peer cmtp2p.Peer, _ any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.peers, peer.ID())
}

// Receive implements p2p.Reactor.
func (d *delays) Receive(e cmtp2p.Envelope) {
	message, ok := e.Message.(*gogotypes.UInt64Value)
	switch {
	case !ok:
	case e.ChannelID == pingChannel:
		e.Src.TrySend(cmtp2p.Envelope{ChannelID: pongChannel, Message: message})
	case e.ChannelID == pongChannel:
		d.answered(e.Src.ID(), message.Value, time.Now())
	}
}

func (d *delays) answered(peer cmtp2p.ID, question uint64, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m, ok := d.peers[peer]
	if !ok || question == 0 || m.question != question {
		return
	}
	m.question = 0
	took := at.Sub(m.asked)
	if m.smooth == 0 {
		m.smooth, m.spread = took, took/2
		return
	}
	m.spread += ((m.smooth - took).Abs() - m.spread) / 4
	m.smooth += (took - m.smooth) / 8
}

// list is what was measured, by node id.
func (d *delays) list() (list []PeerDelay) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, m := range d.peers {
		if m.smooth > 0 {
			list = append(list, PeerDelay{Peer: string(id), RoundTrip: m.smooth, Bound: m.smooth + 4*m.spread})
		}
	}
	slices.SortFunc(list, func(a, b PeerDelay) int { return cmp.Compare(a.Peer, b.Peer) })
	return list
}
