package gateway

import (
	"encoding/json"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// signedLine is what replacements and cancellations have in common.
type signedLine struct {
	uuid      core.UUID
	nonce     uint64
	signature hexutil.Bytes
}

func readReplacement(raw json.RawMessage) (*core.Replacement, error) {
	l, err := readSignedLine("replacement", raw)
	if err != nil {
		return nil, err
	}
	return &core.Replacement{UUID: l.uuid, Nonce: l.nonce, Signature: l.signature}, nil
}

func readCancellation(raw json.RawMessage) (*core.Cancellation, error) {
	l, err := readSignedLine("cancellation", raw)
	if err != nil {
		return nil, err
	}
	return &core.Cancellation{UUID: l.uuid, Nonce: l.nonce, Signature: l.signature}, nil
}

func readSignedLine(path string, raw json.RawMessage) (l signedLine, err error) {
	fields, err := readObject(path, raw, "uuid", "nonce", "signature")
	if err != nil {
		return l, err
	}
	for _, name := range []string{"uuid", "nonce", "signature"} {
		if _, ok := fields[name]; !ok {
			return l, &Refusal{Cause: ErrMissingField, Field: path + "." + name}
		}
	}
	if err := json.Unmarshal(fields["uuid"], &l.uuid); err != nil || string(fields["uuid"]) == "null" {
		return l, badValue(path+".uuid", fields["uuid"], `a UUID as a string ("8-4-4-4-12" hex digits)`)
	}
	if l.nonce, err = readNumber(path+".nonce", fields["nonce"], "above that of what is replaced"); err != nil {
		return l, err
	}
	if err := json.Unmarshal(fields["signature"], &l.signature); err != nil || len(l.signature) != core.SignatureSize {
		return l, badValue(path+".signature", fields["signature"], "65 bytes (R ‖ S ‖ V with V 27 or 28) as a 0x hex string")
	}
	return l, nil
}
