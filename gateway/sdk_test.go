package gateway

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
)

// The SDK's errors are those of the table.
func TestSDK_Errors(t *testing.T) {
	var b strings.Builder
	b.WriteString("// Written by `go test ./gateway -rewrite` from gateway/errors.go.\n\n")
	b.WriteString("/** The errors of the network's own methods by their reason, with the name of the error that is thrown. Codes never move. */\n")
	b.WriteString("export const rpcErrors = {\n")
	write := func(reason string, code int, text string) {
		fmt.Fprintf(&b, "  %s: { code: %d, name: 'Lockstep%sError', text: %q },\n", reason, code, strings.ToUpper(reason[:1])+reason[1:], text)
	}
	write("internal", codeInternal, "internal error")
	for _, row := range sortedErrors() {
		write(row.reason, row.code, row.text)
	}
	b.WriteString("} as const\n\n/** Which error of the network's methods it is. */\nexport type RpcErrorReason = keyof typeof rpcErrors\n")
	golden.Equal(t, "../sdk/ts/src/gen/errors.ts", b.String())
}
