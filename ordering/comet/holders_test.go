package comet

import (
	"context"
	"crypto/ecdsa"
	"encoding/binary"
	"testing"
	"time"

	cmtp2p "github.com/cometbft/cometbft/p2p"
	gogotypes "github.com/cosmos/gogoproto/types"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// ask is one node of a small network whose messages a test writes and reads itself.
type ask struct {
	t       *testing.T
	h       *holders
	genesis *core.Genesis
}

// newAsk is a node among four validators, validator 0 itself if it has the key.
func newAsk(t *testing.T, own Holdings, key *ecdsa.PrivateKey) *ask {
	t.Helper()
	a := &ask{t: t, genesis: testGenesis(t, 4)}
	a.h = &holders{
		node: "me", network: a.genesis.NetworkID(), set: func() []core.Validator { return a.genesis.Validators }, own: own,
		inbox: make(chan message, maxInbox), kick: make(chan struct{}, 1),
		peers: make(map[cmtp2p.ID]*acquaintance), watched: make(map[common.Hash]*watch),
	}
	if key != nil {
		a.h.identity = keyIdentity{key, a.genesis.NetworkID()}
	}
	return a
}

type keyIdentity struct {
	key     *ecdsa.PrivateKey
	network core.NetworkID
}

func (k keyIdentity) Address() common.Address { return crypto.PubkeyToAddress(k.key.PublicKey) }
func (k keyIdentity) Introduce(node, asker string, challenge common.Hash) ([]byte, error) {
	return core.SignIntroduction(k.key, core.IntroductionDigest(k.network, node, asker, challenge))
}

// wire is a peer that keeps what it is sent.
type wire struct {
	id   cmtp2p.ID
	sent [][]byte
}

func (w *wire) ID() cmtp2p.ID { return w.id }
func (w *wire) TrySend(e cmtp2p.Envelope) bool {
	w.sent = append(w.sent, e.Message.(*gogotypes.BytesValue).Value)
	return true
}

// last is the last message sent to the peer, which must be of a kind.
func (w *wire) last(t *testing.T, kind byte) []byte {
	t.Helper()
	if len(w.sent) == 0 || w.sent[len(w.sent)-1][0] != kind {
		t.Fatalf("peer %s was sent %x, want a message of kind %d at the end", w.id, w.sent, kind)
	}
	return w.sent[len(w.sent)-1][1:]
}

// join connects a peer.
func (a *ask) join(id cmtp2p.ID) (*wire, *acquaintance) {
	w := &wire{id: id}
	known := meet(w)
	a.h.add(known)
	return w, known
}

// say has a peer's message read and handled.
func (a *ask) say(from *acquaintance, kind byte, body []byte) {
	a.h.receive(from, append([]byte{kind}, body...))
	for len(a.h.inbox) > 0 {
		a.h.handle(<-a.h.inbox)
	}
}

// introduce connects a peer that proves to have a key.
func (a *ask) introduce(id cmtp2p.ID, key *ecdsa.PrivateKey) (*wire, *acquaintance) {
	a.t.Helper()
	w, known := a.join(id)
	signature, err := keyIdentity{key, a.genesis.NetworkID()}.Introduce(string(id), "me", common.Hash(w.last(a.t, msgChallenge)))
	if err != nil {
		a.t.Fatal(err)
	}
	a.say(known, msgIntroduction, signature)
	return w, known
}

// holds has a peer answer its open question with yes.
func (a *ask) holds(w *wire, from *acquaintance) {
	a.t.Helper()
	q := w.last(a.t, msgQuestion)
	a.say(from, msgAnswer, append(append([]byte{}, q[:8]...), 0xff))
}

var anEntry = common.Hash{1}

// keeps is a node that keeps anEntry, or another one.
type keeps struct {
	id common.Hash
	as Holding
}

func (k keeps) Hold(id common.Hash) Holding {
	if id == k.id {
		return k.as
	}
	return NotHeld
}

func (a *ask) power(w *watch) uint64 {
	found, _, _ := a.h.state(w, false)
	return found.Power
}

func TestHolders_CountsEachValidatorOnceAndNobodyElse(t *testing.T) {
	a := newAsk(t, nil, nil)
	one, byOne := a.introduce("one", ethKey(t, 1))
	again, byAgain := a.introduce("again", ethKey(t, 1)) // the same validator at two nodes
	stranger, byStranger := a.introduce("stranger", ethKey(t, 77))
	silent, bySilent := a.join("silent")
	two, byTwo := a.introduce("two", ethKey(t, 2))
	w := a.h.begin(anEntry)
	a.h.askAll(time.Now())
	for _, step := range []struct {
		name string
		wire *wire
		from *acquaintance
		want uint64
	}{{"a validator", one, byOne, 10}, {"the same validator elsewhere", again, byAgain, 10}, {"no validator", stranger, byStranger, 10}} {
		a.holds(step.wire, step.from)
		if got := a.power(w); got != step.want {
			t.Errorf("%s: power %d, want %d", step.name, got, step.want)
		}
	}
	a.say(bySilent, msgAnswer, append(core.U64(1), 0xff))
	if got := a.power(w); got != 10 || len(silent.sent) != 1 {
		t.Errorf("a peer that has not said who it is: power %d, %d messages to it, want 10 and the challenge", got, len(silent.sent))
	}
	if found, _, done := a.h.state(w, false); done || found.Enough() {
		t.Errorf("%+v of 40 is enough", found)
	}
	a.holds(two, byTwo)
	if found, _, done := a.h.state(w, false); !done || found.Power != 20 || found.Total != 40 || len(found.Validators) != 2 {
		t.Errorf("two of four: %+v, done %v", found, done)
	}
}

func TestHolders_RefusesForgedIntroductions(t *testing.T) {
	for name, forge := range map[string]func(k keyIdentity, challenge common.Hash) ([]byte, error){
		"another node's": func(k keyIdentity, c common.Hash) ([]byte, error) { return k.Introduce("honest", "me", c) },
		"made for another node": func(k keyIdentity, c common.Hash) ([]byte, error) {
			return k.Introduce("forger", "somebody", c)
		},
		"of another connection": func(k keyIdentity, _ common.Hash) ([]byte, error) {
			return k.Introduce("forger", "me", common.Hash{9})
		},
		"of another network": func(k keyIdentity, c common.Hash) ([]byte, error) {
			k.network[0]++
			return k.Introduce("forger", "me", c)
		},
		"no signature": func(keyIdentity, common.Hash) ([]byte, error) { return make([]byte, core.SignatureSize), nil },
	} {
		t.Run(name, func(t *testing.T) {
			a := newAsk(t, nil, nil)
			w, from := a.join("forger")
			challenge := common.Hash(w.last(t, msgChallenge))
			signature, err := forge(keyIdentity{ethKey(t, 1), a.genesis.NetworkID()}, challenge)
			if err != nil {
				t.Fatal(err)
			}
			a.say(from, msgIntroduction, signature)
			if _, ok := a.genesisFind(from.validator); ok {
				t.Fatal("the peer is taken for a validator")
			}
			// A second try is none: the challenge is spent.
			good, err := keyIdentity{ethKey(t, 1), a.genesis.NetworkID()}.Introduce("forger", "me", challenge)
			if err != nil {
				t.Fatal(err)
			}
			a.say(from, msgIntroduction, good)
			if _, ok := a.genesisFind(from.validator); ok {
				t.Error("a challenge is answered twice")
			}
		})
	}
}

func (a *ask) genesisFind(address common.Address) (core.SetMember, bool) {
	return a.genesis.ValidatorSet().Find(address)
}

func TestHolders_RefusesAnswersToOtherQuestions(t *testing.T) {
	a := newAsk(t, nil, nil)
	w, from := a.introduce("one", ethKey(t, 1))
	entry := a.h.begin(anEntry)
	a.say(from, msgAnswer, append(core.U64(1), 1)) // before it is asked
	a.h.askAll(time.Now())
	number := binary.BigEndian.Uint64(w.last(t, msgQuestion))
	a.say(from, msgAnswer, append(core.U64(number+1), 1))
	a.say(from, msgAnswer, append(core.U64(number), 1, 1)) // a bit too many
	if got := a.power(entry); got != 0 {
		t.Fatalf("power %d for answers that were not asked for", got)
	}
	if asked, heard := a.h.idsAsked.Load(), a.h.idsHeard.Load(); asked != 1 || heard != 0 {
		t.Errorf("%d ids are counted as asked and %d as heard, want 1 and 0", asked, heard)
	}
	a.say(from, msgAnswer, append(core.U64(number), 0))
	a.say(from, msgAnswer, append(core.U64(number), 1)) // the question is answered
	if got := a.power(entry); got != 0 {
		t.Errorf("power %d for a second answer", got)
	}
	a.h.askAll(time.Now().Add(askEvery))
	a.holds(w, from)
	if asked, heard := a.h.idsAsked.Load(), a.h.idsHeard.Load(); asked != 2 || heard != 2 {
		t.Errorf("%d ids are counted as asked and %d as heard, want 2 each", asked, heard)
	}
	if got := a.power(entry); got != 10 {
		t.Errorf("power %d once the peer keeps the entry, want 10", got)
	}
}

func TestHolders_BoundsWhatAPeerMaySend(t *testing.T) {
	a := newAsk(t, keeps{anEntry, InPool}, ethKey(t, 0))
	w, from := a.join("peer")
	for name, bytes := range map[string][]byte{
		"empty": {}, "unknown kind": {9, 1}, "short challenge": {msgChallenge, 1}, "half an id": append([]byte{msgQuestion}, make([]byte, 8+31)...),
		"no id": append([]byte{msgQuestion}, make([]byte, 8)...), "too many ids": append([]byte{msgQuestion}, make([]byte, 8+32*(maxAsked+1))...),
		"short signature": append([]byte{msgIntroduction}, make([]byte, 64)...), "too many bits": append([]byte{msgAnswer}, make([]byte, 8+maxAsked/8+1)...),
	} {
		if a.h.receive(from, bytes); len(a.h.inbox) > 0 {
			t.Errorf("%s: taken in", name)
		}
	}
	ids := make([]common.Hash, maxAsked)
	ids[3] = anEntry
	a.say(from, msgQuestion, question(7, ids))
	if got := w.last(t, msgAnswer); len(got) != 8+maxAsked/8 || binary.BigEndian.Uint64(got) != 7 || got[8] != 1<<3 {
		t.Errorf("answer %x", got)
	}
	a.say(from, msgChallenge, make([]byte, 32))
	w.last(t, msgIntroduction)
	before := len(w.sent)
	for range 1000 {
		a.say(from, msgChallenge, make([]byte, 32))
	}
	if len(w.sent) != before {
		t.Error("a second introduction on one connection")
	}
	for range 1000 {
		a.say(from, msgQuestion, question(8, ids))
	}
	answered := (len(w.sent) - before) * maxAsked
	if answered > idBurst+idRate {
		t.Errorf("%d ids answered at once, want at most %d", answered, idBurst)
	}
	if got, dropped := a.h.idsAnswered.Load(), a.h.idsDropped.Load(); got != uint64(answered+maxAsked) || got+dropped != 1001*maxAsked {
		t.Errorf("%d ids are counted as answered and %d as dropped, of %d", got, dropped, 1001*maxAsked)
	}
}

func TestHolders_KnowsWhatItKeepsItself(t *testing.T) {
	for _, test := range []struct {
		name  string
		as    Holding
		key   *ecdsa.PrivateKey
		power uint64
		done  bool
	}{
		{"a validator with it in its pool", InPool, ethKey(t, 0), 10, false},
		{"a follower with it in its pool", InPool, nil, 0, false},
		{"a follower with it in its log", InLog, nil, 0, true},
		{"a key that is no validator's", InPool, ethKey(t, 77), 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAsk(t, keeps{anEntry, test.as}, test.key)
			if found, _, done := a.h.state(a.h.begin(anEntry), false); found.Power != test.power || done != test.done {
				t.Errorf("got %+v, done %v", found, done)
			}
		})
	}
}

// awaitIntroductions waits until so many peers have proved which validator they are: nobody else is asked.
func (h *holders) awaitIntroductions(t *testing.T, want int) {
	t.Helper()
	count := func() (n int) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, a := range h.peers {
			if a.validator != (common.Address{}) {
				n++
			}
		}
		return n
	}
	deadline, tick := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for count() < want {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d peers have said who they are, want %d", count(), want)
		}
	}
}

// Four real validators, of which some keep the entry.
func TestHolders_OverRealConnections(t *testing.T) {
	c := newCluster(t, 4, nil)
	for i, m := range c.members {
		h := m.node.holders
		h.identity = keyIdentity{ethKey(t, i), c.genesis.NetworkID()}
		if i < 2 {
			h.own = keeps{anEntry, InPool}
		}
		if i == 3 {
			h.own = keeps{common.Hash{2}, InPool}
		}
	}
	c.start().awaitMesh()
	for _, m := range c.members {
		m.node.holders.awaitIntroductions(t, 3)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if found := c.members[2].node.AwaitHolders(ctx, anEntry); !found.Enough() || found.Power != 20 || len(found.Validators) != 2 {
		t.Errorf("an entry of two others: %+v", found)
	}
	if found := c.members[0].node.AskHolders(ctx, common.Hash{2}); found.Enough() || found.Power != 10 {
		t.Errorf("an entry of one other: %+v", found)
	}
	short, cancel := context.WithTimeout(t.Context(), 5*askEvery)
	defer cancel()
	if found := c.members[3].node.AwaitHolders(short, common.Hash{2}); found.Enough() || found.Power != 10 {
		t.Errorf("an entry of this validator alone: %+v", found)
	}
}
