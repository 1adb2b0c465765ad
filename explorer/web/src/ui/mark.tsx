import type { JSX } from "preact";

/** What a mark can show: how far an entry is, or that it had no effect, or that it took effect by reverting. */
export type Look = "unknown" | "accepted" | "ordered" | "executed" | "attested" | "void" | "reverted";

/** The words of the looks, as the legend and every chip have them. */
export const looks: Record<Look, string> = {
  unknown: "Unknown",
  accepted: "Accepted",
  ordered: "Ordered",
  executed: "Executed",
  attested: "Attested",
  void: "Void",
  reverted: "Reverted",
};

/** lookOf turns level and outcome, as the API names them, into a look. */
export function lookOf(level: string | undefined, outcome?: string, reverted?: boolean): Look {
  if (outcome !== undefined && outcome !== "" && outcome !== "included") return "void";
  if (reverted && outcome === "included") return "reverted";
  switch (level) {
    case "attested":
    case "posted":
    case "final":
      return "attested";
    case "executed":
      return "executed";
    case "ordered":
      return "ordered";
    case "accepted":
      return "accepted";
    default:
      return "unknown";
  }
}

/** Mark is a look's shape: hollow, half, full, crossed, barred; the colour comes from around it. */
export function Mark({ look }: { look: Look }): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
      {shape(look)}
    </svg>
  );
}

function shape(look: Look): JSX.Element {
  switch (look) {
    case "executed":
      return <><circle cx="8" cy="8" r="6" /><path d="M8 2a6 6 0 0 0 0 12z" fill="currentColor" stroke="none" /></>;
    case "attested":
      return <circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" />;
    case "void":
      return <path d="m3 3 10 10M13 3 3 13" stroke-width="2.8" stroke-linecap="round" />;
    case "reverted":
      return <path d="M8 2 14.500 14h-13z" fill="currentColor" stroke-linejoin="round" />;
    case "unknown":
    case "accepted":
      return <circle cx="8" cy="8" r="6" stroke-dasharray="2.500 2.200" />;
    default:
      return <circle cx="8" cy="8" r="6" />;
  }
}

/** Chip is a mark with its word, or with another text in its place. */
export function Chip({ look, text }: { look: Look; text?: string }): JSX.Element {
  return (
    <span class="chip" data-outcome={look}>
      <Mark look={look} />
      {text ?? looks[look]}
    </span>
  );
}
