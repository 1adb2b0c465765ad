import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { big, count, exact, units } from "../format.ts";
import { useRollupName } from "../live.ts";
import { base, paths } from "../router.ts";
import type { BlockPage as Page } from "../types.ts";
import { Address, Ago, Card, Crumbs, Empty, Facts, Hash, IdLine, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip } from "../ui/mark.tsx";
import { Amount, RollupLink } from "./entry.tsx";
import { Failed } from "./missing.tsx";

export function BlockPage({ rollup, block }: { rollup: string; block: string }): JSX.Element {
  const { data: b, error } = useApi<Page>(`rollup/${encodeURIComponent(rollup)}/block/${encodeURIComponent(block)}`, (page) => (page?.attested ? 0 : 700));
  const name = useRollupName();
  if (error && !b) return <Failed error={error} title={`No block ${block}`} tries={["Blocks are sealed once per slot: a later one comes by itself.", <Link to={paths.rollup(rollup)}>See the rollup’s newest blocks.</Link>]} />;
  if (!b) return <Loading what="block" />;
  return (
    <div class="stack">
      <div>
        <Crumbs><RollupLink id={b.rollup} /><span>›</span><span>Block {count(b.number)}</span></Crumbs>
        <div class="head">
          <h1>Block {count(b.number)} of {name(b.rollup)}</h1>
          {b.attested ? <Chip look="attested" /> : <Chip look="executed" text="Sealed, not attested yet" />}
          <nav class="end" aria-label="Neighbours">
            <a class="button small" href={base + paths.block(b.rollup, b.number - 1)} data-key="ArrowLeft" aria-disabled={b.number < 1} aria-label="Previous block">←</a>
            <a class="button small" href={base + paths.block(b.rollup, b.number + 1)} data-key="ArrowRight" aria-label="Next block">→</a>
          </nav>
        </div>
        <IdLine hex={b.hash} what="block hash" />
      </div>
      <Card title="The block">
        <Facts items={[
          ["Time", <Ago ms={b.time} />],
          ["Exactly", exact(b.time)],
          ["Transactions", count(b.transactions)],
          ["Gas used", <>{count(b.gasUsed)} <span class="muted">of {count(b.gasLimit)}</span></>],
          ["Base fee", <>{units(big(b.baseFee) ?? 0n, 9)} <span class="muted">gwei</span></>],
          ["Size", `${count(b.size)} bytes`],
          ["Sealed by", <Link to={paths.tick(b.nextTick)}>tick {count(b.nextTick)}</Link>],
          ["Parent", b.number === 0 ? undefined : <Hash hex={b.parentHash} to={paths.block(b.rollup, b.parentHash)} what="block hash" />],
          ["State root", <Hash hex={b.stateRoot} what="state root" />],
        ]} />
      </Card>
      <Card title="Transactions" note={count(b.txs.length)} bare>
        {b.txs.length === 0 ? <Empty>No transactions: a slot with ticks seals a block even when nothing was sent.</Empty> : (
          <Scroll label="Transactions">
            <table>
              <thead><tr><th class="num">Index</th><th>Transaction</th><th>From</th><th>To</th><th class="num">Value</th></tr></thead>
              <tbody>
                {b.txs.map((t) => (
                  <tr key={t.index}>
                    <td class="num">{t.index}</td>
                    <td><Hash hex={t.hash} to={paths.tx(t.hash)} what="transaction hash" /></td>
                    <td><Address address={t.from} copy={false} /></td>
                    <td>{t.to ? <Address address={t.to} copy={false} /> : <span class="muted">new contract</span>}</td>
                    <td class="num"><Amount wei={t.value} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Card>
    </div>
  );
}
