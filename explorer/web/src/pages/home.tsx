import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { count, millis, rate, short } from "../format.ts";
import { Lanes } from "../lanes/lanes.tsx";
import { useLive, useRollupName, type Live } from "../live.ts";
import { paths } from "../router.ts";
import type { Distribution, LevelDistributions } from "../types.ts";
import { Ago, Card, Empty, Hash, Link, Scroll } from "../ui/basics.tsx";
import { Histogram, Spark } from "../ui/charts.tsx";
import { Chip, looks } from "../ui/mark.tsx";
import { VoteStrip } from "./votes.tsx";

export function HomePage(): JSX.Element {
  const live = useLive();
  const n = live.hello?.rollups.length;
  return (
    <div class="stack">
      <div class="lead">
        <div>
          <h1>{n === undefined ? "One order for many rollups, live" : `One order for ${n} rollups, live`}</h1>
          <p>Validators agree on a tick many times a second, and every lane steps with it. A bundle, drawn as an arc, takes effect on all of its rollups or on none.</p>
        </div>
      </div>
      <Lanes />
      <Figures live={live} />
      <Distributions live={live} />
      <div class="grid two">
        <Bundles live={live} />
        <Ticks live={live} />
      </div>
      <Rollups live={live} />
      <Validators live={live} />
    </div>
  );
}

function Figures({ live }: { live: Live }): JSX.Element {
  const { frame, pool } = live;
  const attested = (frame?.zones ?? []).map((z) => (frame?.head.tick ?? 0) - z.attested);
  const behind = attested.length === 0 ? undefined : Math.max(...attested);
  return (
    <section class="card figures" aria-label="Rates">
      <div class="figure">
        <div class="label">Ticks</div>
        <div class="value">{rate(frame?.rates.ticks10 ?? NaN)}<small>per second</small></div>
        <Spark values={live.tickRates} />
      </div>
      <div class="figure">
        <div class="label">Transactions</div>
        <div class="value">{rate(frame?.rates.tps10 ?? NaN)}<small>per second</small></div>
        <Spark values={live.tps} />
      </div>
      <div class="figure">
        <div class="label">Signed results</div>
        <div class="value">{behind === undefined ? "–" : count(Math.max(0, behind))}<small>{behind === 1 ? "tick" : "ticks"} behind the order</small></div>
        <p class="muted small-note">{pool ? `Waiting at this node: ${count(pool.pending + pool.queued)} transactions, ${count(pool.bundles)} bundles` : " "}</p>
      </div>
      <div class="figure">
        <div class="label">Newest tick</div>
        <div class="value">{frame ? <Link to={paths.tick(frame.head.tick)} class="plain">{count(frame.head.tick)}</Link> : "–"}</div>
        <p class="muted small-note">{frame ? <Ago ms={frame.head.time} full /> : " "}</p>
      </div>
    </section>
  );
}

const levels = [
  { key: "ordered", title: "Time to ordered", note: "its place is final" },
  { key: "executed", title: "Time to executed", note: "the result is known" },
  { key: "attested", title: "Time to attested", note: "the quorum signed the result" },
] as const;

function Distributions({ live }: { live: Live }): JSX.Element {
  const [from, setFrom] = useState<"accepted" | "proposed">();
  const submitted = (live.times?.accepted.ordered.count ?? 0) > 0;
  const shown = from ?? (submitted ? "accepted" : "proposed");
  const times: LevelDistributions | undefined = live.times?.[shown];
  return (
    <section class="card" aria-label="How long it takes">
      <header>
        <h2>How long it takes</h2>
        <span class="muted">the last minute, at this node</span>
        <span class="end choice" role="group" aria-label="Measured from">
          <button type="button" aria-pressed={shown === "accepted"} onClick={() => setFrom("accepted")}>from sending</button>
          <button type="button" aria-pressed={shown === "proposed"} onClick={() => setFrom("proposed")}>from the tick’s time</button>
        </span>
      </header>
      <div class="body grid three">
        {levels.map(({ key, title, note }) => <Dist key={key} level={key} title={title} note={note} value={times?.[key]} bounds={live.hello?.buckets ?? []} />)}
      </div>
    </section>
  );
}

function Dist(props: { level: "ordered" | "executed" | "attested"; title: string; note: string; value: Distribution | undefined; bounds: readonly number[] }): JSX.Element {
  const { level, title, note, value, bounds } = props;
  const none = !value || value.count === 0;
  return (
    <div class="dist">
      <div class="dist-head"><Chip look={level} text={title} /> <span class="muted">{note}</span></div>
      <div class="value">{none ? "–" : millis(value.p50)}</div>
      <Histogram level={level} buckets={value?.buckets ?? []} bounds={bounds} label={none ? `${title}: nothing yet` : `${title}: half within ${millis(value.p50)}, 99 of 100 within ${millis(value.p99)}`} />
      <div class="quantiles">
        {none ? <span>Nothing in the last minute</span> : <><span>90% <b>{millis(value.p90)}</b></span><span>99% <b>{millis(value.p99)}</b></span><span>{count(value.count)} entries</span></>}
      </div>
    </div>
  );
}

function Bundles({ live }: { live: Live }): JSX.Element {
  const name = useRollupName();
  const rows = live.river.arcs.slice(-8).reverse();
  return (
    <Card title="Latest bundles" bare>
      {rows.length === 0 ? <Empty>No bundle in the last half minute. <code>make demo</code> sends some.</Empty> : (
        <Scroll label="Latest bundles">
          <table>
            <thead><tr><th>Bundle</th><th>Across</th><th>Outcome</th><th class="num">Tick</th></tr></thead>
            <tbody>
              {rows.map((arc) => {
                const look = live.river.arcLook(arc);
                return (
                  <tr key={arc.add.id + arc.tick}>
                    <td><Hash hex={arc.add.id} to={paths.bundle(arc.add.id)} what="bundle id" ends={5} /></td>
                    <td class="nowrap">{[...new Set(arc.add.legs.map((leg) => name(leg.rollup)))].join(", ")}</td>
                    <td><Chip look={look} text={look === "void" ? `Void: ${arc.outcome?.code}` : looks[look]} /></td>
                    <td class="num"><Link to={paths.tick(arc.tick)}>{count(arc.tick)}</Link></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  );
}

function Ticks({ live }: { live: Live }): JSX.Element {
  const rows = live.river.beats.filter((b) => b.entries > 0).slice(-8).reverse();
  return (
    <Card title="Latest ticks with content" end={<Link to="/ticks">All ticks</Link>} bare>
      {rows.length === 0 ? <Empty>All ticks of the last half minute were empty: the clock goes on, and nobody sent anything.</Empty> : (
        <Scroll label="Latest ticks">
          <table>
            <thead><tr><th>Tick</th><th class="num">Transactions</th><th class="num">Bundles</th><th class="num">When</th></tr></thead>
            <tbody>
              {rows.map((beat) => (
                <tr key={beat.number}>
                  <td><Link to={paths.tick(beat.number)}>{count(beat.number)}</Link></td>
                  <td class="num">{count(beat.entries)}</td>
                  <td class="num">{count(beat.bundles)}</td>
                  <td class="num"><Ago ms={beat.time} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  );
}

function Rollups({ live }: { live: Live }): JSX.Element {
  const states = new Map(live.frame?.rollups.map((r) => [r.id, r]));
  return (
    <Card title="Rollups" bare>
      <Scroll label="Rollups">
        <table>
          <thead><tr><th>Rollup</th><th>Kind</th><th class="num">Zone</th><th class="num">tx/s</th><th class="num">Lane length</th><th class="num">Waiting</th><th class="num">Block</th></tr></thead>
          <tbody>
            {live.river.lanes.map((rollup) => {
              const state = states.get(rollup.id);
              return (
                <tr key={rollup.id}>
                  <td><Link to={paths.rollup(rollup.id)} class="lane-name">{rollup.name}<small>{rollup.id}</small></Link></td>
                  <td><span class="tag">{rollup.kind}</span></td>
                  <td class="num">{rollup.zone ?? "–"}</td>
                  <td class="num">{rate(state?.tps10 ?? 0)}</td>
                  <td class="num">{count(state?.nextSeq ?? 0)}</td>
                  <td class="num">{count(state?.waiting ?? 0)}</td>
                  <td class="num">{state?.block === undefined ? "–" : <Link to={paths.block(rollup.id, state.block)}>{count(state.block)}</Link>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

function Validators({ live }: { live: Live }): JSX.Element {
  const { validators } = live;
  const total = validators.reduce((sum, v) => sum + v.power, 0);
  return (
    <Card title="Validators" note="votes of the newest ticks" end={<><Link to={paths.changes}>Changes</Link> · <Link to={paths.validators}>More</Link></>} bare>
      <Scroll label="Validators">
        <table>
          <thead><tr><th>Validator</th><th class="num">Power</th><th>Votes</th><th class="num">Lag</th><th class="num">Attests tick</th></tr></thead>
          <tbody>
            {validators.map((v) => (
              <tr key={v.address} data-validator={v.address}>
                <td><Hash hex={v.address} to={paths.validator(v.address)} what="address" copy={false} /></td>
                <td class="num">{v.jailed ? "jailed" : `${((100 * v.power) / total).toFixed(1)}%`}</td>
                <td><VoteStrip votes={v.votes} name={short(v.address)} /></td>
                <td class="num">{count(v.lag)}</td>
                <td class="num">{v.attests?.[0] ? count(Math.max(...v.attests.map((a) => a.tick))) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}
