import { bytesToHex, concatBytes, hexToBytes, keccak256, type Hash, type Hex } from 'viem'

/** Domain tags of Lockstep's hashes, as in `core/tags.go`. */
export const tags = {
  genesis: 'lockstep/genesis/v1',
  bundle: 'lockstep/bundle/v1',
  commitment: 'lockstep/commitment/v1',
  lane: 'lockstep/lane/v1',
  laneItem: 'lockstep/lane-item/v1',
  outcome: 'lockstep/outcome/v1',
  rollupResult: 'lockstep/rollup-result/v1',
  zoneDigest: 'lockstep/zone-digest/v1',
  ledgerKey: 'lockstep/ledger-key/v1',
  validatorSet: 'lockstep/validator-set/v1',
} as const

export type Tag = keyof typeof tags

export const zeroHash: Hash = `0x${'00'.repeat(32)}`

const encoder = new TextEncoder()

/** What a hash is made of: bytes as they are, or as hexadecimal. */
export type Part = Hex | Uint8Array

/** keccak256 of the parts, one after the other. */
export function keccak(...parts: Part[]): Hash {
  return keccak256(concatBytes(parts.map(bytesOf)))
}

/** keccak256(tag ‖ parts…): parts of variable length must be delimited by the caller. */
export function taggedHash(tag: Tag, ...parts: Part[]): Hash {
  return keccak(encoder.encode(tags[tag]), ...parts)
}

/** The fixed-width big-endian form of n used inside hashes. */
export function u64(n: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n))
  return bytes
}

/** n as the 32 bytes of the EVM. */
export function word(n: number | bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  bytes.set(u64(n), 24)
  return bytes
}

/** keccak256 of a text. */
export function keccakText(text: string): Hash {
  return keccak(encoder.encode(text))
}

/** The UTF-8 bytes of a text as hexadecimal. */
export function textHex(text: string): Hex {
  return bytesToHex(encoder.encode(text))
}

function bytesOf(part: Part): Uint8Array {
  return typeof part === 'string' ? hexToBytes(part) : part
}
