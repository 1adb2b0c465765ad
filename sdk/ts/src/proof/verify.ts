import { type Hash, type Hex } from 'viem'
import { bundleId, decodeBundle, type Atomicity } from '../core/bundle.js'
import { type Checkpoint } from '../core/checkpoint.js'
import { limits } from '../core/limits.js'
import { merkleRoot } from '../core/merkle.js'
import { ProofError } from './errors.js'
import { parseProof, type BundleProof, type RangeProof, type TransactionProof } from './format.js'
import { checkLane } from './lane.js'
import { checkParts, checkPlace, checkZonesUsed, itemLeaf, positionOf, type CheckedLane, type Position } from './place.js'
import { checkAnchor, newestOf, type Trust } from './trust.js'

/** What a proof proves; the field of its kind is set. */
export type Fact = {
  /** The newest checkpoint that the proof ends in. */
  checkpoint: Checkpoint
  transaction?: Position
  bundle?: BundleFact
  range?: RangeFact
}

/** What a bundle's proof proves. */
export type BundleFact = {
  id: Hash
  atomicity: Atomicity
  /** The tick that ordered it. */
  tick: number
  /** The legs, in the bundle's order. */
  legs: Position[]
  /** Whether all legs were included; missing unless all their outcomes are proven. */
  included?: boolean
}

/** What a range's proof proves: that the positions first to next-1 are these, and no others. */
export type RangeFact = {
  rollup: number
  first: number
  next: number
  /** The lane heads before first and next; ranges that follow each other share one. */
  before: Hash
  after: Hash
  positions: Position[]
}

/**
 * Checks a proof of any kind and gives what it proves. Nothing but `trust` is believed: not the node that the proof comes
 * from, and nothing that is asked of a network while it is checked.
 *
 * @param proof - What `lockstep_getProof` or `lockstep_getLaneProof` answers, as text or parsed, or the binary encoding.
 * @param trust - The network and its signers, by {@link trustGenesis} or {@link trustCheckpoint}.
 * @throws {@link ProofError} whose `kind` says what is wrong.
 */
export async function verifyProof(proof: unknown, trust: Trust): Promise<Fact> {
  const p = parseProof(proof)
  if ('range' in p) return { checkpoint: p.range.anchor.order.checkpoint, range: await verifyRange(p.range, trust) }
  if ('bundle' in p) return { checkpoint: newestOf(p.bundle.anchor), bundle: await verifyBundle(p.bundle, trust) }
  return { checkpoint: newestOf(p.transaction.anchor), transaction: await verifyTransaction(p.transaction, trust) }
}

async function verifyTransaction(p: TransactionProof, trust: Trust): Promise<Position> {
  await checkAnchor(p.anchor, trust)
  if (!p.place.outcome && p.anchor.result) throw new ProofError('format', 'a checkpoint for an outcome that is not there')
  const lanes = checkParts([p.lane], p.zones, p.anchor.order.checkpoint, newestOf(p.anchor))
  const position = checkPlace(p.place, { rollup: p.lane.rollup, tx: p.tx, bundle: p.bundle, leg: p.leg }, lanes, p.zones)
  checkZonesUsed(p.zones, [p.place])
  return position
}

async function verifyBundle(p: BundleProof, trust: Trust): Promise<BundleFact> {
  await checkAnchor(p.anchor, trust)
  const bundle = decoded(p.bundle)
  if (p.legs.length === 0 || p.legs.length !== bundle.legs.length) {
    throw new ProofError('bundle', `${p.legs.length} places for ${bundle.legs.length} legs`)
  }
  const lanes = checkParts(p.lanes, p.zones, p.anchor.order.checkpoint, newestOf(p.anchor))
  const id = bundleId(bundle, trust.networkId)
  const legs = p.legs.map((place, i) => {
    const { rollup, tx } = bundle.legs[i]!
    return checkPlace(place, { rollup, tx, bundle: id, leg: i }, lanes, p.zones)
  })
  return checkWhole(p, lanes, { id, atomicity: bundle.atomicity, tick: legs[0]!.tick, legs })
}

function decoded(encoded: Hex) {
  try {
    return decodeBundle(encoded)
  } catch (error) {
    throw new ProofError('format', `bundle: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Checks that the legs belong together and that nothing else is in the proof. */
function checkWhole(p: BundleProof, lanes: readonly CheckedLane[], fact: BundleFact): BundleFact {
  const unused = lanes.find((l) => !l.used)
  if (unused) throw new ProofError('format', `no leg is on rollup ${unused.rollup}`)
  checkZonesUsed(p.zones, p.legs)
  const strayed = fact.legs.findIndex((leg) => leg.tick !== fact.tick)
  if (strayed >= 0) throw new ProofError('bundle', `legs[${strayed}] is in tick ${fact.legs[strayed]!.tick}, legs[0] in tick ${fact.tick}`)
  const decided = fact.legs.filter((leg) => leg.decided !== undefined)
  const included = decided.filter((leg) => leg.decided?.code === 'included').length
  const [known, all] = [decided.length, fact.legs.length]
  if (fact.atomicity === 'execution' && known > 0 && known < all) throw new ProofError('bundle', `outcomes of ${known} of ${all} legs`)
  if (known === 0 && p.anchor.result) throw new ProofError('format', 'a checkpoint for outcomes that are not there')
  if (fact.atomicity === 'execution' && included > 0 && included < known) {
    throw new ProofError('halfBundle', `bundle ${fact.id}: ${included} legs included, ${known - included} void`)
  }
  return known === all ? { ...fact, included: included === all } : fact
}

async function verifyRange(p: RangeProof, trust: Trust): Promise<RangeFact> {
  if (p.anchor.result) throw new ProofError('format', 'a checkpoint for outcomes that are not there')
  if (p.items.length === 0 || p.items.length > limits.items) {
    throw new ProofError('format', `${p.items.length} items, want 1 to ${limits.items}`)
  }
  await checkAnchor(p.anchor, trust)
  const { rollup, firstSeq, before } = p.lane
  const rows = checkLane(p.lane, p.anchor.order.checkpoint)
  const fact: RangeFact = { rollup, first: firstSeq, next: firstSeq, before, after: before, positions: [] }
  for (let [i, done] = [0, 0]; done < p.items.length; i++) {
    const row = rows[i]
    if (!row || p.items.length - done < row.count) {
      throw new ProofError('position', `rollup ${rollup}: ${p.items.length - done} items do not fill the row at seq ${fact.next}`)
    }
    const items = p.items.slice(done, done + row.count).map((item) => ({ ...item, rollup }))
    if (merkleRoot(items.map(itemLeaf)) !== row.root) {
      throw new ProofError('position', `rollup ${rollup}: tick ${row.tick} ordered other items from seq ${row.firstSeq} on`)
    }
    fact.positions.push(...items.map((item, at) => positionOf(item, row.firstSeq + at, row.tick)))
    done += row.count
    ;[fact.next, fact.after] = [row.firstSeq + row.count, row.head]
  }
  return fact
}
