package gateway

import (
	"encoding/json"
	"testing"
)

// What is put together by hand is, byte by byte, what the encoder gives.
func TestNotification_IsWhatTheEncoderGives(t *testing.T) {
	t.Parallel()
	for _, result := range []any{nil, 7, "a \"quoted\" <b> & \u2028 ü", []string{}, &TickMessage{Type: messageTick, Number: 3, Lanes: []LaneMessage{{Rollup: 901}}}} {
		params, err := json.Marshal(map[string]any{"subscription": "0x1", "result": result})
		if err != nil {
			t.Fatal(err)
		}
		m := plainMessage{Version: "2.0", Method: "lockstep_subscription", Params: params}
		want, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(m.notification()); got != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
