import { type Hash } from 'viem'
import { DroppedError, WaitForLevelTimeoutError } from '../errors/rpc.js'
import { type Level, type Status } from '../types.js'
import { request, type LockstepClient } from './request.js'

const order: readonly Level[] = ['unknown', 'accepted', 'ordered', 'executed', 'attested', 'posted', 'final']

/** Whether an entry has come as far as a level. */
export function hasReached(status: Pick<Status, 'level'>, level: Level): boolean {
  return order.indexOf(status.level) >= order.indexOf(level)
}

export type WaitForLevelParameters = {
  /** A transaction hash or bundle id. */
  id: Hash
  /** @default 'attested' */
  level?: 'accepted' | 'ordered' | 'executed' | 'attested'
  /** How long to wait in all, in ms. @default 180_000 */
  timeout?: number
  /** Ends the wait. */
  signal?: AbortSignal
}

/**
 * Waits until an entry has reached a level and answers its status; a void attempt reaches levels like any other. The node
 * holds each request until then or for a few seconds, and the next one follows at once.
 *
 * @throws {@link DroppedError} if the entry left the node's pool without being ordered.
 * @throws {@link WaitForLevelTimeoutError} when the time is over.
 */
export async function waitForLevel(
  client: LockstepClient,
  { id, level = 'attested', timeout = 180_000, signal }: WaitForLevelParameters,
): Promise<Status> {
  const end = Date.now() + timeout
  for (;;) {
    signal?.throwIfAborted()
    const left = Math.max(end - Date.now(), 0)
    const status = await request<Status>(client, 'lockstep_waitFor', [id, level, Math.min(left, longestWait(client))], { signal })
    if (hasReached(status, level)) return status
    if (status.dropped && status.attempts.length === 0) throw new DroppedError(id, status.dropped)
    if (left === 0) throw new WaitForLevelTimeoutError(`${id} did not reach the level "${level}" within ${timeout} ms: it is "${status.level}".`)
  }
}

/** A node does not end a wait when the entry is dropped, so it is asked every few seconds; never longer than the transport waits. */
function longestWait(client: LockstepClient): number {
  const { timeout = 10_000 } = client.transport as { timeout?: number }
  return Math.max(100, Math.min(2500, Math.floor(timeout * 0.8)))
}
