import { BaseError } from 'viem'
import { LockstepRpcError } from '../errors/rpc.js'
import { type ErrorMessage, type IntentMessage } from '../types.js'
import { readIntent } from './intents.js'
import { type LockstepClient } from './request.js'
import { canSubscribe, keepSubscribed } from './subscribe.js'

export type WatchIntentsParameters = {
  /** Called for every open order at first, and with each change of one; after a lost connection for every open order again. */
  onIntent(message: IntentMessage): void
  /** Called when the connection is lost; the watch goes on. */
  onError?(error: Error): void
  /** In ms: how long to wait before a lost subscription is tried again. @default 500 */
  retryDelay?: number
}

/** Watches the orders of a gateway's auction. Over WebSocket only. Gives the function that ends the watch. */
export function watchIntents(client: LockstepClient, { onIntent, onError, retryDelay = 500 }: WatchIntentsParameters): () => void {
  if (!canSubscribe(client)) throw new BaseError('Intents are watched over a WebSocket: use the transport `webSocket`, or `getIntents`.')
  const kept = keepSubscribed(client, {
    params: () => ['intents'],
    retryDelay,
    onError: (error) => onError?.(error),
    onData(data) {
      const message = data as { event: IntentMessage['event']; intent: unknown } | ErrorMessage
      if ('error' in message) {
        kept.again()
        return onError?.(new LockstepRpcError(message.error.code, message.error.message, { reason: message.error.reason }))
      }
      onIntent({ event: message.event, intent: readIntent(message.intent) })
    },
  })
  return kept.end
}
