/**
 * Bundles across rollups, levels and proofs of a Lockstep network, as an extension of viem.
 *
 * @module
 */
export * from './proof/index.js'
export { lockstepActions, type LockstepActions } from './decorators/network.js'
export { lockstepWalletActions, type LockstepWalletActions } from './decorators/wallet.js'
export {
  getCheckpoint, getControl, getFinality, getGenesis, getInclusionProof, getLaneProof, getNetwork, getStatus, getTick, sendBundle, simulateBundle,
  submitControl,
  type GetFinalityParameters, type GetProofParameters,
} from './actions/network.js'
export { hasReached, waitForLevel, type WaitForLevelParameters } from './actions/waitForLevel.js'
export { watchLevels, type WatchLevelsParameters } from './actions/watchLevels.js'
export { watchTicks, type WatchTicksParameters } from './actions/watchTicks.js'
export { signBundle, type SignBundleParameters, type SignedBundle, type UnsignedLeg } from './actions/signBundle.js'
export {
  cancelBundle, replaceBundle, signCancellation, signReplacement, type ReplacementParameters, type SignedReplacement,
} from './actions/replacement.js'
export {
  cancelIntent, getIntent, getIntents, signIntent, signIntentCancellation, submitIntent, submitSolution,
  type CancelIntentParameters, type SignedIntent, type SignIntentParameters,
} from './actions/intents.js'
export { watchIntents, type WatchIntentsParameters } from './actions/watchIntents.js'
export { rollupChain, rollupClient, rollupUrl, type RollupClients } from './actions/rollup.js'
export { session, type Session } from './actions/session.js'
export { type LockstepClient } from './actions/request.js'
export { assertionsAbi, assertStorage, mappingSlot, type Assertion } from './core/assertion.js'
export { bundleId, decodeBundle, encodeBundle, type Atomicity, type Bundle, type SignedLeg } from './core/bundle.js'
export { bundleCommitment, type BundleCommitmentParameters, type CommittedLeg, type LegType } from './core/commitment.js'
export {
  cancelCall, claimCall, claimedSlot, decodeIntent, encodeFill, encodeIntent, fillCall, filledSlot, fillKey, fillTerms, intentCancellation, intentOrder, intentTypedData, intentTypeHash, minOutput,
  openForCall, orderId, refundCall, unpadAddress, type Fill, type Intent, type IntentOrder, type IntentOrderParameters,
} from './core/intent.js'
export { deliverCall, messageId, sentSlot, type Message } from './core/message.js'
export { paidSlot, payCall, swapId, type SwapSide, type SwapTerms } from './core/swap.js'
export {
  DroppedError, IntentError, isLockstepError, LockstepRpcError, rpcErrors, SignBundleError, WaitForLevelTimeoutError,
  type RpcErrorData, type RpcErrorReason,
} from './errors/rpc.js'
export { contractAddresses, inboxAbi, intentSettlerAbi, outboxAbi, swapAbi, tokenBridgeAbi } from './gen/contracts.js'
export type {
  Attempt, Attested, Change, CheckpointView, Control, ControlReceipt, ErrorMessage, ErrorView, ExecutedMessage, FeedMessage, Finality, IntentFill, IntentMessage, IntentSolution,
  IntentStatus, IntentView, Level, LevelMessage, Network, RebuiltMessage, Rollup,
  SimulatedAssertion, SimulatedLeg, Simulation, Status, Tick, TickBundle, TickMessage, ToldBlock,
} from './types.js'
