import { useEffect, useRef, useState } from "preact/hooks";

import { base } from "./router.ts";

/** ApiError is an answer that is no success, or none at all (status 0); want is what would have been right, where the node says so. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly want?: string) {
    super(message);
  }
}

/** get asks the explorer's JSON API. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${base}/api/${path}`, { signal: signal ?? null, headers: { accept: "application/json" } });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "the node does not answer");
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(response.status, `the node answered ${response.status} with something that is no JSON`);
  }
  if (!response.ok) {
    const failure = body as { error?: { message?: string } };
    throw new ApiError(response.status, failure.error?.message ?? `the node answered ${response.status}`);
  }
  return body as T;
}

let calls = 0;

/** rpc calls a JSON-RPC method: of the network at "/", or of a rollup at its path. */
export async function rpc<T>(path: string, method: string, params: readonly unknown[], signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++calls, method, params }),
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "the node does not answer");
  }
  const body = (await response.json()) as { result?: T; error?: { message: string; data?: { reason?: string; want?: string } } };
  if (body.error) throw new ApiError(response.status, body.error.message, body.error.data?.want);
  return body.result as T;
}

/** Loaded is what a page has of an answer: nothing yet, the answer (perhaps an older one beside an error), or an error alone. */
export interface Loaded<T> {
  readonly data?: T;
  readonly error?: ApiError;
  readonly reload: () => void;
}

/**
 * useApi asks for a path, again when the path changes, and every `every(answer)` ms as long as that is above zero and the
 * page is seen. An answer of an older path is never shown, and a failure does not take away what was there.
 */
export function useApi<T>(path: string | undefined, every: (data: T | undefined) => number = () => 0): Loaded<T> {
  const [state, setState] = useState<{ path?: string | undefined; data?: T | undefined; error?: ApiError | undefined }>({});
  const [round, setRound] = useState(0);
  const schedule = useRef(every);
  schedule.current = every;
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    let timer = 0;
    const again = (data: T | undefined, failed: boolean): void => {
      const wait = failed ? 1500 : schedule.current(data);
      if (wait > 0) timer = window.setTimeout(ask, wait);
    };
    const ask = async (): Promise<void> => {
      if (document.visibilityState === "hidden") {
        document.addEventListener("visibilitychange", () => void ask(), { once: true, signal: abort.signal });
        return;
      }
      try {
        const data = await get<T>(path, abort.signal);
        setState({ path, data });
        again(data, false);
      } catch (cause) {
        if (abort.signal.aborted) return;
        const error = cause instanceof ApiError ? cause : new ApiError(0, String(cause));
        setState((was) => ({ path, data: was.path === path ? was.data : undefined, error }));
        // What does not exist may come to exist: a hash is unknown until its transaction arrives.
        if (error.status === 0 || error.status >= 500 || error.status === 429 || error.status === 404) again(undefined, true);
      }
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, round]);
  const fresh = state.path === path;
  return {
    ...(fresh && state.data !== undefined ? { data: state.data } : {}),
    ...(fresh && state.error !== undefined ? { error: state.error } : {}),
    reload: () => setRound((n) => n + 1),
  };
}
