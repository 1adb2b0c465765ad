// How numbers, times and amounts are written, everywhere the same way.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** count groups the digits of a whole number with thin spaces. */
export function count(n: number | bigint): string {
  return grouped.format(n).replaceAll(",", "\u2009");
}

/** rate writes something per second with as many digits as it deserves. */
export function rate(n: number): string {
  if (!Number.isFinite(n)) return "–";
  if (n >= 100) return count(Math.round(n));
  return n >= 10 || n === 0 ? n.toFixed(n === 0 ? 0 : 1) : n.toFixed(n >= 1 ? 1 : 2);
}

/** millis writes a duration given in milliseconds. */
export function millis(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  const sign = ms < 0 ? "−" : "";
  const d = Math.abs(ms);
  if (d < 10 && d !== Math.round(d)) return `${sign}${d.toFixed(1)}\u202fms`;
  if (d < 10_000) return `${sign}${count(Math.round(d))}\u202fms`;
  return sign + span(d);
}

function span(d: number): string {
  if (d < 60_000) return `${(d / 1000).toFixed(d < 10_000 ? 1 : 0)}\u202fs`;
  if (d < 3_600_000) return `${Math.floor(d / 60_000)}\u202fmin ${Math.floor((d % 60_000) / 1000)}\u202fs`;
  if (d < 86_400_000) return `${Math.floor(d / 3_600_000)}\u202fh ${Math.floor((d % 3_600_000) / 60_000)}\u202fmin`;
  return `${Math.floor(d / 86_400_000)}\u202fd ${Math.floor((d % 86_400_000) / 3_600_000)}\u202fh`;
}

/** ago writes how long before now a moment was. */
export function ago(ms: number, now: number): string {
  const d = now - ms;
  if (d < 1500) return d < -1500 ? `in ${span(-d)}` : "just now";
  return d < 60_000 ? `${Math.round(d / 1000)}\u202fs ago` : `${span(d)} ago`;
}

/** exact writes a moment in UTC, to the millisecond. */
export function exact(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", " UTC");
}

/** short keeps both ends of a hash or address. */
export function short(hex: string, ends = 6): string {
  return hex.length <= 2 * ends + 4 ? hex : `${hex.slice(0, 2 + ends)}…${hex.slice(-ends + 2)}`;
}

/** units writes an amount of 10^-decimals units, exact, with grouped digits and no trailing zeros. */
export function units(amount: bigint, decimals = 18): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = count(BigInt(digits.slice(0, digits.length - decimals)));
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return (negative ? "−" : "") + whole + (fraction === "" ? "" : `.${fraction}`);
}

/** big reads a number as JSON may hold it: a JSON number, a decimal string or 0x hex. */
export function big(value: string | number | undefined): bigint | undefined {
  if (value === undefined || value === "") return undefined;
  try {
    return BigInt(value);
  } catch {
    return undefined;
  }
}

/** percentile of ascending values; NaN of none. */
export function percentile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))]!;
}
