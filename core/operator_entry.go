package core

import (
	"crypto/ecdsa"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// MaxOperatorEntries bounds the blocks and reports of one rollup in a tick: each costs every validator the recovery of a
// signature.
const MaxOperatorEntries = 64

// Block is an entry by which a rollup's operator puts a block of the rollup's own chain into its lane, without the body.
// The network orders it and proves that order; that the block is good is the operator's claim.
type Block struct {
	Rollup RollupID
	// Branch counts how often the chain has gone back or left something out. Within a branch every block follows the one
	// before it by number and parent; a new branch is one above and begins anywhere.
	Branch uint64
	Number uint64
	Hash   common.Hash
	Parent common.Hash
	// Timestamp is the block's, in seconds since the Unix epoch.
	Timestamp uint64
	// L1Number and L1Hash are the block's L1 origin; zero for none.
	L1Number uint64
	L1Hash   common.Hash
	// TxsHash is the hash of the block's list of transactions, as the rollup defines it.
	TxsHash common.Hash
	// Signature is the operator's over Digest: R ‖ S ‖ V with low S and V 27 or 28.
	Signature []byte
}

// CutDecision says how the end of the lane's part that a block took was found.
type CutDecision uint8

const (
	// CutByTicks: everything that was ordered up to the block's time, which every node finds alike.
	CutByTicks CutDecision = 1
	// CutEmpty: the network was behind, and the block was made without its transactions.
	CutEmpty CutDecision = 2
	// CutLocal: the network was behind, and the block was filled from the chain's own pool.
	CutLocal CutDecision = 3
)

// Report is an entry by which a rollup's operator says what became of a part of the lane: which block took it, where that
// part ends and why, and which of its transactions had no effect. It is the operator's claim.
type Report struct {
	Rollup RollupID
	// Branch and Number are as in Block, counted by themselves.
	Branch uint64
	Number uint64
	Hash   common.Hash
	Parent common.Hash
	// Timestamp is the block's, in seconds since the Unix epoch. With Parent it names the block that a recorded cut is for.
	Timestamp uint64
	// FirstSeq to NextSeq-1 are the lane positions that the block had to take.
	FirstSeq uint64
	NextSeq  uint64
	Decision CutDecision
	// CutTick is the last tick up to which the block takes the lane.
	CutTick uint64
	// Skips are the transactions among them without effect, ascending; all others are included.
	Skips []Skip
	// Signature is the operator's over Digest.
	Signature []byte
}

// Skip is a transaction of the lane that had no effect, and why.
type Skip struct {
	Seq  uint64
	Code OutcomeCode
}

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (b *Block) Encode() []byte { return Encode(EncBlock, b) }

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (r *Report) Encode() []byte { return Encode(EncReport, r) }

// Digest is what the operator signs: keccak(tag ‖ networkId ‖ the encoding with an empty signature).
func (b *Block) Digest(network NetworkID) common.Hash {
	unsigned := *b
	unsigned.Signature = nil
	return TagBlock.Sum(network[:], unsigned.Encode())
}

// Digest is what the operator signs: keccak(tag ‖ networkId ‖ the encoding with an empty signature).
func (r *Report) Digest(network NetworkID) common.Hash {
	unsigned := *r
	unsigned.Signature = nil
	return TagReport.Sum(network[:], unsigned.Encode())
}

// Sign signs the block with the operator's key.
func (b *Block) Sign(network NetworkID, key *ecdsa.PrivateKey) (err error) {
	b.Signature, err = SignCheckpoint(key, b.Digest(network))
	return err
}

// Sign signs the report with the operator's key.
func (r *Report) Sign(network NetworkID, key *ecdsa.PrivateKey) (err error) {
	r.Signature, err = SignCheckpoint(key, r.Digest(network))
	return err
}

// validate checks what is wrong with a block whatever the state.
func (b *Block) validate() error {
	switch b.Hash {
	case common.Hash{}:
		return fmt.Errorf("hash: %w: the block's", ErrEmpty)
	case b.Parent:
		return fmt.Errorf("parent: %w: the block is its own parent", ErrChainOrder)
	}
	return nil
}

// validate checks what is wrong with a report whatever the state.
func (r *Report) validate() error {
	switch {
	case r.Hash == (common.Hash{}):
		return fmt.Errorf("hash: %w: the block's", ErrEmpty)
	case r.NextSeq < r.FirstSeq:
		return fmt.Errorf("nextSeq: %w: %d is below firstSeq %d", ErrReport, r.NextSeq, r.FirstSeq)
	case r.Decision < CutByTicks || r.Decision > CutLocal:
		return fmt.Errorf("decision: %w: %d, want 1 (ticks), 2 (empty) or 3 (local)", ErrReport, uint8(r.Decision))
	}
	for i, s := range r.Skips {
		if s.Seq < r.FirstSeq || s.Seq >= r.NextSeq || i > 0 && r.Skips[i-1].Seq >= s.Seq {
			return fmt.Errorf("skips[%d]: %w: seq %d is not above the one before, or not from %d to %d", i, ErrReport, s.Seq, r.FirstSeq, r.NextSeq)
		}
		if _, known := outcomeNames[s.Code]; !known || !s.Code.Void() {
			return fmt.Errorf("skips[%d]: %w: code %d is no reason of a void position", i, ErrReport, uint16(s.Code))
		}
	}
	return nil
}

// NewBlockEntry makes the lane entry of a signed block.
func NewBlockEntry(b *Block) Transaction {
	return blockEntry(b, b.Encode())
}

// NewReportEntry makes the lane entry of a signed report.
func NewReportEntry(r *Report) Transaction {
	return reportEntry(r, r.Encode())
}

func blockEntry(b *Block, enc []byte) Transaction {
	tx := NewOpaqueTransaction(b.Rollup, enc)
	tx.kind, tx.block = EncBlock, b
	return tx
}

func reportEntry(r *Report, enc []byte) Transaction {
	tx := NewOpaqueTransaction(r.Rollup, enc)
	tx.kind, tx.report = EncReport, r
	return tx
}

// DecodeOperatorEntry reads the encoding of a block or a report. It checks the form only.
func DecodeOperatorEntry(enc []byte) (Transaction, error) {
	kind, err := KindOf(enc)
	if err != nil {
		return Transaction{}, err
	}
	switch kind {
	case EncBlock:
		b := new(Block)
		if err := Decode(kind, enc, b); err != nil {
			return Transaction{}, fmt.Errorf("block: %w", err)
		}
		return blockEntry(b, enc), nil
	case EncReport:
		r := new(Report)
		if err := Decode(kind, enc, r); err != nil {
			return Transaction{}, fmt.Errorf("report: %w", err)
		}
		return reportEntry(r, enc), nil
	}
	return Transaction{}, fmt.Errorf("%w: %#x, want a block (%#x) or a report (%#x)", ErrUnknownKind, byte(kind), byte(EncBlock), byte(EncReport))
}

// checkOperatorEntry checks what can be seen of a block or a report without its signature and without a state.
func (g *Genesis) checkOperatorEntry(tx Transaction) error {
	r, ok := g.Rollup(tx.Rollup())
	switch {
	case !ok:
		return fmt.Errorf("rollup: %w", &UnknownRollupError{tx.Rollup()})
	case g.Retired(r.ID):
		return fmt.Errorf("rollup: %w: rollup %s", ErrRetired, r.ID)
	case r.Kind == KindEVM:
		return fmt.Errorf("rollup: %w: rollup %s is of kind %s, whose blocks the network makes itself", ErrNoOperator, r.ID, r.Kind)
	case r.Operator == (common.Address{}):
		return fmt.Errorf("rollup: %w: rollup %s", ErrNoOperator, r.ID)
	case uint64(len(tx.Raw())) > g.Params.MaxTxBytes:
		return fmt.Errorf("%w: entry of %d bytes, cap %d", ErrTooLarge, len(tx.Raw()), g.Params.MaxTxBytes)
	case tx.Block() != nil:
		return tx.Block().validate()
	}
	return tx.Report().validate()
}

// CheckOperator checks that a block or a report is signed by its rollup's operator; transactions pass. network is the
// genesis' NetworkID, which is costly to compute. CheckSingle comes first.
func (g *Genesis) CheckOperator(network NetworkID, tx Transaction) error {
	g = g.InForce()
	var digest common.Hash
	var signature []byte
	switch {
	case tx.Block() != nil:
		digest, signature = tx.Block().Digest(network), tx.Block().Signature
	case tx.Report() != nil:
		digest, signature = tx.Report().Digest(network), tx.Report().Signature
	default:
		return nil
	}
	r, ok := g.Rollup(tx.Rollup())
	if !ok {
		return fmt.Errorf("rollup: %w", &UnknownRollupError{tx.Rollup()})
	}
	signer, err := RecoverCheckpoint(digest, signature)
	if err != nil {
		return fmt.Errorf("signature: %w: %w", ErrOperatorSignature, err)
	}
	if signer != r.Operator {
		return fmt.Errorf("signature: %w: signed by %s, the operator is %s", ErrOperatorSignature, signer, r.Operator)
	}
	return nil
}

// ChainState is how far a rollup's operator has told its chain: the newest block and the newest report in its lane.
type ChainState struct {
	Block  ChainTip
	Report ChainTip
	// ReportedSeq is the position behind those that the newest report is about.
	ReportedSeq uint64
}

// ChainTip is a block of a rollup's own chain.
type ChainTip struct {
	// Entries counts the entries up to this one; zero before the first.
	Entries uint64
	Branch  uint64
	Number  uint64
	Hash    common.Hash
}

// Next checks that a block or a report continues the chain, and gives the state after it; a transaction changes nothing.
// nextSeq is the end of the lane before the tick that is to hold the entry. Errors are ErrChainOrder and ErrReport.
func (c ChainState) Next(tx Transaction, nextSeq uint64) (ChainState, error) {
	switch {
	case tx.Block() != nil:
		b := tx.Block()
		tip, err := c.Block.next(ChainTip{Branch: b.Branch, Number: b.Number, Hash: b.Hash}, b.Parent)
		c.Block = tip
		return c, err
	case tx.Report() != nil:
		r := tx.Report()
		tip, err := c.Report.next(ChainTip{Branch: r.Branch, Number: r.Number, Hash: r.Hash}, r.Parent)
		if err != nil {
			return c, err
		}
		if r.NextSeq > nextSeq {
			return c, fmt.Errorf("nextSeq: %w: the lane ends at %d, the report at %d", ErrReport, nextSeq, r.NextSeq)
		}
		if c.Report.Entries > 0 && c.Report.Branch == r.Branch && r.FirstSeq != c.ReportedSeq {
			return c, fmt.Errorf("firstSeq: %w: %d, the report before ends at %d", ErrReport, r.FirstSeq, c.ReportedSeq)
		}
		c.Report, c.ReportedSeq = tip, r.NextSeq
	}
	return c, nil
}

// next checks that a block follows the tip in its branch, or begins the next branch.
func (t ChainTip) next(to ChainTip, parent common.Hash) (ChainTip, error) {
	to.Entries = t.Entries + 1
	switch {
	case t.Entries == 0 || to.Branch == t.Branch+1:
		return to, nil
	case to.Branch != t.Branch:
		return t, fmt.Errorf("branch: %w: %d, want %d to go on or %d to begin anew", ErrChainOrder, to.Branch, t.Branch, t.Branch+1)
	case to.Number != t.Number+1:
		return t, fmt.Errorf("number: %w: %d, want %d, or branch %d to begin anew", ErrChainOrder, to.Number, t.Number+1, t.Branch+1)
	case parent != t.Hash:
		return t, fmt.Errorf("parent: %w: %s, block %d is %s", ErrChainOrder, parent, t.Number, t.Hash)
	}
	return to, nil
}

// Behind reports whether the entry is one that the chain has left behind, so that it can never follow any more.
func (c ChainState) Behind(tx Transaction) bool {
	behind := func(t ChainTip, branch, number uint64) bool {
		return t.Entries > 0 && (branch < t.Branch || branch == t.Branch && number <= t.Number)
	}
	switch {
	case tx.Block() != nil:
		return behind(c.Block, tx.Block().Branch, tx.Block().Number)
	case tx.Report() != nil:
		return behind(c.Report, tx.Report().Branch, tx.Report().Number)
	}
	return false
}
