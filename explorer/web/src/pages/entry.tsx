import type { JSX } from "preact";

import { big, count, exact, millis, units } from "../format.ts";
import { useLive, useRollupName } from "../live.ts";
import { paths } from "../router.ts";
import type { Attempt, DecodedTransaction, EthLog, Hex } from "../types.ts";
import { Address, Copy, Facts, Hash, Link } from "../ui/basics.tsx";
import { Mark, type Look } from "../ui/mark.tsx";

/** RollupLink names a rollup and leads to it. */
export function RollupLink({ id }: { id: number }): JSX.Element {
  const name = useRollupName();
  return <Link to={paths.rollup(id)} class="lane-name">{name(id)}<small>{id}</small></Link>;
}

/** coinOf is the name of a rollup's own money; the registry knows none, so it is ether's. */
export const coin = "ETH";

/** Amount is wei as ether. */
export function Amount({ wei }: { wei: string | undefined }): JSX.Element {
  const value = big(wei);
  if (value === undefined) return <>–</>;
  return <span class="nowrap" title={`${value} wei`}>{units(value)} <span class="muted">{coin}</span></span>;
}

interface Stage {
  readonly key: "accepted" | Look;
  readonly name: string;
  readonly at: number | undefined;
  readonly reached: boolean;
  readonly note: string;
}

/** Timeline is the levels of an attempt with the milliseconds between them. */
export function Timeline({ attempt, accepted, known }: { attempt: Attempt | undefined; accepted: number | undefined; known: boolean }): JSX.Element {
  const level = attempt?.level;
  const rank = level === undefined ? 0 : ["unknown", "accepted", "ordered", "executed", "attested", "posted", "final"].indexOf(level);
  const bad = attempt?.outcome !== undefined && attempt.outcome !== "included";
  // A level implies those before it: what was noticed later cannot have come later.
  const seen = attempt?.times;
  const executed = earliest(seen?.executed, seen?.attested);
  const times = { ordered: earliest(seen?.ordered, executed), executed, attested: seen?.attested };
  const stages: Stage[] = [
    { key: "accepted", name: "Accepted", at: accepted, reached: known, note: "by this node" },
    { key: "ordered", name: "Ordered", at: times.ordered, reached: rank >= 2, note: "its place is final" },
    { key: bad ? "void" : "executed", name: bad ? "Executed: void" : "Executed", at: times.executed, reached: rank >= 3, note: "its result is known" },
    { key: "attested", name: "Attested", at: times.attested, reached: rank >= 4, note: "the quorum signed the result" },
  ];
  const from = accepted ?? attempt?.tickTime;
  return (
    <ol class="timeline" aria-label="Levels">
      {stages.map((s) => (
        <li key={s.name} data-stage={s.key} data-reached={s.reached}>
          <Mark look={s.key as Look} />
          <b>{s.name}</b>
          <Took stage={s} from={from} accepted={accepted !== undefined} />
          <small>{s.note}</small>
        </li>
      ))}
    </ol>
  );
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? a : Math.min(a, b);
}

function Took({ stage, from, accepted }: { stage: Stage; from: number | undefined; accepted: boolean }): JSX.Element {
  if (!stage.reached) return <span class="took muted">not yet</span>;
  if (stage.key === "accepted") return <span class="took">{stage.at === undefined ? "–" : <span title={exact(stage.at)}>0{"\u202f"}ms</span>}</span>;
  if (stage.at === undefined || from === undefined) return <span class="took" title="This node does not remember when: it keeps times of its newest ticks only">–</span>;
  return <span class="took" title={`${exact(stage.at)}, counted from ${accepted ? "when this node accepted it" : "its tick's time"}`}>{accepted ? "+" : ""}{millis(stage.at - from)}</span>;
}

/** TransactionFacts are the fields of a transaction. */
export function TransactionFacts({ tx, attempt }: { tx: DecodedTransaction; attempt: Attempt | undefined }): JSX.Element {
  const e = tx.evm;
  const price = big(attempt?.receipt?.effectiveGasPrice);
  const used = attempt?.gasUsed;
  return (
    <Facts items={[
      ["Rollup", <RollupLink id={tx.rollup} />],
      ["Does", kinds[tx.kind]],
      ["From", e && <Address address={e.from} />],
      ["To", e?.to && <Address address={e.to} />],
      ["Creates", e?.created && <Address address={e.created} />],
      ["Value", e && <Amount wei={e.value} />],
      ["Nonce", e && count(e.nonce)],
      ["Type", e && (typeNames[e.type] ?? `type ${e.type}`)],
      ["Gas", e && (used === undefined ? `limit ${count(e.gas)}` : <>{count(used)} <span class="muted">of {count(e.gas)}</span></>)],
      ["Fee paid", price !== undefined && used !== undefined ? <Amount wei={`0x${(price * BigInt(used)).toString(16)}`} /> : undefined],
      ["Most per gas", e && <Gwei wei={e.maxFeePerGas} />],
      ["Block", attempt?.blockNumber === undefined ? undefined : <><Link to={paths.block(tx.rollup, attempt.blockNumber)}>{count(attempt.blockNumber)}</Link> <span class="muted">index {attempt.txIndex}</span></>],
      ["Lane position", attempt?.seq === undefined ? undefined : count(attempt.seq)],
      ["Protected", e?.protected ? "yes: it cannot be ordered outside of its bundle" : undefined],
      ["Size", `${count((tx.raw.length - 2) / 2)} bytes`],
    ]} />
  );
}

const kinds = { transfer: "a transfer", call: "a call", create: "creates a contract", bytes: "bytes of a rollup of its own kind" };
const typeNames: Record<number, string> = { 0: "legacy", 1: "access list (1)", 2: "dynamic fee (2)", 3: "blob (3)", 4: "set code (4)" };

function Gwei({ wei }: { wei: string }): JSX.Element {
  return <span title={`${big(wei)} wei`}>{units(big(wei) ?? 0n, 9)} <span class="muted">gwei</span></span>;
}

/** Data is bytes in full, folded when long. */
export function Data({ hex, name }: { hex: string; name: string }): JSX.Element {
  const bytes = (hex.length - 2) / 2;
  if (bytes === 0) return <p class="muted">{name}: none</p>;
  return (
    <details>
      <summary>{name}, {count(bytes)} {bytes === 1 ? "byte" : "bytes"}{bytes >= 4 && name === "Input" ? <>, selector <code>{hex.slice(0, 10)}</code></> : null}</summary>
      <pre tabIndex={0} aria-label={name} class="wrap">{hex.length > 8000 ? `${hex.slice(0, 8000)}…` : hex}</pre>
      <p style={{ marginTop: "6px" }}><Copy text={hex} what={name.toLowerCase()} /> <span class="muted">Copy all of it</span></p>
    </details>
  );
}

const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** Logs are what contracts emitted; a token's transfer is read, the rest is shown as it is. */
export function Logs({ logs }: { logs: readonly EthLog[] }): JSX.Element {
  return (
    <>
      {logs.map((log) => (
        <div class="log" key={log.logIndex}>
          <div class="log-head"><span class="tag">{Number(log.logIndex)}</span> <Address address={log.address} />{log.topics[0] === transfer && log.topics.length === 3 && <TransferNote log={log} />}</div>
          <ol class="topics">{log.topics.map((t, i) => <li key={i}><span class="topic-no">{i}</span><code>{t}</code></li>)}</ol>
          {log.data !== "0x" && <div class="log-data"><span class="muted">data</span> <code>{log.data.length > 400 ? `${log.data.slice(0, 400)}…` : log.data}</code></div>}
        </div>
      ))}
    </>
  );
}

function TransferNote({ log }: { log: EthLog }): JSX.Element {
  const to = `0x${log.topics[2]!.slice(26)}` as Hex;
  return <span class="muted">transfer of {units(big(log.data) ?? 0n, 0)} units to <Hash hex={to} to={paths.address(to)} what="address" copy={false} /></span>;
}

/** useBehind says how many ticks ago something was, by the newest tick. */
export function useBehind(tick: number | undefined): string {
  const head = useLive().frame?.head.tick;
  if (head === undefined || tick === undefined || head < tick) return "";
  return `${count(head - tick)} ticks ago`;
}
