package main

import (
	"strings"
	"testing"
)

func TestConfigShow_TakesANodeWithoutAGateway(t *testing.T) {
	t.Parallel()
	if out, _ := call(t, 0, "config", "show", "--gateway.listen", ""); !strings.Contains(out, "\nlisten = \"\"") {
		t.Errorf("it prints\n%s", out)
	}
}
