import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { ago, exact, short } from "../format.ts";
import { base, paths } from "../router.ts";
import { useNow } from "../clock.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";

/** Link goes to a path of the explorer. */
export function Link({ to, children, ...rest }: { to: string; children: ComponentChildren } & JSX.HTMLAttributes<HTMLAnchorElement>): JSX.Element {
  return <a href={base + to} {...rest}>{children}</a>;
}

/** Copy puts a text on the clipboard and says so. */
export function Copy({ text, what }: { text: string; what: string }): JSX.Element {
  const [done, setDone] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (): Promise<void> => {
    await copyText(text);
    setDone(true);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setDone(false), 1600);
  };
  return (
    <button type="button" class="copy" data-done={done} onClick={() => void copy()} aria-label={done ? `${what} copied` : `Copy ${what}`} title={done ? "Copied" : `Copy ${what}`}>
      {done ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}

// The clipboard's own interface exists on https and localhost only; a selection works on a plain-http page too.
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // Refused without a permission: fall through to the selection.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Hash is a shortened identifier that links to its page and can be copied whole. */
export function Hash({ hex, to, what, copy = true, ends = 6 }: { hex: string; to?: string; what: string; copy?: boolean; ends?: number }): JSX.Element {
  const text = <code title={hex}>{short(hex, ends)}</code>;
  return (
    <span class="hash">
      {to === undefined ? text : <Link to={to}>{text}</Link>}
      {copy && <Copy text={hex} what={what} />}
    </span>
  );
}

/** Address is an account on every rollup. */
export function Address({ address, copy = true }: { address: string; copy?: boolean }): JSX.Element {
  return <Hash hex={address} to={paths.address(address)} what="address" copy={copy} />;
}

/** IdLine is a page's own identifier in full. */
export function IdLine({ hex, what }: { hex: string; what: string }): JSX.Element {
  return (
    <div class="id-line">
      <code>{hex}</code>
      <Copy text={hex} what={what} />
    </div>
  );
}

/** Ago is a moment, relative, with the exact one on hover and, where asked for, beside it. */
export function Ago({ ms, full = false }: { ms: number; full?: boolean }): JSX.Element {
  const now = useNow();
  return (
    <time dateTime={new Date(ms).toISOString()} title={exact(ms)}>
      {ago(ms, now)}
      {full && <span class="muted"> · {exact(ms)}</span>}
    </time>
  );
}

/** Card is a titled block. */
export function Card(props: { title: string; note?: ComponentChildren; end?: ComponentChildren; bare?: boolean; class?: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class={`card ${props.class ?? ""}`} aria-label={props.title}>
      <header>
        <h2>{props.title}</h2>
        {props.note !== undefined && <span class="muted">{props.note}</span>}
        {props.end !== undefined && <span class="end">{props.end}</span>}
      </header>
      {props.bare ? props.children : <div class="body">{props.children}</div>}
    </section>
  );
}

/** Facts is a list of names and values; entries without a value are left out. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren, "wide"?])[] }): JSX.Element {
  return (
    <dl class="facts">
      {items.filter(([, value]) => value !== undefined && value !== null && value !== "").map(([name, value, wide]) => (
        <div key={name} class={wide}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Scroll lets a wide table move sideways on its own, by keyboard too. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return <div class="scroll" role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

/** Loading stands where something will be. */
export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <div class="stack" role="status" aria-label={`Loading ${what}`}>
      <span class="skeleton" style={{ width: "220px", height: "28px" }} />
      <span class="skeleton" style={{ width: "60%" }} />
      <span class="skeleton" style={{ height: "180px", borderRadius: "10px" }} />
    </div>
  );
}

/** Crumbs is the way to a page. */
export function Crumbs({ children }: { children: ComponentChildren }): JSX.Element {
  return <nav class="crumbs" aria-label="Where you are">{children}</nav>;
}
