import { ApiError, rpc } from "../api.ts";
import { live } from "../live.ts";
import type { Hex } from "../types.ts";

// How the wallet asks the rollups: their own Ethereum JSON-RPC at this node, and nobody else.

/** Call is a read of a contract. */
export interface Call {
  readonly to: Hex;
  readonly data: Hex;
}

/** rpcPath is where this node serves a rollup's Ethereum JSON-RPC. */
export function rpcPath(rollup: number): string {
  return live.hello?.rollups.find((r) => r.id === rollup)?.rpc ?? `/rollup/${rollup}`;
}

/** evmRollups are those that have accounts and tokens. */
export function evmRollups(): readonly { id: number; name: string; zone?: number }[] {
  return (live.hello?.rollups ?? []).filter((r) => r.kind === "evm" && r.rpc !== undefined);
}

/** eth calls a method of a rollup. */
export function eth<T>(rollup: number, method: string, params: readonly unknown[], signal?: AbortSignal): Promise<T> {
  return rpc<T>(rpcPath(rollup), method, params, signal);
}

/** batch calls methods of a rollup in one request; what fails is undefined. */
export async function batch(rollup: number, calls: readonly { method: string; params: readonly unknown[] }[], signal?: AbortSignal): Promise<(Hex | undefined)[]> {
  const results: (Hex | undefined)[] = calls.map(() => undefined);
  // The gateway bounds the calls of one batch.
  for (let from = 0; from < calls.length; from += 50) {
    const part = calls.slice(from, from + 50).map((call, i) => ({ jsonrpc: "2.0", id: from + i, ...call }));
    let answers: { id: number; result?: Hex }[];
    try {
      const response = await fetch(rpcPath(rollup), {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(part), signal: signal ?? null,
      });
      answers = (await response.json()) as typeof answers;
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, "the node does not answer");
    }
    if (!Array.isArray(answers)) throw new ApiError(0, `the node does not answer a batch of ${part.length} calls`);
    for (const { id, result } of answers) results[id] = result;
  }
  return results;
}

/** read calls contracts of a rollup, on its newest state. */
export function read(rollup: number, calls: readonly Call[], signal?: AbortSignal): Promise<(Hex | undefined)[]> {
  return batch(rollup, calls.map((call) => ({ method: "eth_call", params: [call, "latest"] })), signal);
}

/** Receipt is what became of a transaction, as far as the wallet needs it. */
export interface Receipt {
  readonly status: Hex;
  readonly transactionHash: Hex;
}

/** receiptOf waits until a transaction is executed. */
export async function receiptOf(rollup: number, hash: Hex): Promise<Receipt> {
  for (;;) {
    const receipt = await eth<Receipt | null>(rollup, "eth_getTransactionReceipt", [hash]);
    if (receipt !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** word is a value as 32 bytes of calldata or of a topic, without 0x. */
export function word(value: bigint | Hex): string {
  return (typeof value === "bigint" ? value.toString(16) : value.slice(2).toLowerCase()).padStart(64, "0");
}
