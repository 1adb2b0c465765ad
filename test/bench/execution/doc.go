// Package main (execution) measures what executing costs in a zone, beside go-ethereum importing the same blocks.
//
// Everything runs in one process, on disk, variant after variant and round after round in an order that turns; figures are
// medians over the rounds, ratios are made within a round. No network: the log is one in memory, all of whose ticks are
// there when the clock starts.
//
// What it never does: it does not time what a validator does besides (admission, consensus), and does not leave files behind.
package main
