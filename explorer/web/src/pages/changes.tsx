import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count } from "../format.ts";
import { useLive } from "../live.ts";
import { base, paths } from "../router.ts";
import type { Change, ChangeList } from "../types.ts";
import { Ago, Card, Empty, Facts, Hash, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Failed } from "./missing.tsx";

const refresh = (): number => 1000;

export function ChangesPage({ before }: { before: string | undefined }): JSX.Element {
  const { data, error } = useApi<ChangeList>(before === undefined ? "changes" : `changes?before=${encodeURIComponent(before)}`, refresh);
  if (error && !data) return <Failed error={error} title="No changes" tries={[<Link to={paths.changes}>See the newest changes.</Link>]} />;
  if (!data) return <Loading what="changes" />;
  const quorum = Math.floor((2 * data.totalPower) / 3) + 1;
  return (
    <div class="stack">
      <div>
        <h1>Changes of the network</h1>
        <p class="sub">Validators with more than two thirds of the power sign each one: rollups that come and go, validators and their keys, parameters, and the version of the rules.</p>
      </div>
      <Card title="Now">
        <Facts items={[
          ["Version of the rules", <>{count(data.protocolVersion)} <span class="muted">since {data.protocolSince > 1 ? <Link to={paths.tick(data.protocolSince)}>tick {count(data.protocolSince)}</Link> : "the beginning"}</span></>],
          ["Changes so far", count(data.next - 1)],
          ["Waiting", count(data.pending.length)],
          ["A change needs", `power ${count(quorum)} of ${count(data.totalPower)}`],
        ]} />
      </Card>
      <Pending changes={data.pending} total={data.totalPower} quorum={quorum} />
      <History list={data} first={before === undefined} />
    </div>
  );
}

function Pending({ changes, total, quorum }: { changes: readonly Change[]; total: number; quorum: number }): JSX.Element {
  return (
    <Card title="Waiting" note="ordered, and not yet in force" bare>
      {changes.length === 0 ? <Empty>No change waits. <code>lockstep propose</code> begins one.</Empty> : (
        <Scroll label="Changes that wait">
          <table>
            <thead><tr><th class="num">No.</th><th>Change</th><th>Takes effect</th><th>Signed power</th><th>Signed by</th><th class="num">Ordered</th></tr></thead>
            <tbody>
              {changes.map((c) => (
                <tr key={c.sequence} data-change={c.sequence} data-state={c.state}>
                  <td class="num">{count(c.sequence)}</td>
                  <td class="words">{c.change}</td>
                  <td class="nowrap"><Due change={c} /></td>
                  <td><SignedPower change={c} total={total} quorum={quorum} /></td>
                  <td><Signers change={c} /></td>
                  <td class="num nowrap"><Ordered change={c} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  );
}

/** Due is the tick that a change waits for, and how far away that is. */
function Due({ change }: { change: Change }): JSX.Element {
  const head = useLive().frame?.head.tick;
  if (head === undefined || change.effective <= head) return <>with one of the next ticks</>;
  return <>from tick {count(change.effective)}<div class="muted">in {count(change.effective - head)} ticks</div></>;
}

function SignedPower({ change, total, quorum }: { change: Change; total: number; quorum: number }): JSX.Element {
  if (change.signers.length === 0) return <span class="muted">not kept here</span>;
  const part = Math.min(100, (100 * change.signedPower) / total);
  return (
    <span class="power">
      <span class="bar"><i data-tone={change.signedPower >= quorum ? "good" : "warn"} style={{ width: `${part}%` }} /></span>
      {count(change.signedPower)} of {count(total)}
    </span>
  );
}

function Signers({ change }: { change: Change }): JSX.Element {
  if (change.signers.length === 0) return <span class="muted">not kept here</span>;
  return (
    <span class="signers">
      {change.signers.map((s) => <Hash key={s.address} hex={s.address} to={s.power ? paths.validator(s.address) : paths.address(s.address)} what="address" copy={false} ends={4} />)}
    </span>
  );
}

function Ordered({ change }: { change: Change }): JSX.Element {
  return <><Link to={paths.tick(change.ordered)}>tick {count(change.ordered)}</Link>{change.time !== undefined && <div class="muted"><Ago ms={change.time} /></div>}</>;
}

function History({ list, first }: { list: ChangeList; first: boolean }): JSX.Element {
  return (
    <Card title="History" note="the newest first" bare>
      {list.changes.length === 0 ? <Empty>{first ? "Nothing was changed: everything is as the genesis has it." : "There is nothing older."}</Empty> : (
        <Scroll label="Changes that are decided">
          <table>
            <thead><tr><th class="num">No.</th><th>Change</th><th>State</th><th>Signed by</th><th class="num">Ordered</th><th class="num">Decided</th></tr></thead>
            <tbody>
              {list.changes.map((c) => (
                <tr key={c.sequence} data-change={c.sequence} data-state={c.state}>
                  <td class="num">{count(c.sequence)}</td>
                  <td class="words">{c.change}</td>
                  <td><Standing change={c} /></td>
                  <td><Signers change={c} /></td>
                  <td class="num nowrap"><Ordered change={c} /></td>
                  <td class="num nowrap">{c.decided === undefined ? "–" : <Link to={paths.tick(c.decided)}>tick {count(c.decided)}</Link>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {(list.before !== undefined || !first) && (
        <div class="body pager">
          {!first && <Link to={paths.changes} class="button small">Newest</Link>}
          {list.before !== undefined && <a class="button small" href={`${base}${paths.changes}?before=${list.before}`}>Older</a>}
        </div>
      )}
    </Card>
  );
}

function Standing({ change }: { change: Change }): JSX.Element {
  switch (change.state) {
    case "effective":
      return <span class="chip" data-outcome="attested">In force</span>;
    case "refused":
      return <span class="chip" data-outcome="void" title="Another change had made it impossible">Refused</span>;
    case "cancelled":
      return <span class="chip" data-outcome="reverted">Given up by no. {count(change.cancelled ?? 0)}</span>;
    default:
      return <span class="chip" data-outcome="ordered">Waiting</span>;
  }
}
