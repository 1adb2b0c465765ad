// Package settings reads what an operator may choose for a node: from a TOML file, the environment and flags.
//
//	file < LOCKSTEP_… < --…  ─▶ [ settings ] ─▶ node.Config ─▶ node
//
// A setting has one path, such as gateway.listen, which is its key in the file; its environment variable,
// LOCKSTEP_GATEWAY_LISTEN, and its flag, --gateway.listen, follow from it. The paths follow from the fields of node.Config, and
// the descriptions are the comments of those fields.
//
// Invariants:
//  1. Every field of node.Config that is data is a setting: a new field is one without a line here.
//  2. Whatever is unknown or malformed refuses to load, and all problems are reported at once.
//  3. What must be equal on all nodes is no setting: it is in the genesis.
//
// What this package never does: hold a secret (secrets are files, named by path), or give a field a default of its own.
package settings
