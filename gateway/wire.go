package gateway

import (
	"bytes"
	"encoding/json"
)

// renameDiscover gives OpenRPC's method, in a call or in a batch, the name under which the RPC server has it. Every other
// message comes back as it is; so does what is no JSON, for the RPC server to answer.
func renameDiscover(message []byte) []byte {
	if !bytes.Contains(message, []byte(discoverMethod)) {
		return message
	}
	calls, batch := splitBatch(message)
	for i, call := range calls {
		var fields map[string]json.RawMessage
		if json.Unmarshal(call, &fields) != nil || string(fields["method"]) != `"`+discoverMethod+`"` {
			continue
		}
		fields["method"] = json.RawMessage(`"` + servedDiscoverMethod + `"`)
		if renamed, err := json.Marshal(fields); err == nil {
			calls[i] = renamed
		}
	}
	if !batch {
		return calls[0]
	}
	return append(append([]byte{'['}, bytes.Join(toBytes(calls), []byte{','})...), ']')
}

// splitBatch takes a message apart into its calls: one, unless it is a batch. What is no JSON is one call.
func splitBatch(message []byte) (calls []json.RawMessage, batch bool) {
	if start := bytes.TrimLeft(message, " \t\r\n"); len(start) > 0 && start[0] == '[' && json.Unmarshal(message, &calls) == nil {
		return calls, true
	}
	return []json.RawMessage{message}, false
}

func toBytes(calls []json.RawMessage) [][]byte {
	out := make([][]byte, len(calls))
	for i, call := range calls {
		out[i] = call
	}
	return out
}
