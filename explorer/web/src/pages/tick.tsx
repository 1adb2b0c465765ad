import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count, exact, millis } from "../format.ts";
import { useLive, useRollupName } from "../live.ts";
import { base, paths } from "../router.ts";
import type { Attempt, LaneView, TickList, TickPage as Page } from "../types.ts";
import { Ago, Card, Crumbs, Empty, Facts, Hash, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip, lookOf, looks, Mark } from "../ui/mark.tsx";
import { RollupLink, useBehind } from "./entry.tsx";
import { Failed } from "./missing.tsx";
import { reasonOf } from "./reasons.ts";

const refresh = (page: Page | undefined): number => (page === undefined || page.final ? 0 : 500);

export function TickPage({ number }: { number: string }): JSX.Element {
  const { data, error } = useApi<Page>(`tick/${encodeURIComponent(number)}`, refresh);
  if (error && !data) {
    return <Failed error={error} title={`No tick ${number}`} tries={[<><Link to="/tick/latest">The newest tick</Link> is the largest there is; a later one comes by itself.</>, "A node keeps the newest ticks only, as far as it was told to.", <Link to="/ticks">See all ticks that this node has.</Link>]} />;
  }
  if (!data) return <Loading what="tick" />;
  return <Tick page={data} />;
}

function Tick({ page }: { page: Page }): JSX.Element {
  const { tick } = page;
  const behind = useBehind(tick.number);
  const head = useLive().frame?.head.tick ?? tick.number;
  const entries = tick.lanes.reduce((sum, l) => sum + l.count, 0);
  return (
    <div class="stack">
      <div>
        <Crumbs><Link to="/ticks">Ticks</Link><span>›</span><span>{count(tick.number)}</span></Crumbs>
        <div class="head">
          <h1>Tick {count(tick.number)}</h1>
          <span class="muted"><Ago ms={tick.time} full />{behind && ` · ${behind}`}</span>
          <nav class="end" aria-label="Neighbours"><Neighbours page={page} head={head} /></nav>
        </div>
      </div>
      <Card title="The tick">
        <Facts items={[
          ["Transactions", count(entries)],
          ["Bundles", count(tick.bundles.length)],
          ["Lanes moved", count(tick.lanes.length)],
          ["Size", `${count(page.bytes)} bytes`],
          ["Consensus time", exact(tick.time)],
          ["Reached this node", page.seen ? `${millis(page.seen - tick.time)} later` : undefined],
          ["Made attested", tick.attested.length === 0 ? "nothing new" : tick.attested.map((a) => <div key={a.zone}>zone {a.zone} up to tick <Link to={paths.tick(a.tick)}>{count(a.tick)}</Link></div>)],
        ]} />
      </Card>
      {entries === 0 && <p class="notice">Nothing was ordered in this tick. Empty ticks are the network’s clock: they keep time, and carry signatures of earlier results.</p>}
      {tick.bundles.length > 0 && <Bundles page={page} />}
      {tick.lanes.map((lane) => <Lane key={lane.rollup} lane={lane} />)}
      {page.votes && <Votes votes={page.votes} />}
    </div>
  );
}

function Neighbours({ page, head }: { page: Page; head: number }): JSX.Element {
  const n = page.tick.number;
  return (
    <>
      {page.previous !== undefined && page.previous < n - 1 && <Link to={paths.tick(page.previous)} class="button small" title="The nearest tick before this one that has content">« content</Link>}
      <a class="button small" href={base + paths.tick(n - 1)} data-key="ArrowLeft" aria-disabled={n <= 1} aria-label="Previous tick">←</a>
      <a class="button small" href={base + paths.tick(n + 1)} data-key="ArrowRight" aria-disabled={n >= head} aria-label="Next tick">→</a>
      {page.next !== undefined && page.next > n + 1 && <Link to={paths.tick(page.next)} class="button small" title="The nearest tick after this one that has content">content »</Link>}
    </>
  );
}

function fateOf(page: Page, id: string): Attempt | undefined {
  const legs = page.tick.lanes.flatMap((l) => l.positions).filter((p) => p.bundleId === id);
  return legs.find((p) => p.outcome !== undefined && p.outcome !== "included" && p.outcome !== "otherLeg") ?? legs[0];
}

function Bundles({ page }: { page: Page }): JSX.Element {
  const name = useRollupName();
  return (
    <Card title="Bundles" note={count(page.tick.bundles.length)} bare>
      <Scroll label="Bundles">
        <table>
          <thead><tr><th>Bundle</th><th>Across</th><th class="num">Legs</th><th>Atomicity</th><th>Outcome</th></tr></thead>
          <tbody>
            {page.tick.bundles.map((b) => {
              const fate = fateOf(page, b.id);
              const look = lookOf(fate?.level, fate?.outcome);
              return (
                <tr key={b.id}>
                  <td><Hash hex={b.id} to={paths.bundle(b.id)} what="bundle id" /></td>
                  <td>{[...new Set(b.legs.map((l) => name(l.rollup)))].join(", ")}</td>
                  <td class="num">{b.legs.length}</td>
                  <td><span class="tag">{b.atomicity}</span></td>
                  <td><Chip look={look} text={look === "void" ? `Void: ${fate?.outcome}` : looks[look]} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

const most = 100;

function Lane({ lane }: { lane: LaneView }): JSX.Element {
  const name = useRollupName();
  return (
    <Card title={name(lane.rollup)} note={<>positions {count(lane.firstSeq)} to {count(lane.firstSeq + lane.count - 1)}</>} end={<RollupLink id={lane.rollup} />} bare>
      {lane.count > 12 && (
        <div class="body lane-strip" aria-label="All positions">
          {lane.positions.slice(0, 400).map((p) => {
            const look = lookOf(p.level, p.outcome, p.reverted);
            return <Link key={p.seq} to={paths.tx(p.txHash ?? "")} class="chip" data-outcome={look} aria-label={`Position ${p.seq}, ${looks[look]}`}><Mark look={look} /></Link>;
          })}
        </div>
      )}
      <Scroll label={`Positions of ${name(lane.rollup)}`}>
        <table>
          <thead><tr><th>Position</th><th>Transaction</th><th>Outcome</th><th>Reason</th><th>Bundle</th><th class="num">Block</th></tr></thead>
          <tbody>
            {lane.positions.slice(0, most).map((p) => {
              const look = lookOf(p.level, p.outcome, p.reverted);
              return (
                <tr key={p.seq}>
                  <td>{count(p.seq ?? 0)}</td>
                  <td><Hash hex={p.txHash ?? ""} to={paths.tx(p.txHash ?? "")} what="transaction hash" /></td>
                  <td><Chip look={look} /></td>
                  <td>{p.outcome && p.outcome !== "included" ? reasonOf(p.outcome) : p.reverted ? "Its contract reverted." : <span class="muted">–</span>}</td>
                  <td>{p.bundleId && !/^0x0+$/.test(p.bundleId) ? <Hash hex={p.bundleId} to={paths.bundle(p.bundleId)} what="bundle id" copy={false} ends={4} /> : <span class="muted">–</span>}</td>
                  <td class="num">{p.blockNumber === undefined ? "–" : <Link to={paths.block(lane.rollup, p.blockNumber)}>{count(p.blockNumber)}</Link>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      {lane.positions.length > most && <Empty>The first {most} of {count(lane.count)}; the marks above lead to the others.</Empty>}
    </Card>
  );
}

function Votes({ votes }: { votes: NonNullable<Page["votes"]> }): JSX.Element {
  const total = votes.reduce((sum, v) => sum + v.power, 0);
  const given = votes.filter((v) => v.signed).reduce((sum, v) => sum + v.power, 0);
  return (
    <Card title="Votes" note={total > 0 ? `${((100 * given) / total).toFixed(0)}% of the power stands in the commit` : ""} bare>
      <Scroll label="Votes">
        <table>
          <thead><tr><th>Validator</th><th class="num">Power</th><th>Vote</th></tr></thead>
          <tbody>
            {votes.map((v) => (
              <tr key={v.address}>
                <td><Hash hex={v.address} to={paths.validator(v.address)} what="address" copy={false} /></td>
                <td class="num">{count(v.power)}</td>
                <td>{v.signed ? <Chip look="attested" text="In the commit" /> : <span class="muted">Not in the commit: it came later, or not at all</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

export function TicksPage({ before }: { before: string | undefined }): JSX.Element {
  const path = before === undefined ? "ticks?limit=60" : `ticks?limit=60&before=${encodeURIComponent(before)}`;
  const { data, error } = useApi<TickList>(path, () => (before === undefined ? 1000 : 0));
  const name = useRollupName();
  if (error && !data) return <Failed error={error} title="No ticks" tries={[]} />;
  if (!data) return <Loading what="ticks" />;
  return (
    <div class="stack">
      <div class="head"><h1>Ticks</h1><span class="muted">this node keeps {count(data.oldest)} to {count(data.newest)}</span></div>
      <Card title={before === undefined ? "The newest" : `Before ${count(Number(before))}`} note="runs of empty ticks are one row" bare>
        <Scroll label="Ticks">
          <table>
            <thead><tr><th>Tick</th><th>When</th><th class="num">Transactions</th><th class="num">Bundles</th><th>Lanes</th></tr></thead>
            <tbody>
              {data.ticks.map((t) => (
                <tr key={t.number}>
                  <td class="nowrap"><Link to={paths.tick(t.number)}>{count(t.number)}</Link>{(t.empty ?? 0) > 1 && <span class="muted"> and {count(t.empty! - 1)} before</span>}</td>
                  <td class="nowrap"><Ago ms={t.time} /></td>
                  <td class="num">{t.empty ? <span class="muted">empty</span> : count(t.entries)}</td>
                  <td class="num">{t.empty ? "" : count(t.bundles)}</td>
                  <td>{(t.lanes ?? []).map((l) => <span key={l.rollup} class="lane-count">{name(l.rollup)} <b>{count(l.count)}</b></span>)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Card>
      <div class="pager">
        {before !== undefined && <Link to="/ticks" class="button" data-key="ArrowLeft">← Newest</Link>}
        {data.before !== undefined && <Link to={`/ticks?before=${data.before}`} class="button" data-key="ArrowRight">Older →</Link>}
      </div>
    </div>
  );
}
