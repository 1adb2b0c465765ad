// Package gatewaytest holds what tests of package gateway need: a network, and hand-written fakes of the stages behind
// the gateway that do exactly what the test says, when it says so.
//
//	client ─▶ [gateway under test] ─▶ Pool
//	                 ▲ cursors
//	              Log, Zone
//
// Invariants:
//  1. Nothing happens by itself: ticks come with Log.Append, outcomes with Zone.Decide.
//  2. Everything that can be waited for is signalled, never polled.
//
// What this package never does: check anything; that is the tests' business.
package gatewaytest
