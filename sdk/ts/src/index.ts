/**
 * Bundles across rollups, levels and proofs of a Lockstep network, as an extension of viem.
 *
 * @module
 */
export * from './proof/index.js'
export { lockstepActions, type LockstepActions } from './decorators/network.js'
export { lockstepWalletActions, type LockstepWalletActions } from './decorators/wallet.js'
export {
  getCheckpoint, getGenesis, getInclusionProof, getLaneProof, getNetwork, getStatus, getTick, sendBundle, simulateBundle,
  type GetProofParameters,
} from './actions/network.js'
export { hasReached, waitForLevel, type WaitForLevelParameters } from './actions/waitForLevel.js'
export { watchLevels, type WatchLevelsParameters } from './actions/watchLevels.js'
export { watchTicks, type WatchTicksParameters } from './actions/watchTicks.js'
export { signBundle, type SignBundleParameters, type SignedBundle, type UnsignedLeg } from './actions/signBundle.js'
export {
  cancelBundle, replaceBundle, signCancellation, signReplacement, type ReplacementParameters, type SignedReplacement,
} from './actions/replacement.js'
export { rollupChain, rollupClient, rollupUrl, type RollupClients } from './actions/rollup.js'
export { type LockstepClient } from './actions/request.js'
export { assertionsAbi, assertStorage, mappingSlot, type Assertion } from './core/assertion.js'
export { bundleId, decodeBundle, encodeBundle, type Atomicity, type Bundle, type SignedLeg } from './core/bundle.js'
export { bundleCommitment, type BundleCommitmentParameters, type CommittedLeg, type LegType } from './core/commitment.js'
export {
  DroppedError, isLockstepError, LockstepRpcError, rpcErrors, SignBundleError, WaitForLevelTimeoutError,
  type RpcErrorData, type RpcErrorReason,
} from './errors/rpc.js'
export type {
  Attempt, Attested, CheckpointView, ErrorMessage, ErrorView, ExecutedMessage, FeedMessage, Level, LevelMessage, Network, RebuiltMessage, Rollup,
  SimulatedAssertion, SimulatedLeg, Simulation, Status, Tick, TickBundle, TickMessage,
} from './types.js'
