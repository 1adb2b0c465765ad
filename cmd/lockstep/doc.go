// Package main is the one binary of Lockstep: lockstep devnet, demo, verify, evidence, sim and version.
//
//	[ cmd ] → node → stages → core
//
// Invariants:
//  1. Exit code 0 means that everything asked for happened; 1 that it did not; 2 that the command line was wrong;
//     3, of verify, that a proof is wrong.
//  2. Errors go to standard error and say what to do next; what was asked for goes to standard output.
//
// What this package never does: anything but parse flags, call a package and print.
package main
