import type { JSX } from "preact";
import { parseUnits } from "viem";

import { units } from "../format.ts";

/** Units is an amount with as many digits as a person reads, and all of them on hover. */
export function Units({ amount, decimals, symbol }: { amount: bigint; decimals: number; symbol?: string }): JSX.Element {
  return <span class="nowrap" title={`${units(amount, decimals)}${symbol ? ` ${symbol}` : ""}`}>{brief(amount, decimals)}{symbol && <> <span class="muted">{symbol}</span></>}</span>;
}

/** brief writes an amount with at most six digits behind the point, cut and not rounded: nobody has more than they see. */
export function brief(amount: bigint, decimals: number): string {
  const digits = Math.min(6, decimals);
  const step = 10n ** BigInt(decimals - digits);
  const cut = amount / step;
  if (cut === 0n && amount > 0n) return `<${units(1n, digits)}`;
  return units(cut, digits);
}

/** plain writes an amount exactly, as input fields take it. */
export function plain(amount: bigint, decimals: number): string {
  return units(amount, decimals).replaceAll("\u2009", "");
}

/** amountIn reads an amount that somebody typed; undefined if it is none, or finer than the token. A comma is none: it means a thousand to some. */
export function amountIn(text: string, decimals: number): bigint | undefined {
  const clean = text.replaceAll(/[\s\u2009]/g, "");
  const [number, fraction = ""] = /^\d+(?:\.(\d+))?$/.exec(clean) ?? [];
  if (number === undefined || clean.length > 60 || fraction.replace(/0+$/, "").length > decimals) return undefined;
  return parseUnits(clean as `${number}`, decimals);
}
