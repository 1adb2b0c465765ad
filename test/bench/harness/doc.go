// Package harness runs measurements side by side: every variant in each of several rounds, in an order that changes, and
// says what came out as medians with their spread.
//
// A machine changes its speed within minutes, so figures of two runs say little about each other. Variants that are
// measured in turns see the same machine.
//
//	variants ─▶ [ harness ] ─▶ rounds ─▶ medians, lowest, highest ─▶ JSON, Markdown, SVG
//
// Invariants:
//  1. Every variant is measured once per round, and no variant is always the first or the last.
//  2. What was started is ended: a process is asked, then told, then killed, each within a bounded time, and a process of this
//     program ends by itself when its parent is gone.
//
// What this package never does: know what is measured.
package harness
