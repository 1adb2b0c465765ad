import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { count, short } from "../format.ts";
import { useLive } from "../live.ts";
import { paths } from "../router.ts";
import type { ValidatorList, ValidatorPage as Validator, ValidatorState } from "../types.ts";
import { Card, Copy, Crumbs, Facts, Hash, IdLine, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Failed } from "./missing.tsx";
import { VoteStrip } from "./votes.tsx";

const refresh = (): number => 5000;

/** stateOf is the newest that is known of a validator: the feed's, or else the answer's. */
function useStates(): (v: Validator) => ValidatorState {
  const live = useLive();
  return (v) => live.validators.find((s) => s.address === v.address) ?? v.state;
}

export function ValidatorsPage(): JSX.Element {
  const { data, error } = useApi<ValidatorList>("validators", refresh);
  const state = useStates();
  const live = useLive();
  if (error && !data) return <Failed error={error} title="No validators" tries={[]} />;
  if (!data) return <Loading what="validators" />;
  const quorum = Math.floor((2 * data.totalPower) / 3) + 1;
  const present = data.validators.filter((v) => state(v).lag < 50 && !state(v).jailed).reduce((sum, v) => sum + v.power, 0);
  return (
    <div class="stack">
      <div>
        <h1>Validators</h1>
        <p class="sub">They agree on the order with more than two thirds of their power, execute it each for themselves, and sign the results. <Link to={paths.changes}>Who they are changes</Link> by their own signatures.</p>
      </div>
      <section class="card" aria-label="Quorum">
        <div class="body">
          <Facts items={[
            ["Validators", count(data.validators.length)],
            ["Total power", count(data.totalPower)],
            ["A quorum needs", `${count(quorum)} of ${count(data.totalPower)}`],
            ["Voting now", <>{((100 * present) / data.totalPower).toFixed(1)}% <span class="muted">of the power</span></>],
            ["Counted over", `${count(data.commits)} ticks`],
          ]} />
          <span class="bar quorum" role="img" aria-label={`${((100 * present) / data.totalPower).toFixed(0)}% of the power votes; two thirds are needed`}>
            <i data-tone={present >= quorum ? "good" : "warn"} style={{ width: `${(100 * present) / data.totalPower}%` }} />
            <b style={{ left: `${(100 * quorum) / data.totalPower}%` }} />
          </span>
        </div>
      </section>
      <Card title="All validators" bare>
        <Scroll label="All validators">
          <table>
            <thead><tr><th>Validator</th><th>Power</th><th>Newest votes</th><th class="num">Share of votes</th><th class="num">Lag, ticks</th><th class="num">Attests tick</th><th>State</th></tr></thead>
            <tbody>
              {data.validators.map((v) => {
                const s = state(v);
                const attests = Math.max(0, ...(s.attests ?? []).map((a) => a.tick));
                const head = live.frame?.head.tick ?? attests;
                return (
                  <tr key={v.address}>
                    <td><Hash hex={v.address} to={paths.validator(v.address)} what="address" /></td>
                    <td><Power power={v.power} total={data.totalPower} /></td>
                    <td><VoteStrip votes={s.votes} name={short(v.address)} /></td>
                    <td class="num">{(100 * s.share).toFixed(1)}%</td>
                    <td class="num">{count(s.lag)}</td>
                    <td class="num">{attests > 0 ? <>{count(attests)} <span class="muted">(−{count(Math.max(0, head - attests))})</span></> : "–"}</td>
                    <td><Standing state={s} /></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </Card>
    </div>
  );
}

function Power({ power, total }: { power: number; total: number }): JSX.Element {
  return (
    <span class="power">
      <span class="bar"><i style={{ width: `${(100 * power) / total}%` }} /></span>
      {((100 * power) / total).toFixed(1)}%
    </span>
  );
}

function Standing({ state }: { state: ValidatorState }): JSX.Element {
  if (state.jailed) return <span class="chip" data-outcome="void">Jailed</span>;
  if (state.votes === "") return <span class="chip" data-outcome="ordered">Not seen yet</span>;
  return state.lag < 50 ? <span class="chip" data-outcome="attested">Voting</span> : <span class="chip" data-outcome="reverted">Silent</span>;
}

export function ValidatorPage({ address }: { address: string }): JSX.Element {
  const { data: v, error } = useApi<Validator>(`validator/${encodeURIComponent(address)}`, refresh);
  const state = useStates();
  const live = useLive();
  if (error && !v) {
    return <Failed error={error} title="No such validator" tries={["A validator is named by the address of its signing key, or by its consensus address.", <Link to={paths.validators}>See all validators.</Link>, <>If it is an account, see <Link to={paths.address(address)}>the address</Link>.</>]} />;
  }
  if (!v) return <Loading what="validator" />;
  const s = state(v);
  const total = live.validators.reduce((sum, one) => sum + one.power, 0);
  return (
    <div class="stack">
      <div>
        <Crumbs><Link to={paths.validators}>Validators</Link><span>›</span><span>{short(v.address)}</span></Crumbs>
        <div class="head"><h1>Validator {v.index + 1}</h1><Standing state={s} /></div>
        <IdLine hex={v.address} what="address" />
      </div>
      <Card title="Standing">
        <Facts items={[
          ["Power", total ? <Power power={v.power} total={total} /> : count(v.power)],
          ["Share of the newest votes", `${(100 * s.share).toFixed(2)}%`],
          ["Newest vote", s.lastVote ? <Link to={paths.tick(s.lastVote)}>tick {count(s.lastVote)}</Link> : "none yet"],
          ["Lag", `${count(s.lag)} ticks`],
          ["Jailed", v.jailedAt ? <>since <Link to={paths.tick(v.jailedAt)}>tick {count(v.jailedAt)}</Link>: it signed twice</> : undefined],
        ]} />
        <div class="vote-row"><VoteStrip votes={s.votes} name={short(v.address)} /><span class="muted">votes of the newest ticks, the newest at the right</span></div>
      </Card>
      <Card title="Attestations" note="the newest tick whose results it has named, for each zone" bare>
        <table>
          <thead><tr><th>Zone</th><th class="num">Named</th><th class="num">Attested by the quorum</th></tr></thead>
          <tbody>
            {(s.attests ?? []).map((a) => (
              <tr key={a.zone}>
                <td>Zone {a.zone}</td>
                <td class="num"><Link to={paths.tick(a.tick)}>{count(a.tick)}</Link></td>
                <td class="num">{count(live.frame?.zones.find((z) => z.id === a.zone)?.attested ?? 0)}</td>
              </tr>
            ))}
            {(s.attests ?? []).length === 0 && <tr><td colSpan={3} class="muted">It has named no results yet.</td></tr>}
          </tbody>
        </table>
      </Card>
      <Card title="Keys">
        <Facts items={[
          ["Signs checkpoints with", <Hash hex={v.address} to={paths.address(v.address)} what="address" />, "wide"],
          ["Consensus address", <span class="hash"><code>{v.consensusAddress}</code><Copy text={v.consensusAddress} what="consensus address" /></span>, "wide"],
          ["Consensus key (ed25519)", <span class="hash"><code class="break">{v.consensusKey}</code><Copy text={v.consensusKey} what="consensus key" /></span>, "wide"],
        ]} />
      </Card>
    </div>
  );
}
