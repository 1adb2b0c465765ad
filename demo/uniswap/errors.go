package uniswap

import "errors"

// ErrArtifacts: the compiled contracts are not where they were said to be.
var ErrArtifacts = errors.New("uniswap: contracts are missing")
