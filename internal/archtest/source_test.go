package archtest

import (
	"strings"
	"testing"
)

func TestPackages_SayWhatTheyAre(t *testing.T)     { reportAll(t, CheckPackageComments(loadRepository(t))) }
func TestSource_StaysShort(t *testing.T)           { reportAll(t, CheckSizes(loadRepository(t))) }
func TestSource_NeverSleeps(t *testing.T)          { reportAll(t, CheckSleep(loadRepository(t))) }
func TestSource_HasNoGlobalLogger(t *testing.T)    { reportAll(t, CheckGlobalLogger(loadRepository(t))) }
func TestSource_StoresNoContext(t *testing.T)      { reportAll(t, CheckContexts(loadRepository(t))) }
func TestSource_MatchesNoErrorByText(t *testing.T) { reportAll(t, CheckErrorTexts(loadRepository(t))) }
func TestSource_HasNoUnfinishedMarks(t *testing.T) { reportAll(t, CheckLeftovers(loadRepository(t))) }
func TestSource_LogsWithKnownKeys(t *testing.T)    { reportAll(t, CheckLogKeys(loadRepository(t))) }

func TestCheckPackageComments_FindsWhatIsMissing(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go":   "package a\n",
		"b/doc.go": "// B does things.\npackage b\n",
		"c/doc.go": "// Package c is good.\npackage c\n",
		"c/a.go":   "// Package c is described twice.\npackage c\n",
		"u/doc.go": "// Package utils is a drawer.\npackage utils\n",
	})
	wantFindings(t, CheckPackageComments(tree), "a: no doc.go", "b/doc.go: the package comment", "c/a.go:2: a package comment outside", "says nothing")
}

func TestCheckSizes_FindsWhatIsTooLong(t *testing.T) {
	long := "package a\nfunc f() {\n" + strings.Repeat("\tf()\n", maxFunctionLines-2) + "}\n"
	longer := "package a\nfunc g() {\n" + strings.Repeat("\tg()\n", maxFunctionLines-1) + "}\n"
	tree := treeOf(t, map[string]string{
		"a/a.go":      long,
		"a/b.go":      longer,
		"a/c.go":      "package a\n" + strings.Repeat("\n", maxFileLines),
		"a/d.go":      "package a\nimport \"context\"\nfunc h(ctx context.Context, a, b, c, d int) {}\nfunc i(a, b, c, d, e int) {}\n",
		"a/a_test.go": longer,
	})
	wantFindings(t, CheckSizes(tree), "a/b.go:2: a function of 71 lines", "a/c.go:1: 801 lines", "a/d.go:4: a function with 5 parameters")
}

func TestCheckSelectors_FindSleepsAndGlobalLoggers(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go":      "package a\nimport (\"log/slog\"; \"time\")\nfunc f() { time.Sleep(1); slog.Info(\"x\") }\n",
		"a/a_test.go": "package a\nimport \"time\"\nfunc g() { time.Sleep(1) }\n",
	})
	wantFindings(t, CheckSleep(tree), "a/a.go:3", "a/a_test.go:3")
	wantFindings(t, CheckGlobalLogger(tree), "slog.Info")
}

func TestCheckContexts_FindsStoredAndMisplacedOnes(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go": "package a\nimport \"context\"\ntype s struct { ctx context.Context }\nfunc f(n int, ctx context.Context) {}\nfunc g(ctx context.Context, n int) {}\n",
	})
	wantFindings(t, CheckContexts(tree), "never stored", "first parameter")
}

func TestCheckErrorTexts_FindsMatchingByText(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go": "package a\nimport \"strings\"\nfunc f(err error) bool { return strings.Contains(err.Error(), \"x\") || strings.Contains(\"x\", \"y\") }\n",
	})
	wantFindings(t, CheckErrorTexts(tree), "errors.Is")
}

func TestCheckLeftovers_FindsMarks(t *testing.T) {
	tree := treeOf(t, map[string]string{"a/a.go": "package a\n// TO" + "DO later\n// to do it well\n"})
	wantFindings(t, CheckLeftovers(tree), "a/a.go:2")
}

func TestCheckLogKeys_FindsOtherWords(t *testing.T) {
	tree := treeOf(t, map[string]string{
		"a/a.go": "package a\nfunc f() {\n\tlog.Info(\"x\", \"err\", e, \"tick\", 1)\n\tlog.Warn(\"x\", \"error\", e)\n\tlog.Error(\"x\", key, e)\n}\n",
	})
	wantFindings(t, CheckLogKeys(tree), "a/a.go:4", "a/a.go:5")
}
