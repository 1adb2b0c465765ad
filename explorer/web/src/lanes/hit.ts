import { arcX, bulge, cellX, curves, laneY, type Hit, type View } from "./draw.ts";
import type { River } from "./river.ts";

/** find is the bundle or the cell at a point, the nearest first; fingers need more room than a mouse. */
export function find(view: View, river: River, point: { x: number; y: number; reach: number }): Hit | undefined {
  let best: Hit | undefined;
  let nearest = point.reach;
  const offer = (hit: Hit, distance: number): void => {
    if (distance < nearest) {
      nearest = distance;
      best = hit;
    }
  };
  for (const arc of river.arcs) {
    const x = arcX(view, arc);
    if (Math.abs(x - point.x) > 80) continue;
    for (const leg of arc.add.legs) offer({ arc }, Math.hypot(x - point.x, laneY(view, river.laneOf(leg.rollup)) - point.y));
    for (const [from, to] of curves(river, arc)) {
      const [y0, y1] = [laneY(view, from), laneY(view, to)];
      if (point.y < y0 || point.y > y1) continue;
      const t = (point.y - y0) / (y1 - y0);
      const edge = x - bulge(view, from, to) * Math.sqrt(Math.max(0, 4 * t * (1 - t)));
      offer({ arc }, Math.abs(edge - point.x) + 1);
    }
  }
  for (const cell of river.cells) {
    if (cell.count === cell.legs) continue;
    const x = cellX(view, cell);
    const dx = Math.abs(x - point.x);
    const dy = Math.abs(laneY(view, cell.lane) - point.y);
    if (dy < view.laneHeight / 2) offer({ cell }, Math.hypot(dx, Math.max(0, dy - 14)) + 0.5);
  }
  return best;
}
