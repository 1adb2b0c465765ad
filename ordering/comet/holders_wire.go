package comet

import (
	"encoding/binary"

	cmtp2p "github.com/cometbft/cometbft/p2p"
	gogotypes "github.com/cosmos/gogoproto/types"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// holdersChannel is that of the messages about who keeps what. A peer without it is not asked.
const holdersChannel byte = 0x72

// Kinds of messages: the first byte.
const (
	// msgChallenge carries 32 random bytes. It is answered once for each connection, by validators.
	msgChallenge byte = 1
	// msgIntroduction carries the signature of a core.IntroductionDigest with the challenge.
	msgIntroduction byte = 2
	// msgQuestion carries a number, 8 bytes big-endian, and up to maxAsked ids.
	msgQuestion byte = 3
	// msgAnswer carries the question's number and a bit for each of its ids, lowest bit first: this node keeps the entry.
	msgAnswer byte = 4
)

// maxMessage bounds a message.
const maxMessage = 1 + 8 + maxAsked*common.HashLength

// message is one that came.
type message struct {
	from   *acquaintance
	kind   byte
	number uint64        // of a question or answer
	ids    []common.Hash // of a question
	rest   []byte        // the challenge, the signature, or the answer's bits
}

// readMessage takes a message apart; ok is false if it is malformed.
func readMessage(from *acquaintance, b []byte) (m message, ok bool) {
	if len(b) == 0 || len(b) > maxMessage {
		return message{}, false
	}
	m = message{from: from, kind: b[0], rest: b[1:]}
	switch m.kind {
	case msgChallenge:
		return m, len(m.rest) == common.HashLength
	case msgIntroduction:
		return m, len(m.rest) == core.SignatureSize
	case msgQuestion, msgAnswer:
		if len(m.rest) <= 8 {
			return message{}, false
		}
		m.number, m.rest = binary.BigEndian.Uint64(m.rest), m.rest[8:]
	default:
		return message{}, false
	}
	if m.kind == msgAnswer {
		return m, len(m.rest) <= maxAsked/8
	}
	if len(m.rest)%common.HashLength != 0 {
		return message{}, false
	}
	for ; len(m.rest) > 0; m.rest = m.rest[common.HashLength:] {
		m.ids = append(m.ids, common.Hash(m.rest[:common.HashLength]))
	}
	return m, true
}

func question(number uint64, ids []common.Hash) []byte {
	b := core.U64(number)
	for _, id := range ids {
		b = append(b, id[:]...)
	}
	return b
}

func (a *acquaintance) send(kind byte, body []byte) {
	a.peer.TrySend(cmtp2p.Envelope{ChannelID: holdersChannel, Message: &gogotypes.BytesValue{Value: append([]byte{kind}, body...)}})
}

// handle does what a message asks for.
func (h *holders) handle(m message) {
	switch m.kind {
	case msgChallenge:
		h.introduce(m)
	case msgIntroduction:
		h.introduced(m)
	case msgQuestion:
		h.answer(m)
	case msgAnswer:
		h.answered(m)
	}
}

// introduce tells a peer which validator this node is, once.
func (h *holders) introduce(m message) {
	h.mu.Lock()
	again := m.from.introduced
	m.from.introduced = true
	h.mu.Unlock()
	if again || h.identity == nil {
		return
	}
	signature, err := h.identity.Introduce(h.node, string(m.from.peer.ID()), common.Hash(m.rest))
	if err == nil {
		m.from.send(msgIntroduction, signature)
	}
}

// introduced notes which validator a peer is: the connection proves its node id, and the signature that the validator's key means this
// node id, for this node, on this connection.
func (h *holders) introduced(m message) {
	h.mu.Lock()
	challenge := m.from.challenge
	m.from.challenge = common.Hash{}
	h.mu.Unlock()
	if challenge == (common.Hash{}) {
		return
	}
	validator, err := core.RecoverIntroduction(core.IntroductionDigest(h.network, string(m.from.peer.ID()), h.node, challenge), m.rest)
	if err != nil {
		return
	}
	h.mu.Lock()
	m.from.validator = validator
	h.mu.Unlock()
}

// answer says what this node keeps.
func (h *holders) answer(m message) {
	bits := make([]byte, (len(m.ids)+7)/8)
	for i, id := range m.ids {
		if h.hold(id) != NotHeld {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	h.idsAnswered.Add(uint64(len(m.ids)))
	m.from.send(msgAnswer, append(core.U64(m.number), bits...))
}

// answered notes what a validator says that it keeps. An answer counts for the question that is open, and once.
func (h *holders) answered(m message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := m.from
	if a.ids == nil || m.number != a.question || len(m.rest) != (len(a.ids)+7)/8 {
		return
	}
	h.idsHeard.Add(uint64(len(a.ids)))
	for i, id := range a.ids {
		w := h.watched[id]
		if w == nil {
			continue
		}
		w.heard[a.peer.ID()] = true
		if m.rest[i/8]&(1<<(i%8)) != 0 {
			w.holders[a.validator] = true
		}
		w.change()
	}
	a.ids = nil
}
