import { useEffect, useState } from "preact/hooks";

// The page's own addresses all lie below this path.
export const base = "/explorer";

/** A place in the explorer, as the address bar names it. */
export interface Route {
  readonly page: string;
  readonly args: readonly string[];
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

/** current reads the route from the address bar. */
export function current(): Route {
  const path = location.pathname.slice(base.length).split("/").filter((part) => part !== "");
  return { page: path[0] ?? "", args: path.slice(1).map(decodeURIComponent), query: new URLSearchParams(location.search) };
}

/** go moves to a path below the base; replace leaves no entry in the history. */
export function go(path: string, replace = false): void {
  const url = base + path;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  if (!replace) scrollTo(0, 0);
  for (const listener of listeners) listener();
}

/** useRoute is the route, kept up to date. */
export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const update = (): void => setRoute(current());
    listeners.add(update);
    addEventListener("popstate", update);
    return () => {
      listeners.delete(update);
      removeEventListener("popstate", update);
    };
  }, []);
  return route;
}

/** followLinks lets plain links below the base change the page without loading it anew. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    if (!link || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname !== base && !link.pathname.startsWith(base + "/")) return;
    if (link.pathname.startsWith(base + "/api/") || (link.hash !== "" && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.pathname.slice(base.length) + link.search);
  });
}

export const paths = {
  home: "/",
  tick: (n: number) => `/tick/${n}`,
  tx: (hash: string) => `/tx/${hash}`,
  bundle: (id: string) => `/bundle/${id}`,
  rollup: (id: number | string) => `/rollup/${id}`,
  block: (rollup: number | string, number: number | string) => `/rollup/${rollup}/block/${number}`,
  validators: "/validators",
  changes: "/changes",
  validator: (address: string) => `/validator/${address}`,
  address: (address: string) => `/address/${address}`,
  wallet: "/wallet",
  search: (text: string) => `/search?q=${encodeURIComponent(text)}`,
};
