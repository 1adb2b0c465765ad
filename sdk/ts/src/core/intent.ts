import {
  decodeAbiParameters, encodeAbiParameters, encodeFunctionData, hashStruct, isAddress, keccak256, padHex,
  type Address, type Hash, type Hex, type TypedDataDefinition,
} from 'viem'
import { contractAddresses, intentSettlerAbi } from '../gen/contracts.js'
import { IntentError } from '../errors/rpc.js'
import { mappingSlot } from './assertion.js'
import { keccakText, zeroHash } from './hash.js'

/** What a user gives and wants, as `Intents.sol` has it: the order data of an {@link IntentOrder}. */
export type Intent = {
  /** The token that the user gives on the origin rollup. */
  inputToken: Address
  /** How much of it, in its smallest unit. */
  inputAmount: bigint
  /** The token that the user gets, padded to 32 bytes; zero stands for the destination's ether. */
  outputToken: Hash
  /** The least that the user gets for all of the input; a part of it costs at least its share, rounded up. */
  minOutput: bigint
  /** Who gets it, padded to 32 bytes. */
  recipient: Hash
  /** Where. */
  destinationChainId: bigint
  /** The settler there, padded to 32 bytes. */
  destinationSettler: Hash
  /** Whether the input is locked when the order is opened; without it, fill and payment are legs of one bundle. */
  escrow: boolean
  /** Whether several solvers may each fill a part. */
  partialFill: boolean
  /** With escrow: seconds after the fill deadline in which a solver can still claim. */
  claimPeriod: number
  /** With escrow: who tells whether the order was filled; zero stands for an assertion, within a zone. */
  verifier: Address
}

/** An order that a user signs and somebody else opens: `GaslessCrossChainOrder` of ERC-7683 (January 2025). */
export type IntentOrder = {
  originSettler: Address
  user: Address
  /** Of Permit2's unordered nonces; below 2^255. */
  nonce: bigint
  originChainId: bigint
  /** Seconds since the Unix epoch. */
  openDeadline: number
  fillDeadline: number
  orderDataType: Hash
  /** The ABI encoding of an {@link Intent}. */
  orderData: Hex
}

/** What a solver does: who gets the input, how much of it, for how much of the output. */
export type Fill = { filler: Address; inputAmount: bigint; outputAmount: bigint; salt: Hash }

export type IntentOrderParameters = {
  user: Address
  /** What the user gives, and on which rollup. */
  give: { rollup: number; token: Address; amount: bigint }
  /** What the user wants at least, and on which rollup; `ether` is the rollup's own. */
  get: { rollup: number; token: Address | 'ether'; amount: bigint }
  /** The last second, since the Unix epoch, at which the order may be filled. */
  deadline: number
  /** Who gets the output. @default the user */
  recipient?: Address
  /** Lets several solvers fill a part each. The settler then needs an allowance, not Permit2. @default false */
  partialFill?: boolean
  /** @default a random one, so that orders do not wait for each other */
  nonce?: bigint
  /** @default the network's own settler, which has one address on all rollups */
  settler?: Address
}

/** The variables of the settler that hold which fills were paid, and made. */
const claimedVariable = 3
const filledVariable = 4

const intentFields = [
  { name: 'inputToken', type: 'address' }, { name: 'inputAmount', type: 'uint256' }, { name: 'outputToken', type: 'bytes32' },
  { name: 'minOutput', type: 'uint256' }, { name: 'recipient', type: 'bytes32' }, { name: 'destinationChainId', type: 'uint256' },
  { name: 'destinationSettler', type: 'bytes32' }, { name: 'escrow', type: 'bool' }, { name: 'partialFill', type: 'bool' },
  { name: 'claimPeriod', type: 'uint32' }, { name: 'verifier', type: 'address' },
] as const

const orderFields = [
  { name: 'originSettler', type: 'address' }, { name: 'user', type: 'address' }, { name: 'nonce', type: 'uint256' },
  { name: 'originChainId', type: 'uint256' }, { name: 'openDeadline', type: 'uint32' }, { name: 'fillDeadline', type: 'uint32' },
  { name: 'orderDataType', type: 'bytes32' }, { name: 'orderData', type: 'Intent' },
] as const

const fillFields = [
  { name: 'filler', type: 'address' }, { name: 'inputAmount', type: 'uint256' }, { name: 'outputAmount', type: 'uint256' }, { name: 'salt', type: 'bytes32' },
] as const

const termsFields = [
  { name: 'originChainId', type: 'uint256' }, { name: 'originSettler', type: 'address' }, { name: 'inputAmount', type: 'uint256' },
  { name: 'outputToken', type: 'bytes32' }, { name: 'minOutput', type: 'uint256' }, { name: 'recipient', type: 'bytes32' },
  { name: 'destinationChainId', type: 'uint256' }, { name: 'destinationSettler', type: 'bytes32' }, { name: 'fillDeadline', type: 'uint32' },
  { name: 'escrow', type: 'bool' }, { name: 'partialFill', type: 'bool' },
] as const

const intentTuple = [{ type: 'tuple', components: intentFields }] as const
const termsTuple = { type: 'tuple', components: termsFields } as const
const fillTuple = { type: 'tuple', components: fillFields } as const

const orderTypes = { GaslessCrossChainOrder: orderFields, Intent: intentFields } as const
const permitTypes = {
  PermitWitnessTransferFrom: [
    { name: 'permitted', type: 'TokenPermissions' }, { name: 'spender', type: 'address' }, { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' }, { name: 'witness', type: 'GaslessCrossChainOrder' },
  ],
  ...orderTypes,
  TokenPermissions: [{ name: 'token', type: 'address' }, { name: 'amount', type: 'uint256' }],
} as const

/** The EIP-712 type hash of {@link Intent}: the order data type that the settler takes. */
export const intentTypeHash: Hash = keccakText(`Intent(${intentFields.map(({ type, name }) => `${type} ${name}`).join(',')})`)

/** An order within a zone, ready to be signed: the user's tokens stay where they are until they are paid for. */
export function intentOrder(parameters: IntentOrderParameters): IntentOrder {
  const { user, give, get, deadline, recipient = user, partialFill = false, settler = contractAddresses.intentSettler } = parameters
  if (give.rollup === get.rollup) throw new IntentError(`An intent goes from one rollup to another one; both are ${give.rollup}.`)
  if (give.amount <= 0n) throw new IntentError(`The amount to give is ${give.amount}; it must be above zero.`)
  const intent: Intent = {
    inputToken: give.token, inputAmount: give.amount, outputToken: get.token === 'ether' ? zeroHash : padHex(get.token, { size: 32 }),
    minOutput: get.amount, recipient: padHex(recipient, { size: 32 }), destinationChainId: BigInt(get.rollup),
    destinationSettler: padHex(settler, { size: 32 }), escrow: false, partialFill, claimPeriod: 0, verifier: `0x${'00'.repeat(20)}`,
  }
  return {
    originSettler: settler, user, nonce: parameters.nonce ?? randomNonce(), originChainId: BigInt(give.rollup),
    openDeadline: deadline, fillDeadline: deadline, orderDataType: intentTypeHash, orderData: encodeIntent(intent),
  }
}

/** An intent as order data. */
export function encodeIntent(intent: Intent): Hex {
  return encodeAbiParameters(intentTuple, [intent])
}

/** The intent in an order; throws if the order holds something else. */
export function decodeIntent(order: Pick<IntentOrder, 'orderDataType' | 'orderData'>): Intent {
  if (order.orderDataType.toLowerCase() !== intentTypeHash) {
    throw new IntentError(`The order data type is ${order.orderDataType}; that of an intent is ${intentTypeHash}.`)
  }
  const [intent] = decodeAbiParameters(intentTuple, order.orderData)
  return intent
}

/** An order's id: its EIP-712 struct hash. */
export function orderId(order: IntentOrder): Hash {
  return hashStruct({ data: { ...order, orderData: decodeIntent(order) }, primaryType: 'GaslessCrossChainOrder', types: orderTypes })
}

/**
 * What the user signs with `eth_signTypedData_v4`: a transfer by Permit2 with the order as its witness; with `partialFill` the order
 * itself, for the settler.
 */
export function intentTypedData(order: IntentOrder): TypedDataDefinition {
  const intent = decodeIntent(order)
  const message = { ...order, orderData: intent }
  if (intent.partialFill) {
    const domain = { name: 'IntentSettler', version: '1', chainId: Number(order.originChainId), verifyingContract: order.originSettler }
    return { domain, types: orderTypes, primaryType: 'GaslessCrossChainOrder', message } as TypedDataDefinition
  }
  return {
    domain: { name: 'Permit2', chainId: Number(order.originChainId), verifyingContract: contractAddresses.permit2 },
    types: permitTypes,
    primaryType: 'PermitWitnessTransferFrom',
    message: {
      permitted: { token: intent.inputToken, amount: intent.inputAmount }, spender: order.originSettler, nonce: order.nonce,
      deadline: BigInt(order.openDeadline), witness: message,
    },
  } as TypedDataDefinition
}

/** What the user signs so that gateways give up an order. */
export function intentCancellation({ orderId, networkId }: { orderId: Hash; networkId: Hash }): TypedDataDefinition {
  return {
    domain: { name: 'Lockstep', version: '1', salt: networkId },
    types: { CancelIntent: [{ name: 'orderId', type: 'bytes32' }] },
    primaryType: 'CancelIntent',
    message: { orderId },
  }
}

/** The least output for a part of the input. */
export function minOutput(intent: Pick<Intent, 'inputAmount' | 'minOutput'>, inputAmount: bigint): bigint {
  return (intent.minOutput * inputAmount + intent.inputAmount - 1n) / intent.inputAmount
}

/** The terms of an order's leg on the destination rollup, ABI-encoded: the `originData` of ERC-7683. */
export function fillTerms(order: IntentOrder): Hex {
  return encodeAbiParameters([termsTuple], [termsOf(order)])
}

/** A fill, ABI-encoded: the `fillerData` and `originFillerData` of ERC-7683. */
export function encodeFill(fill: Fill): Hex {
  return encodeAbiParameters([fillTuple], [fill])
}

/** What both settlers know a fill by. */
export function fillKey(order: IntentOrder, fill: Fill): Hash {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, termsTuple, fillTuple], [orderId(order), termsOf(order), fill]))
}

/** The calldata of the leg on the destination rollup; ether that it pays is sent along as value. */
export function fillCall(order: IntentOrder, fill: Fill): Hex {
  return encodeFunctionData({ abi: intentSettlerAbi, functionName: 'fill', args: [orderId(order), fillTerms(order), encodeFill(fill)] })
}

/** The calldata of the leg on the origin rollup. An order with escrow is opened without a fill, which is not part of it then. */
export function openForCall(order: IntentOrder, signature: Hex, fill?: Fill): Hex {
  const { escrow } = decodeIntent(order)
  if (!escrow && !fill) throw new IntentError('Without escrow an order is opened together with a fill, and there is none.')
  return encodeFunctionData({ abi: intentSettlerAbi, functionName: 'openFor', args: [order, signature, escrow || !fill ? '0x' : encodeFill(fill)] })
}

/** The calldata with which a solver is paid for an order that its user has opened; `proof` is for the order's verifier. */
export function claimCall(order: IntentOrder, fill: Fill, proof: Hex = '0x'): Hex {
  return encodeFunctionData({ abi: intentSettlerAbi, functionName: 'claim', args: [order, fill, proof] })
}

/** The slot of the destination's settler that holds 1 once a fill was made there. */
export function filledSlot(key: Hash): Hash {
  return mappingSlot(key, filledVariable)
}

/** The slot of the origin's settler that holds 1 once a fill was paid there. */
export function claimedSlot(key: Hash): Hash {
  return mappingSlot(key, claimedVariable)
}

/** The calldata with which what nobody claimed of an order with escrow goes back to its user. */
export function refundCall(order: IntentOrder): Hex {
  return encodeFunctionData({ abi: intentSettlerAbi, functionName: 'refund', args: [order] })
}

/** The calldata with which a user ends an order on its origin rollup: nothing more of it can be filled. */
export function cancelCall(order: IntentOrder): Hex {
  return encodeFunctionData({ abi: intentSettlerAbi, functionName: 'cancel', args: [order] })
}

/** The 20 bytes of an address that is padded to 32; undefined for ether and for what is no address of an EVM rollup. */
export function unpadAddress(value: Hash): Address | undefined {
  const address = `0x${value.slice(26)}`
  return value !== zeroHash && /^0x0{24}/.test(value) && isAddress(address, { strict: false }) ? address : undefined
}

function termsOf(order: IntentOrder) {
  const { inputAmount, outputToken, minOutput, recipient, destinationChainId, destinationSettler, escrow, partialFill } = decodeIntent(order)
  return {
    originChainId: order.originChainId, originSettler: order.originSettler, inputAmount, outputToken, minOutput, recipient,
    destinationChainId, destinationSettler, fillDeadline: order.fillDeadline, escrow, partialFill,
  }
}

function randomNonce(): bigint {
  return crypto.getRandomValues(new Uint8Array(31)).reduce((n, byte) => (n << 8n) | BigInt(byte), 0n)
}
