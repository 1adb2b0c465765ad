import { type Account, type Address, type Hash, type Hex } from 'viem'
import { signTypedData } from 'viem/actions'
import { bundleId, wireForm, type Bundle } from '../core/bundle.js'
import { SignBundleError } from '../errors/rpc.js'
import { getNetwork } from './network.js'
import { request, type LockstepClient } from './request.js'

/** A place in a line of bundles of which each takes the place of the one before. A line belongs to its signer. */
export type ReplacementParameters = {
  /** Who signs; the client's account without one. Not necessarily a sender of a leg. */
  account?: Account | Address | undefined
  /** The line's name, in the form of RFC 9562; `crypto.randomUUID()` makes one. */
  uuid: string
  /** Above that of what is replaced or cancelled. */
  nonce: number
  /** Asked of the network without one. */
  networkId?: Hash | undefined
}

/** A signed place in a line, as `lockstep_replaceBundle` and `lockstep_cancelBundle` take it. */
export type SignedReplacement = { uuid: string; nonce: number; signature: Hex }

const types = {
  Replace: [
    { name: 'uuid', type: 'bytes16' },
    { name: 'nonce', type: 'uint64' },
    { name: 'bundleId', type: 'bytes32' },
  ],
  Cancel: [
    { name: 'uuid', type: 'bytes16' },
    { name: 'nonce', type: 'uint64' },
  ],
} as const

/** Signs that a bundle takes its place in a line (EIP-712). */
export async function signReplacement(client: LockstepClient, bundle: Hash, parameters: ReplacementParameters): Promise<SignedReplacement> {
  const { account, domain, uuid, nonce } = await place(client, parameters)
  const message = { uuid: uuidBytes(uuid), nonce: BigInt(nonce), bundleId: bundle }
  return { uuid, nonce, signature: await signTypedData(client, { account, domain, types, primaryType: 'Replace', message }) }
}

/** Signs that what waits in a line is taken back (EIP-712). */
export async function signCancellation(client: LockstepClient, parameters: ReplacementParameters): Promise<SignedReplacement> {
  const { account, domain, uuid, nonce } = await place(client, parameters)
  const message = { uuid: uuidBytes(uuid), nonce: BigInt(nonce) }
  return { uuid, nonce, signature: await signTypedData(client, { account, domain, types, primaryType: 'Cancel', message }) }
}

/** Sends a bundle in place of the one that waits in its line with a lower nonce. The first of a line is sent in the same way. */
export async function replaceBundle(client: LockstepClient, bundle: Bundle, parameters: ReplacementParameters): Promise<Hash> {
  const networkId = parameters.networkId ?? (await getNetwork(client)).networkId
  const replacement = await signReplacement(client, bundleId(wireForm(bundle), networkId), { ...parameters, networkId })
  return (await request<{ bundleId: Hash }>(client, 'lockstep_replaceBundle', [wireForm(bundle), replacement])).bundleId
}

/**
 * Takes back what waits in a line, in the pools of all validators, and blocks lower nonces. Gives the bundle that left the asked node's
 * pool; undefined if none waited there, or if somebody else has sent it too.
 */
export async function cancelBundle(client: LockstepClient, parameters: ReplacementParameters): Promise<Hash | undefined> {
  const cancellation = await signCancellation(client, parameters)
  return (await request<{ bundleId?: Hash }>(client, 'lockstep_cancelBundle', [cancellation])).bundleId
}

async function place(client: LockstepClient, { account = client.account, uuid, nonce, networkId }: ReplacementParameters) {
  if (!account) throw new SignBundleError('There is no account to sign with, and the client has none either.')
  const salt = networkId ?? (await getNetwork(client)).networkId
  return { account, uuid, nonce, domain: { name: 'Lockstep', version: '1', salt } }
}

function uuidBytes(uuid: string): Hex {
  const digits = uuid.replaceAll('-', '').toLowerCase()
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) throw new SignBundleError(`"${uuid}" is not a UUID: want 8-4-4-4-12 hex digits.`)
  return `0x${digits}`
}
