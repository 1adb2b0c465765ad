import type { ComponentChildren, JSX } from "preact";

import type { ApiError } from "../api.ts";
import { paths } from "../router.ts";
import { Link } from "../ui/basics.tsx";

/** Missing stands for what is not there, with what to try. */
export function Missing({ title, what, tries }: { title: string; what: ComponentChildren; tries: readonly ComponentChildren[] }): JSX.Element {
  return (
    <div class="missing">
      <h1>{title}</h1>
      <p class="sub" style={{ marginTop: "8px" }}>{what}</p>
      <ul>{tries.map((text, i) => <li key={i}>{text}</li>)}</ul>
      <Link to={paths.home} class="button">To the lanes</Link>
    </div>
  );
}

/** Failed turns an error into a page: not found, no answer, or what the node says. */
export function Failed({ error, title, tries }: { error: ApiError; title: string; tries: readonly ComponentChildren[] }): JSX.Element {
  if (error.status === 0 || error.status >= 500 || error.status === 429) {
    return <Missing title="No answer" what={`This page could not be loaded: ${error.message}.`} tries={["It is asked for again every second and appears by itself.", "If the node is yours, look at its log, and at /healthz."]} />;
  }
  return <Missing title={title} what={sentence(error.message)} tries={tries} />;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

export function MissingPage(): JSX.Element {
  return <Missing title="Nothing here" what="No page of the explorer has this address." tries={["Search above for a tick, a hash, a bundle, an address or a rollup.", "Begin with the lanes: everything else is linked from there."]} />;
}

/** hashTries is what to try when a hash is unknown. */
export const hashTries: readonly ComponentChildren[] = [
  "If it was sent a moment ago, wait: this page looks again every second.",
  "Compare the first and the last characters with your wallet's.",
  "It may be of another network; the name of this one stands at the bottom.",
  "A node forgets what never reached the order, and what is older than it keeps.",
];
