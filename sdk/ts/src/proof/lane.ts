import { type Hash } from 'viem'
import { type Checkpoint } from '../core/checkpoint.js'
import { hash, struct, uint } from '../core/codec.js'
import { taggedHash, u64 } from '../core/hash.js'
import { limits } from '../core/limits.js'
import { decode, kinds } from '../core/rlp.js'
import { ProofError } from './errors.js'
import { type Lane } from './format.js'
import { ledgerValue } from './ledger.js'

/** What one tick added to a lane, with its place. */
export type Row = { tick: number; firstSeq: number; count: number; root: Hash; head: Hash }

/** The ledger's value of a lane. */
const laneState = struct({ nextSeq: uint(), head: hash, tick: uint() })
const laneSpace = 0x21

/** Checks that the rows end in the lane head of the checkpoint's ledger, and gives them with their places. */
export function checkLane(lane: Lane, c: Checkpoint): [Row, ...Row[]] {
  const name = `rollup ${lane.rollup}`
  if (lane.rows.length === 0 || lane.rows.length > limits.rows) {
    throw new ProofError('format', `${name}: ${lane.rows.length} rows, want 1 to ${limits.rows}`)
  }
  const rows: Row[] = []
  let [tick, seq, head] = [0, lane.firstSeq, lane.before]
  for (const [i, { gap, count, root }] of lane.rows.entries()) {
    tick += gap
    if (gap === 0 || count === 0 || !Number.isSafeInteger(tick) || !Number.isSafeInteger(seq + count)) {
      throw new ProofError('format', `${name}: rows[${i}]: gap ${gap}, count ${count}`)
    }
    head = taggedHash('lane', c.networkId, u64(lane.rollup), head, u64(tick), u64(seq), u64(count), root)
    rows.push({ tick, firstSeq: seq, count, root, head })
    seq += count
  }
  const state = readState(lane, c)
  if (state.nextSeq !== seq || state.head !== head || state.tick !== tick || tick > c.tick) {
    throw new ProofError(
      'lane',
      `${name}: the ledger's is ${state.nextSeq} ${state.head} of tick ${state.tick}, the rows' ${seq} ${head} of tick ${tick}`,
    )
  }
  return rows as [Row, ...Row[]]
}

function readState(lane: Lane, c: Checkpoint) {
  const path = taggedHash('ledgerKey', Uint8Array.of(laneSpace), u64(lane.rollup))
  try {
    return laneState.rlp(decode(kinds.ledgerValue, ledgerValue(c.ledgerRoot, path, lane.ledger)), 'state')
  } catch (error) {
    throw new ProofError('lane', `rollup ${lane.rollup}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
