package core_test

import (
	"encoding"
	"encoding/json"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// The names that stand in genesis files and RPC answers.
func TestTextForms_RoundTrip(t *testing.T) {
	for _, c := range []struct {
		want string
		v    encoding.TextMarshaler
		into encoding.TextUnmarshaler
	}{
		{"evm", core.KindEVM, new(core.RollupKind)}, {"opstack", core.KindOPStack, new(core.RollupKind)},
		{"opaque", core.KindOpaque, new(core.RollupKind)},
		{"execution", core.AtomicExecution, new(core.Atomicity)}, {"inclusion", core.AtomicInclusion, new(core.Atomicity)},
		{"unknown", core.LevelUnknown, new(core.Level)}, {"accepted", core.LevelAccepted, new(core.Level)},
		{"ordered", core.LevelOrdered, new(core.Level)}, {"executed", core.LevelExecuted, new(core.Level)},
		{"attested", core.LevelAttested, new(core.Level)}, {"posted", core.LevelPosted, new(core.Level)},
		{"final", core.LevelFinal, new(core.Level)},
		{"included", core.Included, new(core.OutcomeCode)}, {"otherLeg", core.VoidOtherLeg, new(core.OutcomeCode)},
	} {
		text, err := c.v.MarshalText()
		if err != nil || string(text) != c.want {
			t.Errorf("got %q, %v, want %q", text, err, c.want)
		}
		if err := c.into.UnmarshalText(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if again, err := c.into.(encoding.TextMarshaler).MarshalText(); err != nil || string(again) != c.want {
			t.Errorf("%s comes back as %q, %v", c.want, again, err)
		}
	}
}

func TestTextForms_RefuseUnknownNames(t *testing.T) {
	for _, v := range []encoding.TextUnmarshaler{new(core.RollupKind), new(core.Atomicity), new(core.Level), new(core.OutcomeCode)} {
		for _, text := range []string{"", "EVM", "executed ", "unknown(9)"} {
			if err := v.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("%T reads %q", v, text)
			}
		}
	}
	if _, err := core.RollupKind(9).MarshalText(); err == nil {
		t.Error("rollup kind 9 is written")
	}
	for _, s := range []string{core.RollupKind(9).String(), core.Atomicity(9).String(), core.Level(99).String(), core.OutcomeCode(999).String()} {
		if !strings.ContainsAny(s, "9") {
			t.Errorf("%q does not show the number", s)
		}
	}
}

func TestParseRollupID(t *testing.T) {
	if id, err := core.ParseRollupID("901"); err != nil || id != 901 || id.String() != "901" {
		t.Errorf("got %v, %v", id, err)
	}
	for _, s := range []string{"", "0", "-1", "0x385", "18446744073709551616", "901 "} {
		if _, err := core.ParseRollupID(s); err == nil {
			t.Errorf("%q is read as a rollup id", s)
		}
	}
}

func TestOutcome_VoidIsEverythingButIncluded(t *testing.T) {
	if core.Included.Void() || !core.VoidPanic.Void() || !core.OutcomeCode(999).Void() {
		t.Error("Void is wrong")
	}
}

func TestBundle_JSONForm(t *testing.T) {
	const text = `{"atomicity":"inclusion","notBefore":1,"notAfter":2,"commitment":"0x0000000000000000000000000000000000000000000000000000000000000000","legs":[{"rollup":901,"tx":"0x01","mayRevert":true}]}`
	var b core.Bundle
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(&b); err != nil || string(again) != text {
		t.Errorf("%v\nhave %s\nwant %s", err, again, text)
	}
}
