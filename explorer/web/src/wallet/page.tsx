import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useLive } from "../live.ts";
import { Address, Card, Loading } from "../ui/basics.tsx";
import { BalanceCard } from "./balances.tsx";
import { developmentAccounts } from "./devaccounts.ts";
import { explain } from "./failures.ts";
import { OrdersCard } from "./orderlist.tsx";
import { useWallets, type Announced } from "./providers.ts";
import { session, useDevelopment, useSession } from "./session.ts";
import type { Signer } from "./signer.ts";
import { SwapCard } from "./swap.tsx";
import "./wallet.css";

/** WalletPage is an account over all rollups: its balance, and swaps across them. */
export function WalletPage(): JSX.Element {
  const { hello } = useLive();
  const { signer } = useSession();
  return (
    <div class="stack wallet">
      <div class="head">
        <h1>Wallet</h1>
        <span class="sub">One balance over all rollups, and swaps across them with one signature</span>
      </div>
      {!hello ? <Loading what="wallet" /> : signer ? <Account signer={signer} /> : <Connect />}
    </div>
  );
}

function Account({ signer }: { signer: Signer }): JSX.Element {
  return (
    <>
      <div class="account" id="account" data-address={signer.address}>
        <span><b>{signer.name}</b> <Address address={signer.address} /></span>
        <button type="button" class="button small" id="disconnect" onClick={() => session.use(undefined)}>Disconnect</button>
      </div>
      {signer.kind === "devnet" && <p class="notice" data-tone="warn">Everybody knows the key of this account, and this page signs with it itself. It is for trying things out on a devnet.</p>}
      {session.trouble !== undefined && <p class="notice" data-tone="bad" role="alert">{explain(session.trouble)} What you see is older; the page keeps trying.</p>}
      <div class="grid columns">
        <BalanceCard />
        <SwapCard signer={signer} />
      </div>
      <OrdersCard signer={signer} />
    </>
  );
}

function Connect(): JSX.Element {
  const wallets = useWallets();
  const development = useDevelopment();
  const [busy, setBusy] = useState("");
  const [trouble, setTrouble] = useState<unknown>();
  const attempt = async (what: string, run: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setTrouble(undefined);
    await run().catch(setTrouble);
    setBusy("");
  };
  useReconnect(wallets, development);
  return (
    <div class="grid two">
      <Card title="A wallet of this browser" note="keys stay in the wallet">
        {wallets.length === 0 ? (
          <p class="muted">None has made itself known. Install one that speaks EIP-1193, such as MetaMask, Rabby or Frame, and reload the page.</p>
        ) : (
          <ul class="wallets">
            {wallets.map((wallet) => (
              <li key={wallet.id}>
                <button type="button" class="button" data-wallet={wallet.id} disabled={busy !== ""} onClick={() => void attempt(wallet.id, () => session.inject(wallet))}>
                  {wallet.icon && <img src={wallet.icon} alt="" width="18" height="18" />}
                  {busy === wallet.id ? "Answer in the wallet…" : `Connect ${wallet.name}`}
                </button>
              </li>
            ))}
          </ul>
        )}
        <p class="muted small-note">The page asks for your address, then for one signature for each swap (typed data, which the wallet shows). It asks this node only.</p>
        {trouble !== undefined && <p class="notice" data-tone="bad" role="alert">{explain(trouble)}</p>}
      </Card>
      {development && <Development busy={busy !== ""} onUse={(index) => void attempt("development", () => session.develop(index))} />}
    </div>
  );
}

function Development({ busy, onUse }: { busy: boolean; onUse: (index: number) => void }): JSX.Element {
  const [index, setIndex] = useState(1);
  return (
    <Card title="A development account" note="of this devnet">
      <form class="row" onSubmit={(event) => {
        event.preventDefault();
        onUse(index);
      }}>
        <label class="field">
          <span>Account</span>
          <select id="development" value={String(index)} onChange={(event) => setIndex(Number(event.currentTarget.value))}>
            {developmentAccounts.map(({ address }, i) => <option key={address} value={String(i)}>{i} · {address.slice(0, 8)}…{address.slice(-4)}</option>)}
          </select>
        </label>
        <button type="submit" class="button" id="use-development" disabled={busy}>Use it</button>
      </form>
      <p class="muted small-note">Everybody knows the keys of these accounts. The page takes the key and signs by itself, without asking: for trying things out, never for money.</p>
    </Card>
  );
}

// useReconnect takes the account again that was used before a reload, as soon as its wallet is there.
function useReconnect(wallets: readonly Announced[], development: boolean): void {
  const memory = session.remembered();
  const wallet = wallets.find((w) => w.id === memory);
  const index = development && memory?.startsWith("development ") ? Number(memory.slice("development ".length)) : undefined;
  useEffect(() => {
    if (wallet) void session.inject(wallet, true).catch(() => undefined); // the button is still there
    else if (index !== undefined && developmentAccounts[index]) void session.develop(index);
  }, [wallet, index]);
}
