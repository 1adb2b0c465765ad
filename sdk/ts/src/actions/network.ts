import { type Hash, type Hex } from 'viem'
import { wireForm, type Bundle } from '../core/bundle.js'
import { type CheckpointView, type Control, type ControlReceipt, type Finality, type Network, type Simulation, type Status, type Tick } from '../types.js'
import { request, type LockstepClient } from './request.js'

/** The network and how far it and the asked node are: validators, zones, rollups, pool. */
export function getNetwork(client: LockstepClient): Promise<Network> {
  return request(client, 'lockstep_status')
}

/**
 * The JSON of the network's genesis. Whoever checks a node's proofs against its own answer trusts that node: give the id that
 * you know of the network to `trustGenesis`.
 */
export function getGenesis(client: LockstepClient): Promise<unknown> {
  return request(client, 'lockstep_getGenesis')
}

/** What a tick ordered, for each lane in execution order, with the fate of each position as it is known now. */
export function getTick(client: LockstepClient, { number = 'latest' }: { number?: number | 'latest' } = {}): Promise<Tick> {
  return request(client, 'lockstep_getTick', [number])
}

/** The checkpoint of a slot's first tick with the signatures of more than 2/3 of the power; the newest without a slot. */
export function getCheckpoint(client: LockstepClient, { slot = 'latest' }: { slot?: number | 'latest' | 'earliest' } = {}): Promise<CheckpointView> {
  return request(client, 'lockstep_getCheckpoint', [slot])
}

export type GetFinalityParameters = {
  /** A rollup whose operator tells its blocks: an OP Stack chain, or an opaque one with an operator. */
  rollup: number
  /** Its number (the newest that was told of it) or hash. @default 'latest' */
  block?: number | Hash | 'latest'
  /** How many L1 blocks deep the L1 origin of a safe block is. @default 10 */
  depth?: number
}

/** How firm a block of a chain is that keeps its own sequencer. */
export function getFinality(client: LockstepClient, { rollup, block = 'latest', depth }: GetFinalityParameters): Promise<Finality> {
  return request(client, 'lockstep_getFinality', [rollup, block, ...(depth === undefined ? [] : [depth])])
}

/** The changes of the network that were ordered, from a sequence on: those that wait and those of the past. */
export function getControl(client: LockstepClient, { from }: { from?: number } = {}): Promise<Control> {
  return request(client, 'lockstep_getControl', from === undefined ? [] : [from])
}

/** Brings a control entry, encoded, that validators with more than 2/3 of the power have signed; {@link getControl} tells when it took effect. */
export function submitControl(client: LockstepClient, { control }: { control: Hex }): Promise<ControlReceipt> {
  return request(client, 'lockstep_submitControl', [control])
}

/** What became of a transaction or bundle: every place at which it was ordered, with outcome and receipt. */
export function getStatus(client: LockstepClient, { id }: { id: Hash }): Promise<Status> {
  return request(client, 'lockstep_getStatus', [id])
}

/** Checks a bundle of signed legs and puts it into the node's pool. The answer does not wait for a tick. */
export async function sendBundle(client: LockstepClient, bundle: Bundle): Promise<Hash> {
  return (await request<{ bundleId: Hash }>(client, 'lockstep_sendBundle', [wireForm(bundle)])).bundleId
}

/** Executes a bundle on the newest executed state and drops it. That a leg fails is a result, not an error. */
export function simulateBundle(client: LockstepClient, bundle: Bundle): Promise<Simulation> {
  return request(client, 'lockstep_simulateBundle', [wireForm(bundle)])
}

export type GetProofParameters = {
  /** A bundle id or a transaction hash; or a lane position by `rollup` and `seq`. */
  id?: Hash
  rollup?: number
  seq?: number
  /** How long to wait, in ms, for a checkpoint that covers it. @default 0 */
  wait?: number
  /** Leaves the outcomes out, which needs one checkpoint less. @default false */
  orderOnly?: boolean
}

/** The proof of what was ordered and what became of it, for {@link verifyProof}. */
export function getInclusionProof(client: LockstepClient, { id, rollup, seq, wait = 0, orderOnly = false }: GetProofParameters): Promise<unknown> {
  const position = id ?? seq
  return request(client, 'lockstep_getProof', [...(rollup === undefined ? [] : [rollup]), position, { waitMs: wait, orderOnly }])
}

/** A lane's items from one position on with the proof that they are all there is; it may end before `to`. */
export function getLaneProof(
  client: LockstepClient,
  { rollup, from, to, wait = 0 }: { rollup: number; from: number; to: number; wait?: number },
): Promise<unknown> {
  return request(client, 'lockstep_getLaneProof', [rollup, from, to, { waitMs: wait }])
}
