import { type Hash, type Hex } from 'viem'
import { type Checkpoint } from '../core/checkpoint.js'
import { keccak, taggedHash, u64 } from '../core/hash.js'
import { verifyMerklePath } from '../core/merkle.js'
import { outcomeNameOf, type OutcomeName } from '../core/outcome.js'
import { ProofError } from './errors.js'
import { type Lane, type Place, type Zone } from './format.js'
import { checkLane, type Row } from './lane.js'
import { checkOutcome, checkZone } from './result.js'

/** A fact about a lane position. */
export type Position = {
  rollup: number
  seq: number
  /** The tick that ordered it. */
  tick: number
  txHash: Hash
  /** The transaction's canonical bytes. */
  tx: Hex
  /** The bundle it is a leg of, zero for singles, and its index there. */
  bundle: Hash
  leg: number
  /** What became of it; missing where only the order is proven. */
  decided?: Decision
}

/** What became of a lane position. */
export type Decision = {
  /** The tick that decided. */
  tick: number
  code: OutcomeName
  /** keccak256 of the receipt's consensus encoding (EIP-2718); zero when void. */
  receiptHash: Hash
}

/** A lane whose rows were checked. */
export type CheckedLane = { rollup: number; first: Row; used: boolean }

/** Checks lanes and zones by themselves; both ascend. */
export function checkParts(lanes: readonly Lane[], zones: readonly Zone[], order: Checkpoint, result: Checkpoint): CheckedLane[] {
  const checked = lanes.map((lane, i) => {
    if (i > 0 && lanes[i - 1]!.rollup >= lane.rollup) throw new ProofError('format', 'lanes do not ascend')
    return { rollup: lane.rollup, first: checkLane(lane, order)[0], used: false }
  })
  for (const [i, z] of zones.entries()) {
    if (i > 0 && zones[i - 1]!.zone >= z.zone) throw new ProofError('format', 'zones do not ascend')
    checkZone(z, result)
  }
  return checked
}

/** A lane item whose place is to be checked. */
export type Item = { rollup: number; tx: Hex; bundle: Hash; leg: number }

/** The leaf of an item in its tick's lane tree. */
export function itemLeaf(item: Item): Hash {
  return taggedHash('laneItem', item.bundle, u64(item.leg), keccak(item.tx))
}

/** An item as a fact. */
export function positionOf(item: Item, seq: number, tick: number): Position {
  return { rollup: item.rollup, seq, tick, txHash: keccak(item.tx), tx: item.tx, bundle: item.bundle, leg: item.leg }
}

/** Checks that an item stands at its place in the first row of its lane, and its outcome. */
export function checkPlace(p: Place, item: Item, lanes: CheckedLane[], zones: readonly Zone[]): Position {
  const lane = lanes.find(({ rollup, first }) => rollup === item.rollup && p.seq >= first.firstSeq && p.seq - first.firstSeq < first.count)
  const row = lane?.first
  if (!lane || !row || !verifyMerklePath(row.root, itemLeaf(item), p.seq - row.firstSeq, row.count, p.path)) {
    throw new ProofError('position', `rollup ${item.rollup} seq ${p.seq}: ${keccak(item.tx)}`)
  }
  lane.used = true
  const position = positionOf(item, p.seq, row.tick)
  const o = p.outcome
  if (o === undefined) return position
  if (o.tick < row.tick) {
    throw new ProofError('outcome', `rollup ${item.rollup} seq ${p.seq}: decided in tick ${o.tick}, ordered in tick ${row.tick}`)
  }
  checkOutcome(o, position, zones)
  return { ...position, decided: { tick: o.tick, code: outcomeNameOf(o.code), receiptHash: o.receiptHash } }
}

/** Checks that every zone begins with the first tick that an outcome of it was decided in: a proof holds nothing for show. */
export function checkZonesUsed(zones: readonly Zone[], places: readonly Place[]): void {
  for (const z of zones) {
    const ticks = places.flatMap((p) => (p.outcome && p.outcome.zone === z.zone ? [p.outcome.tick] : []))
    const first = ticks.length > 0 ? Math.min(...ticks) : 0
    if (first !== z.first) throw new ProofError('format', `zone ${z.zone} begins with tick ${z.first}, its first outcome is of tick ${first}`)
  }
}
