import { type RollupClients } from '../actions/rollup.js'
import { type LockstepClient } from '../actions/request.js'
import { signBundle, type SignBundleParameters, type SignedBundle } from '../actions/signBundle.js'

/** What {@link lockstepWalletActions} adds to a client whose transport leads to a gateway's root. */
export type LockstepWalletActions = {
  /** {@link signBundle} */
  signBundle(parameters: SignBundleParameters): Promise<SignedBundle>
}

/**
 * What needs keys, for clients of viem: `createWalletClient({ account, transport: http(gateway) }).extend(lockstepWalletActions())`.
 *
 * @param options.rollups - How to reach a rollup; without it, by the gateway that the client asks.
 */
export function lockstepWalletActions({ rollups }: { rollups?: RollupClients } = {}) {
  return (client: LockstepClient): LockstepWalletActions => ({
    signBundle: (parameters) => signBundle(client, parameters, rollups),
  })
}
