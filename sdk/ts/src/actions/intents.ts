import { numberToHex, type Account, type Address, type Hash, type Hex } from 'viem'
import { signTypedData } from 'viem/actions'
import { wireForm, type Bundle } from '../core/bundle.js'
import { decodeIntent, intentCancellation, intentOrder, intentTypedData, orderId, type IntentOrder, type IntentOrderParameters } from '../core/intent.js'
import { IntentError } from '../errors/rpc.js'
import { type IntentFill, type IntentSolution, type IntentView } from '../types.js'
import { getNetwork } from './network.js'
import { request, type LockstepClient } from './request.js'

/** An order with its user's signature, as `submitIntent` takes it. */
export type SignedIntent = { order: IntentOrder; signature: Hex; id: Hash }

/** An order, or what to make one of, and who signs. */
export type SignIntentParameters = (IntentOrder | Omit<IntentOrderParameters, 'user'>) & {
  /** The client's account without one. A wallet's (JSON-RPC) account can sign too. */
  account?: Account | Address | undefined
}

export type CancelIntentParameters = {
  orderId: Hash
  /** The order's user; the client's account without one. */
  account?: Account | Address | undefined
  /** Asked of the network without one. */
  networkId?: Hash | undefined
}

/** Signs an order (EIP-712). Without `partialFill` Permit2 needs the user's allowance, with it the settler. */
export async function signIntent(client: LockstepClient, parameters: SignIntentParameters): Promise<SignedIntent> {
  const { account: given, ...rest } = parameters
  const account = signer(client, given)
  const order = 'orderData' in rest ? rest : intentOrder({ ...rest, user: typeof account === 'string' ? account : account.address })
  return { order, signature: await signTypedData(client, { ...intentTypedData(order), account }), id: orderId(order) }
}

/** Hands an order to the gateway's auction. Gives the order's id. */
export function submitIntent(client: LockstepClient, { order, signature }: Omit<SignedIntent, 'id'>): Promise<Hash> {
  return request(client, 'lockstep_submitIntent', [{ order: orderForm(order), signature }])
}

/** What the gateway knows of an order: its auction, what of it is filled, and by which bundles. */
export async function getIntent(client: LockstepClient, { orderId }: { orderId: Hash }): Promise<IntentView> {
  return readIntent(await request(client, 'lockstep_getIntent', [orderId]))
}

/** The orders that the gateway knows and that are open or pending. */
export async function getIntents(client: LockstepClient): Promise<IntentView[]> {
  return (await request<unknown[]>(client, 'lockstep_getIntents')).map(readIntent)
}

/**
 * A solver's solution of an order: a bundle with the order's `fill` and `openFor` as legs. It is simulated at once and shown to nobody
 * before the auction's end.
 */
export async function submitSolution(client: LockstepClient, { orderId, bundle }: { orderId: Hash; bundle: Bundle }): Promise<IntentSolution> {
  const { bundleId, inputAmount, outputAmount, surplus } = await request<Raw<IntentSolution>>(client, 'lockstep_submitSolution', [orderId, wireForm(bundle)])
  return { bundleId, inputAmount: BigInt(inputAmount), outputAmount: BigInt(outputAmount), surplus: BigInt(surplus) }
}

/** Signs that the gateway shall give up an order (EIP-712). */
export async function signIntentCancellation(client: LockstepClient, { orderId, account, networkId }: CancelIntentParameters): Promise<{ orderId: Hash; signature: Hex }> {
  const typed = intentCancellation({ orderId, networkId: networkId ?? (await getNetwork(client)).networkId })
  const signature = await signTypedData(client, { ...typed, account: signer(client, account) })
  return { orderId, signature }
}

/**
 * Takes an order out of the gateway's auction; `pending` if a winner was sent before, and the order is over unless that takes effect. A solver who saw the signature can still use it until its deadline, or until the user
 * ends the order on its origin rollup ({@link cancelCall}).
 */
export async function cancelIntent(client: LockstepClient, parameters: CancelIntentParameters): Promise<'cancelled' | 'pending'> {
  const cancellation = await signIntentCancellation(client, parameters)
  return (await request<{ status: 'cancelled' | 'pending' }>(client, 'lockstep_cancelIntent', [cancellation])).status
}

/** An order as the gateway takes it. */
export function orderForm({ nonce, originChainId, ...order }: IntentOrder) {
  return { ...order, nonce: numberToHex(nonce), originChainId: numberToHex(originChainId) }
}

/** An answer with numbers as JSON has them. */
type Raw<T> = { [K in keyof T]: T[K] extends bigint ? string | number : T[K] }
type RawView = Omit<IntentView, 'order' | 'intent' | 'left' | 'fills'> & {
  order: Raw<IntentOrder>; left: string | number; fills?: Raw<IntentFill>[]
}

/** The view of an order from what the gateway answers. */
export function readIntent(answer: unknown): IntentView {
  const view = answer as RawView
  const { nonce, originChainId, openDeadline, fillDeadline, ...rest } = view.order
  const order: IntentOrder = {
    ...rest, nonce: BigInt(nonce), originChainId: BigInt(originChainId), openDeadline: Number(openDeadline), fillDeadline: Number(fillDeadline),
  }
  const fills = (view.fills ?? []).map((f) => ({ ...f, inputAmount: BigInt(f.inputAmount), outputAmount: BigInt(f.outputAmount) }))
  return { ...view, order, intent: decodeIntent(order), left: BigInt(view.left), fills }
}

function signer(client: LockstepClient, account: Account | Address | undefined = client.account): Account | Address {
  if (!account) throw new IntentError('There is no account to sign with, and the client has none either.')
  return account
}
