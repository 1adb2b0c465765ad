import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { millis } from "../format.ts";
import type { Claim, Verdict } from "../verify.ts";
import { Card, Copy } from "./basics.tsx";
import { CheckIcon, CrossIcon } from "./icons.tsx";

const key = "lockstep.pin";

function remembered(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(pin: string): void {
  try {
    if (pin === "") localStorage.removeItem(key);
    else localStorage.setItem(key, pin);
  } catch {
    // Kept for this page only, then.
  }
}

/** VerifyCard checks an entry's proof in the browser and shows every step. */
export function VerifyCard({ claim, ready }: { claim: Claim; ready: boolean }): JSX.Element {
  const [verdict, setVerdict] = useState<Verdict>();
  const [busy, setBusy] = useState(false);
  const [pin, setPin] = useState(remembered);
  const text = pin.trim().toLowerCase();
  const bad = text !== "" && !/^0x[0-9a-f]{64}$/.test(text);
  const check = async (): Promise<void> => {
    setBusy(true);
    try {
      // The verifier is large beside the rest and wanted rarely: it is loaded when it is.
      const { verify } = await import("../verify.ts");
      setVerdict(await verify(claim, text || undefined));
    } catch (cause) {
      setVerdict({ ok: false, took: 0, steps: [{ name: "Verifier", ok: false, detail: `could not be loaded from the node: ${String(cause)}` }] });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="Proof" note="checked in this browser: you need not believe the node">
      {verdict && <Result verdict={verdict} pinned={text !== ""} />}
      <div class="pin">
        <button type="button" class="button primary" id="verify" disabled={busy || bad || !ready} onClick={() => void check()}>
          {busy ? "Verifying…" : verdict ? "Verify again" : "Verify"}
        </button>
        <label class="field">
          <span>Network id that you trust (optional, from somewhere else than this node)</span>
          <input value={pin} placeholder="0x…" spellcheck={false} autocomplete="off" aria-invalid={bad}
            onInput={(event) => {
              setPin(event.currentTarget.value);
              if (event.currentTarget.value.trim() === "" || /^0x[0-9a-f]{64}$/i.test(event.currentTarget.value.trim())) remember(event.currentTarget.value.trim());
            }} />
        </label>
      </div>
      {bad && <p class="muted small-note">A network id is 0x and 64 hex digits: the hash of genesis.json.</p>}
      {!ready && <p class="muted small-note">There is nothing to prove yet: it has not been ordered.</p>}
      {!verdict && ready && <p class="muted small-note">Fetches the proof, recovers the validators’ signatures and follows every hash from them down to this entry.</p>}
    </Card>
  );
}

function Result({ verdict, pinned }: { verdict: Verdict; pinned: boolean }): JSX.Element {
  return (
    <div role="status" style={{ marginBottom: "16px" }}>
      <div class="verdict" data-ok={verdict.ok} id="verdict">
        {verdict.ok ? <CheckIcon /> : <CrossIcon />}
        {verdict.ok ? "Verified" : "Not verified"}
        <span class="muted took">{millis(Math.round(verdict.took))}</span>
      </div>
      <ol class="steps">
        {verdict.steps.map((step, i) => (
          <li key={i} data-ok={step.ok}>
            {step.ok === undefined ? <span /> : step.ok ? <CheckIcon /> : <CrossIcon />}
            <span>{step.name}<small>{step.detail}</small></span>
            <span class="hide">{step.ok === undefined ? "not reached" : step.ok ? "holds" : "fails"}</span>
          </li>
        ))}
      </ol>
      {verdict.ok && !pinned && verdict.networkId && (
        <p class="notice" data-tone="warn">
          The genesis came from this node too. Compare its hash with one from somewhere else, and pin it below: <code class="break">{verdict.networkId}</code> <Copy text={verdict.networkId} what="network id" />
        </p>
      )}
      {verdict.proof !== undefined && (
        <details style={{ marginTop: "12px" }}>
          <summary>The proof as JSON, for <code>lockstep verify</code></summary>
          <pre tabIndex={0} aria-label="Proof">{JSON.stringify(verdict.proof, null, 1).slice(0, 20_000)}</pre>
          <p style={{ marginTop: "8px" }}><Copy text={JSON.stringify(verdict.proof)} what="proof" /> <span class="muted">Copy all of it</span></p>
        </details>
      )}
    </div>
  );
}
