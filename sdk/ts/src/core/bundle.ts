import { type Hash, type Hex } from 'viem'
import { bytes, CodecError, hash, list, struct, uint, type Codec } from './codec.js'
import { taggedHash, zeroHash } from './hash.js'
import { decode, encode, kinds, rlpBool, rlpUint } from './rlp.js'

/** What "all or nothing" means for a bundle: every leg takes effect, or every leg is ordered in one tick. */
export type Atomicity = 'execution' | 'inclusion'

const atomicities = { execution: 1, inclusion: 2 } as const

/** The number of an atomicity in encodings. */
export function atomicityNumber(a: Atomicity): number {
  return atomicities[a]
}

/** One signed transaction of a bundle. */
export type SignedLeg = {
  rollup: number
  /** The signed transaction's canonical bytes. */
  tx: Hex
  /** Lets the bundle stand although this leg's execution reverts. A void leg always voids the bundle. */
  mayRevert?: boolean
}

/** A bundle as `lockstep_sendBundle` takes it. */
export type Bundle = {
  atomicity: Atomicity
  /** The consensus time (ms since the Unix epoch) from which on a tick may hold the bundle. */
  notBefore?: number
  /** The consensus time after which no tick may hold it; at most ten minutes away. */
  notAfter: number
  /** Pins the state after this tick: the bundle may only be the first of the next one. Of execution bundles only. */
  parentTick?: number
  /** Reserved; zero. */
  bid?: number
  /** Binds protected legs to this bundle; zero, or nothing, for none. */
  commitment?: Hash
  legs: readonly SignedLeg[]
}

const atomicity: Codec<Atomicity> = {
  json: (_, path) => fail(path, 'RLP'),
  rlp: (item, path) => (item === '0x01' ? 'execution' : item === '0x02' ? 'inclusion' : fail(path, 'an atomicity')),
  toRlp: (value) => rlpUint(atomicities[value]),
}

const flag: Codec<boolean> = {
  json: (_, path) => fail(path, 'RLP'),
  rlp: (item, path) => (item === '0x01' ? true : item === '0x' ? false : fail(path, 'a boolean')),
  toRlp: rlpBool,
}

const codec = struct({
  atomicity,
  notBefore: uint(),
  notAfter: uint(),
  parentTick: uint(),
  bid: uint(),
  commitment: hash,
  legs: list(struct({ rollup: uint(), tx: bytes(), mayRevert: flag })),
})

/** The canonical encoding of a bundle: version ‖ kind ‖ RLP of the fields in order. */
export function encodeBundle(b: Bundle): Hex {
  return encode(
    kinds.bundle,
    codec.toRlp({
      notBefore: 0, parentTick: 0, bid: 0, commitment: zeroHash, ...b,
      legs: b.legs.map(({ rollup, tx, mayRevert = false }) => ({ rollup, tx, mayRevert })),
    }),
  )
}

/** Reads the canonical encoding of a bundle, and throws for anything else. */
export function decodeBundle(encoded: Hex): Required<Bundle> {
  return codec.rlp(decode(kinds.bundle, encoded), 'bundle')
}

/** The bundle id: keccak(tag ‖ networkId ‖ encoding). */
export function bundleId(b: Bundle, networkId: Hash): Hash {
  return taggedHash('bundle', networkId, encodeBundle(b))
}

/** A bundle without what only this package adds to it: the network refuses fields that it does not know. */
export function wireForm({ atomicity, notBefore, notAfter, parentTick, bid, commitment, legs }: Bundle): Bundle {
  return {
    atomicity, notAfter, ...(notBefore ? { notBefore } : {}), ...(parentTick ? { parentTick } : {}), ...(bid ? { bid } : {}),
    ...(commitment ? { commitment } : {}), legs,
  }
}

function fail(path: string, want: string): never {
  throw new CodecError(path, want)
}
