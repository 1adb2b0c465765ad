// Package recovery kills validators and damages their files, and checks that a network of four comes through without
// anybody's help.
//
// Each validator is a process of its own, this package's test binary started again, so that one of four can be killed
// with SIGKILL at any moment. Validators 0 and 1 have a gateway, so that load goes on while either is away.
//
//	harness ─▶ [ process per validator: node.New, node.Run ] ─▶ state over HTTP, compared among all
package recovery
