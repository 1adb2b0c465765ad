package node

import "errors"

// ErrDamaged: files of the node are damaged and cannot be repaired by the node itself; the text names them.
var ErrDamaged = errors.New("node: damaged files")

// ErrLeftBehind: the node does not get on by itself, and peers have a snapshot for it: Join, New and Run again.
var ErrLeftBehind = errors.New("node: left behind by the network")

// ErrJoining: the file of a rollup that joins the network is not good, or not what was agreed on.
var ErrJoining = errors.New("node: genesis of a rollup that joins")

// errCrashed: a rollup's database ended the process before.
var errCrashed = errors.New("node: crashed")
