import { useEffect, useState } from "preact/hooks";

import { live } from "../live.ts";
import type { Hex } from "../types.ts";
import { eth, evmRollups } from "./chain.ts";
import { developmentAccounts } from "./devaccounts.ts";
import { Orders } from "./orders.ts";
import { Pools } from "./pools.ts";
import type { Announced } from "./providers.ts";
import { connect, type Signer } from "./signer.ts";
import { balancesOf, TokenBook, type Balances } from "./tokens.ts";

const key = "lockstep.wallet";

/** Session is the account that the page works with, and what it knows; it outlives a visit to the explorer's other pages. */
export class Session {
  signer: Signer | undefined;
  balances: Balances | undefined;
  /** Why the balances could not be renewed; those shown are older. */
  trouble: unknown;
  readonly book = new TokenBook();
  readonly pools = new Pools();
  readonly orders = new Orders();
  private readonly listeners = new Set<() => void>();
  private unlisten: () => void = () => undefined;
  private abort = new AbortController();

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** use works with a signer from now on; without one it forgets the account. */
  use(signer: Signer | undefined, memory?: string): void {
    this.unlisten();
    this.abort.abort();
    this.abort = new AbortController();
    this.signer = signer;
    this.balances = undefined;
    this.trouble = undefined;
    this.book.forget();
    this.orders.follow(signer?.address);
    this.unlisten = signer?.onLost(() => this.use(undefined)) ?? (() => undefined);
    try {
      if (signer && memory !== undefined) sessionStorage.setItem(key, memory);
      else sessionStorage.removeItem(key);
    } catch {
      // Asked again after a reload, then.
    }
    this.notify();
    void this.renew();
  }

  /** inject connects a wallet of the browser; quietly one that this visit used before. */
  async inject(wallet: Announced, quietly = false): Promise<void> {
    const signer = await connect(wallet, quietly);
    if (signer) this.use(signer, wallet.id);
  }

  /** develop takes a development account, whose key is public, into the page. */
  async develop(index: number): Promise<void> {
    // Signing is a part of its own, for those alone who use it.
    const { devSigner } = await import("./devsigner.ts");
    this.use(devSigner(`Development account ${index}`, developmentAccounts[index]!.key), `development ${index}`);
  }

  /** remembered is what was used last during this visit: a wallet's id or a development account. */
  remembered(): string | undefined {
    try {
      return sessionStorage.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** renew asks for the account's balances, and for what the rollups have of tokens and pools. */
  async renew(): Promise<void> {
    const { signer, abort } = this;
    if (!signer || live.hello === undefined) return;
    try {
      await this.book.discover(signer.address, abort.signal);
      const balances = await balancesOf(signer.address, this.book, abort.signal);
      if (signer !== this.signer) return;
      this.balances = balances;
      this.trouble = undefined;
      this.notify();
      await this.pools.refresh(this.book, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.trouble = error;
    }
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

export const session = new Session();

/** useSession is the session; whoever uses it is drawn again when it changes, and keeps it renewed while the page is seen. */
export function useSession(): Session {
  const [, redraw] = useState(0);
  useEffect(() => {
    const stops = [session.onChange(() => redraw((n) => n + 1)), session.orders.onChange(() => redraw((n) => n + 1))];
    let timer = 0;
    let ended = false;
    const round = async (): Promise<void> => {
      if (document.visibilityState === "visible") await session.renew();
      if (!ended) timer = window.setTimeout(() => void round(), 2000);
    };
    void round();
    session.orders.watch();
    return () => {
      ended = true;
      session.orders.rest();
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, []);
  return session;
}

/** useDevelopment is whether this network is a devnet that funds the development accounts. */
export function useDevelopment(): boolean {
  const [funded, setFunded] = useState(false);
  const name = live.hello?.name;
  useEffect(() => {
    const [first] = evmRollups();
    if (name !== "devnet" || !first) return;
    const abort = new AbortController();
    eth<Hex>(first.id, "eth_getBalance", [developmentAccounts[0].address, "latest"], abort.signal).then(
      (balance) => setFunded(BigInt(balance) > 0n), () => undefined, // not offered, then
    );
    return () => abort.abort();
  }, [name]);
  return funded;
}
