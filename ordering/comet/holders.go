package comet

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtconn "github.com/cometbft/cometbft/p2p/conn"
	gogotypes "github.com/cosmos/gogoproto/types"
	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/time/rate"

	"github.com/lockstep-network/lockstep/core"
)

// Holding is how a node keeps an entry.
type Holding uint8

// The ways of keeping.
const (
	// NotHeld: the node does not know the entry, or has dropped it.
	NotHeld Holding = iota
	// InPool: it is in the node's pool.
	InPool
	// InLog: it is in the node's log, so more than 2/3 of the power have ordered it.
	InLog
)

// Holdings says what this node keeps. Hold is called from several goroutines and must not block for longer than a lock or a look into a
// database.
type Holdings interface {
	Hold(id common.Hash) Holding
}

// Identity is the Ethereum key of a validator, by which the others know what power its answers have.
type Identity interface {
	Address() common.Address
	// Introduce signs a core.IntroductionDigest of the key's network.
	Introduce(node, asker string, challenge common.Hash) ([]byte, error)
}

// Holders are the validators that say that they keep an entry. One that lies is among the third that may be faulty.
type Holders struct {
	// Validators are their addresses, ascending.
	Validators []common.Address
	// Power is theirs together, Total that of all validators now.
	Power, Total uint64
	// Ordered: the entry is in this node's log.
	Ordered bool
}

// Enough is whether an honest validator is certainly among them: they have more than a third of the power, or the entry is ordered.
func (h Holders) Enough() bool { return h.Ordered || 3*h.Power > h.Total }

const (
	// askEvery is the pause between two questions to a peer, and between two looks at what this node itself keeps.
	askEvery = 20 * time.Millisecond
	// maxAsked bounds the ids of a question.
	maxAsked = 64
	// idRate and idBurst bound for how many ids per second a peer is answered; a message counts as one more. What goes beyond is dropped.
	idRate, idBurst = 5000, 1024
	// maxInbox bounds the messages that wait for the goroutine that answers; further ones are dropped.
	maxInbox = 256
	// maxWatched bounds the entries that are asked for at a time.
	maxWatched = 8192
)

// holders asks the peers which entries they keep, and answers them. Only what a peer says that has proved to be a validator counts, once
// for each validator. Nothing of it happens in the peers' receive loops, where votes wait behind it.
type holders struct {
	cmtp2p.BaseReactor
	node     string
	network  core.NetworkID
	set      func() []core.Validator
	own      Holdings // nil: this node keeps nothing
	identity Identity // nil: this node is no validator
	inbox    chan message
	kick     chan struct{} // capacity 1

	idsAsked, idsHeard, idsAnswered, idsDropped atomic.Uint64 // HoldersCounters

	mu      sync.Mutex
	peers   map[cmtp2p.ID]*acquaintance
	watched map[common.Hash]*watch
}

// speaker is what is used of a peer.
type speaker interface {
	ID() cmtp2p.ID
	TrySend(e cmtp2p.Envelope) bool
}

// acquaintance is what is known of a peer for as long as it is connected.
type acquaintance struct {
	peer speaker
	// limit bounds what is read from the peer; it is used in the peer's receive loop alone.
	limit *rate.Limiter

	// The rest is guarded by holders.mu.

	challenge  common.Hash // what the peer was asked to sign; zero before and once it was answered
	introduced bool        // this node has answered the peer's challenge
	validator  common.Address
	question   uint64 // the last one
	asked      time.Time
	ids        []common.Hash // of the question that is not answered; nil if there is none
}

// watch is an entry that somebody asks for.
type watch struct {
	callers int
	own     Holding
	holders map[common.Address]bool
	heard   map[cmtp2p.ID]bool // who has answered since the watch began
	changed chan struct{}      // closed with the next change
}

func newHolders(node string, deps Deps) *holders {
	h := &holders{
		node: node, network: deps.Genesis.NetworkID(), set: deps.Machine.Validators, own: deps.Holdings, identity: deps.Identity,
		inbox: make(chan message, maxInbox), kick: make(chan struct{}, 1),
		peers: make(map[cmtp2p.ID]*acquaintance), watched: make(map[common.Hash]*watch),
	}
	h.BaseReactor = *cmtp2p.NewBaseReactor("HOLDERS", h)
	return h
}

// acquaintanceKey is under which a peer carries its acquaintance: messages may come before AddPeer is called.
const acquaintanceKey = "lockstep.holders"

// GetChannels implements p2p.Reactor.
func (*holders) GetChannels() []*cmtconn.ChannelDescriptor {
	return []*cmtconn.ChannelDescriptor{{
		ID: holdersChannel, Priority: 1, SendQueueCapacity: 32, RecvBufferCapacity: maxMessage, RecvMessageCapacity: maxMessage + 8, MessageType: new(gogotypes.BytesValue),
	}}
}

// OnStart implements service.Service.
func (h *holders) OnStart() error {
	go h.run()
	return nil
}

// InitPeer implements p2p.Reactor.
func (h *holders) InitPeer(peer cmtp2p.Peer) cmtp2p.Peer {
	peer.Set(acquaintanceKey, meet(peer))
	return peer
}

func meet(peer speaker) *acquaintance {
	return &acquaintance{peer: peer, limit: rate.NewLimiter(idRate, idBurst)}
}

// AddPeer implements p2p.Reactor.
func (h *holders) AddPeer(peer cmtp2p.Peer) {
	if a, ok := peer.Get(acquaintanceKey).(*acquaintance); ok {
		h.add(a)
	}
}

// add asks a new peer which validator it is.
func (h *holders) add(a *acquaintance) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rand.Read(a.challenge[:]) // never fails since Go 1.24
	h.peers[a.peer.ID()] = a
	a.send(msgChallenge, a.challenge[:])
}

// RemovePeer implements p2p.Reactor.
func (h *holders) RemovePeer(peer cmtp2p.Peer, _ any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.peers[peer.ID()]; a != nil && a == peer.Get(acquaintanceKey) {
		delete(h.peers, peer.ID())
	}
}

// Receive implements p2p.Reactor.
func (h *holders) Receive(e cmtp2p.Envelope) {
	a, ok := e.Src.Get(acquaintanceKey).(*acquaintance)
	if bytes, is := e.Message.(*gogotypes.BytesValue); ok && is {
		h.receive(a, bytes.Value)
	}
}

// receive takes a message in unless it is malformed, or too many have come.
func (h *holders) receive(from *acquaintance, bytes []byte) {
	m, ok := readMessage(from, bytes)
	if !ok {
		return
	}
	if !from.limit.AllowN(time.Now(), 1+len(m.ids)) {
		h.idsDropped.Add(uint64(len(m.ids)))
		return
	}
	select {
	case h.inbox <- m:
	default:
		h.idsDropped.Add(uint64(len(m.ids)))
	}
}

func (h *holders) run() {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		select {
		case <-h.Quit():
			return
		case m := <-h.inbox:
			h.handle(m)
		case <-h.kick:
			h.askAll(time.Now())
		case <-ticker.C:
			h.lookAgain()
			h.askAll(time.Now())
		}
	}
}

// await waits until enough validators keep the entry, or ctx ends; with all it waits for the answers of all validators to which this node
// is connected instead.
func (h *holders) await(ctx context.Context, id common.Hash, all bool) Holders {
	w := h.begin(id)
	if w == nil {
		return h.result(&watch{own: h.hold(id)}) // as many are asked for as may be
	}
	defer h.end(id, w)
	for {
		found, changed, done := h.state(w, all)
		if done {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found
		}
	}
}

// begin has the peers asked for an entry; nil if there are as many as may be.
func (h *holders) begin(id common.Hash) *watch {
	own := h.hold(id)
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.watched[id]
	if w == nil {
		if len(h.watched) >= maxWatched {
			return nil
		}
		w = &watch{holders: make(map[common.Address]bool), heard: make(map[cmtp2p.ID]bool), changed: make(chan struct{})}
		h.watched[id] = w
		select {
		case h.kick <- struct{}{}:
		default:
		}
	}
	w.callers++
	w.own = own
	return w
}

func (h *holders) end(id common.Hash, w *watch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.callers--; w.callers == 0 {
		delete(h.watched, id)
	}
}

func (h *holders) state(w *watch, all bool) (found Holders, changed <-chan struct{}, done bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found = h.result(w)
	if !all || found.Ordered {
		return found, w.changed, found.Enough()
	}
	for id, a := range h.peers {
		if a.validator != (common.Address{}) && !w.heard[id] {
			return found, w.changed, false
		}
	}
	return found, w.changed, true
}

// result counts the power of each validator once.
func (h *holders) result(w *watch) Holders {
	found := Holders{Validators: []common.Address{}, Ordered: w.own == InLog}
	for _, v := range h.set() {
		found.Total += v.Power
		mine := h.identity != nil && v.Address == h.identity.Address()
		if mine && w.own != NotHeld || !mine && w.holders[v.Address] {
			found.Power += v.Power
			found.Validators = append(found.Validators, v.Address)
		}
	}
	slices.SortFunc(found.Validators, common.Address.Cmp)
	return found
}

func (w *watch) change() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (h *holders) hold(id common.Hash) Holding {
	if h.own == nil {
		return NotHeld
	}
	return h.own.Hold(id)
}

// lookAgain looks what has become of the watched entries in this node.
func (h *holders) lookAgain() {
	h.mu.Lock()
	ids := make([]common.Hash, 0, len(h.watched))
	for id := range h.watched {
		ids = append(ids, id)
	}
	h.mu.Unlock()
	for _, id := range ids {
		own := h.hold(id)
		h.mu.Lock()
		if w := h.watched[id]; w != nil && w.own != own {
			w.own = own
			w.change()
		}
		h.mu.Unlock()
	}
}

// askAll sends the validators that may be asked now what they have not said that they keep.
func (h *holders) askAll(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.peers {
		if a.validator == (common.Address{}) || now.Sub(a.asked) < askEvery || a.ids != nil && now.Sub(a.asked) < giveUp {
			continue
		}
		a.ids = nil
		for id, w := range h.watched {
			if w.holders[a.validator] && w.heard[a.peer.ID()] {
				continue
			}
			if a.ids = append(a.ids, id); len(a.ids) == maxAsked {
				break
			}
		}
		if len(a.ids) > 0 {
			a.question++
			a.asked = now
			h.idsAsked.Add(uint64(len(a.ids)))
			a.send(msgQuestion, question(a.question, a.ids))
		}
	}
}

// HoldersCounters count entries since the start, once for each peer and question.
type HoldersCounters struct {
	// Asked were asked of peers; Heard are those among them that peers have answered.
	Asked, Heard uint64
	// Answered were asked by peers and answered; Dropped are those of questions that came too fast to be answered.
	Answered, Dropped uint64
}

// HoldersCounters are the node's.
func (n *Node) HoldersCounters() HoldersCounters {
	h := n.holders
	return HoldersCounters{Asked: h.idsAsked.Load(), Heard: h.idsHeard.Load(), Answered: h.idsAnswered.Load(), Dropped: h.idsDropped.Load()}
}

// AwaitHolders waits until validators with more than a third of the power keep an entry, this node's own included, or until ctx ends.
func (n *Node) AwaitHolders(ctx context.Context, id common.Hash) Holders {
	return n.holders.await(ctx, id, false)
}

// AskHolders asks every validator to which this node is connected once whether it keeps an entry, and waits for all answers, or until ctx
// ends.
func (n *Node) AskHolders(ctx context.Context, id common.Hash) Holders {
	return n.holders.await(ctx, id, true)
}
