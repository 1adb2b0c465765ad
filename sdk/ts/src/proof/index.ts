/**
 * What the network ordered and what became of it, shown to somebody who trusts no single node. Runs wherever JavaScript does.
 *
 * @module
 */
export { verifyProof, type BundleFact, type Fact, type RangeFact } from './verify.js'
export { trustCheckpoint, trustGenesis, type Trust } from './trust.js'
export { ProofError, type ProofErrorKind } from './errors.js'
export { encodeProof, parseProof, type BundleProof, type Proof, type RangeProof, type TransactionProof } from './format.js'
export { type Decision, type Position } from './place.js'
export { networkIdOf, parseGenesis, validatorSetOf, type Genesis, type RollupKind } from '../core/genesis.js'
export {
  checkpointDigest, validatorSetHash, type Checkpoint, type SignedCheckpoint, type ValidatorSet,
} from '../core/checkpoint.js'
export { outcomeCodes, outcomeNameOf, type OutcomeName } from '../core/outcome.js'
