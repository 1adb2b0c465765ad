import type { JSX } from "preact";

import { millis } from "../format.ts";

/** Spark is the last minute of a rate. */
export function Spark({ values }: { values: readonly number[] }): JSX.Element {
  const most = Math.max(...values, 1e-9);
  const n = 60;
  const points = values.map((v, i) => [((n - values.length + i) / (n - 1)) * 240, 28 - (v / most) * 24] as const);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const first = points[0];
  return (
    <svg class="spark" viewBox="0 0 240 30" preserveAspectRatio="none" aria-hidden="true">
      {first && points.length > 1 && <polygon points={`${first[0].toFixed(1)},29 ${line} 240,29`} fill="currentColor" opacity="0.13" />}
      {points.length > 1 && <polyline points={line} fill="none" stroke="currentColor" stroke-width="1.6" vector-effect="non-scaling-stroke" stroke-linejoin="round" />}
    </svg>
  );
}

/** Histogram draws counts between bounds (ms), as far as there are any, with the bounds below. */
export function Histogram(props: { level: string; buckets: readonly number[]; bounds: readonly number[]; label: string }): JSX.Element {
  const { level, buckets, bounds, label } = props;
  const used = buckets.findLastIndex((n) => n > 0);
  const first = Math.max(0, buckets.findIndex((n) => n > 0) - 1);
  const from = used < 0 ? 0 : first;
  const to = used < 0 ? Math.min(bounds.length, 12) : Math.max(used + 2, from + 10);
  const shown = Array.from({ length: Math.min(to, bounds.length + 1) - from }, (_, i) => buckets[from + i] ?? 0);
  const most = Math.max(...shown, 1);
  const width = 300 / Math.max(1, shown.length);
  const lower = from === 0 ? 0 : bounds[from - 1]!;
  const middle = bounds[from + Math.floor(shown.length / 2) - 1] ?? bounds.at(-1) ?? 0;
  const upper = bounds[from + shown.length - 1] ?? bounds.at(-1) ?? 0;
  return (
    <>
      <svg viewBox="0 0 300 84" preserveAspectRatio="none" role="img" aria-label={label}>
        {shown.map((n, i) => {
          const height = n === 0 ? 0 : Math.max(2, (n / most) * 78);
          return <rect key={i} x={i * width + 0.75} y={83 - height} width={Math.max(1, width - 1.5)} height={height} fill={`var(--${level})`} rx="1" />;
        })}
        <rect x="0" y="83" width="300" height="1" fill="var(--line)" />
      </svg>
      <div class="axis" aria-hidden="true"><span>{millis(lower)}</span><span>{millis(middle)}</span><span>{millis(upper)}</span></div>
    </>
  );
}
