import { type Hash, type Hex } from 'viem'
import { type Bundle } from '../core/bundle.js'
import {
  getCheckpoint, getControl, getFinality, getGenesis, getInclusionProof, getLaneProof, getNetwork, getStatus, getTick, sendBundle, simulateBundle,
  submitControl,
  type GetFinalityParameters, type GetProofParameters,
} from '../actions/network.js'
import { getIntent, getIntents, submitIntent, submitSolution, type SignedIntent } from '../actions/intents.js'
import { type LockstepClient } from '../actions/request.js'
import { waitForLevel, type WaitForLevelParameters } from '../actions/waitForLevel.js'
import { watchIntents, type WatchIntentsParameters } from '../actions/watchIntents.js'
import { watchLevels, type WatchLevelsParameters } from '../actions/watchLevels.js'
import { watchTicks, type WatchTicksParameters } from '../actions/watchTicks.js'
import { type CheckpointView, type Control, type ControlReceipt, type Finality, type IntentSolution, type IntentView, type Network, type Simulation, type Status, type Tick } from '../types.js'

/** What {@link lockstepActions} adds to a client whose transport leads to a gateway's root. */
export type LockstepActions = {
  /** {@link getNetwork} */
  getNetwork(): Promise<Network>
  /** {@link getGenesis} */
  getGenesis(): Promise<unknown>
  /** {@link getTick} */
  getTick(parameters?: { number?: number | 'latest' }): Promise<Tick>
  /** {@link getCheckpoint} */
  getCheckpoint(parameters?: { slot?: number | 'latest' | 'earliest' }): Promise<CheckpointView>
  /** {@link getFinality} */
  getFinality(parameters: GetFinalityParameters): Promise<Finality>
  /** {@link getControl} */
  getControl(parameters?: { from?: number }): Promise<Control>
  /** {@link submitControl} */
  submitControl(parameters: { control: Hex }): Promise<ControlReceipt>
  /** {@link getStatus} */
  getStatus(parameters: { id: Hash }): Promise<Status>
  /** {@link waitForLevel} */
  waitForLevel(parameters: WaitForLevelParameters): Promise<Status>
  /** {@link watchLevels} */
  watchLevels(parameters: WatchLevelsParameters): () => void
  /** {@link watchTicks} */
  watchTicks(parameters: WatchTicksParameters): () => void
  /** {@link sendBundle} */
  sendBundle(bundle: Bundle): Promise<Hash>
  /** {@link simulateBundle} */
  simulateBundle(bundle: Bundle): Promise<Simulation>
  /** {@link getInclusionProof} */
  getInclusionProof(parameters: GetProofParameters): Promise<unknown>
  /** {@link getLaneProof} */
  getLaneProof(parameters: { rollup: number; from: number; to: number; wait?: number }): Promise<unknown>
  /** {@link submitIntent} */
  submitIntent(signed: SignedIntent): Promise<Hash>
  /** {@link getIntent} */
  getIntent(parameters: { orderId: Hash }): Promise<IntentView>
  /** {@link getIntents} */
  getIntents(): Promise<IntentView[]>
  /** {@link watchIntents} */
  watchIntents(parameters: WatchIntentsParameters): () => void
  /** {@link submitSolution} */
  submitSolution(parameters: { orderId: Hash; bundle: Bundle }): Promise<IntentSolution>
}

/**
 * The network's own methods, for clients of viem: `createPublicClient({ transport: http(gateway) }).extend(lockstepActions())`. The
 * rollups' Ethereum JSON-RPC is at {@link rollupUrl}.
 */
export function lockstepActions() {
  return (client: LockstepClient): LockstepActions => ({
    getNetwork: () => getNetwork(client),
    getGenesis: () => getGenesis(client),
    getTick: (parameters) => getTick(client, parameters),
    getCheckpoint: (parameters) => getCheckpoint(client, parameters),
    getFinality: (parameters) => getFinality(client, parameters),
    getControl: (parameters) => getControl(client, parameters),
    submitControl: (parameters) => submitControl(client, parameters),
    getStatus: (parameters) => getStatus(client, parameters),
    waitForLevel: (parameters) => waitForLevel(client, parameters),
    watchLevels: (parameters) => watchLevels(client, parameters),
    watchTicks: (parameters) => watchTicks(client, parameters),
    sendBundle: (bundle) => sendBundle(client, bundle),
    simulateBundle: (bundle) => simulateBundle(client, bundle),
    getInclusionProof: (parameters) => getInclusionProof(client, parameters),
    getLaneProof: (parameters) => getLaneProof(client, parameters),
    submitIntent: (signed) => submitIntent(client, signed),
    getIntent: (parameters) => getIntent(client, parameters),
    getIntents: () => getIntents(client),
    watchIntents: (parameters) => watchIntents(client, parameters),
    submitSolution: (parameters) => submitSolution(client, parameters),
  })
}
