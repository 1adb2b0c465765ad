import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { minOutput, unpadAddress } from "../../../../sdk/ts/src/core/intent.ts";
import { useNow } from "../clock.ts";
import { count, millis, short } from "../format.ts";
import { useLive, useRollupName } from "../live.ts";
import { reasonOf } from "../pages/reasons.ts";
import { paths } from "../router.ts";
import type { Hex } from "../types.ts";
import { Card, Empty, Hash } from "../ui/basics.tsx";
import { Chip, Mark, type Look } from "../ui/mark.tsx";
import { brief } from "./amounts.tsx";
import { explain } from "./failures.ts";
import type { IntentView, Tracked } from "./orders.ts";
import { session } from "./session.ts";
import type { Signer } from "./signer.ts";

/** OrdersCard is the account's orders: those that are open, and those of this visit. */
export function OrdersCard({ signer }: { signer: Signer }): JSX.Element {
  const orders = [...session.orders.tracked.values()].sort((a, b) => b.view.order.openDeadline - a.view.order.openDeadline || (b.accepted ?? 0) - (a.accepted ?? 0));
  return (
    <div id="orders">
      <Card title="Your orders" note="open at this gateway, and those of this visit" bare>
        {orders.length === 0 ? <Empty>None. What you sign above appears here and is followed until the quorum has signed its result.</Empty> : (
          <ul class="orders">
            {orders.map((one) => <Order key={one.id} one={one} signer={signer} />)}
          </ul>
        )}
      </Card>
    </div>
  );
}

const looks: Record<IntentView["status"], Look> = { open: "accepted", pending: "ordered", filled: "executed", cancelled: "void", expired: "void" };
const words: Record<IntentView["status"], string> = { open: "Open", pending: "On its way", filled: "Filled", cancelled: "Cancelled", expired: "Expired" };

/** attemptOf is what became of the newest bundle that was sent for an order. */
function attemptOf({ view, bundle }: Tracked) {
  const fill = view.fills.at(-1);
  if (!fill || bundle?.status.id !== fill.bundleId) return undefined;
  return bundle.status.attempts.find((a) => a.outcome === "included") ?? bundle.status.attempts.at(-1);
}

function Order({ one, signer }: { one: Tracked; signer: Signer }): JSX.Element {
  const { view } = one;
  const { intent, order } = view;
  const terms = useTerms(view);
  const name = useRollupName();
  const attested = view.status === "filled" && attemptOf(one)?.level === "attested";
  return (
    <li class="order" data-order={one.id} data-status={view.status} data-attested={attested}>
      <div class="order-head">
        <h3>{terms.given(intent.inputAmount)} <span class="muted">on {name(Number(order.originChainId))}</span> → {terms.got(intent.minOutput)} <span class="muted">or more on {name(Number(intent.destinationChainId))}</span></h3>
        <Chip look={attested ? "attested" : looks[view.status]} text={words[view.status]} />
        <span class="muted order-id">Order <Hash hex={one.id} what="order id" ends={4} /></span>
      </div>
      {(view.fills.length > 0 || view.status === "open" || view.status === "pending") && <Levels one={one} />}
      <Outcome one={one} />
      <Legs one={one} />
      <Actions one={one} signer={signer} />
    </li>
  );
}

// useTerms writes amounts of an order in the tokens that it names.
function useTerms({ order, intent }: IntentView): { given: (amount: bigint) => string; got: (amount: bigint) => string } {
  const write = (rollup: bigint, address: Hex | undefined) => (amount: bigint): string => {
    if (address === undefined) return `${brief(amount, 18)} ETH`;
    const token = session.book.of(Number(rollup), address);
    return token ? `${brief(amount, token.decimals)} ${token.symbol}` : `${amount} units of ${short(address, 4)}`;
  };
  return { given: write(order.originChainId, intent.inputToken), got: write(intent.destinationChainId, unpadAddress(intent.outputToken)) };
}

interface Stage {
  readonly key: string;
  readonly look: Look | "proven";
  readonly name: string;
  readonly reached: boolean;
  readonly took: number | undefined;
  readonly note: string;
}

/** Levels is how far an order has come, in ms after the gateway took it. */
function Levels({ one }: { one: Tracked }): JSX.Element {
  return (
    <ol class="timeline five" aria-label="Levels">
      {stagesOf(one).map((s) => (
        <li key={s.key} data-stage={s.look} data-level={s.key} data-reached={s.reached}>
          <Mark look={s.look === "proven" ? "attested" : s.look} />
          <b>{s.name}</b>
          <span class={s.reached ? "took" : "took muted"}>{!s.reached ? "not yet" : s.took === undefined ? "–" : s.took === 0 ? `0\u202fms` : `+${millis(Math.round(s.took))}`}</span>
          <small>{s.note}</small>
        </li>
      ))}
    </ol>
  );
}

function stagesOf(one: Tracked): readonly Stage[] {
  const { view, bundle, accepted, awarded } = one;
  const attempt = attemptOf(one);
  const rank = ["unknown", "accepted", "ordered", "executed", "attested", "posted", "final"].indexOf(attempt?.level ?? "unknown");
  const won = accepted !== undefined && awarded !== undefined ? Math.max(0, awarded - accepted) : undefined;
  // From the award on the node's own clock counts; before it there is only this page's.
  const since = (at: number | undefined): number | undefined =>
    at === undefined || won === undefined ? undefined : won + Math.max(0, at - (bundle?.accepted ?? attempt?.tickTime ?? at));
  const times = attempt?.times;
  const executed = times?.executed ?? times?.attested;
  const ordered = Math.min(times?.ordered ?? Infinity, executed ?? Infinity);
  const failed = attempt?.outcome !== undefined && attempt.outcome !== "included";
  return [
    { key: "accepted", look: "accepted", name: "Accepted", reached: true, took: accepted === undefined ? undefined : 0, note: "by the gateway" },
    { key: "auction", look: "proven", name: "Auction", reached: view.fills.length > 0, took: won, note: view.fills.length > 0 ? "the best offer was sent" : "solvers bid in secret" },
    { key: "ordered", look: "ordered", name: "Ordered", reached: rank >= 2, took: since(ordered === Infinity ? undefined : ordered), note: "its place is final" },
    { key: "executed", look: failed ? "void" : "executed", name: failed ? "Executed: void" : "Executed", reached: rank >= 3, took: since(executed), note: failed ? "nothing was taken" : "on both rollups at once" },
    { key: "attested", look: "attested", name: "Attested", reached: rank >= 4, took: since(times?.attested), note: "the quorum signed it" },
  ];
}

/** Outcome says in words how the order stands. */
function Outcome({ one }: { one: Tracked }): JSX.Element {
  const { view } = one;
  const { got } = useTerms(view);
  const fill = view.fills.at(-1);
  return (
    <p class="outcome" role="status">
      {one.gone ? "The gateway does not know it any more: it was restarted. Whoever has seen your signature can still use it until it expires." : <Standing one={one} />}
      {fill?.status === "void" && <> The last bundle had no effect{fill.reason ? `: ${reasonOf(fill.reason)}` : ""}.</>}
      {view.status === "filled" && <> <b>You got {got(total(view))}</b>{surplus(view) > 0n ? <>, {got(surplus(view))} more than the least you asked for.</> : "."}</>}
      {view.reason && view.status !== "filled" && <span class="muted"> ({view.reason})</span>}
    </p>
  );
}

function total(view: IntentView): bigint {
  return view.fills.reduce((sum, f) => (f.status === "executed" ? sum + f.outputAmount : sum), 0n);
}

function surplus(view: IntentView): bigint {
  return view.fills.reduce((sum, f) => (f.status === "executed" ? sum + f.outputAmount - minOutput(view.intent, f.inputAmount) : sum), 0n);
}

function Standing({ one: { view } }: { one: Tracked }): JSX.Element {
  const time = useNow();
  const head = useLive().frame?.head.tick;
  const left = view.order.fillDeadline * 1000 - time;
  const { got } = useTerms(view);
  switch (view.status) {
    case "open": {
      const ticks = head === undefined ? 0 : view.auction.closesTick - head;
      const offers = view.solutions === 0 ? "No offer yet" : view.solutions === 1 ? "One offer" : `${count(view.solutions)} offers`;
      return <>{offers}; {ticks > 0 ? `the auction closes in ${count(ticks)} ${ticks === 1 ? "tick" : "ticks"}` : "the auction goes on"}. {left > 0 ? `Expires in ${millis(Math.max(10_000, left))}.` : "Its time is over."}</>;
    }
    case "pending": {
      const offer = view.fills.at(-1);
      return <>The best offer{offer ? <> gives you {got(offer.outputAmount)}</> : null}; its bundle is on the way.</>;
    }
    case "filled":
      return <>Both sides took effect in one bundle.</>;
    case "cancelled":
      return <>This gateway gave it up{left > 0 ? "; a solver who saw your signature can still use it until it expires, or until you end it on its rollup" : ""}.</>;
    case "expired":
      return <>Nobody filled it in time. Nothing was taken.</>;
  }
}

function Legs({ one }: { one: Tracked }): JSX.Element | null {
  const { view, bundle } = one;
  const name = useRollupName();
  const fill = view.fills.at(-1);
  if (!fill) return null;
  const legs = bundle?.status.id === fill.bundleId ? (bundle.bundle?.legs ?? []) : [];
  return (
    <p class="order-links muted">
      Bundle <Hash hex={fill.bundleId} to={paths.bundle(fill.bundleId)} what="bundle id" ends={5} />
      {legs.map((leg) => <span key={leg.hash}> · {name(leg.rollup)} <Hash hex={leg.hash} to={paths.tx(leg.hash)} what={`transaction on ${name(leg.rollup)}`} ends={4} copy={false} /></span>)}
    </p>
  );
}

function Actions({ one, signer }: { one: Tracked; signer: Signer }): JSX.Element | null {
  const { view } = one;
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ good: boolean; text: string }>();
  const [ended, setEnded] = useState(false);
  const usable = useNow() < view.order.fillDeadline * 1000;
  const attempt = async (run: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setSaid(undefined);
    await run().catch((error: unknown) => setSaid({ good: false, text: explain(error) }));
    setBusy(false);
  };
  const end = async (): Promise<void> => {
    await session.orders.end(signer, view.order);
    setEnded(true);
    setSaid({ good: true, text: "Ended on its rollup: nobody can fill it any more." });
  };
  const open = view.status === "open" && !one.gone;
  const endable = usable && (view.status === "cancelled" || one.gone === true) && !ended;
  return (
    <>
      {(open || endable) && (
        <div class="actions">
          {open && <button type="button" class="button small" data-do="cancel" disabled={busy} onClick={() => void attempt(() => session.orders.cancel(signer, one.id))}>Cancel</button>}
          {endable && <button type="button" class="button small" data-do="end" disabled={busy} onClick={() => void attempt(end)}>End it on its rollup</button>}
          {endable && <span class="muted small-note">a transaction, which costs a fee</span>}
        </div>
      )}
      {said && <p class="notice" data-tone={said.good ? "good" : "bad"} role={said.good ? "status" : "alert"}>{said.text}</p>}
    </>
  );
}
