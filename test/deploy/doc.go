// Package deploy checks the files of deploy with the parsers of the programs that read them, and against a running node.
//
//	deploy/* → [ parsers ] → metrics, flags, runbooks → bin/lockstep, docs
//
// Invariants:
//  1. A metric that a dashboard or an alert uses is exported by a node, or, where it needs an event first, documented.
//  2. A command line in a unit, an image, the compose file or a pod is one that the binary takes.
//  3. What kustomize makes of deploy/kubernetes has no field that its API does not have, fits together, is confined as the
//     profile "restricted" wants it, and runs: each pod as a process, with the files, variables and arguments of its containers.
//
// What this package never does: run a container or a service; there is no engine on the machines that run tests. It is a
// module of its own, so that the parsers' dependencies stay out of Lockstep's.
package deploy
