import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { useRollupName } from "../live.ts";
import { paths } from "../router.ts";
import type { Hex } from "../types.ts";
import { Card, Hash, Loading } from "../ui/basics.tsx";
import { Units } from "./amounts.tsx";
import { evmRollups } from "./chain.ts";
import { explain } from "./failures.ts";
import { session } from "./session.ts";
import type { Balances } from "./tokens.ts";

/** BalanceCard is everything that the account has, over all rollups. */
export function BalanceCard(): JSX.Element {
  const { balances } = session;
  return (
    <Card title="Balance" note={balances ? `over ${balances.ether.length} rollups` : ""}>
      {!balances ? (session.trouble === undefined ? <Loading what="balance" /> : <p class="muted">Not known yet.</p>) : <Holdings balances={balances} />}
      <AddToken />
    </Card>
  );
}

function Holdings({ balances }: { balances: Balances }): JSX.Element {
  const name = useRollupName();
  const [open, setOpen] = useState(false);
  const total = balances.ether.reduce((sum, { amount }) => sum + amount, 0n);
  const tokens = balances.tokens.filter(({ amount }) => amount > 0n)
    .sort((a, b) => a.token.symbol.localeCompare(b.token.symbol) || a.token.rollup - b.token.rollup);
  return (
    <>
      <div class="total" id="total" data-wei={String(total)}><Units amount={total} decimals={18} symbol="ETH" /></div>
      <button type="button" class="unfold" aria-expanded={open} aria-controls="ether" onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? "▾" : "▸"}</span> {open ? "Hide rollups" : "On each rollup"}
      </button>
      {open && (
        <ul class="holdings" id="ether">
          {balances.ether.map(({ rollup, amount }) => (
            <li key={rollup} data-rollup={rollup}><span>{name(rollup)}</span><Units amount={amount} decimals={18} symbol="ETH" /></li>
          ))}
        </ul>
      )}
      <h3 class="tokens-title">Tokens</h3>
      {tokens.length === 0 ? <p class="muted">None: no rollup has logged a transfer of a token to this account.</p> : (
        <ul class="holdings" id="tokens">
          {tokens.map(({ token, amount }) => (
            <li key={`${token.rollup}/${token.address}`} data-token={`${token.rollup}/${token.address}`} data-amount={String(amount)}>
              <span><b>{token.symbol}</b> <span class="muted">on {name(token.rollup)}</span> <Hash hex={token.address} to={paths.address(token.address)} what={`address of ${token.symbol} on ${name(token.rollup)}`} ends={4} /></span>
              <Units amount={amount} decimals={token.decimals} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function AddToken(): JSX.Element {
  const rollups = evmRollups();
  const [rollup, setRollup] = useState(rollups[0]?.id ?? 0);
  const [address, setAddress] = useState("");
  const [said, setSaid] = useState<{ good: boolean; text: string }>();
  const add = async (): Promise<void> => {
    const text = address.trim().toLowerCase();
    if (!/^0x[0-9a-f]{40}$/.test(text)) return setSaid({ good: false, text: "An address is 0x and 40 hex digits." });
    try {
      const token = await session.book.add(rollup, text as Hex);
      if (!token) return setSaid({ good: false, text: "There is no ERC-20 at this address on this rollup." });
      setSaid({ good: true, text: `${token.symbol} is known now.` });
      setAddress("");
      await session.renew();
    } catch (error) {
      setSaid({ good: false, text: explain(error) });
    }
  };
  return (
    <details class="add-token">
      <summary>Add a token by its address</summary>
      <form class="row" onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}>
        <label class="field narrow">
          <span>Rollup</span>
          <select value={String(rollup)} onChange={(event) => setRollup(Number(event.currentTarget.value))}>
            {rollups.map((r) => <option key={r.id} value={String(r.id)}>{r.name}</option>)}
          </select>
        </label>
        <label class="field">
          <span>Address of the token</span>
          <input id="token-address" value={address} placeholder="0x…" spellcheck={false} autocomplete="off" onInput={(event) => setAddress(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button">Add</button>
      </form>
      {said && <p class="small-note" role="status" data-good={said.good}>{said.text}</p>}
    </details>
  );
}
