package proof

import (
	"fmt"

	"github.com/lockstep-network/lockstep/core"
)

// Trust is what a verifier believes without proof: the network, and who signs its checkpoints from some tick on.
type Trust struct {
	network core.NetworkID
	// tick is the trusted checkpoint's; zero for a genesis.
	tick uint64
	set  core.ValidatorSet
}

// FromGenesis trusts a genesis: the network is its hash, and its validators sign the first checkpoint. g must be valid.
func FromGenesis(g *core.Genesis) Trust {
	return Trust{network: g.NetworkID(), set: g.ValidatorSet()}
}

// FromCheckpoint trusts a checkpoint as if it were the genesis: the set that it names signs from there on. Signatures are
// not looked at. Errors are ErrFormat.
func FromCheckpoint(h Handover) (Trust, error) {
	if err := h.validate(); err != nil {
		return Trust{}, err
	}
	c := h.Signed.Checkpoint
	return Trust{network: c.Network, tick: c.Tick, set: h.Next}, nil
}

// Network is the network that is trusted.
func (t Trust) Network() core.NetworkID { return t.network }

// Tick is the trusted checkpoint's, zero for a genesis.
func (t Trust) Tick() uint64 { return t.tick }

// Signers sign the checkpoints after it. The slice is not the caller's to change.
func (t Trust) Signers() core.ValidatorSet { return t.set }

// Handover is a checkpoint with the set that it names, which signs the checkpoints after it.
type Handover struct {
	Signed core.SignedCheckpoint `json:"signed"`
	// Next is the set whose hash the checkpoint holds.
	Next core.ValidatorSet `json:"next"`
}

func (h *Handover) validate() error {
	if err := h.Signed.Checkpoint.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err := h.Next.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if h.Next.Hash() != h.Signed.Checkpoint.ValidatorSet {
		return fmt.Errorf("%w: the set is not the one that checkpoint %d names", ErrFormat, h.Signed.Checkpoint.Tick)
	}
	return nil
}

// Follow goes from the trusted set through checkpoints that name the next one each, in ascending order, to the trust in
// the last. Each must be signed by the set named before it. Checkpoints up to the trusted one are passed over: what they
// led to is already trusted.
func (t Trust) Follow(handovers []Handover) (Trust, error) {
	last := uint64(0)
	for i := range handovers {
		h := &handovers[i]
		if err := h.validate(); err != nil {
			return Trust{}, fmt.Errorf("handovers[%d]: %w", i, err)
		}
		if h.Signed.Checkpoint.Tick <= last {
			return Trust{}, fmt.Errorf("handovers[%d]: %w: ticks do not ascend", i, ErrFormat)
		}
		if last = h.Signed.Checkpoint.Tick; last <= t.tick {
			continue
		}
		if err := t.check(&h.Signed); err != nil {
			return Trust{}, fmt.Errorf("handovers[%d]: %w", i, err)
		}
		t.tick, t.set = last, h.Next
	}
	return t, nil
}

// check checks that the trusted set has signed a checkpoint of the network.
func (t Trust) check(s *core.SignedCheckpoint) error {
	if s.Checkpoint.Network != t.network {
		return fmt.Errorf("%w: checkpoint %d is of network %s, want %s", ErrNetwork, s.Checkpoint.Tick, s.Checkpoint.Network, t.network)
	}
	if err := s.Verify(t.set); err != nil {
		return fmt.Errorf("%w: checkpoint %d: %w", ErrCheckpoint, s.Checkpoint.Tick, err)
	}
	return nil
}

// Anchor is the part of a proof that has signatures: the checkpoints it ends in and the way to who signs them.
type Anchor struct {
	// Handovers are the checkpoints since the genesis that named another set than the one before, up to, not including, the
	// newest checkpoint of the anchor; ascending. Most networks have none.
	Handovers []Handover `json:"handovers"`
	// Order is the checkpoint that the lanes end in.
	Order core.SignedCheckpoint `json:"order"`
	// Result is the later checkpoint that the results end in, for what was decided after Order; nil if they end in Order too.
	Result *core.SignedCheckpoint `json:"result,omitempty" rlp:"nil"`
}

// newest is the anchor's newest checkpoint, in which results end.
func (a *Anchor) newest() *core.SignedCheckpoint {
	if a.Result != nil {
		return a.Result
	}
	return &a.Order
}

// verify checks all signatures.
func (a *Anchor) verify(t Trust) error {
	order, newest := a.Order.Checkpoint.Tick, a.newest().Checkpoint.Tick
	if a.Result != nil && newest <= order {
		return fmt.Errorf("%w: the results' checkpoint %d is not after the lanes' %d", ErrFormat, newest, order)
	}
	if len(a.Handovers) > MaxHandovers {
		return fmt.Errorf("%w: %d handovers, at most %d", ErrFormat, len(a.Handovers), MaxHandovers)
	}
	before := 0
	for before < len(a.Handovers) && a.Handovers[before].Signed.Checkpoint.Tick < order {
		before++
	}
	if n := len(a.Handovers); n > 0 && a.Handovers[n-1].Signed.Checkpoint.Tick >= newest {
		return fmt.Errorf("%w: handover %d is not before checkpoint %d", ErrFormat, a.Handovers[n-1].Signed.Checkpoint.Tick, newest)
	}
	atOrder, err := t.Follow(a.Handovers[:before])
	if err != nil {
		return err
	}
	if err := atOrder.check(&a.Order); err != nil {
		return err
	}
	if a.Result == nil {
		return nil
	}
	atResult, err := t.Follow(a.Handovers)
	if err != nil {
		return err
	}
	return atResult.check(a.Result)
}
