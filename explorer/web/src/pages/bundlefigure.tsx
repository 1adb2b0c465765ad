import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { base, paths } from "../router.ts";
import { looks, Mark, type Look } from "../ui/mark.tsx";

/** Leg is a leg of the figure: on which rollup, and what became of it. */
export interface FigureLeg {
  readonly lane: number;
  readonly look: Look;
  readonly hash: string;
  readonly failing: boolean;
}

const step = 74;
const left = 150;
const phoneLeft = 88;

/** BundleFigure draws a bundle over the lanes that it touches, one column for each leg, in the order in which they run. */
export function BundleFigure(props: { lanes: readonly { id: number; name: string }[]; legs: readonly FigureLeg[]; look: Look; dotted: boolean }): JSX.Element {
  const { lanes, legs, look, dotted } = props;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const from = width < 520 ? phoneLeft : left;
  const height = lanes.length * step;
  const y = (lane: number): number => step * (lanes.findIndex((l) => l.id === lane) + 0.5);
  const gap = Math.min(250, (width - from - 40) / Math.max(1, legs.length));
  const x = (i: number): number => from + gap * (i + 0.5);
  const colour = `var(--${look === "unknown" || look === "accepted" ? "ordered" : look})`;
  return (
    <div class="legs" ref={box}>
      <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${legs.length} legs: ${legs.map((leg, i) => `leg ${i + 1} on ${lanes.find((l) => l.id === leg.lane)?.name ?? leg.lane}, ${looks[leg.look].toLowerCase()}`).join("; ")}`}>
        {lanes.map((lane) => <line key={lane.id} x1={from} x2={width - 8} y1={y(lane.id)} y2={y(lane.id)} stroke="var(--line-strong)" />)}
        {legs.slice(1).map((leg, i) => {
          const [x0, y0, x1, y1] = [x(i), y(legs[i]!.lane), x(i + 1), y(leg.lane)];
          const path = y0 === y1 ? `M${x0},${y0} Q${(x0 + x1) / 2},${y0 - 34} ${x1},${y1}` : `M${x0},${y0} C${x0 + gap * 0.7},${y0} ${x1 - gap * 0.7},${y1} ${x1},${y1}`;
          return <path key={i} d={path} fill="none" stroke={colour} stroke-width="2.5" stroke-dasharray={look === "void" ? "6 5" : dotted ? "2 4" : undefined} />;
        })}
      </svg>
      {lanes.map((lane) => <a key={lane.id} class="legs-lane" href={base + paths.rollup(lane.id)} style={{ top: `${y(lane.id)}px`, width: `${from - 16}px` }}>{lane.name}</a>)}
      {legs.map((leg, i) => (
        <a key={i} class="legs-mark chip" data-outcome={leg.look} data-failing={leg.failing} href={base + paths.tx(leg.hash)} aria-label={`Leg ${i + 1}${leg.failing ? " failed" : ""}, ${looks[leg.look].toLowerCase()}`} title={`Leg ${i + 1}: ${looks[leg.look]}`}
          style={{ left: `${x(i)}px`, top: `${y(leg.lane)}px` }}>
          <Mark look={leg.look} />
          <span aria-hidden="true">{leg.failing ? `Leg ${i + 1} failed` : `Leg ${i + 1}`}</span>
        </a>
      ))}
    </div>
  );
}
