package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// defaultFlashbotsBlocks is for how many blocks a bundle without a last block is good, as op-rbuilder has it.
	defaultFlashbotsBlocks = 10
	// maxReplacementUUID bounds a uuid in bytes, maxReplacementNonce a nonce, which is doubled.
	maxReplacementUUID  = 64
	maxReplacementNonce = 1 << 62
)

// flashbotsFields are the fields of eth_sendBundle that are understood, unsupportedFields those of Flashbots and of op-rbuilder that
// are not, with the reason.
var (
	flashbotsFields = []string{
		"txs", "blockNumber", "minBlockNumber", "maxBlockNumber", "minTimestamp", "maxTimestamp", "revertingTxHashes",
		"replacementUuid", "replacementNonce",
	}
	unsupportedFields = []struct{ name, why string }{
		{"droppingTxHashes", "a bundle takes effect with all of its transactions or with none"},
		{"refundPercent", "nobody bids here, so there is nothing to refund"},
		{"refundRecipient", "nobody bids here, so there is nothing to refund"},
		{"refundTxHashes", "nobody bids here, so there is nothing to refund"},
		{"minFlashblockNumber", "blocks have no parts; use minTimestamp"},
		{"maxFlashblockNumber", "blocks have no parts; use maxTimestamp"},
	}
)

// flashbotsRequest is a bundle of eth_sendBundle.
type flashbotsRequest struct {
	rollup core.RollupID
	legs   []core.Leg
	// first and last are the blocks that it names, and since and until the seconds; nil if it does not.
	first, last, since, until *uint64
	// firstName and lastName are the fields that named the blocks.
	firstName, lastName string
	uuid                string
	nonce               *uint64
}

// readSend reads the parameter of eth_sendBundle. What is not understood is refused, not left out.
func (f *Flashbots) readSend(raw json.RawMessage) (*flashbotsRequest, error) {
	known := slices.Clone(flashbotsFields)
	for _, u := range unsupportedFields {
		known = append(known, u.name)
	}
	fields, err := readObject("bundle", raw, known...)
	if err != nil {
		return nil, err
	}
	for _, u := range unsupportedFields {
		if value, ok := fields[u.name]; ok && !empty(value) {
			return nil, &Refusal{Cause: ErrUnsupported, Field: u.name, Detail: u.why}
		}
	}
	r := &flashbotsRequest{rollup: f.rollup, firstName: "minBlockNumber", lastName: "maxBlockNumber"}
	if r.legs, err = f.readTxs(fields["txs"]); err != nil {
		return nil, err
	}
	if err := r.readReverting(fields["revertingTxHashes"], f); err != nil {
		return nil, err
	}
	for _, q := range []struct {
		name string
		to   **uint64
	}{
		{"minBlockNumber", &r.first}, {"maxBlockNumber", &r.last}, {"minTimestamp", &r.since}, {"maxTimestamp", &r.until},
		{"replacementNonce", &r.nonce},
	} {
		if *q.to, err = readQuantity(q.name, fields[q.name]); err != nil {
			return nil, err
		}
	}
	target, err := readQuantity("blockNumber", fields["blockNumber"])
	switch {
	case err != nil:
		return nil, err
	case target != nil && (r.first != nil || r.last != nil):
		return nil, &Refusal{Cause: ErrBadValue, Field: "blockNumber", Want: "either blockNumber or minBlockNumber and maxBlockNumber"}
	case target != nil:
		r.first, r.last, r.firstName, r.lastName = target, target, "blockNumber", "blockNumber"
	}
	if r.uuid, err = readReplacementUUID(fields["replacementUuid"]); err != nil {
		return nil, err
	}
	switch {
	case r.nonce != nil && r.uuid == "":
		return nil, &Refusal{Cause: ErrMissingField, Field: "replacementUuid", Detail: "replacementNonce is about it"}
	case r.nonce != nil && *r.nonce >= maxReplacementNonce:
		return nil, badValue("replacementNonce", fields["replacementNonce"], "below 2^62")
	}
	return r, nil
}

func (f *Flashbots) readTxs(raw json.RawMessage) ([]core.Leg, error) {
	params := f.g.deps.Genesis.InForce().Params
	if raw == nil {
		return nil, &Refusal{Cause: ErrMissingField, Field: "txs"}
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		return nil, badValue("txs", raw, "a JSON array of signed transactions")
	}
	switch n := uint64(len(items)); {
	case n == 0:
		return nil, &Refusal{Cause: core.ErrNoLegs, Field: "txs"}
	case n > params.MaxBundleLegs:
		return nil, &Refusal{Cause: core.ErrTooManyLegs, Field: "txs", Have: fmt.Sprint(n), Want: fmt.Sprintf("at most %d", params.MaxBundleLegs)}
	}
	legs := make([]core.Leg, len(items))
	for i, item := range items {
		tx, err := readTx(fmt.Sprintf("txs[%d]", i), item, params.MaxTxBytes)
		if err != nil {
			return nil, err
		}
		legs[i] = core.Leg{Rollup: f.rollup, Tx: tx}
	}
	return legs, nil
}

// readReverting marks the transactions that may revert.
func (r *flashbotsRequest) readReverting(raw json.RawMessage, f *Flashbots) error {
	if empty(raw) {
		return nil
	}
	var hashes []common.Hash
	if err := json.Unmarshal(raw, &hashes); err != nil {
		return badValue("revertingTxHashes", raw, "a JSON array of transaction hashes")
	}
	for i, leg := range r.legs {
		tx, err := core.DecodeLane(leg.Rollup, core.KindEVM, leg.Tx)
		if err != nil {
			return flashbotsPath(fmt.Errorf("legs[%d]: %w", i, err))
		}
		if at := slices.Index(hashes, tx.Hash()); at >= 0 {
			r.legs[i].MayRevert = true
			hashes = slices.Delete(hashes, at, at+1)
		}
	}
	if len(hashes) > 0 {
		return &Refusal{Cause: ErrBadValue, Field: "revertingTxHashes", Have: hashes[0].Hex(), Want: "hashes of the bundle's transactions, each once"}
	}
	return nil
}

// bundle translates block numbers to a time window. Block n is expected in the slot that is n minus the open block's number slots
// behind that one's. A slot without a tick has no block: later ones then come later than expected, and the window does not wait for
// them.
func (r *flashbotsRequest) bundle(open openBlock, params core.Params) (*core.Bundle, error) {
	first, last := open.number, open.number+defaultFlashbotsBlocks
	if r.first != nil {
		first = *r.first
		last = max(last, saturating(first, defaultFlashbotsBlocks))
	}
	if r.last != nil {
		last = *r.last
	}
	switch {
	case last < open.number:
		return nil, &Refusal{Cause: core.ErrExpired, Field: r.lastName, Have: fmt.Sprint(last), Want: fmt.Sprintf("at least %d, the open block", open.number)}
	case first > last:
		return nil, &Refusal{Cause: core.ErrWindowInverted, Field: r.firstName, Have: fmt.Sprint(first), Want: fmt.Sprintf("at most maxBlockNumber (%d)", last)}
	}
	// Nothing may lie more than MaxBundleWindow ahead, which also keeps what follows from overflowing.
	furthest := params.MaxBundleWindow / (params.SlotSeconds * 1000)
	if last-open.number >= max(furthest, 1) {
		return nil, &Refusal{
			Cause: core.ErrWindowTooLong, Field: r.lastName, Have: fmt.Sprint(last),
			Want: fmt.Sprintf("at most %d, which is %d s away", open.number+max(furthest, 1)-1, params.MaxBundleWindow/1000),
		}
	}
	start := func(block uint64) uint64 { return (open.time + (block-open.number)*params.SlotSeconds) * 1000 }
	b := &core.Bundle{Atomicity: core.AtomicExecution, Legs: r.legs, NotBefore: start(max(first, open.number)), NotAfter: start(last+1) - 1}
	if r.since != nil && *r.since > 0 {
		b.NotBefore = max(b.NotBefore, saturatingMs(*r.since))
	}
	if r.until != nil && *r.until > 0 {
		b.NotAfter = min(b.NotAfter, saturatingMs(*r.until)+999)
	}
	if b.NotBefore > b.NotAfter {
		return nil, &Refusal{Cause: core.ErrWindowInverted, Field: "minTimestamp", Detail: fmt.Sprintf(
			"the blocks and timestamps leave nothing: blocks %d to %d are expected from %d s to before %d s", first, last, start(max(first, open.number))/1000, start(last+1)/1000)}
	}
	return b, nil
}

func saturating(a, b uint64) uint64 {
	if a+b < a {
		return ^uint64(0)
	}
	return a + b
}

// saturatingMs are seconds in ms, at most 2^62 of them.
func saturatingMs(seconds uint64) uint64 { return min(seconds, 1<<62/1000) * 1000 }

// quantity is a number as Ethereum writes it, or as JavaScript does.
type quantity uint64

// UnmarshalJSON reads 0x hex in quotes, or a whole JSON number.
func (q *quantity) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var n hexutil.Uint64
		if err := json.Unmarshal(raw, &n); err != nil {
			return err
		}
		*q = quantity(n)
		return nil
	}
	n, err := strconv.ParseUint(string(raw), 10, 64)
	*q = quantity(n)
	return err
}

// readQuantity reads an optional number; null is none.
func readQuantity(field string, raw json.RawMessage) (*uint64, error) {
	if raw == nil || string(raw) == "null" {
		return nil, nil
	}
	var q quantity
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, badValue(field, raw, "a number, as 0x hex without leading zeros in quotes or as a whole JSON number")
	}
	n := uint64(q)
	return &n, nil
}

// readReplacementUUID reads an optional uuid, which may be any short text.
func readReplacementUUID(raw json.RawMessage) (string, error) {
	if raw == nil || string(raw) == "null" {
		return "", nil
	}
	var uuid string
	if err := json.Unmarshal(raw, &uuid); err != nil || uuid == "" || len(uuid) > maxReplacementUUID {
		return "", badValue("replacementUuid", raw, fmt.Sprintf("a string of 1 to %d bytes, such as a UUID", maxReplacementUUID))
	}
	return uuid, nil
}

// empty is whether an optional value is left out, or says nothing.
func empty(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "[]", `""`, "0", `"0x0"`:
		return true
	}
	return false
}

// flashbotsPath names legs as the client knows them.
func flashbotsPath(err error) error {
	if err == nil || errors.Is(err, ErrReplacementNonce) {
		return err
	}
	x, ok := explain(err)
	if !ok || !strings.HasPrefix(x.field, "legs[") {
		return err
	}
	field := strings.TrimSuffix("txs["+strings.TrimPrefix(x.field, "legs["), ".tx")
	return &Refusal{Cause: x.row.err, Field: field, Have: x.have, Want: x.want, Detail: x.detail}
}
