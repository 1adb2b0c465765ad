import type { JSX } from "preact";

/** VoteStrip is a validator's votes in the newest ticks, the newest at the right. */
export function VoteStrip({ votes, name }: { votes: string; name: string }): JSX.Element {
  const given = [...votes].filter((v) => v === "1").length;
  const label = votes === "" ? `${name}: no votes known yet` : `${name}: ${given} of the newest ${votes.length} votes`;
  return (
    <svg class="votes" width={64 * 3} height="14" viewBox={`0 0 ${64 * 3} 14`} role="img" aria-label={label}>
      <title>{label}</title>
      {[...votes.slice(-64)].map((vote, i, all) => {
        const x = (64 - all.length + i) * 3;
        if (vote === "1") return <rect key={i} x={x} y="1" width="2" height="12" fill="var(--attested)" />;
        if (vote === "0") return <rect key={i} x={x} y="9" width="2" height="4" fill="var(--void)" />;
        return <rect key={i} x={x} y="6" width="2" height="2" fill="var(--line-strong)" />;
      })}
    </svg>
  );
}
