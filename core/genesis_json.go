package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ParseGenesis reads a genesis file strictly and validates it. Unknown fields, fields and accounts that are named
// twice, anything after the JSON value, and any version but GenesisVersion are errors.
func ParseGenesis(b []byte) (*Genesis, error) {
	var version struct {
		Version uint64 `json:"version"`
	}
	if err := json.Unmarshal(b, &version); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGenesis, err)
	}
	if version.Version != GenesisVersion {
		return nil, fmt.Errorf("%w: version is %d, this build reads version %d only", ErrGenesis, version.Version, GenesisVersion)
	}
	if err := checkUniqueKeys(json.NewDecoder(bytes.NewReader(b))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGenesis, err)
	}
	g := new(Genesis)
	if err := unmarshalStrict(b, g); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGenesis, err)
	}
	if err := g.Validate(); err != nil {
		return nil, err
	}
	return g, nil
}

// UnmarshalJSON reads the first state of an `evm` rollup as strictly as the rest of the genesis: go-ethereum's own
// reader of accounts would pass over fields that it does not know.
func (e *EVMGenesis) UnmarshalJSON(b []byte) error {
	var fields struct {
		FeeRecipient, BaseFee json.RawMessage
		Alloc                 map[string]struct{ Balance, Nonce, Code, Storage json.RawMessage }
	}
	if err := unmarshalStrict(b, &fields); err != nil {
		return err
	}
	type plain EVMGenesis
	return json.Unmarshal(b, (*plain)(e))
}

// unmarshalStrict reads one JSON value; unknown fields and anything after it are errors.
func unmarshalStrict(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("trailing data after the JSON value")
	}
	return nil
}

// checkUniqueKeys reads one JSON value and refuses objects that name a key twice, of which encoding/json would keep
// the last: two people could read different networks from such a file.
func checkUniqueKeys(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := make(map[string]bool)
	for dec.More() {
		if delim == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string) // the decoder gives nothing else where a key stands
			if seen[foldKey(name)] {
				return fmt.Errorf("the key %q stands twice in an object", name)
			}
			seen[foldKey(name)] = true
		}
		if err := checkUniqueKeys(dec); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// foldKey maps the spellings that are read as the same key to one: encoding/json ignores the case of field names,
// go-ethereum the prefix of addresses and the leading zeros of storage slots.
func foldKey(key string) string {
	folded := strings.ToLower(key)
	if digits := strings.TrimPrefix(folded, "0x"); strings.Trim(digits, "0123456789abcdef") == "" {
		return "0x" + strings.TrimLeft(digits, "0")
	}
	return folded
}
