import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count, exact, millis, short } from "../format.ts";
import { useLive, useRollupName } from "../live.ts";
import { paths } from "../router.ts";
import type { Attempt, BundlePage as Page, DecodedLeg } from "../types.ts";
import { Address, Ago, Card, Crumbs, Facts, Hash, IdLine, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip, lookOf, looks } from "../ui/mark.tsx";
import { VerifyCard } from "../ui/verifycard.tsx";
import { BundleFigure } from "./bundlefigure.tsx";
import { Amount, Logs, RollupLink, Timeline } from "./entry.tsx";
import { Failed, hashTries, Missing } from "./missing.tsx";
import { Fate } from "./tx.tsx";

const refresh = (page: Page | undefined): number => (page?.final ? 0 : 400);
const zero = `0x${"0".repeat(64)}`;

export function BundlePage({ id }: { id: string }): JSX.Element {
  const { data, error } = useApi<Page>(`bundle/${encodeURIComponent(id)}`, refresh);
  if (error && !data) return <Failed error={error} title="Unknown bundle" tries={hashTries} />;
  if (!data) return <Loading what="bundle" />;
  const { status, bundle } = data;
  if (status.kind === "unknown") return <Missing title="Unknown bundle" what={<>This node has never heard of <code>{short(id)}</code>.</>} tries={hashTries} />;
  const attempt = status.attempts.find((a) => a.outcome === "included") ?? status.attempts.at(-1);
  const look = lookOf(attempt?.level ?? status.level, attempt?.outcome, attempt?.reverted);
  return (
    <div class="stack">
      <div>
        <Crumbs><Link to={paths.home}>Lanes</Link><span>›</span>{attempt && <><Link to={paths.tick(attempt.tick)}>Tick {count(attempt.tick)}</Link><span>›</span></>}<span>Bundle</span></Crumbs>
        <div class="head"><h1>Bundle</h1><Chip look={look} text={look === "void" ? `Void: ${attempt?.outcome}` : looks[look]} />{attempt && <span class="muted"><Ago ms={attempt.tickTime} full /></span>}</div>
        <IdLine hex={status.id} what="bundle id" />
      </div>
      <Fate attempt={attempt} status={status} />
      <Card title="Levels" note={data.accepted ? "counted from when this node accepted it" : "counted from the tick’s own time"}>
        <Timeline attempt={attempt} accepted={data.accepted} known={status.level !== "unknown"} />
      </Card>
      {bundle && <Shape bundle={bundle} attempt={attempt} />}
      {bundle && <Legs legs={bundle.legs} attempt={attempt} />}
      {attempt?.legs?.some((leg) => (leg.receipt?.logs.length ?? 0) > 0) && <LegLogs legs={attempt.legs} />}
      <VerifyCard claim={{ id: status.id, bundle: true, outcome: attempt?.outcome }} ready={attempt !== undefined} />
      {bundle && (
        <Card title="Conditions">
          <Facts items={[
            ["Atomicity", bundle.atomicity === "execution" ? "execution: all legs or none" : "inclusion: together in one tick, each with its own outcome"],
            ["Not before", bundle.notBefore ? exact(bundle.notBefore) : "any time"],
            ["Not after", <>{exact(bundle.notAfter)}{attempt && <span class="muted"> · ordered {millis(bundle.notAfter - attempt.tickTime)} before that</span>}</>],
            ["Commitment", bundle.commitment === zero ? "none" : <Hash hex={bundle.commitment} what="commitment" />],
          ]} />
        </Card>
      )}
    </div>
  );
}

function Shape({ bundle, attempt }: { bundle: NonNullable<Page["bundle"]>; attempt: Attempt | undefined }): JSX.Element {
  const name = useRollupName();
  const { hello } = useLive();
  const used = [...new Set(bundle.legs.map((leg) => leg.rollup))];
  const zone = hello?.zones.find((z) => z.rollups.includes(used[0] ?? -1));
  // With few rollups the whole zone is shown, as in the lanes; with many, only those that the bundle touches.
  const lanes = (zone && zone.rollups.length <= 5 ? zone.rollups : used).filter((id) => used.includes(id) || zone !== undefined);
  return (
    <Card title="Across rollups" note={bundle.atomicity === "execution" ? "all of it takes effect, or none" : "ordered together, executed one by one"}>
      <BundleFigure
        lanes={lanes.map((id) => ({ id, name: name(id) }))}
        legs={bundle.legs.map((leg, i) => {
          const place = attempt?.legs?.[i];
          return { lane: leg.rollup, look: lookOf(place?.level ?? attempt?.level, place?.outcome, place?.reverted), hash: leg.hash, failing: attempt?.failingLeg === i };
        })}
        look={lookOf(attempt?.level, attempt?.outcome)}
        dotted={bundle.atomicity === "inclusion"}
      />
    </Card>
  );
}

function Legs({ legs, attempt }: { legs: readonly DecodedLeg[]; attempt: Attempt | undefined }): JSX.Element {
  return (
    <Card title="Legs" note="in the order in which they run" bare>
      <Scroll label="Legs">
        <table>
          <thead><tr><th>Leg</th><th>Rollup</th><th>Transaction</th><th>From</th><th>To</th><th class="num">Value</th><th>Outcome</th><th class="num">Block</th></tr></thead>
          <tbody>
            {legs.map((leg, i) => {
              const place = attempt?.legs?.[i];
              const look = lookOf(place?.level ?? attempt?.level, place?.outcome, place?.reverted);
              return (
                <tr key={leg.hash + i}>
                  <td class="nowrap">{i + 1}{leg.mayRevert && <span class="tag" style={{ marginLeft: "8px" }}>may revert</span>}</td>
                  <td><RollupLink id={leg.rollup} /></td>
                  <td><Hash hex={leg.hash} to={paths.tx(leg.hash)} what="transaction hash" ends={5} /></td>
                  <td>{leg.evm ? <Address address={leg.evm.from} copy={false} /> : "–"}</td>
                  <td>{leg.evm?.to ? <Address address={leg.evm.to} copy={false} /> : leg.evm?.created ? <Address address={leg.evm.created} copy={false} /> : "–"}</td>
                  <td class="num">{leg.evm ? <Amount wei={leg.evm.value} /> : "–"}</td>
                  <td><Chip look={look} text={look === "void" ? `Void: ${place?.outcome ?? attempt?.outcome}` : looks[look]} /></td>
                  <td class="num">{place?.blockNumber === undefined ? "–" : <Link to={paths.block(leg.rollup, place.blockNumber)}>{count(place.blockNumber)}</Link>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

function LegLogs({ legs }: { legs: readonly Attempt[] }): JSX.Element {
  const total = legs.reduce((sum, leg) => sum + (leg.receipt?.logs.length ?? 0), 0);
  return (
    <Card title="Logs" note={count(total)}>
      <div class="stack">
        {legs.map((leg, i) => (leg.receipt?.logs.length ?? 0) > 0 && (
          <details key={i} open={total <= 6}>
            <summary>Leg {i + 1}{leg.rollup !== undefined && <> on rollup {leg.rollup}</>}, {leg.receipt!.logs.length}</summary>
            <Logs logs={leg.receipt!.logs} />
          </details>
        ))}
      </div>
    </Card>
  );
}
