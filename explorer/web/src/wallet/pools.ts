import type { Hex } from "../types.ts";
import { eth, evmRollups, read } from "./chain.ts";
import type { Token, TokenBook } from "./tokens.ts";

// Prices of Uniswap v2 pools, which are found by what their factories logged. They are an estimate for the person at the page:
// what counts is the least amount that is signed.

const pairCreated = "0x0d3648bd0f6ba80134a33ba9275ac585d9d315f0ad8355cddefde31afa28d0e9";
const getReserves: Hex = "0x0902f1ac";

interface Pool {
  readonly rollup: number;
  readonly pair: Hex;
  readonly tokens: readonly [Hex, Hex];
  reserves: readonly [bigint, bigint];
}

/** Pools are those of all rollups. */
export class Pools {
  private readonly pools = new Map<string, Pool>();
  private readonly read = new Map<number, bigint>();

  /** refresh finds new pools and asks all for their reserves. */
  async refresh(book: TokenBook, signal?: AbortSignal): Promise<void> {
    await Promise.all(evmRollups().map(async ({ id }) => {
      await this.find(id, book, signal);
      const mine = [...this.pools.values()].filter((p) => p.rollup === id);
      const answers = await read(id, mine.map((p) => ({ to: p.pair, data: getReserves })), signal);
      mine.forEach((pool, i) => {
        const answer = answers[i];
        if (answer && answer.length >= 130) pool.reserves = [BigInt(answer.slice(0, 66)), BigInt(`0x${answer.slice(66, 130)}`)];
      });
    }));
  }

  private async find(rollup: number, book: TokenBook, signal?: AbortSignal): Promise<void> {
    const from = this.read.get(rollup) ?? 0n;
    const newest = BigInt(await eth<Hex>(rollup, "eth_blockNumber", [], signal));
    const filter = { fromBlock: `0x${from.toString(16)}`, toBlock: "latest", topics: [pairCreated] };
    const logs = await eth<{ topics: Hex[]; data: Hex }[]>(rollup, "eth_getLogs", [filter], signal).catch(() => undefined);
    if (logs === undefined) return; // a node may refuse to search all blocks: no estimate, then
    for (const { topics, data } of logs) {
      if (topics.length !== 3 || data.length < 66) continue;
      const pair = addressIn(data.slice(0, 66) as Hex);
      this.pools.set(`${rollup}/${pair}`, { rollup, pair, tokens: [addressIn(topics[1]!), addressIn(topics[2]!)], reserves: [0n, 0n] });
    }
    await book.learn(rollup, [...this.pools.values()].filter((p) => p.rollup === rollup).flatMap((p) => p.tokens), signal);
    this.read.set(rollup, newest);
  }

  /** quote is what an amount of one token would fetch of another one on another rollup by way of ether; undefined if no pools lead there. */
  quote(amount: bigint, give: Token, get: Token | { readonly rollup: number; readonly ether: true }, book: TokenBook): bigint | undefined {
    const ether = this.sell(amount, give, book);
    if (ether === undefined || "ether" in get) return ether;
    return this.buy(ether, get, book);
  }

  private sell(amount: bigint, token: Token, book: TokenBook): bigint | undefined {
    return isWrapped(token) ? amount : this.best(amount, token, book, true);
  }

  private buy(ether: bigint, token: Token, book: TokenBook): bigint | undefined {
    return isWrapped(token) ? ether : this.best(ether, token, book, false);
  }

  // best is the best price among the pools of a token with wrapped ether.
  private best(amount: bigint, token: Token, book: TokenBook, selling: boolean): bigint | undefined {
    let most: bigint | undefined;
    for (const pool of this.pools.values()) {
      const at = pool.rollup === token.rollup ? pool.tokens.indexOf(token.address) : -1;
      if (at < 0) continue;
      const other = book.of(pool.rollup, pool.tokens[1 - at]!);
      if (!other || !isWrapped(other)) continue;
      const [own, wrapped] = [pool.reserves[at]!, pool.reserves[1 - at]!];
      const out = selling ? amountOut(amount, own, wrapped) : amountOut(amount, wrapped, own);
      if (out > 0n && (most === undefined || out > most)) most = out;
    }
    return most;
  }
}

const isWrapped = (token: Token): boolean => token.symbol === "WETH" && token.decimals === 18;

// amountOut is what Uniswap v2 gives, after its fee of 0.3 %.
function amountOut(amount: bigint, inReserve: bigint, outReserve: bigint): bigint {
  if (inReserve === 0n || outReserve === 0n) return 0n;
  const paid = amount * 997n;
  return (paid * outReserve) / (inReserve * 1000n + paid);
}

function addressIn(value: Hex): Hex {
  return `0x${value.slice(26)}`.toLowerCase() as Hex;
}
