// Package deploy checks the files of deploy with the parsers of the programs that read them, and against a running node.
//
//	deploy/* → [ parsers ] → metrics, flags, runbooks → bin/lockstep, docs
//
// Invariants:
//  1. A metric that a dashboard or an alert uses is exported by a node, or, where it needs an event first, documented.
//  2. A command line in a unit, an image or the compose file is one that the binary takes.
//
// What this package never does: run a container or a service; there is no engine on the machines that run tests. It is a
// module of its own, so that the parsers' dependencies stay out of Lockstep's.
package deploy
