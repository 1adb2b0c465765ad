import { concatHex, fromRlp, sliceHex, toHex, toRlp, type Hex } from 'viem'

/** What RLP holds: a byte string or a list. */
export type RlpItem = Hex | readonly RlpItem[]

/** The version byte of every encoding. */
export const encodingVersion = 1

/** The kinds of encodings that this package reads or writes, as in `core/encoding.go`. */
export const kinds = {
  bundle: 0x02,
  ledgerValue: 0x50,
  genesis: 0x70,
  transactionProof: 0x80,
  bundleProof: 0x81,
  rangeProof: 0x82,
} as const

/** An unsigned integer as RLP has it: big-endian without leading zeros. */
export function rlpUint(n: number | bigint): Hex {
  return BigInt(n) === 0n ? '0x' : evenHex(toHex(n))
}

/** A boolean as RLP has it. */
export function rlpBool(b: boolean): Hex {
  return b ? '0x01' : '0x'
}

/** version ‖ kind ‖ RLP(item). */
export function encode(kind: number, item: RlpItem): Hex {
  return concatHex([toHex(encodingVersion, { size: 1 }), toHex(kind, { size: 1 }), encodeRlp(item)])
}

/** The kind of an encoding; undefined if it is too short or of another version. */
export function kindOf(encoded: Hex): number | undefined {
  if (encoded.length < 6 || Number.parseInt(encoded.slice(2, 4), 16) !== encodingVersion) return undefined
  return Number.parseInt(encoded.slice(4, 6), 16)
}

/** Reads what {@link encode} wrote, and throws for anything else: there is one encoding of each value. */
export function decode(kind: number, encoded: Hex): RlpItem {
  if (kindOf(encoded) !== kind) throw new Error(`not an encoding of version ${encodingVersion}, kind ${kind}`)
  return decodeRlp(sliceHex(encoded, 2))
}

/** RLP of an item. */
export function encodeRlp(item: RlpItem): Hex {
  return toRlp(item as Parameters<typeof toRlp>[0], 'hex') as Hex
}

/** Reads canonical RLP, and throws for anything else. */
export function decodeRlp(encoded: Hex): RlpItem {
  const item = fromRlp(encoded, 'hex') as RlpItem
  if (encodeRlp(item) !== encoded.toLowerCase()) throw new Error('not canonical RLP')
  return item
}

function evenHex(hex: Hex): Hex {
  return hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`
}
