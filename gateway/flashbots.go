package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// Flashbots is the part of a rollup's namespace eth that searchers know from Flashbots: bundles of one rollup, named by block
// numbers. They become bundles of the network, of atomicity execution. docs/guides/flashbots.md has the differences.
type Flashbots struct {
	g      *Gateway
	rollup core.RollupID
}

// FlashbotsReceipt answers eth_sendBundle.
type FlashbotsReceipt struct {
	// BundleHash is Flashbots' name of the bundle: keccak256 of the hashes of its transactions.
	BundleHash common.Hash `json:"bundleHash"`
	// ID is the bundle's id on this network, for lockstep_getStatus.
	ID common.Hash `json:"id"`
	// AcceptedBy is who keeps the bundle. If it is not safe it may be lost with this node: send it again, here or elsewhere.
	AcceptedBy *Acceptance `json:"acceptedBy,omitempty"`
}

// SendBundle is eth_sendBundle.
func (f *Flashbots) SendBundle(ctx context.Context, bundle Param) (*FlashbotsReceipt, error) {
	receipt, err := f.send(ctx, bundle.raw)
	return receipt, f.g.lockstepError(err)
}

func (f *Flashbots) send(ctx context.Context, raw json.RawMessage) (*FlashbotsReceipt, error) {
	signer, err := flashbotsSigner(ctx)
	if err != nil {
		return nil, err
	}
	request, err := f.readSend(raw)
	if err != nil {
		return nil, err
	}
	if request.uuid != "" && signer == nil {
		return nil, unsigned("replacementUuid")
	}
	open, err := f.openBlock(ctx)
	if err != nil {
		return nil, err
	}
	b, err := request.bundle(open, f.g.deps.Genesis.InForce().Params)
	if err != nil {
		return nil, err
	}
	d, err := b.DecodeLegs(f.g.network, f.g.deps.Genesis.Kind)
	if err != nil {
		return nil, flashbotsPath(err)
	}
	receipt := &FlashbotsReceipt{BundleHash: bundleHash(d.Txs), ID: d.Hash}
	if request.uuid == "" {
		if _, err = f.g.deps.Pool.AddBundle(ctx, b, nil); err != nil {
			return nil, flashbotsPath(err)
		}
	} else if err := f.replace(ctx, request, *signer, d, receipt.BundleHash); err != nil {
		return nil, err
	}
	receipt.AcceptedBy = f.g.awaitHolders(ctx, d.Hash)
	return receipt, nil
}

// replace brings a bundle into the line of its signer and uuid.
func (f *Flashbots) replace(ctx context.Context, request *flashbotsRequest, signer common.Address, d core.DecodedBundle, hash common.Hash) error {
	lines := &f.g.flashbotsLines
	name := flashbotsLine{signer, flashbotsUUID(f.rollup, request.uuid)}
	key, err := lines.key(signer)
	if err != nil {
		return err
	}
	r := &core.Replacement{UUID: name.uuid, Nonce: lines.next(name, request.nonce)}
	if err := r.Sign(key, f.g.network, d.Hash); err != nil {
		return err
	}
	if _, err := f.g.deps.Pool.AddBundle(ctx, d.Bundle, r); err != nil {
		return flashbotsNonce(flashbotsPath(err), request.nonce)
	}
	lines.sent(name, r.Nonce, hash)
	return nil
}

// CancelBundle is eth_cancelBundle. It answers with the bundle hash of what left the pool: none or one.
func (f *Flashbots) CancelBundle(ctx context.Context, cancellation Param) ([]common.Hash, error) {
	cancelled, err := f.cancel(ctx, cancellation.raw)
	return cancelled, f.g.lockstepError(err)
}

func (f *Flashbots) cancel(ctx context.Context, raw json.RawMessage) ([]common.Hash, error) {
	signer, err := flashbotsSigner(ctx)
	if err != nil {
		return nil, err
	}
	if signer == nil {
		return nil, unsigned("eth_cancelBundle")
	}
	fields, err := readObject("cancellation", raw, "replacementUuid")
	if err != nil {
		return nil, err
	}
	uuid, err := readReplacementUUID(fields["replacementUuid"])
	if err != nil {
		return nil, err
	}
	if uuid == "" {
		return nil, &Refusal{Cause: ErrMissingField, Field: "replacementUuid"}
	}
	lines := &f.g.flashbotsLines
	name := flashbotsLine{*signer, flashbotsUUID(f.rollup, uuid)}
	key, err := lines.key(*signer)
	if err != nil {
		return nil, err
	}
	nonce, hash := lines.cancel(name)
	c := core.Cancellation{UUID: name.uuid, Nonce: nonce}
	if err := c.Sign(key, f.g.network); err != nil {
		return nil, err
	}
	id, err := f.g.deps.Pool.CancelBundle(ctx, c)
	if err != nil {
		return nil, err
	}
	if id == (common.Hash{}) {
		return []common.Hash{}, nil
	}
	return []common.Hash{hash}, nil
}

// openBlock is the block that the rollup's newest tick is in.
type openBlock struct {
	number uint64
	// time is the start of its slot in seconds.
	time uint64
}

// openBlock asks the rollup's own endpoint.
func (f *Flashbots) openBlock(ctx context.Context) (openBlock, error) {
	var header *struct {
		Number    quantity `json:"number"`
		Timestamp quantity `json:"timestamp"`
	}
	if err := f.g.rollups[f.rollup].client.CallContext(ctx, &header, "eth_getBlockByNumber", "pending", false); err != nil {
		return openBlock{}, fmt.Errorf("open block of rollup %s: %w", f.rollup, err)
	}
	if header == nil {
		return openBlock{}, &Refusal{Cause: ErrNotServed, Field: "rollup", Detail: "it has no block yet"}
	}
	return openBlock{uint64(header.Number), uint64(header.Timestamp)}, nil
}

// bundleHash is Flashbots' name of a bundle.
func bundleHash(txs []core.Transaction) common.Hash {
	var hashes []byte
	for _, tx := range txs {
		hash := tx.Hash()
		hashes = append(hashes, hash[:]...)
	}
	return crypto.Keccak256Hash(hashes)
}

// unsigned refuses what only a signer may ask for.
func unsigned(what string) error {
	return &Refusal{Cause: ErrBundleSignature, Field: signatureHeader, Detail: what + " needs the header, over HTTP: bundles are replaced and cancelled by who signed them"}
}

// flashbotsNonce names a nonce that is too low as the client counts it.
func flashbotsNonce(err error, given *uint64) error {
	if !errors.Is(err, ErrReplacementNonce) {
		return err
	}
	if given == nil {
		return &Refusal{Cause: ErrReplacementNonce, Field: "replacementUuid", Detail: "a later bundle came at the same time"}
	}
	return &Refusal{Cause: ErrReplacementNonce, Field: "replacementNonce", Have: fmt.Sprint(*given)}
}
