package core

import (
	"bytes"
	"crypto/ecdsa"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// ControlType is the EIP-712 type of a control entry, in the domain of checkpoints: its salt is the networkId. change says
// in words what content, the change's encoding, does: who signs with a wallet reads it there.
const ControlType = "Control(uint64 sequence,uint64 effective,uint64 notAfter,string change,bytes content)"

// Bounds of control entries: each costs every validator the recovery of its signatures.
const (
	// MaxControlBytes bounds one entry's encoding in bytes; with a signature of each of MaxValidators it stays below.
	MaxControlBytes = 16 << 10
	// MaxControlWindow bounds how far notAfter may lie after the tick's time, in ms: signers need days.
	MaxControlWindow = 30 * 24 * 60 * 60 * 1000
	// MaxControlDelay bounds how many ticks after the one that orders it an entry may take effect.
	MaxControlDelay = 1 << 32
)

// Control is an entry by which the validators change their network: one change, signed by members with more than 2/3 of
// the power.
type Control struct {
	// Sequence is one above that of the entry ordered before, 1 for the first: an old entry can never be ordered again.
	Sequence uint64 `json:"sequence"`
	// Effective is a tick. The change takes effect with the first tick at or after it that opens a slot.
	Effective uint64 `json:"effective"`
	// NotAfter is the last consensus time at which the entry may be ordered, ms since the Unix epoch.
	NotAfter uint64 `json:"notAfter"`
	Change   Change `json:"change"`
	// Signatures are over Digest, ascending by validator. Operators whose consent a change needs are among them.
	Signatures []CheckpointSignature `json:"signatures"`
}

type controlRLP struct {
	Sequence, Effective, NotAfter uint64
	Content                       []byte
	Signatures                    []CheckpointSignature
}

// Encode writes version ‖ kind ‖ RLP([sequence, effective, notAfter, content, [[validator, signature]…]]).
func (c *Control) Encode() []byte {
	return Encode(EncControl, &controlRLP{c.Sequence, c.Effective, c.NotAfter, c.Change.Encode(), c.Signatures})
}

// DecodeControl reads a control entry and checks its form: sizes, one well-formed change, signatures ascending by
// validator. Whose signatures they are, and whether the ledger lets the change happen, is package ordering's to say.
func DecodeControl(b []byte) (*Control, error) {
	if len(b) > MaxControlBytes {
		return nil, fmt.Errorf("control entry: %w: %d bytes, cap %d", ErrTooLarge, len(b), MaxControlBytes)
	}
	var raw controlRLP
	if err := Decode(EncControl, b, &raw); err != nil {
		return nil, fmt.Errorf("control entry: %w", err)
	}
	change, err := DecodeChange(raw.Content)
	if err != nil {
		return nil, fmt.Errorf("control entry: %w", err)
	}
	c := &Control{raw.Sequence, raw.Effective, raw.NotAfter, change, raw.Signatures}
	return c, c.Validate()
}

// Validate checks what can be seen of an entry without a state and without recovering signatures.
func (c *Control) Validate() error {
	if c.Sequence == 0 {
		return fmt.Errorf("sequence: %w: it is 1 for the first entry", ErrControl)
	}
	if n := len(c.Signatures); n > MaxValidators {
		return fmt.Errorf("signatures: %w: %d, cap %d", ErrControl, n, MaxValidators)
	}
	for i, s := range c.Signatures {
		if i > 0 && c.Signatures[i-1].Validator.Cmp(s.Validator) >= 0 {
			return fmt.Errorf("signatures[%d]: %w: not of a validator above the one before", i, ErrControl)
		}
	}
	return c.Change.Validate()
}

// Digest is what the validators sign. The networkId is in the domain.
func (c *Control) Digest(network NetworkID) common.Hash {
	return typedDigest(network, crypto.Keccak256(
		crypto.Keccak256([]byte(ControlType)), word(c.Sequence), word(c.Effective), word(c.NotAfter),
		crypto.Keccak256([]byte(c.Change.Words())), crypto.Keccak256(c.Change.Encode()),
	))
}

// Sign adds a validator's signature in its place, or replaces the one it gave before.
func (c *Control) Sign(network NetworkID, key *ecdsa.PrivateKey) error {
	signature, err := signTyped(key, c.Digest(network))
	if err != nil {
		return fmt.Errorf("core: sign control entry: %w", err)
	}
	signed := CheckpointSignature{crypto.PubkeyToAddress(key.PublicKey), signature}
	place, given := slices.BinarySearchFunc(c.Signatures, signed.Validator, func(s CheckpointSignature, a common.Address) int { return s.Validator.Cmp(a) })
	if given {
		c.Signatures[place] = signed
		return nil
	}
	c.Signatures = slices.Insert(slices.Clone(c.Signatures), place, signed)
	return nil
}

// Signers checks every signature and lists who gave them, ascending. One that is not good fails the whole.
func (c *Control) Signers(network NetworkID) ([]common.Address, error) {
	signers, err := verifySignatures(c.Digest(network), c.Signatures)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrControlSignature, err)
	}
	return signers, nil
}

// Verify checks that members of set with more than 2/3 of its power have signed, and everybody of consenting; everybody who
// signed must be one of them. That comes first, so that a stranger's entry costs no recovery of its signatures.
func (c *Control) Verify(network NetworkID, set ValidatorSet, consenting ...common.Address) error {
	var power uint64
	for i, s := range c.Signatures {
		member, ok := set.Find(s.Validator)
		if !ok && !slices.Contains(consenting, s.Validator) {
			return fmt.Errorf("signatures[%d]: %w: %s is no validator that may sign now", i, ErrControlSignature, s.Validator)
		}
		power += member.Power
	}
	signers, err := c.Signers(network)
	if err != nil {
		return err
	}
	if total := set.TotalPower(); !Quorum(power, total) {
		return fmt.Errorf("signatures: %w: power %d of %d, want more than 2/3; missing: %s", ErrControlQuorum, power, total, missingOf(set, signers))
	}
	for _, address := range consenting {
		if !slices.Contains(signers, address) {
			return fmt.Errorf("signatures: %w: %s has not signed, the operator of a rollup of the zone", ErrControlQuorum, address)
		}
	}
	return nil
}

// missingOf lists the members that have not signed, with their power.
func missingOf(set ValidatorSet, signers []common.Address) string {
	var text bytes.Buffer
	for _, m := range set {
		if slices.Contains(signers, m.Address) {
			continue
		}
		if text.Len() > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%s (%d)", m.Address, m.Power)
	}
	return text.String()
}

// TypedControl is what a validator signs of a control entry, as the message of TypedData.
type TypedControl struct {
	Sequence  string        `json:"sequence"`
	Effective string        `json:"effective"`
	NotAfter  string        `json:"notAfter"`
	Change    string        `json:"change"`
	Content   hexutil.Bytes `json:"content"`
}

// TypedData is Digest before hashing, for wallets.
func (c *Control) TypedData(network NetworkID) TypedData {
	fields := []TypedField{{"sequence", "uint64"}, {"effective", "uint64"}, {"notAfter", "uint64"}, {"change", "string"}, {"content", "bytes"}}
	return typedData(network, "Control", fields, TypedControl{
		decimal(c.Sequence), decimal(c.Effective), decimal(c.NotAfter), c.Change.Words(), c.Change.Encode(),
	})
}

// Encode writes kind ‖ RLP of the change's fields in order.
func (c *Change) Encode() []byte {
	kind, body := c.body()
	encoded, err := rlp.EncodeToBytes(body)
	if err != nil {
		panic(fmt.Sprintf("core: encode change %d: %v", kind, err)) // a type that RLP cannot hold, which any golden vector shows
	}
	return append([]byte{byte(kind)}, encoded...)
}

// DecodeChange reads the encoding of a change. Only the canonical form is accepted.
func DecodeChange(b []byte) (Change, error) {
	if len(b) == 0 {
		return Change{}, fmt.Errorf("change: %w", ErrEmpty)
	}
	c, body := newChange(ChangeKind(b[0]))
	if body == nil {
		return Change{}, fmt.Errorf("change: %w: %d", ErrUnknownKind, b[0])
	}
	if err := rlp.DecodeBytes(b[1:], body); err != nil {
		return Change{}, fmt.Errorf("change: %w: %w", ErrMalformed, err)
	}
	if !bytes.Equal(c.Encode(), b) { // fields of a later format that are zero are left out
		return Change{}, fmt.Errorf("change: %w: not the canonical form", ErrMalformed)
	}
	return c, nil
}
