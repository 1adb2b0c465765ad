import { encodeAbiParameters, encodeFunctionData, keccak256, type Address, type Hash, type Hex } from 'viem'
import { swapAbi } from '../gen/contracts.js'
import { mappingSlot } from './assertion.js'

/** What one party of a swap pays. */
export type SwapSide = {
  /** The rollup where it pays. */
  chainId: number | bigint
  payer: Address
  /** Who is paid: usually an account of the other party. */
  payee: Address
  /** What is paid; the zero address stands for the rollup's ether. */
  token: Address
  /** In the token's smallest unit. */
  amount: bigint
}

/** What two parties agreed upon: each pays if the other one does, in one bundle. */
export type SwapTerms = {
  first: SwapSide
  second: SwapSide
  /** The last second, on both rollups, at which it may take place. */
  deadline: number | bigint
  /** Tells swaps apart that are equal otherwise. */
  salt: Hash
}

/** The variable that holds which swaps were paid. */
const paidVariable = 0

const side = [
  { name: 'chainId', type: 'uint256' }, { name: 'payer', type: 'address' }, { name: 'payee', type: 'address' },
  { name: 'token', type: 'address' }, { name: 'amount', type: 'uint256' },
] as const
const termsType = [{
  type: 'tuple',
  components: [
    { name: 'first', type: 'tuple', components: side }, { name: 'second', type: 'tuple', components: side },
    { name: 'deadline', type: 'uint256' }, { name: 'salt', type: 'bytes32' },
  ],
}] as const

/** A swap's id, the same on both rollups. */
export function swapId(terms: SwapTerms): Hash {
  return keccak256(encodeAbiParameters(termsType, [wide(terms)]))
}

/** The slot of the Swap contract that holds 1 once a side was paid there. */
export function paidSlot(id: Hash): Hash {
  return mappingSlot(id, paidVariable)
}

/** The calldata with which a party pays its side: a leg with `asserts: true` to the Swap contract. Ether is sent along as value. */
export function payCall(terms: SwapTerms): Hex {
  return encodeFunctionData({ abi: swapAbi, functionName: 'pay', args: [wide(terms)] })
}

function wide({ first, second, deadline, salt }: SwapTerms) {
  const sides = { first: { ...first, chainId: BigInt(first.chainId) }, second: { ...second, chainId: BigInt(second.chainId) } }
  return { ...sides, deadline: BigInt(deadline), salt }
}
