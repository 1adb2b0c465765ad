import { readIntent, orderForm } from "../../../../sdk/ts/src/actions/intents.ts";
import { cancelCall, intentCancellation, intentOrder, intentTypedData, orderId, type IntentOrder, type IntentOrderParameters } from "../../../../sdk/ts/src/core/intent.ts";
import { contractAddresses } from "../../../../sdk/ts/src/gen/contracts.ts";
import type { IntentView } from "../../../../sdk/ts/src/types.ts";
import { ApiError, get, rpc } from "../api.ts";
import { live } from "../live.ts";
import type { BundlePage, Hex } from "../types.ts";
import { eth, receiptOf, read, word } from "./chain.ts";
import { WalletError } from "./failures.ts";
import type { Signer } from "./signer.ts";

export type { IntentView };

/** Tracked is an order of the account with what the page has seen of it. */
export interface Tracked {
  readonly id: Hex;
  view: IntentView;
  /** When the gateway took it and when the auction was decided, as this page saw it (ms); missing for an order of another visit. */
  accepted?: number;
  awarded?: number;
  /** What is known of the newest bundle that was sent for it. */
  bundle?: BundlePage;
  /** The gateway does not know it any more: it was restarted, or the order is over for long. */
  gone?: boolean;
}

/** Orders are those that the page follows, over a socket and by asking now and then. */
export class Orders {
  readonly tracked = new Map<Hex, Tracked>();
  private readonly listeners = new Set<() => void>();
  /** Orders of this visit that are another account's, or that the gateway has forgotten. */
  private readonly forgotten = new Set<Hex>();
  private socket: WebSocket | undefined;
  private timer = 0;
  private user: Hex | undefined;
  private watched = false;

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** follow follows the orders of an account while the page is watched, until the next call; of none without one. */
  follow(user: Hex | undefined): void {
    if (this.user === user) return;
    this.user = user;
    this.tracked.clear();
    this.forgotten.clear();
    this.schedule(0);
    this.notify();
  }

  /** watch goes on following, rest lets the node alone: nobody looks. */
  watch(): void {
    this.watched = true;
    this.schedule(0);
  }

  rest(): void {
    this.watched = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = undefined;
  }

  /** submit signs an order and hands it in. */
  async submit(signer: Signer, parameters: Omit<IntentOrderParameters, "user">): Promise<Hex> {
    const order = intentOrder({ ...parameters, user: signer.address });
    const signature = await signer.sign(intentTypedData(order), Number(order.originChainId));
    const began = moment();
    const id = orderId(order);
    await rpc<Hex>("/", "lockstep_submitIntent", [{ order: orderForm(order), signature }]);
    const view = await this.ask(id);
    if (view) this.take(view, began);
    return id;
  }

  /** cancel takes an order out of the auction. */
  async cancel(signer: Signer, id: Hex): Promise<void> {
    const networkId = live.hello?.networkId;
    if (networkId === undefined) throw new WalletError("The page has not heard of the network yet.");
    const signature = await signer.sign(intentCancellation({ orderId: id, networkId }), undefined);
    await rpc("/", "lockstep_cancelIntent", [{ orderId: id, signature }]);
    const view = await this.ask(id);
    if (view) this.take(view);
  }

  /** end ends an order on its origin rollup, by a transaction: then nobody can fill it any more, whatever they have seen. */
  async end(signer: Signer, order: IntentOrder): Promise<Hex> {
    const rollup = Number(order.originChainId);
    const hash = await signer.send(rollup, { to: order.originSettler, data: cancelCall(order) });
    if ((await receiptOf(rollup, hash)).status !== "0x1") throw new WalletError("The transaction reverted: the order is not open on its rollup any more.");
    return hash;
  }

  // round asks for everything that is not over, opens the socket if there is none, and comes again.
  private async round(): Promise<void> {
    const user = this.user;
    if (user === undefined || !this.watched) return;
    if (document.visibilityState === "hidden") return this.schedule(1500);
    this.listen();
    try {
      const open = (await rpc<unknown[]>("/", "lockstep_getIntents", [])).map(readIntent);
      if (user !== this.user) return;
      for (const view of open) if (view.order.user.toLowerCase() === user) this.take(view);
      for (const { id } of kept()) if (!this.tracked.has(id) && !this.forgotten.has(id)) await this.restore(id, user);
      await Promise.all([...this.tracked.values()].map((one) => this.renew(one)));
    } catch {
      // The page says itself that the gateway is away; the next round tries again.
    }
    if (user !== this.user || !this.watched) return;
    const busy = [...this.tracked.values()].some((one) => one.view.status === "pending" || unsettled(one));
    this.schedule(busy ? 150 : 1500);
  }

  // schedule lets the next round begin then, in place of the one that was to begin.
  private schedule(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.round(), wait);
  }

  private async restore(id: Hex, user: Hex): Promise<void> {
    const view = await this.ask(id);
    if (view && view.order.user.toLowerCase() === user && user === this.user) this.take(view);
    else this.forgotten.add(id);
  }

  private async renew(one: Tracked): Promise<void> {
    if (one.view.status === "open" || one.view.status === "pending") {
      const view = await this.ask(one.id);
      if (view) this.take(view);
      else one.gone = true;
    }
    const fill = one.view.fills.at(-1);
    if (!fill || (one.bundle?.status.id === fill.bundleId && one.bundle.final)) return this.notify();
    // A bundle that has just been sent may be unknown to the explorer's answers for a moment.
    one.bundle = (await get<BundlePage>(`bundle/${fill.bundleId}`).catch(() => undefined)) ?? one.bundle;
    this.notify();
  }

  private async ask(id: Hex): Promise<IntentView | undefined> {
    try {
      return readIntent(await rpc("/", "lockstep_getIntent", [id]));
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0) return undefined;
      throw error;
    }
  }

  private take(view: IntentView, accepted?: number): void {
    const one: Tracked = this.tracked.get(view.orderId) ?? { view, ...(kept().find(({ id }) => id === view.orderId) ?? { id: view.orderId }) };
    if (accepted !== undefined) one.accepted = accepted;
    const news = one.accepted !== undefined && view.fills.length > 0 && (one.awarded === undefined || view.fills.length > one.view.fills.length);
    if (news) one.awarded = moment();
    if (news || accepted !== undefined) keep(one);
    one.view = view;
    this.tracked.set(view.orderId, one);
    this.notify();
  }

  private listen(): void {
    if (this.socket) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "lockstep_subscribe", params: ["intents"] }));
    socket.onclose = () => {
      if (this.socket === socket) this.socket = undefined; // the next round opens another one
    };
    socket.onmessage = ({ data }) => {
      const { params } = JSON.parse(String(data)) as { params?: { result?: { intent?: unknown } } };
      if (params?.result?.intent === undefined || socket !== this.socket) return;
      const view = readIntent(params.result.intent);
      if (view.order.user.toLowerCase() !== this.user) return;
      this.take(view);
      this.schedule(30);
    };
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

/** unsettled is whether a bundle is on its way whose result is not attested yet. */
function unsettled({ view, bundle }: Tracked): boolean {
  const fill = view.fills.at(-1);
  return fill !== undefined && !(bundle?.status.id === fill.bundleId && bundle.final);
}

const keptKey = (): string => `lockstep.orders.${live.hello?.networkId ?? ""}`;

/** Kept is what a reload does not forget of an order of this visit. */
type Kept = Pick<Tracked, "id" | "accepted" | "awarded">;

function kept(): Kept[] {
  try {
    return JSON.parse(sessionStorage.getItem(keptKey()) ?? "[]") as Kept[];
  } catch {
    return [];
  }
}

function keep({ id, accepted, awarded }: Kept): void {
  const others = kept().filter((other) => other.id !== id);
  try {
    sessionStorage.setItem(keptKey(), JSON.stringify([{ id, accepted, awarded }, ...others].slice(0, 20)));
  } catch {
    // Known for as long as the page is open, then.
  }
}

// moment is now in ms, also comparable after a reload, and no clock that somebody sets moves it.
const moment = (): number => performance.timeOrigin + performance.now();

/** permit2 is who moves the input, with the user's signature. */
export const permit2 = contractAddresses.permit2.toLowerCase() as Hex;

/** allowanceOf is how much of a token Permit2 may move for an account. */
export async function allowanceOf(rollup: number, token: Hex, owner: Hex): Promise<bigint> {
  const [allowance] = await read(rollup, [{ to: token, data: `0xdd62ed3e${word(owner)}${word(permit2)}` }]);
  return allowance === undefined || allowance === "0x" ? 0n : BigInt(allowance);
}

/** allow lets Permit2 move a token of the signer's; without the owner's signature it moves nothing. */
export async function allow(signer: Signer, rollup: number, token: Hex): Promise<void> {
  const hash = await signer.send(rollup, { to: token, data: `0x095ea7b3${word(permit2)}${"f".repeat(64)}` });
  if ((await receiptOf(rollup, hash)).status !== "0x1") throw new WalletError("The transaction reverted: the token did not take the approval.");
}

/** withoutSettler are those of the rollups that have no settler yet. */
export async function withoutSettler(rollups: readonly number[]): Promise<number[]> {
  const codes = await Promise.all(rollups.map((id) => eth<Hex>(id, "eth_getCode", [contractAddresses.intentSettler, "latest"])));
  return rollups.filter((_, i) => codes[i] === "0x");
}
