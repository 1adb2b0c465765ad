import { encodeAbiParameters, encodeFunctionData, keccak256, type Address, type Hash, type Hex } from 'viem'
import { inboxAbi } from '../gen/contracts.js'
import { mappingSlot } from './assertion.js'

/** A message from a contract or account on one rollup to another one on another rollup, as `Messages.sol` has it. */
export type Message = {
  /** The rollup where it was sent. */
  sourceChain: number | bigint
  /** Who called the outbox. */
  sender: Address
  /** The rollup where it can be consumed. */
  destinationChain: number | bigint
  /** Who can consume it, or to whom it is delivered. */
  recipient: Address
  /** Of the sender: a key of its choice in the upper 192 bits, a count under that key in the lower 64. */
  nonce: bigint
  /** Anything; it is not stored. */
  payload: Hex
}

/** The variable of the outbox that holds which messages were sent. */
const sentVariable = 2

/** A message's id, by the outbox that it was sent with. */
export function messageId(message: Message, outbox: Address): Hash {
  return keccak256(encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'uint256' }, { type: 'address' }, { type: 'uint256' }, { type: 'bytes32' }],
    [
      BigInt(message.sourceChain), outbox, message.sender, BigInt(message.destinationChain), message.recipient, message.nonce,
      keccak256(message.payload),
    ],
  ))
}

/** The slot of the outbox that holds 1 once the message was sent: what whoever consumes it asserts. */
export function sentSlot(id: Hash): Hash {
  return mappingSlot(id, sentVariable)
}

/** The calldata with which anybody brings a message to its recipient: a leg with `asserts: true` to the Inbox of the destination. */
export function deliverCall({ sourceChain, destinationChain, ...message }: Message): Hex {
  const wide = { ...message, sourceChain: BigInt(sourceChain), destinationChain: BigInt(destinationChain) }
  return encodeFunctionData({ abi: inboxAbi, functionName: 'deliver', args: [wide] })
}
