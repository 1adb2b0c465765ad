/** What {@link session} gives: options for viem's `http` transport. */
export type Session = {
  onFetchRequest: (request: Request, init: RequestInit) => RequestInit
  onFetchResponse: (response: Response) => void
  /** The newest tick that an answer was of, 0 before the first one. */
  tick: () => number
  /** Takes notice of a tick that was seen otherwise, such as by WebSocket or on another page. */
  saw: (tick: number) => void
}

/**
 * Options for viem's `http` transports by which their clients never see an older state than before, whichever gateway of the network
 * answers: `const s = session()`, and then `http(url, s)` for each URL. A gateway that has not executed what was seen waits for
 * a moment, and refuses with reason `behind` after that. A WebSocket begins there with `minTick` in its URL's query.
 */
export function session(): Session {
  let newest = 0
  const saw = (tick: number) => {
    if (Number.isSafeInteger(tick)) newest = Math.max(newest, tick)
  }
  return {
    onFetchRequest: (_request, init) => {
      if (newest === 0) return init
      const headers = new Headers(init.headers)
      headers.set('Lockstep-Min-Tick', String(newest))
      return { ...init, headers }
    },
    onFetchResponse: (response) => saw(Number(response.headers.get('Lockstep-Tick') ?? 0)),
    tick: () => newest,
    saw,
  }
}
