import { LockstepRpcError } from '../errors/rpc.js'
import { type ExecutedMessage, type FeedMessage, type RebuiltMessage, type Tick, type TickMessage } from '../types.js'
import { getNetwork, getTick } from './network.js'
import { type LockstepClient } from './request.js'
import { canSubscribe, keepSubscribed } from './subscribe.js'

export type WatchTicksParameters = {
  /** Called with each tick in order; over WebSocket, ticks that order nothing are counted in messages of type `empty`. */
  onTick(tick: TickMessage): void
  /** Called with the outcomes that the node knows of a tick; over WebSocket only. */
  onExecuted?(message: ExecutedMessage): void
  /** Called when the node takes back what it claimed of results that were not attested; over WebSocket only. */
  onRebuilt?(message: RebuiltMessage): void
  /** Called when the connection is lost or a request fails; the watch goes on, and no tick is left out. */
  onError?(error: Error): void
  /** Whether to poll. @default true unless the transport is a WebSocket */
  poll?: boolean
  /** In ms: how often to poll, or to try a lost subscription again. @default 500 */
  pollingInterval?: number
}

/** Watches the network's ticks from now on, without a gap over lost connections. Gives the function that ends the watch. */
export function watchTicks(client: LockstepClient, parameters: WatchTicksParameters): () => void {
  return parameters.poll ?? !canSubscribe(client) ? pollTicks(client, parameters) : subscribeTicks(client, parameters)
}

/** How many ticks are read at once to catch up. */
const catchUpBatch = 16

/** Reads the ticks from first to last, in order. */
async function* ticksBetween(client: LockstepClient, first: number, last: number): AsyncGenerator<TickMessage> {
  for (let from = first; from <= last; from += catchUpBatch) {
    const numbers = Array.from({ length: Math.min(catchUpBatch, last - from + 1) }, (_, i) => from + i)
    yield* (await Promise.all(numbers.map((number) => getTick(client, { number })))).map(messageOf)
  }
}

function messageOf({ number, time, lanes, bundles, attested }: Tick): TickMessage {
  return {
    type: 'tick', number, time, seen: Date.now(), bundles, attested,
    lanes: lanes.map(({ rollup, firstSeq, count, head, positions }) => ({ rollup, firstSeq, count, head, txs: positions.map((p) => p.txHash!) })),
  }
}

function pollTicks(client: LockstepClient, { onTick, onError, pollingInterval = 500 }: WatchTicksParameters): () => void {
  let ended = false
  let last: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = async () => {
    try {
      const { tick } = (await getNetwork(client)).head
      for await (const message of ticksBetween(client, (last ?? tick - 1) + 1, tick)) {
        if (ended) return
        last = message.number
        onTick(message)
      }
    } catch (error) {
      if (!ended) onError?.(error as Error)
    }
    if (!ended) timer = setTimeout(look, pollingInterval)
  }
  void look()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}

function subscribeTicks(client: LockstepClient, { onTick, onExecuted, onRebuilt, onError, pollingInterval = 500 }: WatchTicksParameters): () => void {
  let from: number | undefined // where to go on after a lost connection: the node tells ticks from its log
  const kept = keepSubscribed(client, {
    params: () => ['ticks', ...(from === undefined ? [] : [{ from }])],
    retryDelay: pollingInterval,
    onError: (error) => onError?.(error),
    onData(data) {
      const message = data as FeedMessage
      if (message.type === 'executed') return onExecuted?.(message)
      if (message.type === 'rebuilt') return onRebuilt?.(message)
      if (message.type === 'error') {
        from = message.resumeFrom ?? from
        kept.again()
        return onError?.(new LockstepRpcError(message.error.code, message.error.message, { reason: message.error.reason }))
      }
      from = message.number + 1
      onTick(message)
    },
  })
  return kept.end
}
