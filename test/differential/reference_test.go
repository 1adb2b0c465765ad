package differential

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
)

func TestReference_ListsTheIntendedDifferences(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| Method | Where | What differs | Why |\n|---|---|---|---|\n")
	for _, row := range intended {
		where := "both"
		if len(row.at) == 1 {
			where = "`" + string(row.at[0]) + "`"
		}
		methods := "any request"
		if row.methods[0] != "(request)" {
			methods = strings.Join(row.methods, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", methods, where, row.what, row.why)
	}
	b.WriteString("\n")
	golden.Block(t, "../../docs/reference/ethereum-rpc.md", "differences", b.String())
}
