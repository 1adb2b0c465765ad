package client

import "errors"

// ErrRefuted: what the gateway answered does not prove what was asked, or proves something else. It is wrong, or it lies.
var ErrRefuted = errors.New("client: the gateway's answer is no proof")
