import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { now } from "../clock.ts";
import { short } from "../format.ts";
import { live, useRollupName } from "../live.ts";
import { Card } from "../ui/basics.tsx";
import { CheckIcon } from "../ui/icons.tsx";
import { amountIn, brief, plain, Units } from "./amounts.tsx";
import { evmRollups } from "./chain.ts";
import { explain } from "./failures.ts";
import { allow, allowanceOf, withoutSettler } from "./orders.ts";
import { session } from "./session.ts";
import type { Signer } from "./signer.ts";
import type { Token } from "./tokens.ts";

/** Wanted is what a swap can give: a token, or a rollup's ether. */
type Wanted = Token | { readonly rollup: number; readonly ether: true };

const slippages = [10n, 50n, 100n, 300n] as const; // in 1/10000
const expiries = [[60, "1 minute"], [300, "5 minutes"], [3600, "1 hour"], [86_400, "1 day"]] as const;

/** Draft is what stands in the form; it outlives a visit to another page. */
interface Draft {
  give: string;
  get: string;
  amount: string;
  /** Typed by hand; without it the quote counts. */
  least: string | undefined;
  slippage: bigint;
  expiry: number;
}

let kept: Draft = { give: "", get: "", amount: "", least: undefined, slippage: 50n, expiry: 300 };

const tokenKey = (token: Token): string => `${token.rollup}/${token.address}`;
const wantedKey = (wanted: Wanted): string => ("ether" in wanted ? `${wanted.rollup}/ether` : tokenKey(wanted));
const symbolOf = (wanted: Wanted): string => ("ether" in wanted ? "ETH" : wanted.symbol);
const decimalsOf = (wanted: Wanted): number => ("ether" in wanted ? 18 : wanted.decimals);

/** Plan is what the form comes to. */
interface Plan {
  readonly given: readonly { readonly token: Token; readonly amount: bigint }[];
  readonly wanted: readonly Wanted[];
  readonly give: Token | undefined;
  readonly have: bigint;
  readonly get: Wanted | undefined;
  readonly amount: bigint | undefined;
  readonly quote: bigint | undefined;
  readonly least: bigint | undefined;
  /** Why it cannot be signed yet; empty while nothing was typed. */
  readonly obstacle: string | undefined;
}

function planOf(draft: Draft): Plan {
  const given = (session.balances?.tokens ?? []).filter((t) => t.amount > 0n).sort((a, b) => a.token.rollup - b.token.rollup);
  const chosen = given.find(({ token }) => tokenKey(token) === draft.give) ?? given[0];
  const give = chosen?.token;
  const zone = evmRollups().find((r) => r.id === give?.rollup)?.zone;
  const wanted = evmRollups().filter((r) => r.id !== give?.rollup && r.zone === zone).flatMap(({ id }): Wanted[] => [
    ...session.book.all().filter((t) => t.rollup === id).sort((a, b) => a.symbol.localeCompare(b.symbol)), { rollup: id, ether: true },
  ]);
  const get = wanted.find((w) => wantedKey(w) === draft.get) ?? wanted[0];
  const amount = give && draft.amount.trim() !== "" ? amountIn(draft.amount, give.decimals) : undefined;
  const quote = give && get && amount ? session.pools.quote(amount, give, get, session.book) : undefined;
  const offered = quote === undefined || !get ? undefined : legible((quote * (10_000n - draft.slippage)) / 10_000n, decimalsOf(get));
  const least = draft.least === undefined ? offered : get && amountIn(draft.least, decimalsOf(get));
  const plan = { given, wanted, give, have: chosen?.amount ?? 0n, get, amount, quote, least };
  return { ...plan, obstacle: obstacleOf(draft, plan) };
}

// legible cuts an amount that is above a thousandth of a whole to six digits behind the point.
function legible(amount: bigint, decimals: number): bigint {
  const step = 10n ** BigInt(Math.max(0, decimals - 6));
  return amount < 1000n * step ? amount : amount - (amount % step);
}

function obstacleOf(draft: Draft, { give, have, get, amount, least }: Omit<Plan, "obstacle">): string | undefined {
  if (!session.balances) return "";
  if (!give) return "There is no token to give. Ether itself must be wrapped first (WETH).";
  if (!get) return "There is no other rollup in the zone to swap to.";
  if (draft.amount.trim() === "") return "";
  if (amount === undefined) return `“${draft.amount}” is no amount of ${give.symbol}, which has ${give.decimals} decimals.`;
  if (amount === 0n) return "The amount must be above zero.";
  if (amount > have) return `You have ${brief(have, give.decimals)} ${give.symbol} on this rollup, which is less.`;
  if (draft.least === undefined && least === undefined) return "No pools lead there: say yourself what you want at least.";
  if (least === undefined) return draft.least!.trim() === "" ? "Say what you want at least." : `“${draft.least}” is no amount of ${symbolOf(get)}.`;
  if (least === 0n) return "The least amount must be above zero: whoever fills the order could give you nothing.";
  return undefined;
}

/** SwapCard asks for a token here and gets another one there. */
export function SwapCard({ signer }: { signer: Signer }): JSX.Element {
  const [draft, setDraft] = useState(kept);
  const change = (part: Partial<Draft>): void => {
    kept = { ...kept, ...part };
    setDraft(kept);
  };
  const plan = planOf(draft);
  return (
    <Card title="Swap across rollups" note="one signature, all or nothing">
      <form class="swap" onSubmit={(event) => event.preventDefault()}>
        <Give draft={draft} plan={plan} change={change} />
        <Get draft={draft} plan={plan} change={change} />
        <label class="field narrow">
          <span>Expires after</span>
          <select id="expiry" value={String(draft.expiry)} onChange={(event) => change({ expiry: Number(event.currentTarget.value) })}>
            {expiries.map(([seconds, text]) => <option key={seconds} value={String(seconds)}>{text}</option>)}
          </select>
        </label>
        {plan.obstacle !== undefined && plan.obstacle !== "" && <p class="obstacle" id="obstacle" role="status">{plan.obstacle}</p>}
        <Steps signer={signer} plan={plan} expiry={draft.expiry} onDone={() => change({ amount: "", least: undefined })} />
      </form>
    </Card>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly plan: Plan;
  readonly change: (part: Partial<Draft>) => void;
}

function Give({ draft, plan, change }: PartProps): JSX.Element {
  const { give, have, given } = plan;
  return (
    <fieldset>
      <legend>You give</legend>
      <div class="pair">
        <input id="give-amount" inputMode="decimal" aria-label="Amount to give" placeholder="0" autocomplete="off" value={draft.amount} disabled={!give} onInput={(event) => change({ amount: event.currentTarget.value })} />
        <Choice id="give-token" label="Token to give" empty="no token" value={give ? tokenKey(give) : ""} options={given.map(({ token }) => token)}
          onChoose={(value) => change({ give: value, amount: "", least: undefined })} />
      </div>
      {give && (
        <p class="under muted"><span>You have <Units amount={have} decimals={give.decimals} symbol={give.symbol} /></span><button type="button" class="text-button" id="max" onClick={() => change({ amount: plain(have, give.decimals) })}>Give all</button></p>
      )}
    </fieldset>
  );
}

function Get({ draft, plan, change }: PartProps): JSX.Element {
  const { get, quote, least } = plan;
  const shown = draft.least ?? (get && least !== undefined ? plain(least, decimalsOf(get)) : "");
  return (
    <fieldset>
      <legend>You get at least</legend>
      <div class="pair">
        <input id="get-amount" inputMode="decimal" aria-label="Least amount to get" placeholder="0" autocomplete="off" value={shown} disabled={!get} onInput={(event) => change({ least: event.currentTarget.value })} />
        <Choice id="get-token" label="Token to get" empty="nothing" value={get ? wantedKey(get) : ""} options={plan.wanted} onChoose={(value) => change({ get: value, least: undefined })} />
      </div>
      {get && quote !== undefined && (
        <div class="under muted" id="quote">
          <span>Pools would give about {brief(quote, decimalsOf(get))} {symbolOf(get)}.</span>
          {draft.least === undefined ? (
            <label class="inline">Accept at most{" "}
              <select id="slippage" value={String(draft.slippage)} onChange={(event) => change({ slippage: BigInt(event.currentTarget.value) })}>
                {slippages.map((s) => <option key={String(s)} value={String(s)}>{`${Number(s) / 100} %`}</option>)}
              </select>{" "}less
            </label>
          ) : <button type="button" class="text-button" onClick={() => change({ least: undefined })}>Use that</button>}
          {least !== undefined && least > quote && <span id="ambitious">You ask for more: it may be that nobody fills it.</span>}
        </div>
      )}
    </fieldset>
  );
}

function Choice(props: { id: string; label: string; empty: string; value: string; options: readonly Wanted[]; onChoose: (value: string) => void }): JSX.Element {
  const name = useRollupName();
  const { options } = props;
  const rollups = [...new Set(options.map((o) => o.rollup))];
  // Anybody may send a token that calls itself like another one: what looks the same is told apart by its address.
  const called = (o: Wanted): string => {
    const alike = options.filter((other) => other.rollup === o.rollup && symbolOf(other) === symbolOf(o)).length > 1;
    return alike && !("ether" in o) ? `${symbolOf(o)} ${short(o.address)}` : symbolOf(o);
  };
  return (
    <select id={props.id} aria-label={props.label} value={props.value} disabled={options.length === 0} onChange={(event) => props.onChoose(event.currentTarget.value)}>
      {options.length === 0 && <option value="">{props.empty}</option>}
      {rollups.map((rollup) => (
        <optgroup key={rollup} label={name(rollup)}>
          {options.filter((o) => o.rollup === rollup).map((o) => <option key={wantedKey(o)} value={wantedKey(o)}>{`${called(o)} · ${name(rollup)}`}</option>)}
        </optgroup>
      ))}
    </select>
  );
}

/** Steps are what is left to do: let Permit2 move the token, once, and sign. */
function Steps({ signer, plan, expiry, onDone }: { signer: Signer; plan: Plan; expiry: number; onDone: () => void }): JSX.Element {
  const name = useRollupName();
  const { give, get, amount, least } = plan;
  const [busy, setBusy] = useState<"allow" | "sign">();
  const [trouble, setTrouble] = useState<unknown>();
  const [allowance, recheck] = useAllowance(signer, give);
  const missing = useMissingSettler(give?.rollup, get?.rollup);
  const needed = amount ?? 1n;
  const allowed = allowance !== undefined && allowance >= needed;
  const attempt = async (what: "allow" | "sign", run: () => Promise<unknown>): Promise<void> => {
    setBusy(what);
    setTrouble(undefined);
    await run().catch(setTrouble);
    setBusy(undefined);
  };
  const sign = async (): Promise<void> => {
    const deadline = Math.floor(now() / 1000) + expiry;
    await session.orders.submit(signer, {
      give: { rollup: give!.rollup, token: give!.address, amount: amount! }, deadline,
      get: { rollup: get!.rollup, token: "ether" in get! ? "ether" : get!.address, amount: least! },
    });
    onDone();
    document.querySelector<HTMLElement>("#orders")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const ready = plan.obstacle === undefined && missing.length === 0;
  return (
    <>
      {missing.length > 0 && <p class="notice" data-tone="warn">There is no IntentSettler on {missing.map(name).join(" and ")} yet: whoever runs the network deploys it with <code>lockstep contracts deploy</code>.</p>}
      <ol class="todo" aria-label="Steps">
        {give && allowance !== undefined && (
          <li data-done={allowed}>
            {allowed ? <span class="done"><CheckIcon /> Permit2 may move your {give.symbol}; without your signature it moves nothing</span> : (
              <>
                <button type="button" class="button" id="allow" disabled={busy !== undefined} onClick={() => void attempt("allow", async () => {
                  await allow(signer, give.rollup, give.address);
                  await recheck();
                })}>{busy === "allow" ? waiting(signer) : `Let Permit2 move your ${give.symbol}`}</button>
                <span class="muted small-note">Once for each token: a transaction on {name(give.rollup)}. {signer.kind === "injected" && "The wallet may ask to add or switch to that chain first. "}Permit2 moves nothing without your signature.</span>
              </>
            )}
          </li>
        )}
        <li>
          <button type="button" class="button primary" id="sign" disabled={busy !== undefined || !ready || !allowed} onClick={() => void attempt("sign", sign)}>
            {busy === "sign" ? waiting(signer) : "Sign and send"}
          </button>
          {ready && give && get && amount && least && (
            <span class="muted small-note">{brief(amount, give.decimals)} {give.symbol} on {name(give.rollup)} for at least {brief(least, decimalsOf(get))} {symbolOf(get)} on {name(get.rollup)}. It costs you no fee.</span>
          )}
        </li>
      </ol>
      {trouble !== undefined && <p class="notice" data-tone="bad" role="alert" id="trouble">{explain(trouble)}</p>}
    </>
  );
}

const waiting = (signer: Signer): string => (signer.kind === "injected" ? "Answer in the wallet…" : "Sending…");

// useAllowance is how much of the token Permit2 may move, asked again with the balances.
function useAllowance(signer: Signer, token: Token | undefined): [bigint | undefined, () => Promise<void>] {
  const [known, setKnown] = useState<{ of: string; amount: bigint }>();
  const of = token ? `${signer.address}/${tokenKey(token)}` : "";
  const check = async (): Promise<void> => {
    if (!token) return;
    const amount = await allowanceOf(token.rollup, token.address, signer.address);
    setKnown((was) => (was?.of === of && was.amount === amount ? was : { of, amount }));
  };
  useEffect(() => void check().catch(() => undefined), [of, session.balances]); // asked again with the next balances
  return [known?.of === of ? known.amount : undefined, check];
}

function useMissingSettler(from: number | undefined, to: number | undefined): readonly number[] {
  const [missing, setMissing] = useState<readonly number[]>([]);
  useEffect(() => {
    if (from === undefined || to === undefined) return;
    let ended = false;
    let timer = 0;
    const ask = async (): Promise<void> => {
      const without = await withoutSettler([from, to]).catch(() => undefined);
      if (ended) return;
      if (without) setMissing(without);
      if (without === undefined || without.length > 0) timer = window.setTimeout(() => void ask(), 3000);
    };
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [from, to, live.hello?.networkId]);
  return missing;
}

