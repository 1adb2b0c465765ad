// Package archtest holds the tree to its rules: who may import whom, what replicated code must not do, how long files
// and functions may grow, and that the documents tell the truth about the code.
//
// Each rule is a test with its reason beside it, so that whoever breaks one reads why it is there. What a linter can
// check is checked by golangci-lint instead (.golangci.yml). Functions here take a Tree and give Findings; the tests
// run them over the repository and, so that no rule can pass by finding nothing, over small sources that break it.
//
// Invariants:
//  1. A finding names file, line and reason.
//  2. An exception stands in the rule's table with its own reason, never in the code that is checked. The one comment
//     the code may carry is //det:unordered with a reason, where a map's order cannot matter.
//
// What this package never does: change files (except generated blocks, with -rewrite), or run outside tests.
package archtest
