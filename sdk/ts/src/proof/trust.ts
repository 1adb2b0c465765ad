import { type Hash } from 'viem'
import {
  checkpointProblem, handover, signatureProblem, validatorSetHash, validatorSetProblem,
  type Checkpoint, type Handover, type SignedCheckpoint, type ValidatorSet,
} from '../core/checkpoint.js'
import { networkIdOf, validatorSetOf } from '../core/genesis.js'
import { limits } from '../core/limits.js'
import { ProofError } from './errors.js'
import { type Anchor } from './format.js'

/** What a verifier believes without proof: the network, and who signs its checkpoints from some tick on. */
export type Trust = {
  readonly networkId: Hash
  /** The trusted checkpoint's tick; zero for a genesis. */
  readonly tick: number
  readonly set: ValidatorSet
}

/**
 * Trusts a genesis: the network is its hash, and its validators sign the first checkpoint.
 *
 * @param genesis - The text of `genesis.json`, or the parsed JSON. It may come from anywhere if `networkId` is given.
 * @param options.networkId - The id that is known to be the network's; a genesis of another one is refused.
 */
export function trustGenesis(genesis: unknown, options: { networkId?: Hash } = {}): Trust {
  try {
    const networkId = networkIdOf(genesis)
    if (options.networkId !== undefined && networkId !== options.networkId.toLowerCase()) {
      throw new ProofError('network', `the genesis is of network ${networkId}, want ${options.networkId}`)
    }
    const set = validatorSetOf(genesis)
    const problem = validatorSetProblem(set)
    if (problem) throw new Error(problem)
    return { networkId, tick: 0, set }
  } catch (error) {
    throw error instanceof ProofError ? error : new ProofError('format', error instanceof Error ? error.message : String(error))
  }
}

/**
 * Trusts a checkpoint as if it were the genesis: the set that it names signs from there on. Signatures are not looked at.
 *
 * @param trusted - A checkpoint with the set whose hash it holds, as `lockstep_getCheckpoint` gives them.
 */
export function trustCheckpoint(trusted: { checkpoint: Checkpoint; nextSigners: ValidatorSet }): Trust {
  const h = parse(trusted)
  checkHandover(h, 'the checkpoint')
  return { networkId: h.signed.checkpoint.networkId, tick: h.signed.checkpoint.tick, set: h.next }
}

function parse({ checkpoint, nextSigners }: { checkpoint: Checkpoint; nextSigners: ValidatorSet }): Handover {
  try {
    return handover.json({ signed: { checkpoint, signatures: [] }, next: nextSigners }, 'trusted')
  } catch (error) {
    throw new ProofError('format', error instanceof Error ? error.message : String(error))
  }
}

function checkHandover(h: Handover, name: string): void {
  const { checkpoint } = h.signed
  const problem = checkpointProblem(checkpoint) ?? validatorSetProblem(h.next)
  if (problem) throw new ProofError('format', `${name}: ${problem}`)
  if (validatorSetHash(h.next) !== checkpoint.validatorSet) {
    throw new ProofError('format', `${name}: the set is not the one that checkpoint ${checkpoint.tick} names`)
  }
}

/** Goes from the trusted set through checkpoints that name the next one each, to the trust in the last. */
async function follow(trust: Trust, handovers: readonly Handover[]): Promise<Trust> {
  let last = 0
  for (const [i, h] of handovers.entries()) {
    const { tick } = h.signed.checkpoint
    checkHandover(h, `handovers[${i}]`)
    if (tick <= last) throw new ProofError('format', `handovers[${i}]: ticks do not ascend`)
    last = tick
    if (last <= trust.tick) continue // what it led to is already trusted
    await check(trust, h.signed)
    trust = { ...trust, tick: last, set: h.next }
  }
  return trust
}

async function check(trust: Trust, signed: SignedCheckpoint): Promise<void> {
  const { networkId, tick } = signed.checkpoint
  if (networkId !== trust.networkId) throw new ProofError('network', `checkpoint ${tick} is of network ${networkId}, want ${trust.networkId}`)
  const problem = await signatureProblem(signed, trust.set)
  if (problem) throw new ProofError('checkpoint', `checkpoint ${tick}: ${problem}`)
}

/** The anchor's newest checkpoint, in which results end. */
export function newestOf(anchor: Anchor): Checkpoint {
  return (anchor.result ?? anchor.order).checkpoint
}

/** Checks all signatures of an anchor. */
export async function checkAnchor(anchor: Anchor, trust: Trust): Promise<void> {
  const [order, newest] = [anchor.order.checkpoint.tick, newestOf(anchor).tick]
  if (anchor.result && newest <= order) {
    throw new ProofError('format', `the results' checkpoint ${newest} is not after the lanes' ${order}`)
  }
  const { handovers } = anchor
  if (handovers.length > limits.handovers) throw new ProofError('format', `${handovers.length} handovers, at most ${limits.handovers}`)
  const late = handovers.findIndex((h) => h.signed.checkpoint.tick >= order)
  const last = handovers.at(-1)
  if (last && last.signed.checkpoint.tick >= newest) {
    throw new ProofError('format', `handover ${last.signed.checkpoint.tick} is not before checkpoint ${newest}`)
  }
  const atOrder = await follow(trust, late < 0 ? handovers : handovers.slice(0, late))
  await check(atOrder, anchor.order)
  if (anchor.result) await check(await follow(trust, handovers), anchor.result)
}
