import { createPublicClient, createWalletClient, http, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { lockstepActions, lockstepWalletActions, rollupChain } from '../../src/index.js'

/** What the Go test of test/sdk says of the network that it runs. */
export const info = JSON.parse(process.env.LOCKSTEP_DEVNET ?? 'null') as {
  networkId: Hex
  rpc: string
  rollups: { chainId: number; name: string }[]
  accounts: { address: Hex; privateKey: Hex }[]
}
if (!info) throw new Error('there is no network: run `make test-sdk`')

export const gateway = info.rpc
export const [first, second] = info.rollups.map((r) => r.chainId) as [number, number]

/** A client of the network for a development account; each test file has accounts of its own. */
export function networkOf(account: number) {
  return createWalletClient({ account: privateKeyToAccount(info.accounts[account]!.privateKey), transport: http(gateway) })
    .extend(lockstepActions())
    .extend(lockstepWalletActions())
}

/** A rollup's own client for a development account. */
export function rollupOf(account: number, id: number) {
  const chain = rollupChain(gateway, { id })
  const wallet = createWalletClient({ account: privateKeyToAccount(info.accounts[account]!.privateKey), chain, transport: http() })
  return { chain, wallet, reader: createPublicClient({ chain, transport: http(), pollingInterval: 50 }) }
}

