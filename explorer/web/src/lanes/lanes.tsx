import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { count, rate, short } from "../format.ts";
import { useLive, type Live } from "../live.ts";
import { go, paths } from "../router.ts";
import { Link } from "../ui/basics.tsx";
import { Chip, looks, type Look } from "../ui/mark.tsx";
import { PauseIcon, PlayIcon } from "../ui/icons.tsx";
import { draw, type Colours, type Hit, type View } from "./draw.ts";
import { find } from "./hit.ts";
import { Flow } from "./flow.ts";

const wide = { left: 176, right: 26, perSecond: 92 };
const narrow = { left: 92, right: 14, perSecond: 66 };
const top = 14;
const foot = 28;

/** Layout is what the number of lanes and the width of the page make of the river. */
function layout(lanes: number, width: number): { laneHeight: number; height: number } {
  const most = width < 620 ? 84 : 112;
  const least = width < 620 ? 34 : 38;
  const laneHeight = Math.max(least, Math.min(most, 420 / Math.max(1, lanes)));
  return { laneHeight, height: top + laneHeight * Math.max(1, lanes) + foot };
}

/** Lanes are the lanes of all rollups, flowing. */
export function Lanes(): JSX.Element {
  const live = useLive();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [paused, setPaused] = useState(false);
  const [tip, setTip] = useState<Tip>();
  const flow = useRef<Flow>();
  const lanes = live.river.lanes.length;
  const { laneHeight, height } = layout(lanes, width);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0 || lanes === 0) return;
    const shown = new Painter(live, canvas.current!, { width, height, laneHeight });
    flow.current = new Flow(live, (now, clock) => shown.paint(now, clock));
    flow.current.hold(paused);
    const stop = flow.current.start();
    const pointer = listen(canvas.current!, shown, (hit, x, y) => {
      flow.current!.grip(hit !== undefined);
      setTip(hit ? { hit, x, y } : undefined);
    });
    return () => {
      pointer();
      stop();
    };
  }, [width, height, lanes]);
  const hold = (value: boolean): void => {
    setPaused(value);
    flow.current?.hold(value);
  };
  return (
    <div class="river" ref={box}>
      <canvas ref={canvas} role="img" style={{ height: `${height}px` }} aria-label="The lanes of all rollups, the newest at the right edge. The tables below list the same bundles and ticks." />
      <div class="river-lanes" style={{ height: `${height}px` }}>
        {live.river.lanes.map((rollup, i) => (
          <Link key={rollup.id} to={paths.rollup(rollup.id)} class="river-lane" data-tight={laneHeight < 52} style={{ top: `${top + laneHeight * (i + 0.5)}px` }}>
            <b>{rollup.name}</b>
            <span>{rate(live.frame?.rollups.find((r) => r.id === rollup.id)?.tps10 ?? 0)} tx/s</span>
          </Link>
        ))}
      </div>
      {lanes === 0 && <p class="empty">Waiting for the network…</p>}
      {tip && <Tooltip tip={tip} live={live} width={width} />}
      <div class="river-foot">
        <ul class="legend" aria-label="What the marks mean">
          {(["ordered", "executed", "attested", "void", "reverted"] as const).map((look) => <li key={look} title={meanings[look]}><Chip look={look} /></li>)}
          <li><span class="chip"><ArcSign />Bundle: all or nothing</span></li>
        </ul>
        <span class="end">
          <button type="button" class="button small" aria-pressed={paused} onClick={() => hold(!paused)}>
            <span class="icon-inline">{paused ? <PlayIcon /> : <PauseIcon />}</span>
            {paused ? "Go on" : "Hold"}
          </button>
        </span>
      </div>
    </div>
  );
}

const meanings: Record<"ordered" | "executed" | "attested" | "void" | "reverted", string> = {
  ordered: "Its place in the order is final",
  executed: "This node knows its result",
  attested: "More than two thirds of the validators signed its result: it never goes back",
  void: "It had no effect",
  reverted: "Its contract reverted: it is in a block with status 0",
};

const ArcSign = () => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M12 1C0 3 0 13 12 15" /><circle cx="12" cy="2" r="2" fill="currentColor" stroke="none" /><circle cx="12" cy="14" r="2" fill="currentColor" stroke="none" /></svg>
);

/** Painter draws on one canvas and remembers what it has drawn, for the pointer. */
class Painter {
  view: View | undefined;
  hit: Hit | undefined;
  private readonly context: CanvasRenderingContext2D;
  private colours: Colours;
  private theme = "";

  constructor(readonly live: Live, private readonly canvas: HTMLCanvasElement, private readonly size: { width: number; height: number; laneHeight: number }) {
    const density = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(size.width * density);
    canvas.height = Math.round(size.height * density);
    this.context = canvas.getContext("2d")!;
    this.context.setTransform(density, 0, 0, density, 0, 0);
    this.colours = colours(canvas);
  }

  paint(now: number, clock: number | undefined): void {
    const theme = getComputedStyle(this.canvas).color;
    if (theme !== this.theme) {
      this.theme = theme;
      this.colours = colours(this.canvas);
    }
    const { width, height, laneHeight } = this.size;
    const sides = width < 620 ? narrow : wide;
    this.view = {
      width, height, laneHeight, top, left: sides.left, right: width - sides.right, scale: sides.perSecond / 1000,
      now, clock, colours: this.colours, hit: this.hit,
    };
    draw(this.context, this.view, this.live.river);
  }
}

// A custom property is a text until an element uses it; the canvas needs the colour that it means in this theme.
function colours(canvas: HTMLElement): Colours {
  const probe = document.createElement("i");
  canvas.parentElement!.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [line, faint, muted, accent, surface, ink] = ["line-strong", "line-strong", "faint", "accent", "surface", "ink"].map(resolve) as [string, string, string, string, string, string];
  const [ordered, executed, attested, voided, reverted] = ["ordered", "executed", "attested", "void", "reverted"].map(resolve) as [string, string, string, string, string];
  probe.remove();
  return { line, faint, muted, accent, surface, ink, ordered, executed, attested, void: voided, reverted, accepted: ordered, unknown: ordered };
}

function listen(canvas: HTMLCanvasElement, painter: Painter, show: (hit: Hit | undefined, x: number, y: number) => void): () => void {
  const at = (event: PointerEvent | MouseEvent): Hit | undefined => {
    const box = canvas.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top, reach: "pointerType" in event && event.pointerType === "touch" ? 26 : 13 };
    const hit = painter.view && find(painter.view, painter.live.river, point);
    painter.hit = hit;
    if (hit) canvas.dataset.hit = "arc" in hit ? "bundle" : "transactions";
    else delete canvas.dataset.hit;
    show(hit, point.x, point.y);
    return hit;
  };
  const leave = (): void => {
    painter.hit = undefined;
    show(undefined, 0, 0);
  };
  const click = (event: MouseEvent): void => {
    const hit = at(event);
    if (hit) go(target(hit));
  };
  canvas.addEventListener("pointermove", at);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("click", click);
  return () => {
    canvas.removeEventListener("pointermove", at);
    canvas.removeEventListener("pointerleave", leave);
    canvas.removeEventListener("click", click);
  };
}

// A mark leads to the one thing that it shows, and to the tick with the most of them if it shows several.
function target(hit: Hit): string {
  if ("arc" in hit) return paths.bundle(hit.arc.add.id);
  const spans = hit.cell.spans.filter((s) => s.add.count > (s.add.legs ?? 0));
  const most = spans.reduce((a, b) => (b.add.count > a.add.count ? b : a), spans[0]!);
  const only = hit.cell.count - hit.cell.legs === 1 ? most.add.entries.find((e) => e.bundle === undefined) : undefined;
  return only ? paths.tx(only.hash) : paths.tick(most.tick);
}

interface Tip {
  readonly hit: Hit;
  readonly x: number;
  readonly y: number;
}

function Tooltip({ tip, live, width }: { tip: Tip; live: Live; width: number }): JSX.Element {
  const right = tip.x > width / 2;
  const style = { top: `${Math.max(6, tip.y - 24)}px`, ...(right ? { right: `${width - tip.x + 18}px` } : { left: `${tip.x + 18}px` }) };
  return <div class="tip" style={style} aria-hidden="true">{"arc" in tip.hit ? <ArcTip live={live} arc={tip.hit.arc} /> : <CellTip live={live} cell={tip.hit.cell} />}</div>;
}

function ArcTip({ live, arc }: { live: Live; arc: Extract<Hit, { arc: unknown }>["arc"] }): JSX.Element {
  const names = [...new Set(arc.add.legs.map((leg) => live.river.lanes[live.river.laneOf(leg.rollup)]?.name ?? `${leg.rollup}`))];
  const look = live.river.arcLook(arc);
  const outcome = arc.outcome;
  return (
    <>
      <b>Bundle across {names.join(" and ")}</b>
      <div>{count(arc.add.legs.length)} legs, tick {count(arc.tick)}</div>
      <Chip look={look} text={look === "void" ? `Void: ${outcome?.code}${outcome?.failingLeg === undefined ? "" : `, leg ${outcome.failingLeg + 1}`}` : looks[look]} />
      <div><code>{short(arc.add.id)}</code></div>
    </>
  );
}

function CellTip({ live, cell }: { live: Live; cell: Extract<Hit, { cell: unknown }>["cell"] }): JSX.Element {
  const found = Object.entries(live.river.looks(cell)) as [Look, number][];
  const ticks = [cell.spans[0]!.tick, cell.spans.at(-1)!.tick];
  const n = cell.count - cell.legs;
  return (
    <>
      <b>{count(n)} {n === 1 ? "transaction" : "transactions"} on {live.river.lanes[cell.lane]?.name}</b>
      <div>{ticks[0] === ticks[1] ? `tick ${count(ticks[0]!)}` : `ticks ${count(ticks[0]!)} to ${count(ticks[1]!)}`}</div>
      {found.map(([look, many]) => <div key={look}><Chip look={look} text={n === 1 ? looks[look] : `${count(many)} ${looks[look].toLowerCase()}`} /></div>)}
    </>
  );
}

