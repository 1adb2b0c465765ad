import { createClient, defineChain, http, type Chain, type Client } from 'viem'
import { SignBundleError } from '../errors/rpc.js'
import { type LockstepClient } from './request.js'

/** How to reach a rollup's Ethereum JSON-RPC. */
export type RollupClients = (rollup: number) => Client | Promise<Client>

/** The URL of a rollup's Ethereum JSON-RPC at a gateway. */
export function rollupUrl(gateway: string, rollup: number): string {
  return `${gateway.replace(/\/+$/, '')}/rollup/${rollup}`
}

/** A rollup at a gateway as a chain of viem. */
export function rollupChain(gateway: string, rollup: { id: number; name?: string }): Chain {
  const url = rollupUrl(gateway, rollup.id)
  return defineChain({
    id: rollup.id,
    name: rollup.name ?? `Rollup ${rollup.id}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [url.replace(/^ws/, 'http')], webSocket: [url.replace(/^http/, 'ws')] } },
  })
}

const made = new WeakMap<LockstepClient, Map<number, Client>>()

/** The client of a rollup at the gateway that a client of the network asks. It is made once. */
export async function rollupClient(client: LockstepClient, rollup: number): Promise<Client> {
  const clients = made.get(client) ?? new Map<number, Client>()
  made.set(client, clients)
  const known = clients.get(rollup)
  if (known) return known
  const url = await gatewayUrl(client)
  const fresh = createClient({ transport: http(rollupUrl(url.replace(/^ws/, 'http'), rollup)) })
  clients.set(rollup, fresh)
  return fresh
}

async function gatewayUrl(client: LockstepClient): Promise<string> {
  const transport = client.transport as { url?: string; getRpcClient?: () => Promise<{ url: string }> }
  const url = transport.url ?? (await transport.getRpcClient?.())?.url
  if (url) return url
  throw new SignBundleError(`The client's transport does not say where the gateway is. Pass \`rollups\` to \`lockstepWalletActions\`.`)
}
