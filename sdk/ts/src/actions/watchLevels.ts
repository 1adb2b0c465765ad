import { BaseError, type Hash } from 'viem'
import { LockstepRpcError } from '../errors/rpc.js'
import { type ErrorMessage, type LevelMessage } from '../types.js'
import { type LockstepClient } from './request.js'
import { canSubscribe, keepSubscribed } from './subscribe.js'

export type WatchLevelsParameters = {
  /** A transaction hash or bundle id. */
  id: Hash
  /** Called with the level as it is, and each time that it changes; `final` is set in the last call. */
  onLevel(message: LevelMessage): void
  /** Called when the connection is lost; the watch goes on. */
  onError?(error: Error): void
  /** In ms: how long to wait before a lost subscription is tried again. @default 500 */
  retryDelay?: number
}

/** Watches how an entry comes along. Over WebSocket only; `waitForLevel` works with any transport. Gives the function that ends the watch. */
export function watchLevels(client: LockstepClient, { id, onLevel, onError, retryDelay = 500 }: WatchLevelsParameters): () => void {
  if (!canSubscribe(client)) throw new BaseError('Levels are watched over a WebSocket: use the transport `webSocket`, or `waitForLevel`.')
  let last = ''
  const kept = keepSubscribed(client, {
    params: () => ['levels', id],
    retryDelay,
    onError: (error) => onError?.(error),
    onData(data) {
      const message = data as LevelMessage | ErrorMessage
      if (message.type === 'error') {
        kept.again()
        return onError?.(new LockstepRpcError(message.error.code, message.error.message, { reason: message.error.reason }))
      }
      if (message.final) kept.end()
      const now = `${message.level} ${message.tick} ${message.final}`
      if (now !== last) onLevel(message) // a new subscription begins with the level as it is
      last = now
    },
  })
  return kept.end
}
