// Package docs runs the commands that the documents tell people to type, so that documents cannot rot.
//
//	[ documents ] → commands → bin/lockstep, curl, make -n, go list
//
// Invariants:
//  1. Every indented or ```sh line of a document is a command that is checked here; one of an unknown kind is a failure.
//  2. lockstep and curl run for real, against one network; make runs dry, and of go test it is checked that there is
//     something to run: all of that is tested elsewhere.
//  3. The ```sh run blocks of the tutorial and the runbooks are run whole, from the first to the last, in one shell.
//
// What this package never does: run tests, install anything, or use a port or folder that the documents name.
package docs
