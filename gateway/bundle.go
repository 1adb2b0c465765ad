package gateway

import (
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// readBundle reads the JSON form of core.Bundle strictly: unknown fields are errors, numbers are JSON numbers, and
// what is too long is refused before it is decoded.
func readBundle(raw json.RawMessage, params core.Params) (*core.Bundle, error) {
	fields, err := readObject("bundle", raw, "atomicity", "notBefore", "notAfter", "parentTick", "bid", "commitment", "legs")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"atomicity", "notAfter", "legs"} {
		if _, ok := fields[name]; !ok {
			return nil, &Refusal{Cause: ErrMissingField, Field: name}
		}
	}
	b := new(core.Bundle)
	if err := json.Unmarshal(fields["atomicity"], &b.Atomicity); err != nil || b.Atomicity == 0 { // 0: null
		return nil, badValue("atomicity", fields["atomicity"], `"execution" or "inclusion"`)
	}
	for _, number := range []struct {
		name string
		to   *uint64
		what string
	}{
		{"notBefore", &b.NotBefore, "ms since the Unix epoch"}, {"notAfter", &b.NotAfter, "ms since the Unix epoch"},
		{"parentTick", &b.ParentTick, "a tick"}, {"bid", &b.Bid, "reserved, 0"},
	} {
		if value, ok := fields[number.name]; ok {
			if *number.to, err = readNumber(number.name, value, number.what); err != nil {
				return nil, err
			}
		}
	}
	if value, ok := fields["commitment"]; ok {
		if b.Commitment, err = readHash("commitment", value); err != nil {
			return nil, err
		}
	}
	b.Legs, err = readLegs(fields["legs"], params)
	return b, err
}

func readLegs(raw json.RawMessage, params core.Params) ([]core.Leg, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		return nil, badValue("legs", raw, "a JSON array of legs")
	}
	switch n := uint64(len(items)); {
	case n == 0:
		return nil, &Refusal{Cause: core.ErrNoLegs, Field: "legs"}
	case n > params.MaxBundleLegs:
		return nil, &Refusal{Cause: core.ErrTooManyLegs, Field: "legs", Have: fmt.Sprint(n), Want: fmt.Sprintf("at most %d", params.MaxBundleLegs)}
	}
	legs := make([]core.Leg, len(items))
	for i, item := range items {
		var err error
		if legs[i], err = readLeg(fmt.Sprintf("legs[%d]", i), item, params); err != nil {
			return nil, err
		}
	}
	return legs, nil
}

func readLeg(path string, raw json.RawMessage, params core.Params) (core.Leg, error) {
	fields, err := readObject(path, raw, "rollup", "tx", "mayRevert")
	if err != nil {
		return core.Leg{}, err
	}
	for _, name := range []string{"rollup", "tx"} {
		if _, ok := fields[name]; !ok {
			return core.Leg{}, &Refusal{Cause: ErrMissingField, Field: path + "." + name}
		}
	}
	var leg core.Leg
	rollup, err := readNumber(path+".rollup", fields["rollup"], "a rollup id")
	if err != nil {
		return core.Leg{}, err
	}
	leg.Rollup = core.RollupID(rollup)
	if value, ok := fields["mayRevert"]; ok {
		if leg.MayRevert, err = readBool(path+".mayRevert", value); err != nil {
			return core.Leg{}, err
		}
	}
	leg.Tx, err = readTx(path+".tx", fields["tx"], params.MaxTxBytes)
	return leg, err
}

func readTx(path string, raw json.RawMessage, limit uint64) (hexutil.Bytes, error) {
	const quotesAndPrefix = 4
	if n := (uint64(len(raw)) - min(quotesAndPrefix, uint64(len(raw)))) / 2; n > limit {
		return nil, &Refusal{Cause: core.ErrTooLarge, Field: path, Have: fmt.Sprintf("%d bytes", n), Want: fmt.Sprintf("at most %d", limit)}
	}
	var tx hexutil.Bytes
	if err := json.Unmarshal(raw, &tx); err != nil || string(raw) == "null" {
		return nil, badValue(path, raw, "the signed transaction's canonical bytes as a 0x hex string")
	}
	return tx, nil
}
