import { type Hash } from 'viem'
import { cancelBundle, replaceBundle, type ReplacementParameters } from '../actions/replacement.js'
import { cancelIntent, signIntent, type CancelIntentParameters, type SignedIntent, type SignIntentParameters } from '../actions/intents.js'
import { type RollupClients } from '../actions/rollup.js'
import { type LockstepClient } from '../actions/request.js'
import { signBundle, type SignBundleParameters, type SignedBundle } from '../actions/signBundle.js'
import { type Bundle } from '../core/bundle.js'

/** What {@link lockstepWalletActions} adds to a client whose transport leads to a gateway's root. */
export type LockstepWalletActions = {
  /** {@link signBundle} */
  signBundle(parameters: SignBundleParameters): Promise<SignedBundle>
  /** {@link replaceBundle} */
  replaceBundle(bundle: Bundle, parameters: ReplacementParameters): Promise<Hash>
  /** {@link cancelBundle} */
  cancelBundle(parameters: ReplacementParameters): Promise<Hash | undefined>
  /** {@link signIntent} */
  signIntent(parameters: SignIntentParameters): Promise<SignedIntent>
  /** {@link cancelIntent} */
  cancelIntent(parameters: CancelIntentParameters): Promise<'cancelled' | 'pending'>
}

/**
 * What needs keys, for clients of viem: `createWalletClient({ account, transport: http(gateway) }).extend(lockstepWalletActions())`.
 *
 * @param options.rollups - How to reach a rollup; without it, by the gateway that the client asks.
 */
export function lockstepWalletActions({ rollups }: { rollups?: RollupClients } = {}) {
  return (client: LockstepClient): LockstepWalletActions => ({
    signBundle: (parameters) => signBundle(client, parameters, rollups),
    replaceBundle: (bundle, parameters) => replaceBundle(client, bundle, parameters),
    cancelBundle: (parameters) => cancelBundle(client, parameters),
    signIntent: (parameters) => signIntent(client, parameters),
    cancelIntent: (parameters) => cancelIntent(client, parameters),
  })
}
