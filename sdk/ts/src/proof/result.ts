import { type Hash } from 'viem'
import { type Checkpoint } from '../core/checkpoint.js'
import { taggedHash, u64 } from '../core/hash.js'
import { limits } from '../core/limits.js'
import { branchRoot } from '../core/merkle.js'
import { ProofError } from './errors.js'
import { type ProvenOutcome, type Zone } from './format.js'

/** Checks that a zone's results lead to the checkpoint's digest. */
export function checkZone(z: Zone, c: Checkpoint): void {
  const end = c.results.find((r) => r.zone === z.zone)
  if (end === undefined || end.tick === 0) throw new ProofError('result', `checkpoint ${c.tick} has no result of zone ${z.zone}`)
  if (z.first === 0 || z.first > end.tick || end.tick - z.first >= limits.ticks) {
    throw new ProofError('format', `zone ${z.zone}: ticks ${z.first} to ${end.tick}, at most ${limits.ticks}`)
  }
  let [digest, tick] = [z.before, z.first]
  for (const [i, run] of z.runs.entries()) {
    if (run.count === 0 || run.count > end.tick + 1 - tick || (i > 0 && run.root === z.runs[i - 1]!.root)) {
      throw new ProofError('format', `zone ${z.zone}: runs[${i}]: ${run.count} ticks from tick ${tick}, result is of tick ${end.tick}`)
    }
    for (const behind = tick + run.count; tick < behind; tick++) {
      digest = taggedHash('zoneDigest', c.networkId, u64(z.zone), digest, u64(tick), run.root)
    }
  }
  if (tick !== end.tick + 1 || digest !== end.digest) {
    throw new ProofError('result', `zone ${z.zone}: ${digest} before tick ${tick}, want ${end.digest} before tick ${end.tick + 1}`)
  }
}

/** What an outcome is about. */
export type OutcomeOf = { rollup: number; seq: number; txHash: Hash; bundle: Hash }

/** Checks that a position got this outcome. */
export function checkOutcome(o: ProvenOutcome, of: OutcomeOf, zones: readonly Zone[]): void {
  const name = `rollup ${of.rollup} seq ${of.seq}`
  const leaf = taggedHash('outcome', u64(of.rollup), u64(of.seq), of.txHash, u64(o.code), of.bundle, o.receiptHash)
  const outcomesRoot = branchRoot(o.branch, leaf)
  if (outcomesRoot === undefined) throw new ProofError('format', `${name}: branch`)
  const r = o.result
  if (outcomesRoot !== r.outcomesRoot || r.rollup !== of.rollup) throw new ProofError('outcome', `${name}: not in the outcomes root`)
  const result = taggedHash(
    'rollupResult', u64(r.rollup), u64(r.nextSeq), u64(r.firstUnapplied), r.outcomesRoot, r.receiptsRoot, r.lastSealed,
  )
  const root = branchRoot(o.resultBranch, result)
  if (root === undefined) throw new ProofError('format', `${name}: resultBranch`)
  if (!zones.some((z) => z.zone === o.zone && rootOf(z, o.tick) === root)) {
    throw new ProofError('outcome', `${name}: its result is not in the root of zone ${o.zone}, tick ${o.tick}`)
  }
}

/** The results root of a tick. */
function rootOf(z: Zone, tick: number): Hash | undefined {
  let at = tick - z.first
  if (at < 0) return undefined
  for (const run of z.runs) {
    if (at < run.count) return run.root
    at -= run.count
  }
  return undefined
}
