package archtest

import (
	"strings"
	"testing"
)

func TestImports_KeepTheRules(t *testing.T) {
	tree := loadRepository(t)
	for _, rule := range ImportRules() {
		reportAll(t, rule.Check(tree))
	}
}

func TestImports_AliasesAreFixed(t *testing.T) {
	reportAll(t, CheckAliases(loadRepository(t)))
}

// Each line is an import that one of the rules must find.
func TestImportRules_FindWhatBreaksThem(t *testing.T) {
	for _, c := range []struct{ file, imports, want string }{
		{"core/a.go", "golang.org/x/sync/errgroup", "everything imports core"},
		{"core/a.go", Module + "/zone", "everything imports core"},
		{"mempool/a.go", Module + "/ordering", "stages do not import each other"},
		{"mempool/a_test.go", Module + "/ordering/comet", "stages do not import each other"},
		{"zone/evm/a.go", Module + "/node", "stages do not import each other"},
		{"ordering/a.go", Module + "/ordering/comet", "the replicated machine depends"},
		{"node/a.go", "github.com/cometbft/cometbft/node", "CometBFT is behind"},
		{"ordering/a_test.go", "github.com/cometbft/cometbft-db", "CometBFT is behind"},
		{"zone/a.go", geth + "/core/vm", "execution is behind zone/evm"},
		{"gateway/a.go", geth + "/eth/filters", "execution is behind zone/evm"},
		{"zone/a.go", geth + "/trie", "one ledger trie"},
		{"node/a.go", Module + "/cmd/lockstep", "node wires stages"},
		{"cmd/lockstep/a.go", Module + "/gateway", "the binary parses flags"},
		{"demo/a.go", Module + "/zone", "as any application does"},
		{"client/a.go", Module + "/zone", "through its RPC"},
		{"internal/x/a.go", Module + "/core", "every package's tests"},
		{"zone/a.go", "testing", "no test-only branches"},
		{"node/a.go", "log", "log/slog is injected"},
	} {
		t.Run(c.file+" "+c.imports, func(t *testing.T) {
			tree := treeOf(t, map[string]string{c.file: "package x\nimport _ \"" + c.imports + "\"\n"})
			found := ""
			for _, rule := range ImportRules() {
				for _, f := range rule.Check(tree) {
					found += f.Reason
				}
			}
			if !strings.Contains(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}

func TestImportRules_AllowTheDataPath(t *testing.T) {
	for file, imports := range map[string][]string{
		"core/a.go":            {"fmt", geth + "/common/hexutil", geth + "/core/types", geth + "/rlp", geth + "/crypto"},
		"core/a_test.go":       {Module + "/internal/golden", "testing"},
		"ordering/a.go":        {Module + "/core", geth + "/trie"},
		"ordering/comet/a.go":  {Module + "/ordering", "github.com/cometbft/cometbft/node"},
		"zone/evm/a.go":        {Module + "/zone", geth + "/core/vm", geth + "/eth"},
		"node/a.go":            {Module + "/core", Module + "/zone/evm", Module + "/ordering/comet", Module + "/node/devnet"},
		"cmd/lockstep/a.go":    {Module + "/node/devnet", Module + "/demo", Module + "/core"},
		"test/e2e/a_test.go":   {Module + "/zone/evm", geth + "/core", "github.com/cometbft/cometbft/types"},
		"zone/zonetest/a.go":   {Module + "/zone"},
		"internal/golden/a.go": {"testing"},
	} {
		for _, name := range imports {
			source := "package x\nimport _ \"" + name + "\"\n"
			for _, rule := range ImportRules() {
				reportAll(t, rule.Check(treeOf(t, map[string]string{file: source})))
			}
		}
	}
}

func TestCheckAliases_FindsWrongOnes(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go": "package a\nimport \"" + geth + "/core/types\"\n",
		"b/a.go": "package b\nimport ethrpc \"" + geth + "/rpc\"\n",
		"c/a.go": "package c\nimport \"github.com/cometbft/cometbft/types\"\n",
		"d/a.go": "package d\nimport one \"fmt\"\nimport _ \"net/http/pprof\"\n",
		"e/a.go": "package e\nimport two \"fmt\"\nimport gethtypes \"" + geth + "/core/types\"\n",
	})
	wantFindings(t, CheckAliases(tree), "as gethtypes", "begin with geth", "begin with cmt", "one spelling per path")
}
