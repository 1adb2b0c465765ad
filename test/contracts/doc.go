// Package contracts runs compiled contracts on go-ethereum's EVM, where gas and warm slots are those of a rollup; everything
// else about them is tested by forge in contracts/test.
//
//	contracts/src ─ forge ─▶ gen/bindings, contracts/predeploy ─▶ [ contracts ] ─▶ go-ethereum
//
// Invariants:
//  1. Transactions have the access lists that legs of a bundle have; no slot is warmed by other means.
//
// What this package never does: compile.
package contracts
