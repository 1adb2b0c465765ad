import type { Look } from "../ui/mark.tsx";
import type { BundleAdd, Frame, Hello, LaneAdd, OutcomeRun, RollupInfo, TickRow } from "../types.ts";

// Marks that are nearer in time than a cell are drawn as one: what is ordered within it is at most a finger's width apart.
export const cellMs = 80;
// How much is remembered: more than the widest screen shows.
const memoryMs = 32_000;

/** Span is a run of consecutive positions of a lane that one tick added, with what is known of their fate. */
export interface Span {
  readonly lane: number;
  readonly tick: number;
  readonly add: LaneAdd;
  /** The looks of decided positions, by distance from the first one; missing ones are ordered only. */
  readonly fates: Map<number, Fate>;
}

/** Fate is what a decided position became. */
export interface Fate {
  readonly tick: number;
  readonly void: boolean;
  readonly reverted: boolean;
  readonly code: string;
}

/** Cell is what one lane got within a cell of time. */
export interface Cell {
  readonly lane: number;
  /** Time (consensus ms) at which it is drawn: that of its first tick. */
  readonly time: number;
  /** When the page learned of it, by performance.now(). */
  readonly born: number;
  readonly spans: Span[];
  count: number;
  legs: number;
  /** The counts of its looks, once they do not change any more. */
  settled?: Partial<Record<Look, number>>;
}

/** Arc is a bundle across lanes. */
export interface Arc {
  readonly add: BundleAdd;
  readonly tick: number;
  readonly time: number;
  readonly born: number;
  /** Which of its tick's bundles it is. */
  readonly place: number;
  readonly zone: number;
  outcome?: { code: string; tick: number; failingLeg?: number; reason?: string };
}

/** Beat is a tick, or a run of empty ones that ends at it. */
export interface Beat {
  readonly number: number;
  readonly time: number;
  readonly from: number;
  readonly empty: number;
  readonly entries: number;
  readonly bundles: number;
}

/** River is the newest part of the order, lane by lane, as the page draws it. */
export class River {
  lanes: readonly RollupInfo[] = [];
  beats: Beat[] = [];
  cells: Cell[] = [];
  arcs: Arc[] = [];
  /** The node's clock minus performance.now(), as near as the fastest frames tell. */
  offset = 0;
  private known = false;
  private pruned = 0;
  private readonly index = new Map<number, number>();
  private readonly open = new Map<string, Cell>();
  private readonly spans = new Map<number, Span[]>();
  private readonly byId = new Map<string, Arc>();
  private readonly attested = new Map<number, number>();

  greet(hello: Hello): void {
    this.lanes = [...hello.rollups].sort((a, b) => (a.zone ?? Infinity) - (b.zone ?? Infinity) || a.id - b.id);
    this.index.clear();
    this.lanes.forEach((r, i) => this.index.set(r.id, i));
    if (!hello.resumed) this.forget();
  }

  take(frame: Frame, at: number): void {
    this.adjust(frame.now - at);
    for (const zone of frame.zones) this.attested.set(zone.id, zone.attested);
    for (const z of frame.rebuilt ?? []) this.takeBack(z.zone, z.tick);
    for (const row of frame.ticks ?? []) this.tick(row, at);
    for (const run of frame.outcomes ?? []) this.decide(run);
    for (const b of frame.bundles ?? []) {
      const arc = this.byId.get(b.id);
      if (arc) {
        arc.outcome = {
          code: b.outcome, tick: b.tick,
          ...(b.failingLeg === undefined ? {} : { failingLeg: b.failingLeg }), ...(b.reason === undefined ? {} : { reason: b.reason }),
        };
      }
    }
    if (at - this.pruned > 1000) {
      this.pruned = at;
      this.prune(frame.now - memoryMs);
    }
  }

  laneOf(rollup: number): number {
    return this.index.get(rollup) ?? -1;
  }

  /** lookOf is the look of a position of a span. */
  lookOf(span: Span, distance: number): Look {
    const fate = span.fates.get(distance);
    if (!fate) return "ordered";
    if (fate.void) return "void";
    if (fate.reverted) return "reverted";
    return fate.tick <= this.attestedOf(this.lanes[span.lane]?.zone) ? "attested" : "executed";
  }

  /** looks counts the looks of a cell's single transactions; legs are drawn with their bundles. */
  looks(cell: Cell): Partial<Record<Look, number>> {
    if (cell.settled) return cell.settled;
    const counts: Partial<Record<Look, number>> = {};
    for (const span of cell.spans) {
      for (let i = span.add.legs ?? 0; i < span.add.count; i++) {
        const look = this.lookOf(span, i);
        counts[look] = (counts[look] ?? 0) + 1;
      }
    }
    const age = (this.beats.at(-1)?.time ?? 0) - cell.time;
    if (age > 2 * cellMs && counts.ordered === undefined && counts.executed === undefined) cell.settled = counts;
    return counts;
  }

  arcLook(arc: Arc): Look {
    if (!arc.outcome) return "ordered";
    if (arc.outcome.code !== "included") return "void";
    return arc.outcome.tick <= this.attestedOf(arc.zone) ? "attested" : "executed";
  }

  legLook(arc: Arc, leg: number): Look {
    const place = arc.add.legs[leg]!;
    const span = this.spanAt(place.rollup, place.seq);
    return span ? this.lookOf(span, place.seq - span.add.firstSeq) : this.arcLook(arc);
  }

  private attestedOf(zone: number | undefined): number {
    return this.attested.get(zone ?? 0) ?? 0;
  }

  // The smallest delay seen is the nearest to the truth; it may drift, so it is let go slowly.
  private adjust(sample: number): void {
    if (!this.known || Math.abs(sample - this.offset) > 3000) this.offset = sample;
    else this.offset = sample > this.offset ? sample : this.offset + (sample - this.offset) * 0.02;
    this.known = true;
  }

  private tick(row: TickRow, at: number): void {
    const last = this.beats.at(-1);
    if (last && row.number <= last.number) return;
    const empty = row.empty ?? 0;
    const entries = (row.lanes ?? []).reduce((sum, l) => sum + l.count, 0);
    const bundles = row.bundleCount ?? row.bundles?.length ?? 0;
    this.beats.push({ number: row.number, time: row.time, from: last?.time ?? row.time, empty, entries, bundles });
    for (const add of row.lanes ?? []) this.add(row, add, at);
    (row.bundles ?? []).forEach((add, place) => {
      const zone = this.lanes[this.laneOf(add.legs[0]?.rollup ?? -1)]?.zone ?? 0;
      const arc: Arc = { add, tick: row.number, time: row.time, born: at, place, zone };
      this.arcs.push(arc);
      this.byId.set(add.id, arc);
    });
  }

  private add(row: TickRow, add: LaneAdd, at: number): void {
    const lane = this.laneOf(add.rollup);
    if (lane < 0) return;
    const span: Span = { lane, tick: row.number, add, fates: new Map() };
    const spans = this.spans.get(add.rollup) ?? [];
    spans.push(span);
    this.spans.set(add.rollup, spans);
    const key = `${lane}/${Math.floor(row.time / cellMs)}`;
    let cell = this.open.get(key);
    if (!cell) {
      cell = { lane, time: row.time, born: at, spans: [], count: 0, legs: 0 };
      this.open.set(key, cell);
      this.cells.push(cell);
    }
    cell.spans.push(span);
    cell.count += add.count;
    cell.legs += add.legs ?? 0;
  }

  private decide(run: OutcomeRun): void {
    const fate: Fate = { tick: run.tick, void: run.outcome !== "included", reverted: run.reverted ?? false, code: run.outcome };
    for (let seq = run.firstSeq; seq < run.firstSeq + run.count; ) {
      const span = this.spanAt(run.rollup, seq);
      if (!span) {
        seq++;
        continue;
      }
      const end = Math.min(run.firstSeq + run.count, span.add.firstSeq + span.add.count);
      for (; seq < end; seq++) span.fates.set(seq - span.add.firstSeq, fate);
    }
  }

  private spanAt(rollup: number, seq: number): Span | undefined {
    const spans = this.spans.get(rollup);
    if (!spans) return undefined;
    let low = 0;
    let high = spans.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const span = spans[middle]!;
      if (seq < span.add.firstSeq) high = middle - 1;
      else if (seq >= span.add.firstSeq + span.add.count) low = middle + 1;
      else return span;
    }
    return undefined;
  }

  // A node that executes again no longer claims what it said of results that were not attested.
  private takeBack(zone: number, tick: number): void {
    for (const [rollup, spans] of this.spans) {
      if (this.lanes[this.laneOf(rollup)]?.zone !== zone) continue;
      for (const cell of this.cells) delete cell.settled;
      for (const span of spans) for (const [i, fate] of span.fates) if (fate.tick >= tick) span.fates.delete(i);
    }
    for (const arc of this.arcs) if (arc.zone === zone && arc.outcome && arc.outcome.tick >= tick) delete arc.outcome;
  }

  private prune(before: number): void {
    const old = (thing: { time: number } | undefined): boolean => thing !== undefined && thing.time < before;
    if (old(this.beats[0])) this.beats = this.beats.filter((b) => b.time >= before);
    if (old(this.cells[0])) {
      this.cells = this.cells.filter((c) => c.time >= before);
      this.open.clear();
      for (const cell of this.cells) this.open.set(`${cell.lane}/${Math.floor(cell.time / cellMs)}`, cell);
      const kept = new Set(this.cells.flatMap((c) => c.spans));
      for (const [rollup, spans] of this.spans) this.spans.set(rollup, spans.filter((s) => kept.has(s)));
    }
    if (old(this.arcs[0])) {
      for (const arc of this.arcs) if (arc.time < before) this.byId.delete(arc.add.id);
      this.arcs = this.arcs.filter((a) => a.time >= before);
    }
  }

  private forget(): void {
    this.beats = [];
    this.cells = [];
    this.arcs = [];
    this.open.clear();
    this.spans.clear();
    this.byId.clear();
    this.known = false;
  }
}
