import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count, rate, units, big } from "../format.ts";
import { useLive } from "../live.ts";
import { paths } from "../router.ts";
import type { RollupPage as Page } from "../types.ts";
import { Address, Ago, Card, Copy, Crumbs, Empty, Facts, Hash, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip, lookOf, looks } from "../ui/mark.tsx";
import { Amount, RollupLink } from "./entry.tsx";
import { Failed } from "./missing.tsx";

const refresh = (): number => 1000;

export function RollupsPage(): JSX.Element {
  const { data, error } = useApi<Page[]>("rollups", refresh);
  if (error && !data) return <Failed error={error} title="No rollups" tries={[]} />;
  if (!data) return <Loading what="rollups" />;
  return (
    <div class="stack">
      <div><h1>Rollups</h1><p class="sub">Chains that take their order from this network. Rollups of one zone execute together, so that a bundle can span them.</p></div>
      <Card title="All rollups" bare>
        <Scroll label="All rollups">
          <table>
            <thead><tr><th>Rollup</th><th>Kind</th><th class="num">Zone</th><th class="num">tx/s</th><th class="num">Lane length</th><th class="num">Waiting</th><th class="num">Newest block</th><th class="num">Safe block</th></tr></thead>
            <tbody>
              {data.map((r) => (
                <tr key={r.id}>
                  <td><RollupLink id={r.id} /></td>
                  <td><span class="tag">{r.kind}</span></td>
                  <td class="num">{r.zone ?? "–"}</td>
                  <td class="num">{rate(r.state.tps10)}</td>
                  <td class="num">{count(r.state.nextSeq)}</td>
                  <td class="num">{count(r.state.waiting ?? 0)}</td>
                  <td class="num">{r.state.block === undefined ? "–" : <Link to={paths.block(r.id, r.state.block)}>{count(r.state.block)}</Link>}</td>
                  <td class="num">{r.safe === undefined ? "–" : <Link to={paths.block(r.id, r.safe)}>{count(r.safe)}</Link>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Card>
    </div>
  );
}

export function RollupPage({ id }: { id: string }): JSX.Element {
  const { data: r, error } = useApi<Page>(`rollup/${encodeURIComponent(id)}`, refresh);
  if (error && !r) return <Failed error={error} title={`No rollup ${id}`} tries={["A rollup is named by its id, a number.", <Link to="/rollups">See all rollups of this network.</Link>]} />;
  if (!r) return <Loading what="rollup" />;
  const url = r.rpc ? location.origin + r.rpc : undefined;
  return (
    <div class="stack">
      <div>
        <Crumbs><Link to="/rollups">Rollups</Link><span>›</span><span>{r.name}</span></Crumbs>
        <div class="head"><h1>{r.name}</h1><span class="tag">{r.kind}</span>{r.zone !== undefined && <span class="tag">zone {r.zone}</span>}</div>
      </div>
      <Card title="The rollup">
        <Facts items={[
          ["Id (chain id)", <span class="hash">{r.id}<Copy text={String(r.id)} what="rollup id" /></span>],
          ["Transactions per second", <>{rate(r.state.tps10)} <span class="muted">over 10 s</span></>],
          ["Lane length", count(r.state.nextSeq)],
          ["Waiting for an outcome", count(r.state.waiting ?? 0)],
          ["Newest block", r.state.block === undefined ? undefined : <Link to={paths.block(r.id, r.state.block)}>{count(r.state.block)}</Link>],
          ["Safe block", r.safe === undefined ? undefined : <><Link to={paths.block(r.id, r.safe)}>{count(r.safe)}</Link> <span class="muted">attested</span></>],
          ["Gas limit of a block", r.gasLimit === undefined ? undefined : count(r.gasLimit)],
          ["Base fee", r.baseFee === undefined ? undefined : <>{units(big(r.baseFee) ?? 0n, 9)} <span class="muted">gwei</span></>],
          ["Lane head", <Hash hex={r.laneHead} what="lane head" />],
          ["Ethereum JSON-RPC", url && <span class="hash"><code class="break">{url}</code><Copy text={url} what="URL" /></span>, "wide"],
        ]} />
      </Card>
      <Latest page={r} />
      <Blocks page={r} />
    </div>
  );
}

function Latest({ page }: { page: Page }): JSX.Element {
  const zone = useLive().frame?.zones.find((z) => z.id === page.zone);
  return (
    <Card title="Newest in the lane" bare>
      {page.latest.length === 0 ? <Empty>Nothing was ordered for this rollup yet. Send it a transaction at its JSON-RPC address above.</Empty> : (
        <Scroll label="Newest in the lane">
          <table>
            <thead><tr><th>Position</th><th>Transaction</th><th>Outcome</th><th>From</th><th>To</th><th class="num">Value</th><th>Bundle</th><th class="num">Tick</th><th class="num">When</th></tr></thead>
            <tbody>
              {page.latest.slice(0, 25).map((e) => {
                const level = e.outcome === undefined ? "ordered" : zone && e.tick <= zone.attested ? "attested" : "executed";
                const look = lookOf(level, e.outcome, e.reverted);
                return (
                  <tr key={e.seq}>
                    <td>{count(e.seq)}</td>
                    <td><Hash hex={e.hash} to={paths.tx(e.hash)} what="transaction hash" ends={4} copy={false} /></td>
                    <td><Chip look={look} text={look === "void" ? `Void: ${e.outcome}` : looks[look]} /></td>
                    <td>{e.from ? <Address address={e.from} copy={false} /> : "–"}</td>
                    <td>{e.to ? <Address address={e.to} copy={false} /> : <span class="muted">{e.kind === "create" ? "new contract" : "–"}</span>}</td>
                    <td class="num"><Amount wei={e.value} /></td>
                    <td>{e.bundle ? <Hash hex={e.bundle} to={paths.bundle(e.bundle)} what="bundle id" copy={false} ends={4} /> : <span class="muted">–</span>}</td>
                    <td class="num"><Link to={paths.tick(e.tick)}>{count(e.tick)}</Link></td>
                    <td class="num"><Ago ms={e.time} /></td>
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

function Blocks({ page }: { page: Page }): JSX.Element {
  return (
    <Card title="Newest blocks" note="sealed once per slot, all rollups of the zone together" bare>
      {page.blocks.length === 0 ? <Empty>No block yet.</Empty> : (
        <Scroll label="Newest blocks">
          <table>
            <thead><tr><th>Block</th><th>Hash</th><th class="num">Transactions</th><th>Gas</th><th>State</th><th class="num">When</th></tr></thead>
            <tbody>
              {page.blocks.slice(0, 15).map((b) => (
                <tr key={b.number}>
                  <td><Link to={paths.block(page.id, b.number)}>{count(b.number)}</Link></td>
                  <td><Hash hex={b.hash} to={paths.block(page.id, b.hash)} what="block hash" /></td>
                  <td class="num">{count(b.transactions)}</td>
                  <td><span class="power"><span class="bar"><i style={{ width: `${Math.min(100, (100 * b.gasUsed) / Math.max(1, b.gasLimit))}%` }} /></span>{count(b.gasUsed)}</span></td>
                  <td>{page.safe !== undefined && b.number <= page.safe ? <Chip look="attested" /> : <Chip look="executed" text="Sealed" />}</td>
                  <td class="num"><Ago ms={b.time} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  );
}
