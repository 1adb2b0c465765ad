import { decodeAbiParameters, hexToString } from "viem";

import type { AddressPage, Hex } from "../types.ts";
import { get } from "../api.ts";
import { batch, eth, evmRollups, read, word, type Call } from "./chain.ts";

/** Token is an ERC-20 on one rollup; the same address on another one is another token. */
export interface Token {
  readonly rollup: number;
  readonly address: Hex;
  readonly symbol: string;
  readonly decimals: number;
}

/** Balances are those of one account over all rollups. */
export interface Balances {
  readonly ether: readonly { readonly rollup: number; readonly amount: bigint }[];
  /** Everything that the account has or had, and what was added by hand. */
  readonly tokens: readonly { readonly token: Token; readonly amount: bigint }[];
}

const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const addedKey = "lockstep.tokens";

/** TokenBook knows tokens by rollup and address, and asks for what it does not know. */
export class TokenBook {
  private readonly known = new Map<string, Token | undefined>();
  private readonly read = new Map<number, bigint>();

  /** all are the tokens that were found so far. */
  all(): readonly Token[] {
    return [...this.known.values()].filter((t) => t !== undefined);
  }

  of(rollup: number, address: Hex): Token | undefined {
    return this.known.get(keyOf(rollup, address));
  }

  /** learn asks what the contracts are; those that are no ERC-20 are remembered as such. */
  async learn(rollup: number, addresses: readonly Hex[], signal?: AbortSignal): Promise<void> {
    const fresh = [...new Set(addresses.map((a) => a.toLowerCase() as Hex))].filter((a) => !this.known.has(keyOf(rollup, a)));
    if (fresh.length === 0) return;
    const answers = await read(rollup, fresh.flatMap((to) => [{ to, data: "0x95d89b41" }, { to, data: "0x313ce567" }] as Call[]), signal);
    fresh.forEach((address, i) => {
      const [symbol, decimals] = [answers[2 * i], answers[2 * i + 1]];
      const places = decimals === undefined || decimals.length !== 66 ? undefined : Number(decimals);
      const usable = places !== undefined && places <= 36;
      this.known.set(keyOf(rollup, address), usable ? { rollup, address, symbol: textOf(symbol), decimals: places } : undefined);
    });
  }

  /** add takes a token that somebody named, and remembers it; undefined if it is none. */
  async add(rollup: number, address: Hex): Promise<Token | undefined> {
    this.known.delete(keyOf(rollup, address));
    await this.learn(rollup, [address]);
    const token = this.of(rollup, address);
    if (token) remember([...remembered(), { rollup, address: token.address }]);
    return token;
  }

  /** discover finds what was ever transferred to the account, from where the last call ended. */
  async discover(account: Hex, signal?: AbortSignal): Promise<void> {
    await Promise.all(evmRollups().map(async ({ id }) => {
      const from = this.read.get(id) ?? 0n;
      const newest = BigInt(await eth<Hex>(id, "eth_blockNumber", [], signal));
      const filter = { fromBlock: `0x${from.toString(16)}`, toBlock: "latest", topics: [transferTopic, null, `0x${word(account)}`] };
      let addresses: Hex[];
      try {
        const logs = await eth<{ address: Hex; topics: Hex[] }[]>(id, "eth_getLogs", [filter], signal);
        addresses = logs.filter((log) => log.topics.length === 3).map((log) => log.address);
      } catch (cause) {
        if (signal?.aborted) throw cause;
        // A node may refuse to search all blocks; the explorer's own index has the newest ones.
        const page = await get<AddressPage>(`address/${account}?limit=100`, signal);
        addresses = page.activity.flatMap((a) => (a.type === "transfer" && a.rollup === id && a.token && !a.nft ? [a.token] : []));
      }
      const added = remembered().filter((t) => t.rollup === id).map((t) => t.address);
      await this.learn(id, [...added, ...addresses], signal);
      this.read.set(id, newest);
    }));
  }

  /** forget begins again, for another account. */
  forget(): void {
    this.read.clear();
  }
}

/** balancesOf asks every rollup, in one request each. */
export async function balancesOf(account: Hex, book: TokenBook, signal?: AbortSignal): Promise<Balances> {
  const parts = await Promise.all(evmRollups().map(async ({ id }) => {
    const tokens = book.all().filter((t) => t.rollup === id);
    const data: Hex = `0x70a08231${word(account)}`;
    const [ether, ...amounts] = await batch(id, [
      { method: "eth_getBalance", params: [account, "latest"] },
      ...tokens.map((t) => ({ method: "eth_call", params: [{ to: t.address, data }, "latest"] })),
    ], signal);
    return { ether: { rollup: id, amount: amountOf(ether) }, tokens: tokens.map((token, i) => ({ token, amount: amountOf(amounts[i]) })) };
  }));
  return { ether: parts.map((p) => p.ether), tokens: parts.flatMap((p) => p.tokens) };
}

function amountOf(value: Hex | undefined): bigint {
  return value === undefined || value === "0x" ? 0n : BigInt(value);
}

// Old tokens answer 32 bytes where newer ones answer a string. What somebody else's contract says is cut to what fits.
function textOf(answer: Hex | undefined): string {
  if (answer === undefined || answer === "0x") return "?";
  try {
    const text = answer.length === 66 ? hexToString(answer, { size: 32 }) : decodeAbiParameters([{ type: "string" }], answer)[0];
    return text.replace(/[^\x21-\x7e]/g, "").slice(0, 12) || "?";
  } catch {
    return "?";
  }
}

const keyOf = (rollup: number, address: Hex): string => `${rollup}/${address.toLowerCase()}`;

function remembered(): { rollup: number; address: Hex }[] {
  try {
    return JSON.parse(localStorage.getItem(addedKey) ?? "[]") as { rollup: number; address: Hex }[];
  } catch {
    return [];
  }
}

function remember(tokens: { rollup: number; address: Hex }[]): void {
  try {
    localStorage.setItem(addedKey, JSON.stringify(tokens.slice(-50)));
  } catch {
    // For this visit only, then.
  }
}
