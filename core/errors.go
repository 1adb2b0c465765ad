package core

import "errors"

var (
	// ErrMalformed: the bytes are not a canonical encoding of what they should be.
	ErrMalformed = errors.New("core: malformed encoding")
	// ErrUnknownVersion: the version byte is not one this build reads.
	ErrUnknownVersion = errors.New("core: unknown encoding version")
	// ErrUnknownKind: the kind byte is not the expected one, or not one that may stand there.
	ErrUnknownKind = errors.New("core: unknown encoding kind")
	// ErrTxType: the transaction's type is not one of 0 (legacy), 1, 2 and 4.
	ErrTxType = errors.New("core: transaction type not supported")
	// ErrNoChainID: the transaction is signed without a chain id (before EIP-155) and could be replayed elsewhere.
	ErrNoChainID = errors.New("core: transaction without chain id (EIP-155) is refused")
	// ErrWrongChainID: the transaction is signed for another chain than the rollup it was given for.
	ErrWrongChainID = errors.New("core: transaction is signed for another chain")
	// ErrTooLarge: something exceeds a cap of the genesis parameters.
	ErrTooLarge = errors.New("core: too large")
	// ErrEmpty: something that must not be empty is.
	ErrEmpty = errors.New("core: empty")
	// ErrGenesis: the genesis is inconsistent.
	ErrGenesis = errors.New("core: invalid genesis")
	// ErrCheckpoint: the checkpoint is not one that an honest validator could sign in any network.
	ErrCheckpoint = errors.New("core: invalid checkpoint")
	// ErrCheckpointSignature: a signature over a checkpoint is malformed, of somebody else, or of nobody in the set.
	ErrCheckpointSignature = errors.New("core: invalid checkpoint signature")
	// ErrCheckpointQuorum: the signatures carry no more than 2/3 of the set's power.
	ErrCheckpointQuorum = errors.New("core: checkpoint without a quorum")
	// ErrValidatorSet: the set of validators is empty, too large, unsorted, or has a member without power.
	ErrValidatorSet = errors.New("core: invalid validator set")
	// ErrNoEvidence: two signed checkpoints do not show that a validator signed against the rules.
	ErrNoEvidence = errors.New("core: no evidence")
	// ErrControl: a control entry is not well formed, or asks for what cannot be.
	ErrControl = errors.New("core: invalid control entry")
	// ErrControlSignature: a signature under a control entry is malformed, of somebody else, or of no validator.
	ErrControlSignature = errors.New("core: invalid signature of a control entry")
	// ErrControlQuorum: the signatures carry no more than 2/3 of the power.
	ErrControlQuorum = errors.New("core: control entry without a quorum")
	// ErrRetired: the rollup was retired by the validators.
	ErrRetired = errors.New("core: rollup is retired")
)
