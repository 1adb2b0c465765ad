import { SocketClosedError } from 'viem'
import { request, type LockstepClient } from './request.js'

type Socket = {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  removeEventListener(type: 'close', listener: () => void): void
}
type SocketTransport = { getRpcClient(): Promise<{ socket: Socket; url: string }> }

/** Whether the client's transport can carry subscriptions. */
export function canSubscribe(client: LockstepClient): boolean {
  return client.transport.type === 'webSocket'
}

/** A subscription that ends by itself when its socket closes. */
export type Subscription = { unsubscribe(): Promise<void> }

export type SubscribeHandlers = {
  onData(message: unknown): void
  /** The socket was closed; nothing follows. */
  onClose(error: Error): void
}

/** `lockstep_subscribe` on the client's socket. viem's own subscriptions know the namespace `eth` only. */
export async function subscribe(client: LockstepClient, params: unknown[], { onData, onClose }: SubscribeHandlers): Promise<Subscription> {
  const { socket, url } = await (client.transport as unknown as SocketTransport).getRpcClient()
  let id: string | undefined
  let early: { subscription: string; result: unknown }[] = []
  const message = (event: { data: unknown }) => {
    const { method, params } = JSON.parse(String(event.data)) as { method?: string; params?: { subscription: string; result: unknown } }
    if (method !== 'lockstep_subscription' || !params) return
    if (id === undefined) early.push(params)
    else if (params.subscription === id) onData(params.result)
  }
  const close = () => {
    leave()
    onClose(new SocketClosedError({ url }))
  }
  const leave = () => {
    socket.removeEventListener('message', message)
    socket.removeEventListener('close', close)
  }
  socket.addEventListener('message', message)
  socket.addEventListener('close', close)
  try {
    id = await request<string>(client, 'lockstep_subscribe', params)
  } catch (error) {
    leave()
    throw error
  }
  for (const { subscription, result } of early) if (subscription === id) onData(result)
  early = []
  return {
    async unsubscribe() {
      leave()
      await request(client, 'lockstep_unsubscribe', [id])
    },
  }
}

export type KeepParameters = {
  /** What to subscribe to, asked each time. */
  params(): unknown[]
  onData(message: unknown): void
  /** The subscription is lost; it is tried again. */
  onError(error: Error): void
  /** How long to wait, in ms, before a lost subscription is asked for again. */
  retryDelay: number
}

/** A subscription that is made again when it was lost. `again` does so at once, `end` for the last time does not. */
export type KeptSubscription = { again(): void; end(): void }

/** Subscribes, and again whenever the socket comes back. */
export function keepSubscribed(client: LockstepClient, { params, onData, onError, retryDelay }: KeepParameters): KeptSubscription {
  let ended = false
  let current: Subscription | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = () => {
    clearTimeout(timer)
    void current?.unsubscribe().catch(() => undefined) // the socket may be closed already
    current = undefined
  }
  const lost = (error: Error) => {
    current = undefined
    if (ended) return
    onError(error)
    timer = setTimeout(open, retryDelay)
  }
  const open = async () => {
    try {
      current = await subscribe(client, params(), { onData: (message) => ended || onData(message), onClose: lost })
      if (ended) leave()
    } catch (error) {
      lost(error as Error)
    }
  }
  void open()
  return {
    again() {
      leave()
      timer = setTimeout(open, retryDelay)
    },
    end() {
      ended = true
      leave()
    },
  }
}
