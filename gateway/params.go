package gateway

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Param is a parameter as it came. Methods read it themselves, so that what is wrong with it is said in the gateway's
// own error, with the field's name.
type Param struct{ raw json.RawMessage }

// UnmarshalJSON keeps the bytes; they are valid JSON.
func (p *Param) UnmarshalJSON(b []byte) error {
	p.raw = append(json.RawMessage(nil), b...)
	return nil
}

// given reports whether an optional parameter is there.
func (p *Param) given() bool { return p != nil && len(p.raw) > 0 && string(p.raw) != "null" }

func badValue(field string, raw json.RawMessage, want string) error {
	return &Refusal{Cause: ErrBadValue, Field: field, Have: excerpt(raw), Want: want}
}

// excerpt is the beginning of a value, short enough for a message.
func excerpt(raw json.RawMessage) string {
	const limit = 80
	if len(raw) <= limit {
		return string(raw)
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(raw[:limit]), ""), len(raw))
}

// readNumber reads a whole JSON number; what says what it counts.
func readNumber(field string, raw json.RawMessage, what string) (uint64, error) {
	n, err := strconv.ParseUint(string(raw), 10, 64)
	if err != nil {
		return 0, badValue(field, raw, "a whole JSON number without quotes ("+what+")")
	}
	return n, nil
}

func readHash(field string, raw json.RawMessage) (common.Hash, error) {
	var h common.Hash
	if err := json.Unmarshal(raw, &h); err != nil || string(raw) == "null" {
		return common.Hash{}, badValue(field, raw, "32 bytes as a string of 0x and 64 hex digits")
	}
	return h, nil
}

func readBool(field string, raw json.RawMessage) (bool, error) {
	switch string(raw) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, badValue(field, raw, "true or false")
}

func readLevel(field string, raw json.RawMessage) (core.Level, error) {
	const want = "one of accepted, ordered, executed, attested"
	var name string
	var level core.Level
	if err := json.Unmarshal(raw, &name); err != nil {
		return 0, badValue(field, raw, want)
	}
	if err := level.UnmarshalText([]byte(name)); err != nil || level < core.LevelAccepted || level > core.LevelAttested {
		return 0, badValue(field, raw, want)
	}
	return level, nil
}

// readObject reads a JSON object whose fields are all among known.
func readObject(field string, raw json.RawMessage, known ...string) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return nil, badValue(field, raw, "a JSON object")
	}
	allowed := make(map[string]bool, len(known))
	for _, name := range known {
		allowed[name] = true
	}
	for name := range object {
		if !allowed[name] {
			return nil, &Refusal{Cause: ErrUnknownField, Field: joinPath(pathPrefix(field), excerptName(name)), Want: "one of " + strings.Join(known, ", ")}
		}
	}
	return object, nil
}

// pathPrefix is the path of an object's fields: the bundle itself has none.
func pathPrefix(field string) string {
	if field == "bundle" {
		return ""
	}
	return field
}

// excerptName makes an unknown field's name fit for a path.
func excerptName(name string) string {
	name = strconv.Quote(name)
	name = strings.NewReplacer(" ", "_", ":", "_").Replace(name[1 : len(name)-1])
	if len(name) > 40 {
		name = name[:40] + "…"
	}
	return name
}
