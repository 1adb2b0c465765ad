package signer

import "errors"

var (
	// ErrInUse: another process signs with this key.
	ErrInUse = errors.New("signer: key is in use")
	// ErrRecord: the record of the last signature is damaged, or of another key or network. Without it the key could sign
	// twice, so nothing is signed.
	ErrRecord = errors.New("signer: unusable signing record")
	// ErrOlderTick: a later tick was signed already.
	ErrOlderTick = errors.New("signer: a later tick is signed already")
	// ErrOtherDigest: this tick was signed already, with another digest. Signing both is what evidence is made of.
	ErrOtherDigest = errors.New("signer: the tick is signed already, with another digest")
	// ErrClosed: the signer was closed.
	ErrClosed = errors.New("signer: closed")
)
