import { useEffect, useState } from "preact/hooks";

import { heard } from "./clock.ts";
import { River } from "./lanes/river.ts";
import { base } from "./router.ts";
import type { Frame, Hello, PoolState, Times, ValidatorState } from "./types.ts";

/** How the page stands to the node: live, never heard of yet, silent for too long, or asleep because nobody looks. */
export type Link = "connecting" | "live" | "stale" | "asleep";

// A frame comes several times a second, ticks or not; this long without one, and the page says so.
const patience = 2500;
// A stream that is open and silent for this long is opened anew: a middlebox may have dropped it.
const giveUp = 10_000;
// A hidden page lets the stream go after this time; it costs the node and the computer nothing until somebody looks again.
const sleepAfter = 15_000;
const sparkLength = 60;

/** Live follows the node's feed and holds the newest of everything. */
export class Live {
  hello: Hello | undefined;
  frame: Frame | undefined;
  times: Times | undefined;
  validators: readonly ValidatorState[] = [];
  pool: PoolState | undefined;
  link: Link = "connecting";
  readonly river = new River();
  /** One value per second, the newest last. */
  readonly tickRates: number[] = [];
  readonly tps: number[] = [];
  /** When the newest frame came, by performance.now(). */
  lastFrame = performance.now();

  private source: EventSource | undefined;
  private retry = 0;
  private sleep = 0;
  private readonly slow = new Set<() => void>();
  private readonly fast = new Set<() => void>();
  private sampled = 0;

  start(): void {
    this.open();
    setInterval(() => this.watch(), 500);
    document.addEventListener("visibilitychange", () => this.seen());
    addEventListener("online", () => this.link !== "live" && this.reopen());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.reopen());
  }

  /** onFrame calls back with every frame, onChange once a second and when the link changes; both return how to stop it. */
  onFrame(listener: () => void): () => void {
    this.fast.add(listener);
    return () => this.fast.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.slow.add(listener);
    return () => this.slow.delete(listener);
  }

  /** silence is for how many ms nothing came. */
  silence(): number {
    return performance.now() - this.lastFrame;
  }

  private open(): void {
    clearTimeout(this.retry);
    this.source?.close();
    const source = new EventSource(`${base}/live`);
    this.source = source;
    source.addEventListener("hello", (event) => this.greet(JSON.parse(event.data as string) as Hello));
    source.addEventListener("frame", (event) => this.take(JSON.parse(event.data as string) as Frame));
    source.onerror = () => {
      if (this.link === "live") this.change("stale");
      // The browser reconnects by itself after a broken stream, but not after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED && source === this.source) this.retry = window.setTimeout(() => this.open(), 1000);
    };
  }

  private reopen(): void {
    this.lastFrame = performance.now();
    this.open();
  }

  private greet(hello: Hello): void {
    const other = this.hello !== undefined && this.hello.networkId !== hello.networkId;
    if (other) {
      // Another network answers at this address: nothing on the page holds any more.
      location.reload();
      return;
    }
    this.hello = hello;
    heard(hello.now);
    this.river.greet(hello);
    this.lastFrame = performance.now();
    this.notify(this.slow);
  }

  private take(frame: Frame): void {
    this.lastFrame = performance.now();
    this.frame = frame;
    heard(frame.now);
    if (frame.times) this.times = frame.times;
    if (frame.validators) this.validators = frame.validators;
    if (frame.pool) this.pool = frame.pool;
    this.river.take(frame, this.lastFrame);
    if (this.link !== "live") this.change("live");
    this.notify(this.fast);
    if (this.lastFrame - this.sampled < 1000) return;
    this.sampled = this.lastFrame;
    keep(this.tickRates, frame.rates.ticks1);
    keep(this.tps, frame.rates.tps1);
    this.notify(this.slow);
  }

  private watch(): void {
    if (this.link === "asleep") return;
    const silent = this.silence();
    if (silent > patience && this.link === "live") this.change("stale");
    if (silent > giveUp && this.source?.readyState === EventSource.OPEN) this.reopen();
    if (this.link !== "live") this.notify(this.slow);
  }

  private seen(): void {
    clearTimeout(this.sleep);
    if (document.visibilityState === "visible") {
      if (this.link === "asleep") {
        this.change("connecting");
        this.reopen();
      }
      return;
    }
    this.sleep = window.setTimeout(() => {
      this.source?.close();
      clearTimeout(this.retry);
      this.change("asleep");
    }, sleepAfter);
  }

  private change(link: Link): void {
    this.link = link;
    this.notify(this.slow);
  }

  private notify(listeners: ReadonlySet<() => void>): void {
    if (document.visibilityState === "hidden") return;
    for (const listener of listeners) listener();
  }
}

function keep(values: number[], value: number): void {
  values.push(value);
  if (values.length > sparkLength) values.shift();
}

export const live = new Live();

/** useLive is the feed; whoever uses it is drawn again once a second and when the link changes. */
export function useLive(): Live {
  const [, redraw] = useState(0);
  useEffect(() => live.onChange(() => redraw((n) => n + 1)), []);
  return live;
}

/** useRollupName names rollups as the registry does. */
export function useRollupName(): (id: number) => string {
  const { hello } = useLive();
  return (id) => hello?.rollups.find((r) => r.id === id)?.name ?? `rollup ${id}`;
}
