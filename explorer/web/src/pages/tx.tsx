import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count, short } from "../format.ts";
import { paths } from "../router.ts";
import type { Attempt, TransactionPage } from "../types.ts";
import { Ago, Card, Crumbs, Hash, IdLine, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip, lookOf, looks } from "../ui/mark.tsx";
import { VerifyCard } from "../ui/verifycard.tsx";
import { Data, Logs, RollupLink, Timeline, TransactionFacts } from "./entry.tsx";
import { Failed, hashTries, Missing } from "./missing.tsx";
import { reasonOf } from "./reasons.ts";

const refresh = (page: TransactionPage | undefined): number => (page?.final ? 0 : 400);

/** chosen is the attempt that matters: the one that took effect, or else the newest. */
function chosen(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.find((a) => a.outcome === "included") ?? attempts.at(-1);
}

export function TxPage({ hash }: { hash: string }): JSX.Element {
  const { data, error } = useApi<TransactionPage>(`tx/${encodeURIComponent(hash)}`, refresh);
  if (error && !data) return <Failed error={error} title="Unknown transaction" tries={hashTries} />;
  if (!data) return <Loading what="transaction" />;
  const { status } = data;
  if (status.kind === "unknown") return <Missing title="Unknown transaction" what={<>This node has never heard of <code>{short(hash)}</code>.</>} tries={hashTries} />;
  const attempt = chosen(status.attempts);
  const look = lookOf(attempt?.level ?? status.level, attempt?.outcome, attempt?.reverted);
  const tx = data.transactions.find((t) => t.rollup === attempt?.rollup) ?? data.transactions[0];
  const logs = attempt?.receipt?.logs ?? [];
  return (
    <div class="stack">
      <div>
        <Crumbs>{tx ? <RollupLink id={tx.rollup} /> : <Link to={paths.home}>Lanes</Link>}<span>›</span>{attempt && <><Link to={paths.tick(attempt.tick)}>Tick {count(attempt.tick)}</Link><span>›</span></>}<span>Transaction</span></Crumbs>
        <div class="head"><h1>Transaction</h1><Chip look={look} text={attempt?.outcome && look === "void" ? `Void: ${attempt.outcome}` : looks[look]} />{attempt && <span class="muted"><Ago ms={attempt.tickTime} full /></span>}</div>
        <IdLine hex={status.id} what="transaction hash" />
      </div>
      <Fate attempt={attempt} status={data.status} />
      <Card title="Levels" note={data.accepted ? "counted from when this node accepted it" : "counted from the tick’s own time"}>
        <Timeline attempt={attempt} accepted={data.accepted} known={status.level !== "unknown"} />
      </Card>
      {data.bundles.length > 0 && (
        <p class="notice">It is a leg of {data.bundles.length === 1 ? "the bundle" : "the bundles"} {data.bundles.map((id) => <Hash key={id} hex={id} to={paths.bundle(id)} what="bundle id" />)}: it takes effect together with the other legs, or not at all.</p>
      )}
      {tx && (
        <Card title="What it is">
          <TransactionFacts tx={tx} attempt={attempt} />
          <div class="folds">{tx.evm && <Data hex={tx.evm.input} name="Input" />}<Data hex={tx.raw} name="Signed bytes" /></div>
        </Card>
      )}
      {attempt?.receipt && <Card title="Logs" note={logs.length === 0 ? "" : count(logs.length)}>{logs.length === 0 ? <p class="muted">It emitted none.</p> : <Logs logs={logs} />}</Card>}
      <VerifyCard claim={{ id: status.id, bundle: false, outcome: attempt?.outcome }} ready={attempt !== undefined} />
      {status.attempts.length > 1 && <Attempts attempts={status.attempts} />}
    </div>
  );
}

/** Fate says in words what went wrong, if anything did. */
export function Fate({ attempt, status }: { attempt: Attempt | undefined; status: TransactionPage["status"] }): JSX.Element | null {
  if (!attempt && status.dropped) return <p class="notice" data-tone="bad">It left this node’s pool without being ordered: {status.dropped.message}.</p>;
  if (!attempt) return <p class="notice">It waits at this node to be ordered. A transaction whose nonce leaves a gap waits for the one before it.</p>;
  if (attempt.outcome !== undefined && attempt.outcome !== "included") {
    return (
      <p class="notice" data-tone="bad">
        <b>No effect.</b> {reasonOf(attempt.outcome)}{attempt.failingLeg === undefined ? "" : ` Leg ${attempt.failingLeg + 1} failed, so every leg is void.`}{attempt.reason ? <> <span class="muted">({attempt.reason})</span></> : null}
      </p>
    );
  }
  if (attempt.reverted) return <p class="notice" data-tone="warn"><b>Reverted.</b> It is in a block with status 0 and paid for its gas; what it changed went back.{attempt.reason ? <> <span class="muted">({attempt.reason})</span></> : null}</p>;
  return null;
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }): JSX.Element {
  return (
    <Card title="Places in the order" note="it was ordered more than once; at most one place is included" bare>
      <Scroll label="Places in the order">
        <table>
          <thead><tr><th>Tick</th><th>Rollup</th><th class="num">Position</th><th>Outcome</th><th>Bundle</th></tr></thead>
          <tbody>
            {attempts.map((a) => {
              const look = lookOf(a.level, a.outcome, a.reverted);
              return (
                <tr key={`${a.tick}/${a.rollup}/${a.seq}`}>
                  <td><Link to={paths.tick(a.tick)}>{count(a.tick)}</Link></td>
                  <td>{a.rollup === undefined ? "" : <RollupLink id={a.rollup} />}</td>
                  <td class="num">{a.seq === undefined ? "" : count(a.seq)}</td>
                  <td><Chip look={look} text={look === "void" ? `Void: ${a.outcome}` : looks[look]} /></td>
                  <td>{a.bundleId ? <Hash hex={a.bundleId} to={paths.bundle(a.bundleId)} what="bundle id" /> : "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}
