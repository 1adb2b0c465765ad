import { keccak256, type Address, type Hash, type Hex, type SignedAuthorization, type SignedAuthorizationList } from 'viem'
import { atomicityNumber, type Atomicity } from './bundle.js'
import { taggedHash } from './hash.js'
import { encodeRlp, rlpBool, rlpUint, type RlpItem } from './rlp.js'

/** The transaction types that may be ordered, by viem's names. Only those with an access list can be protected. */
export const transactionTypes = { legacy: 0, eip2930: 1, eip1559: 2, eip7702: 4 } as const
export type LegType = keyof typeof transactionTypes

/** What a commitment binds of one leg. Fees and the access list stay unbound. */
export type CommittedLeg = {
  /** The rollup's chain id. */
  rollup: number
  /** The sender. */
  from: Address
  /** @default 'eip1559' */
  type?: LegType | undefined
  nonce: number
  /** Missing or null for a deployment, which is not the same as the zero address. */
  to?: Address | null | undefined
  value?: bigint | undefined
  data?: Hex | undefined
  gas: bigint
  authorizationList?: SignedAuthorizationList | undefined
  mayRevert?: boolean | undefined
}

/** What a commitment binds of a bundle. */
export type BundleCommitmentParameters = {
  networkId: Hash
  /** @default 'execution' */
  atomicity?: Atomicity | undefined
  /** @default 0 */
  notBefore?: number | undefined
  notAfter: number
  /** The legs in the bundle's order. */
  legs: readonly CommittedLeg[]
}

/**
 * The 32 bytes that legs name in their access list under the Lockstep predeploy so that they cannot be torn out of the bundle:
 * keccak(tag ‖ RLP([networkId, atomicity, notBefore, notAfter, legs])), as `core/commitment.go` computes them. An EIP-7702
 * authorization is a signature of its own and can be used elsewhere.
 */
export function bundleCommitment({ networkId, atomicity = 'execution', notBefore = 0, notAfter, legs }: BundleCommitmentParameters): Hash {
  return taggedHash(
    'commitment',
    encodeRlp([networkId, rlpUint(atomicityNumber(atomicity)), rlpUint(notBefore), rlpUint(notAfter), legs.map(committed)]),
  )
}

function committed(leg: CommittedLeg): RlpItem {
  return [
    rlpUint(leg.rollup), rlpUint(transactionTypes[leg.type ?? 'eip1559']), lower(leg.from), rlpUint(leg.nonce), lower(leg.to ?? '0x'),
    rlpUint(leg.value ?? 0n), keccak256(leg.data ?? '0x'), rlpUint(leg.gas),
    keccak256(encodeRlp((leg.authorizationList ?? []).map(authorization))), rlpBool(leg.mayRevert ?? false),
  ]
}

function authorization(a: SignedAuthorization): RlpItem {
  const parity = a.yParity ?? Number(a.v) - 27
  return [rlpUint(a.chainId), lower(a.address), rlpUint(a.nonce), rlpUint(parity), rlpUint(BigInt(a.r)), rlpUint(BigInt(a.s))]
}

function lower<T extends Hex>(hex: T): T {
  return hex.toLowerCase() as T
}
