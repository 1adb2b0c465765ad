import { type Account, type Chain, type Client, type Transport } from 'viem'
import { typedError } from '../errors/rpc.js'

/** Any client of viem whose transport leads to a gateway's root. */
export type LockstepClient = Client<Transport, Chain | undefined, Account | undefined>

type Request = (args: { method: string; params: unknown[] }, options?: { signal?: AbortSignal; retryCount?: number }) => Promise<unknown>

/** Asks the network; its errors are {@link LockstepRpcError}. */
export async function request<T>(
  client: LockstepClient,
  method: `lockstep_${string}`,
  params: unknown[] = [],
  options: { signal?: AbortSignal | undefined } = {},
): Promise<T> {
  try {
    return (await (client.request as unknown as Request)({ method, params }, options.signal ? { signal: options.signal } : {})) as T
  } catch (error) {
    throw typedError(error)
  }
}
