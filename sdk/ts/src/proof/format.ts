import { type Hex } from 'viem'
import { handover, signedCheckpoint } from '../core/checkpoint.js'
import { bytes, CodecError, hash, list, optional, struct, uint, type Codec, type Infer } from '../core/codec.js'
import { limits } from '../core/limits.js'
import { decode, encode, kindOf, kinds, rlpUint } from '../core/rlp.js'
import { outcomeCodes, type OutcomeName } from '../core/outcome.js'
import { ProofError } from './errors.js'

const code: Codec<number> = {
  json(value, path) {
    if (typeof value !== 'string' || !Object.hasOwn(outcomeCodes, value)) throw new CodecError(path, 'the name of an outcome')
    return outcomeCodes[value as OutcomeName]
  },
  rlp: (item, path) => uint(0xffff).rlp(item, path),
  toRlp: rlpUint,
}

const branch = struct({ left: uint(), siblings: list(hash) })

const rollupResult = struct({
  rollup: uint(), nextSeq: uint(), firstUnapplied: uint(), outcomesRoot: hash, receiptsRoot: hash, lastSealed: hash,
})

const outcome = struct({ zone: uint(), tick: uint(), code, receiptHash: hash, branch, result: rollupResult, resultBranch: branch })
const place = struct({ seq: uint(), path: list(hash), outcome: optional(outcome) })

const lane = struct({
  rollup: uint(), firstSeq: uint(), before: hash, rows: list(struct({ gap: uint(), count: uint(), root: hash })), ledger: list(bytes()),
})

const zones = list(struct({ zone: uint(), first: uint(), before: hash, runs: list(struct({ count: uint(), root: hash })) }))
const anchor = struct({ handovers: list(handover), order: signedCheckpoint, result: optional(signedCheckpoint) })
const leg = uint(0xffff_ffff)

const transaction = struct({ anchor, tx: bytes(), bundle: hash, leg, place, lane, zones })
const bundle = struct({ anchor, bundle: bytes(), legs: list(place), lanes: list(lane), zones })
const range = struct({ anchor, lane, items: list(struct({ bundle: hash, leg, tx: bytes() })) })

export type Anchor = Infer<typeof anchor>
export type Lane = Infer<typeof lane>
export type Zone = Infer<typeof zones>[number]
export type Place = Infer<typeof place>
export type ProvenOutcome = Infer<typeof outcome>
export type TransactionProof = Infer<typeof transaction>
export type BundleProof = Infer<typeof bundle>
export type RangeProof = Infer<typeof range>

/** A proof of one of the three kinds; docs/spec/proofs.md has the fields. */
export type Proof = { transaction: TransactionProof } | { bundle: BundleProof } | { range: RangeProof }

const encodings = [
  ['transaction', kinds.transactionProof, transaction],
  ['bundle', kinds.bundleProof, bundle],
  ['range', kinds.rangeProof, range],
] as const

const version = 1

/** Reads a proof from its JSON text, the parsed JSON, or the binary encoding as hexadecimal. Errors are {@link ProofError} `format`. */
export function parseProof(proof: unknown): Proof {
  try {
    if (typeof proof !== 'string') return fromJson(proof)
    if (proof.length > 2 * limits.bytes) throw new Error(`${proof.length} characters, at most ${2 * limits.bytes}`)
    return proof.startsWith('0x') ? fromBinary(proof as Hex) : fromJson(JSON.parse(proof))
  } catch (error) {
    throw new ProofError('format', error instanceof Error ? error.message : String(error))
  }
}

/** Writes the binary encoding: version ‖ kind ‖ RLP of the fields in order. */
export function encodeProof(proof: Proof): Hex {
  for (const [name, kind, codec] of encodings) {
    const body = (proof as Record<string, unknown>)[name]
    if (body !== undefined) return encode(kind, codec.toRlp(body as never))
  }
  throw new ProofError('format', 'no kind')
}

function fromJson(value: unknown): Proof {
  if (typeof value !== 'object' || value === null) throw new CodecError('proof', 'an object')
  const { version: found, ...rest } = value as Record<string, unknown>
  if (found !== version) throw new CodecError('proof.version', String(version))
  const present = Object.entries(rest).filter(([, body]) => body !== null && body !== undefined)
  const encoding = encodings.find(([name]) => present.length === 1 && present[0]![0] === name)
  if (encoding === undefined) throw new CodecError('proof', 'one of transaction, bundle and range')
  return { [encoding[0]]: encoding[2].json(present[0]![1], encoding[0]) } as Proof
}

function fromBinary(encoded: Hex): Proof {
  const kind = kindOf(encoded)
  const encoding = encodings.find(([, k]) => k === kind)
  if (encoding === undefined) throw new Error('not an encoding of a proof')
  return { [encoding[0]]: encoding[2].rlp(decode(encoding[1], encoded), encoding[0]) } as Proof
}
