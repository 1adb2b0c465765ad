import { concatHex, encodeFunctionData, keccak256, padHex, type Address, type Hash, type Hex } from 'viem'

/** The Lockstep predeploy, the same on every rollup of a zone, as contracts call it and as its logs are read. */
export const assertionsAbi = [
  {
    type: 'function', name: 'assertStorage', stateMutability: 'nonpayable', outputs: [],
    inputs: [
      { name: 'chainId', type: 'uint256' }, { name: 'account', type: 'address' },
      { name: 'slot', type: 'bytes32' }, { name: 'value', type: 'bytes32' },
    ],
  },
  {
    type: 'event', name: 'StorageAsserted', anonymous: false,
    inputs: [
      { name: 'chainId', type: 'uint256', indexed: true }, { name: 'account', type: 'address', indexed: true },
      { name: 'slot', type: 'bytes32', indexed: true }, { name: 'value', type: 'bytes32', indexed: false },
    ],
  },
  { type: 'error', name: 'NotInBundle', inputs: [] },
  { type: 'error', name: 'NotThePredeploy', inputs: [] },
] as const

/** Says what a storage slot holds after the bundle's last leg; the bundle is void if it does not. */
export type Assertion = {
  /** The rollup whose state is meant; it must be in the bundle's zone. */
  chainId: number | bigint
  /** The account; it must have code. */
  account: Address
  slot: Hash
  value: Hash
}

/**
 * The calldata with which the Lockstep predeploy is told an assertion: by a contract, or as a leg of its own. A leg that asserts is
 * signed with `asserts: true`.
 */
export function assertStorage({ chainId, account, slot, value }: Assertion): Hex {
  return encodeFunctionData({ abi: assertionsAbi, functionName: 'assertStorage', args: [BigInt(chainId), account, slot, value] })
}

/**
 * Where Solidity keeps the value of a key in the mapping at a slot: keccak256(key ‖ slot). Keys of value types are padded on the left,
 * as numbers and addresses are; for a mapping in a mapping, the slot is that of the outer one's value.
 */
export function mappingSlot(key: Hex, slot: Hash | number | bigint): Hash {
  return keccak256(concatHex([padHex(key, { size: 32 }), typeof slot === 'string' ? slot : padHex(`0x${BigInt(slot).toString(16)}`, { size: 32 })]))
}
