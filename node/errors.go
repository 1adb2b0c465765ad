package node

import "errors"

// ErrDamaged: files of the node are damaged and cannot be repaired by the node itself; the text names them.
var ErrDamaged = errors.New("node: damaged files")

// errCrashed: a rollup's database ended the process before.
var errCrashed = errors.New("node: crashed")
