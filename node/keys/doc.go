// Package keys makes and reads the files of Ethereum keys: encrypted keystore files, and plain ones for development.
//
//	operator ─ file, password file ─▶ [ keys ] ─▶ the key that signs checkpoints
//
// Invariants:
//  1. A file that exists is never overwritten, and a new one can be read by its owner alone.
//  2. No key and no password is part of an error, a log line or an argument.
//
// What this package never does: keep a key longer than a call, or make a password.
package keys
