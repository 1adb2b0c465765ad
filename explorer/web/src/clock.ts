import { useEffect, useState } from "preact/hooks";

// The node's clock, as far as its messages tell: relative times would be wrong on a computer whose own clock is.
let offset = 0;
const listeners = new Set<() => void>();
let timer = 0;

/** now is the node's time in ms since the Unix epoch. */
export function now(): number {
  return Date.now() + offset;
}

/** heard takes a moment of the node's clock that has just arrived; small differences are the network's. */
export function heard(nodeTime: number): void {
  const difference = nodeTime - Date.now();
  if (Math.abs(difference - offset) > 2000) offset = Math.abs(difference) > 2000 ? difference : 0;
}

/** useNow is the node's time, renewed once a second while the page is seen. */
export function useNow(): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const update = (): void => setTime(now());
    listeners.add(update);
    if (timer === 0) timer = window.setInterval(strike, 1000);
    return () => {
      listeners.delete(update);
      if (listeners.size === 0) {
        clearInterval(timer);
        timer = 0;
      }
    };
  }, []);
  return time;
}

function strike(): void {
  if (document.visibilityState === "hidden") return;
  for (const listener of listeners) listener();
}
