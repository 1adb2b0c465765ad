// Package golden compares what a test produces with a file that was reviewed before.
//
// A golden file is the review: a change of a format, a table or an answer shows up as a diff of text. `go test
// ./core/... -rewrite` (any package whose tests use this one) writes the files anew; look at the diff before
// committing it. A whole file is compared with Equal, a block of a document between two marker lines with Block.
//
// Invariants:
//  1. Without -rewrite nothing is written.
//  2. A missing file or marker is a failure, never an empty golden.
//
// What this package never does: run outside tests.
package golden
