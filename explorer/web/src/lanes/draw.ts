import type { Look } from "../ui/mark.tsx";
import type { Arc, Cell, River } from "./river.ts";

/** Colours are the stylesheet's, resolved for the theme that is shown. */
export type Colours = Record<Look | "line" | "faint" | "muted" | "accent" | "surface" | "ink", string>;

/** View is where and when the river is drawn: px are CSS pixels. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** The lanes lie between these edges. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly laneHeight: number;
  /** Pixels per ms. */
  readonly scale: number;
  /** The consensus time (ms) at the right edge. */
  readonly now: number;
  /** performance.now(), or undefined where nothing may move. */
  readonly clock: number | undefined;
  readonly colours: Colours;
  readonly hit: Hit | undefined;
}

/** Hit is what lies under the pointer. */
export type Hit = { readonly arc: Arc } | { readonly cell: Cell };

const minBeat = 4;
const popMs = 260;
const single = 4.2;

export const laneY = (view: View, lane: number): number => view.top + view.laneHeight * (lane + 0.5);
export const timeX = (view: View, time: number): number => view.right - (view.now - time) * view.scale;

/** arcX is where a bundle stands: bundles of one tick stand beside each other. */
export const arcX = (view: View, arc: Arc): number => timeX(view, arc.time) - Math.min(arc.place, 12) * 7;

/** cellX is where a lane's single transactions stand: beside the legs that came with them. */
export const cellX = (view: View, cell: Cell): number => timeX(view, cell.time) + (cell.legs > 0 ? 12 : 0);

/** draw paints everything, oldest first. */
export function draw(c: CanvasRenderingContext2D, view: View, river: River): void {
  c.clearRect(0, 0, view.width, view.height);
  drawLanes(c, view, river);
  drawBeats(c, view, river);
  drawCells(c, view, river);
  drawArcs(c, view, river);
  drawNow(c, view, river);
}

function drawLanes(c: CanvasRenderingContext2D, view: View, river: River): void {
  c.lineWidth = 1;
  river.lanes.forEach((_, i) => {
    const y = Math.round(laneY(view, i)) + 0.5;
    c.strokeStyle = view.colours.line;
    c.beginPath();
    c.moveTo(view.left, y);
    c.lineTo(view.right, y);
    c.stroke();
  });
}

// Every tick is a step that all lanes take at once: a bead on each lane, and a hairline through all where it has content.
function drawBeats(c: CanvasRenderingContext2D, view: View, river: River): void {
  const { beats, lanes } = river;
  const first = laneY(view, 0);
  const last = laneY(view, lanes.length - 1);
  let drawn = -Infinity;
  c.fillStyle = view.colours.faint;
  for (const beat of beats) {
    const x = timeX(view, beat.time);
    if (x < view.left - 40 || x > view.right + 4) continue;
    const steps = Math.max(1, beat.empty);
    const span = x - timeX(view, beat.from);
    for (let i = 1; i <= steps; i++) {
      const at = x - (span * (steps - i)) / steps;
      if (at - drawn < minBeat || at < view.left || at > view.right) continue;
      drawn = at;
      c.globalAlpha = fade(view, at) * 0.8;
      lanes.forEach((_, lane) => c.fillRect(at - 0.5, laneY(view, lane) - 4, 1, 8));
      c.globalAlpha = fade(view, at) * 0.16;
      c.fillRect(at - 0.5, first, 1, last - first);
    }
    if (beat.entries > 0 && x >= view.left && x <= view.right) {
      c.globalAlpha = fade(view, x) * 0.22;
      c.fillRect(x - 0.5, first - view.laneHeight * 0.32, 1, last - first + view.laneHeight * 0.64);
    }
  }
  c.globalAlpha = 1;
}

function drawCells(c: CanvasRenderingContext2D, view: View, river: River): void {
  for (const cell of river.cells) {
    const x = cellX(view, cell);
    if (x < view.left - 10 || x > view.right + 10) continue;
    const singles = cell.count - cell.legs;
    if (singles <= 0) continue;
    c.globalAlpha = fade(view, x);
    const grow = pop(view, cell.born);
    const hit = view.hit && "cell" in view.hit && view.hit.cell === cell;
    drawCell(c, view, { x, y: laneY(view, cell.lane), grow, hit: hit ?? false, looks: river.looks(cell), singles });
  }
  c.globalAlpha = 1;
}

const order: readonly Look[] = ["attested", "executed", "ordered", "reverted", "void"];

interface Dab {
  readonly x: number;
  readonly y: number;
  readonly grow: number;
  readonly hit: boolean;
  readonly looks: Partial<Record<Look, number>>;
  readonly singles: number;
}

function drawCell(c: CanvasRenderingContext2D, view: View, dab: Dab): void {
  const most = Math.max(1, Math.min(4, Math.floor((view.laneHeight - 6) / (2 * single + 2))));
  if (dab.singles <= most) {
    let i = 0;
    for (const look of order) {
      for (let n = dab.looks[look] ?? 0; n > 0; n--, i++) {
        const y = dab.y + (i - (dab.singles - 1) / 2) * (2 * single + 2);
        mark(c, view.colours, { look, x: dab.x, y, r: single * dab.grow + (dab.hit ? 1.5 : 0) });
      }
    }
    return;
  }
  // Too many to tell apart: a column as high as they are many, in the parts that they came to.
  const height = Math.min(view.laneHeight - 6, 10 + Math.sqrt(dab.singles) * view.laneHeight * 0.09) * dab.grow;
  let top = dab.y - height / 2;
  const width = dab.hit ? 6.5 : 5;
  for (const look of order) {
    const part = ((dab.looks[look] ?? 0) / dab.singles) * height;
    if (part <= 0) continue;
    const high = Math.max(part, 2);
    c.fillStyle = view.colours[look];
    if (look === "void") hatch(c, dab.x, top, width, high);
    else c.fillRect(dab.x - width / 2, top, width, high);
    top += part;
  }
}

// What is void stands narrower and broken, so that it shows without its colour.
function hatch(c: CanvasRenderingContext2D, x: number, top: number, width: number, height: number): void {
  for (let y = 0; y < height; y += 3) c.fillRect(x - width / 2, top + y, width, 1.6);
}

/** Spot is a mark's place. */
interface Spot {
  readonly look: Look;
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

function mark(c: CanvasRenderingContext2D, colours: Colours, { look, x, y, r }: Spot): void {
  c.fillStyle = c.strokeStyle = colours[look];
  c.lineWidth = 1.6;
  c.beginPath();
  switch (look) {
    case "void":
      c.lineWidth = 2.1;
      c.moveTo(x - r * 0.8, y - r * 0.8);
      c.lineTo(x + r * 0.8, y + r * 0.8);
      c.moveTo(x + r * 0.8, y - r * 0.8);
      c.lineTo(x - r * 0.8, y + r * 0.8);
      c.stroke();
      return;
    case "reverted":
      c.moveTo(x, y - r);
      c.lineTo(x + r, y + r * 0.8);
      c.lineTo(x - r, y + r * 0.8);
      c.closePath();
      c.fill();
      return;
    case "attested":
      c.arc(x, y, r, 0, 2 * Math.PI);
      c.fill();
      return;
    default:
      c.fillStyle = colours.surface;
      c.arc(x, y, r - 0.8, 0, 2 * Math.PI);
      c.fill();
      c.stroke();
  }
  if (look !== "executed") return;
  c.fillStyle = colours.executed;
  c.beginPath();
  c.arc(x, y, r, Math.PI / 2, (3 * Math.PI) / 2);
  c.fill();
}

function drawArcs(c: CanvasRenderingContext2D, view: View, river: River): void {
  for (const arc of river.arcs) {
    const x = arcX(view, arc);
    if (x < view.left - 60 || x > view.right + 10) continue;
    const look = river.arcLook(arc);
    const hit = view.hit !== undefined && "arc" in view.hit && view.hit.arc === arc;
    c.globalAlpha = fade(view, x);
    sail(c, view, river, { arc, x, look, hit });
    const grow = pop(view, arc.born);
    arc.add.legs.forEach((leg, i) => {
      const lane = river.laneOf(leg.rollup);
      if (lane < 0) return;
      mark(c, view.colours, { look: river.legLook(arc, i), x, y: laneY(view, lane), r: (hit ? 7.2 : 5.8) * grow });
    });
  }
  c.globalAlpha = 1;
}

/** curves are the lanes between which a bundle's arcs run, top down. */
export function curves(river: River, arc: Arc): [number, number][] {
  const lanes = [...new Set(arc.add.legs.map((leg) => river.laneOf(leg.rollup)).filter((lane) => lane >= 0))].sort((a, b) => a - b);
  return lanes.slice(1).map((lane, i) => [lanes[i]!, lane]);
}

/** bulge is how far an arc between two lanes stands out. */
export const bulge = (view: View, from: number, to: number): number => Math.min(64, 16 + (to - from) * view.laneHeight * 0.22);

function sail(c: CanvasRenderingContext2D, view: View, river: River, what: { arc: Arc; x: number; look: Look; hit: boolean }): void {
  const { arc, x, look, hit } = what;
  const whole = c.globalAlpha;
  for (const [from, to] of curves(river, arc)) {
    const [y0, y1] = [laneY(view, from), laneY(view, to)];
    const out = (bulge(view, from, to) * 4) / 3;
    c.beginPath();
    c.moveTo(x, y0);
    c.bezierCurveTo(x - out, y0 + (y1 - y0) * 0.12, x - out, y1 - (y1 - y0) * 0.12, x, y1);
    c.fillStyle = c.strokeStyle = view.colours[look];
    c.globalAlpha = whole * (hit ? 0.22 : 0.1);
    c.fill();
    c.globalAlpha = whole;
    c.lineWidth = hit ? 3 : 2;
    c.setLineDash(look === "void" ? [5, 4] : arc.add.atomicity === "inclusion" ? [1.5, 3.5] : []);
    c.stroke();
    c.setLineDash([]);
  }
}

function drawNow(c: CanvasRenderingContext2D, view: View, river: River): void {
  const bottom = laneY(view, river.lanes.length - 1) + view.laneHeight * 0.5;
  c.fillStyle = view.colours.line;
  c.fillRect(view.right, view.top, 1, bottom - view.top);
  c.fillStyle = view.colours.muted;
  c.font = "11.5px ui-sans-serif, system-ui, sans-serif";
  c.textBaseline = "middle";
  c.textAlign = "right";
  c.fillText("now", view.right, view.height - 12);
  c.textAlign = "center";
  const step = view.scale * 1000 > 60 ? 1 : 2;
  for (let s = step; ; s += step) {
    const x = view.right - s * 1000 * view.scale;
    if (x < view.left + 14) break;
    if (view.right - x > 40) c.fillText(`−${s} s`, x, view.height - 12);
  }
}

// Marks come out of nothing in a moment, and leave into the names of the lanes.
function pop(view: View, born: number): number {
  if (view.clock === undefined) return 1;
  const t = Math.min(1, Math.max(0, (view.clock - born) / popMs));
  return 0.4 + 0.6 * (1 - (1 - t) ** 3);
}

function fade(view: View, x: number): number {
  return Math.max(0, Math.min(1, (x - view.left) / 40));
}
