import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { get, useApi } from "../api.ts";
import { big, count, units } from "../format.ts";
import { useLive } from "../live.ts";
import { paths } from "../router.ts";
import type { AccountState, Activity, AddressPage as Page } from "../types.ts";
import { Address, Ago, Card, Crumbs, Empty, Hash, IdLine, Link, Loading, Scroll } from "../ui/basics.tsx";
import { Chip, lookOf, looks } from "../ui/mark.tsx";
import { Amount, coin, RollupLink } from "./entry.tsx";
import { Failed } from "./missing.tsx";

export function AddressPage({ address }: { address: string }): JSX.Element {
  const { data, error } = useApi<Page>(`address/${encodeURIComponent(address)}?limit=25`, () => 1500);
  const live = useLive();
  if (error && !data) return <Failed error={error} title="No such address" tries={["An address is 0x and 40 hex digits.", "Copy it whole: a shortened one cannot be looked up."]} />;
  if (!data) return <Loading what="address" />;
  const total = data.accounts.reduce((sum, a) => sum + (big(a.balance) ?? 0n), 0n);
  const contracts = data.accounts.filter((a) => a.codeSize > 0).length;
  const validator = live.hello?.validators.find((v) => v.address.toLowerCase() === data.address.toLowerCase());
  return (
    <div class="stack">
      <div>
        <Crumbs><Link to={paths.home}>Lanes</Link><span>›</span><span>Address</span></Crumbs>
        <div class="head">
          <h1>{contracts > 0 ? "Contract" : "Account"}</h1>
          <span class="muted">on {count(data.accounts.length)} rollups</span>
          {validator && <Link to={paths.validator(validator.address)} class="tag">validator {validator.index + 1}</Link>}
        </div>
        <IdLine hex={data.address} what="address" />
      </div>
      <Card title="Balances" note={<>{units(total)} {coin} over all rollups</>} bare>
        <Scroll label="Balances">
          <table>
            <thead><tr><th>Rollup</th><th class="num">Balance</th><th class="num">Share</th><th class="num">Nonce</th><th>Code</th></tr></thead>
            <tbody>{data.accounts.map((a) => <Account key={a.rollup} account={a} total={total} />)}</tbody>
          </table>
        </Scroll>
      </Card>
      <Activities page={data} address={address} />
    </div>
  );
}

function Account({ account: a, total }: { account: AccountState; total: bigint }): JSX.Element {
  const part = total === 0n ? 0 : Number(((big(a.balance) ?? 0n) * 1000n) / total) / 10;
  return (
    <tr>
      <td><RollupLink id={a.rollup} /></td>
      <td class="num"><Amount wei={a.balance} /></td>
      <td class="num"><span class="power end"><span class="bar"><i style={{ width: `${part}%` }} /></span>{part.toFixed(1)}%</span></td>
      <td class="num">{count(a.nonce)}</td>
      <td>{a.delegatedTo ? <>delegated to <Address address={a.delegatedTo} copy={false} /></> : a.codeSize > 0 ? <>{count(a.codeSize)} bytes{a.codeHash && <> <Hash hex={a.codeHash} what="code hash" ends={4} /></>}</> : <span class="muted">none</span>}</td>
    </tr>
  );
}

function Activities({ page, address }: { page: Page; address: string }): JSX.Element {
  const [older, setOlder] = useState<{ rows: Activity[]; before: string | undefined }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => setOlder(undefined), [address]);
  const seen = new Set(page.activity.map(keyOf));
  const rows = [...page.activity, ...(older?.rows ?? []).filter((a) => !seen.has(keyOf(a)))];
  const before = older ? older.before : page.before;
  const more = async (): Promise<void> => {
    try {
      const next = await get<Page>(`address/${encodeURIComponent(address)}?limit=50&before=${encodeURIComponent(before!)}`);
      setOlder({ rows: [...(older?.rows ?? page.activity), ...next.activity], before: next.before });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <Card title="Activity" note="over all rollups, newest first; what is attested" bare>
      {rows.length === 0 ? <Empty>Nothing was sent from or to this address{page.since > 1 ? ` since tick ${count(page.since)}` : ""}.</Empty> : (
        <Scroll label="Activity">
          <table>
            <thead><tr><th>Transaction</th><th>Rollup</th><th>What</th><th>From or to</th><th class="num">Value</th><th>Outcome</th><th>Bundle</th><th class="num">When</th></tr></thead>
            <tbody>{rows.map((a) => <Row key={keyOf(a)} activity={a} />)}</tbody>
          </table>
        </Scroll>
      )}
      {before !== undefined && <div class="body center"><button type="button" class="button" onClick={() => void more()}>{failed ? "No answer: try again" : "Older"}</button></div>}
    </Card>
  );
}

const keyOf = (a: Activity): string => `${a.rollup}/${a.seq}/${a.type}/${a.token ?? ""}/${a.from}/${a.to ?? ""}/${a.value}`;

const words = { in: "received", out: "sent", self: "to itself" } as const;
const arrows = { in: "↓", out: "↑", self: "↺" } as const;

function Row({ activity: a }: { activity: Activity }): JSX.Element {
  const look = lookOf("attested", a.outcome, a.reverted);
  const other = a.direction === "in" ? a.from : a.to;
  return (
    <tr>
      <td><Hash hex={a.txHash} to={paths.tx(a.txHash)} what="transaction hash" ends={4} /></td>
      <td><RollupLink id={a.rollup} /></td>
      <td class="nowrap"><span aria-hidden="true">{arrows[a.direction]}</span> {words[a.direction]}{a.type === "transfer" && <span class="muted"> {a.nft ? "NFT" : "token"}</span>}</td>
      <td>{other ? <Address address={other} copy={false} /> : <span class="muted">new contract</span>}</td>
      <td class="num">{a.token ? <span class="nowrap">{a.nft ? `#${big(a.value)}` : `${units(big(a.value) ?? 0n, 0)} units`} of <Address address={a.token} copy={false} /></span> : <Amount wei={a.value} />}</td>
      <td><Chip look={look} text={look === "void" ? `Void: ${a.outcome}` : looks[look]} /></td>
      <td>{a.bundle ? <Hash hex={a.bundle} to={paths.bundle(a.bundle)} what="bundle id" ends={4} copy={false} /> : <span class="muted">–</span>}</td>
      <td class="num"><Ago ms={a.time} /></td>
    </tr>
  );
}
