import { pad, type Address, type Hash, type Hex } from 'viem'
import { address, bytes, CodecError, hash, list, optional, struct, uint, type Codec, type Infer } from './codec.js'
import { type ValidatorSet } from './checkpoint.js'
import { taggedHash, textHex } from './hash.js'
import { encode, kinds, rlpUint, type RlpItem } from './rlp.js'

/** The kinds of rollups with their numbers, as in `core/ids.go`. */
const rollupKinds = { evm: 1, opstack: 2, opaque: 3 } as const
export type RollupKind = keyof typeof rollupKinds

const text: Codec<string> = {
  json(value, path) {
    if (typeof value !== 'string') throw new CodecError(path, 'a string')
    return value
  },
  rlp: (_, path) => fail(path, 'JSON'),
  toRlp: textHex,
}

const kind: Codec<RollupKind> = {
  json: (value, path) =>
    typeof value === 'string' && Object.hasOwn(rollupKinds, value) ? (value as RollupKind) : fail(path, 'evm, opstack or opaque'),
  rlp: (_, path) => fail(path, 'JSON'),
  toRlp: (value) => rlpUint(rollupKinds[value]),
}

/** A number as go-ethereum writes it: hexadecimal or decimal in quotes. */
function quantity(bits: number): Codec<bigint> {
  const want = `a number below 2^${bits} as a string, 0x for hexadecimal`
  return {
    json(value, path) {
      if (typeof value !== 'string' || !/^(0x[0-9a-f]+|[0-9]+)$/i.test(value)) throw new CodecError(path, want)
      const n = BigInt(value)
      return n < 1n << BigInt(bits) ? n : fail(path, want)
    },
    rlp: (_, path) => fail(path, 'JSON'),
    toRlp: rlpUint,
  }
}

type Entry<V> = [key: Hex, value: V]

/** An object whose keys are bytes, as a list sorted by them; keys may come without 0x and leading zeros. */
function sorted<V>(length: number, value: Codec<V>): Codec<Entry<V>[]> {
  return {
    json(object, path) {
      if (typeof object !== 'object' || object === null || Array.isArray(object)) throw new CodecError(path, 'an object')
      const entries = Object.entries(object).map(([key, v]): Entry<V> => [fixed(key, length, path), value.json(v, `${path}.${key}`)])
      entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      for (const [i, [key]] of entries.entries()) if (i > 0 && entries[i - 1]![0] === key) fail(`${path}.${key}`, 'each key once')
      return entries
    },
    rlp: (_, path) => fail(path, 'JSON'),
    toRlp: (entries) => entries.map(([key, v]) => [key, value.toRlp(v)]),
  }
}

function fixed(key: string, length: number, path: string): Hex {
  const digits = key.toLowerCase().replace(/^0x/, '')
  if (!/^[0-9a-f]*$/.test(digits) || digits.length > 2 * length) return fail(`${path}.${key}`, `${length} bytes as hexadecimal`)
  return pad(`0x${digits}`, { size: length })
}

const slot: Codec<Hash> = {
  json: (value, path) => (typeof value === 'string' ? (fixed(value, 32, path) as Hash) : fail(path, '32 bytes as hexadecimal')),
  rlp: (_, path) => fail(path, 'JSON'),
  toRlp: (value) => value,
}

const account = struct({
  balance: quantity(256),
  nonce: optional(quantity(64)),
  code: optional(bytes()),
  storage: optional(sorted(32, slot)),
})

const params = struct({
  protocolVersion: uint(), slotSeconds: uint(), maxTickBytes: uint(), maxTxBytes: uint(), maxBundleBytes: uint(),
  maxBundleLegs: uint(), maxBundleAssertions: uint(), maxBundlesPerTick: uint(), maxBundleWindow: uint(),
  maxGossipBytes: uint(), maxTxGas: uint(), blockGas: uint(), maxDigests: uint(), singleGasRate: uint(), singleGasCapacity: uint(), bundleGasRate: uint(),
  bundleGasCapacity: uint(),
})

const validator = struct({ consensusKey: bytes(32), address, power: uint(), consensusProof: bytes(), ethereumProof: bytes() })

const rollup = struct({
  id: uint(),
  name: text,
  kind,
  operator: address,
  evm: optional(struct({ feeRecipient: address, baseFee: uint(), alloc: sorted(20, account) })),
})

const genesis = struct({
  version: uint(2),
  name: text,
  time: uint(),
  params,
  validators: list(validator),
  zones: list(struct({ id: uint(), rollups: list(uint()) })),
  rollups: list(rollup),
  predeploy: struct({ address, marker: hash, code: bytes() }),
})

/** Everything that all nodes of a network agree on before tick 1, as `genesis.json` has it. */
export type Genesis = Infer<typeof genesis>

/**
 * Reads a genesis from its JSON text or the parsed JSON. Fields that are missing, unknown or of another form are errors; the
 * rules between the fields (`core/genesis.go`) are not looked at, because who trusts a genesis trusts a running network's.
 */
export function parseGenesis(json: unknown): Genesis {
  return genesis.json(typeof json === 'string' ? JSON.parse(json) : json, 'genesis')
}

/** The networkId of a genesis: keccak(tag ‖ version ‖ kind ‖ RLP of all fields). */
export function networkIdOf(json: unknown): Hash {
  const g = parseGenesis(json)
  const twin = [
    rlpUint(g.version), textHex(g.name), rlpUint(g.time), params.toRlp(g.params), g.validators.map(validator.toRlp),
    g.zones.map((z) => [rlpUint(z.id), z.rollups.map(rlpUint)]), g.rollups.map(rollupTwin),
    [g.predeploy.address, g.predeploy.marker, g.predeploy.code],
  ]
  return taggedHash('genesis', encode(kinds.genesis, twin))
}

/** The set that signs the network's first checkpoint. */
export function validatorSetOf(json: unknown): ValidatorSet {
  return parseGenesis(json)
    .validators.filter((v) => v.power > 0)
    .map(({ address, power }) => ({ address, power }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
}

function rollupTwin(r: Infer<typeof rollup>): RlpItem {
  const accounts = r.evm?.alloc.map(([at, a]) => [
    at, rlpUint(a.balance), rlpUint(a.nonce ?? 0n), a.code ?? '0x', (a.storage ?? []).map(([key, value]) => [key, value]),
  ])
  return [
    rlpUint(r.id), textHex(r.name), kind.toRlp(r.kind), r.operator, r.evm?.feeRecipient ?? zeroAddress, rlpUint(r.evm?.baseFee ?? 0),
    accounts ?? [],
  ] as RlpItem
}

const zeroAddress: Address = `0x${'00'.repeat(20)}`

function fail(path: string, want: string): never {
  throw new CodecError(path, want)
}
