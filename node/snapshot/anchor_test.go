package snapshot

import (
	"bytes"
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
	"github.com/lockstep-network/lockstep/proof"
)

// history is a network whose validators sign checkpoints by order of the test. At tick 100 its four validators hand over
// to four others.
type history struct {
	t          *testing.T
	network    *Network
	first, all []core.Validator
}

func newHistory(t *testing.T) *history {
	n := NewNetwork(t, 1, 1, 1, 1)
	h := &history{t: t, network: n, first: n.Genesis.Validators}
	for _, seed := range []string{"a", "b", "c", "d"} {
		h.all = append(h.all, n.NewValidator(t, seed, 1))
	}
	return h
}

// sign makes a checkpoint. salt tells those of one tick apart.
func (h *history) sign(tick uint64, salt byte, by, next []core.Validator) proof.Handover {
	set := core.NewValidatorSet(next)
	c := core.Checkpoint{Network: h.network.ID(), Tick: tick, Time: 1000 * tick, ValidatorSet: set.Hash()}
	c.LedgerRoot[0] = salt
	s := core.SignedCheckpoint{Checkpoint: c}
	for _, v := range by {
		vote := h.network.SignCheckpoint(h.t, v, tick, c.Digest())
		s.Signatures = append(s.Signatures, core.CheckpointSignature{Validator: v.Address, Signature: vote.Signature})
	}
	return proof.Handover{Signed: sorted(s), Next: set}
}

// handover is at tick 100.
func (h *history) handover() proof.Handover { return h.sign(100, 0, h.first, h.all) }

// to leads to a checkpoint of a tick.
func (h *history) to(tick uint64) []proof.Handover {
	if tick < 100 {
		return []proof.Handover{h.sign(tick, 0, h.first, h.first)}
	}
	return []proof.Handover{h.handover(), h.sign(tick, 0, h.all, h.all)}
}

// A peer is believed as far as its checkpoints prove, and named when they do not.
func TestOffers_LeaveOutWhoProvesNothing(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	a, err := OpenArchive(t.TempDir(), h.network.ID(), 3, 1<<30)
	require.NoError(t, err)
	add(t, a, 7, []byte("chain"))
	honest, _ := serveWith(t, a, fakeReach{from: 1, chain: h.to(250)}, nil)
	forged := h.to(900_000)
	forged[1].Signed.Checkpoint.Tick = 1_000_000 // and nobody has signed that
	liar, _ := serveWith(t, a, fakeReach{from: 999, chain: forged}, nil)
	var said bytes.Buffer
	f := newFetcher(t, liar, honest)
	f.network, f.log = h.network.ID(), slog.New(slog.NewTextHandler(&said, nil))
	offers := f.offers(t.Context(), anchor{genesis: h.network.Genesis})
	require.Len(t, offers, 1)
	require.Equal(t, honest, offers[0].peer)
	require.EqualValues(t, 250, offers[0].head)
	require.Contains(t, said.String(), "peer is left out: it does not prove what it says\" peer="+liar)

	j := &Joiner{
		Genesis: h.network.Genesis, Home: Home{Dir: t.TempDir()}, Joining: Joining{Peers: []string{liar, honest}, MaxBytes: 1 << 30, Behind: 1000, MinRate: 1},
		Logger: slog.New(slog.DiscardHandler),
	}
	joined, err := j.Join(t.Context(), 6)
	require.NoError(t, err)
	require.Zero(t, joined.Tick, "a node that is 244 ticks behind keeps its log")
}

func TestAnchor_OldKeysLeadNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	trusted := h.sign(200, 0, h.all, h.all)
	fork := []proof.Handover{h.sign(90, 1, h.first, h.first[:3]), h.sign(300, 1, h.first[:3], h.first[:3])} // by keys of before tick 100
	plain, anchored := anchor{genesis: h.network.Genesis}, anchor{h.network.Genesis, &trusted}
	tick, err := plain.follow(fork)
	require.NoError(t, err, "the genesis alone cannot tell")
	require.EqualValues(t, 300, tick)
	for name, chain := range map[string][]proof.Handover{
		"another set at the trusted tick": fork,
		"another set after it":            {h.handover(), h.sign(300, 1, h.first, h.first)},
		"another one of its tick":         {h.handover(), h.sign(200, 9, h.all, h.all), h.sign(300, 0, h.all, h.all)},
	} {
		_, err = anchored.follow(chain)
		require.ErrorIs(t, err, ErrContradicts, name)
	}
	tick, err = anchored.follow(h.to(300))
	require.NoError(t, err)
	require.EqualValues(t, 300, tick)
	tick, err = anchored.follow(h.to(150))
	require.NoError(t, err, "a peer that is behind")
	require.EqualValues(t, 200, tick)
}

// The checkpoint that the operator names comes from any peer that has it; who has another one is named.
func TestJoin_TrustedCheckpointComesFromPeers(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	a, err := OpenArchive(t.TempDir(), h.network.ID(), 3, 1<<30)
	require.NoError(t, err)
	trusted := h.sign(200, 0, h.all, h.all)
	honest, _ := serveWith(t, a, fakeReach{from: 1, chain: h.to(300), others: []proof.Handover{trusted}}, nil)
	liar, _ := serveWith(t, a, fakeReach{from: 1, chain: h.to(300), others: []proof.Handover{h.sign(200, 1, h.first, h.first)}}, nil)
	silent, _ := serveWith(t, a, fakeReach{from: 1, chain: h.to(300)}, nil)
	join := func(own *proof.Handover, peers ...string) (string, error) {
		var said bytes.Buffer
		j := &Joiner{
			Genesis: h.network.Genesis, Home: Home{Dir: t.TempDir()}, Own: own, Logger: slog.New(slog.NewTextHandler(&said, nil)),
			Joining: Joining{Peers: peers, MaxBytes: 1 << 30, Behind: 1000, MinRate: 1, TrustTick: 200, TrustDigest: trusted.Signed.Checkpoint.Digest().Hex()},
		}
		_, err := j.Join(t.Context(), 0)
		return said.String(), err
	}
	said, err := join(nil, liar, silent, honest)
	require.NoError(t, err)
	require.Contains(t, said, "peer contradicts the trusted checkpoint\" peer="+liar)
	_, err = join(nil, liar)
	require.ErrorIs(t, err, ErrContradicts)
	require.ErrorContains(t, err, "stateSync.trustDigest")
	_, err = join(nil, silent)
	require.ErrorIs(t, err, ErrNone)
	later, other := h.sign(260, 0, h.all, h.all), h.sign(200, 1, h.all, h.all)
	_, err = join(&later, silent)
	require.NoError(t, err, "the node's own is newer")
	_, err = join(&other, honest)
	require.ErrorIs(t, err, ErrContradicts, "the node's own is another one")
}

func sorted(s core.SignedCheckpoint) core.SignedCheckpoint {
	slices.SortFunc(s.Signatures, func(a, b core.CheckpointSignature) int { return a.Validator.Cmp(b.Validator) })
	return s
}
