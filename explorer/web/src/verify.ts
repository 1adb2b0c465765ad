import { ProofError, networkIdOf, parseProof, trustGenesis, verifyProof, type Fact, type Position, type Proof, type ProofErrorKind } from "../../../sdk/ts/src/proof/index.ts";

import { rpc } from "./api.ts";
import { count, millis, short } from "./format.ts";

/** Step is one thing that was checked, or would have been. */
export interface Step {
  readonly name: string;
  readonly detail: string;
  /** Missing if an earlier step failed. */
  readonly ok?: boolean;
}

/** Verdict is what the check came to. */
export interface Verdict {
  readonly ok: boolean;
  readonly steps: readonly Step[];
  readonly took: number;
  readonly networkId?: string;
  /** The proof as the node gave it, for whoever wants to check it elsewhere. */
  readonly proof?: unknown;
}

/** Claim is what the page says of an entry; the proof must say the same. */
export interface Claim {
  readonly id: string;
  readonly bundle: boolean;
  readonly outcome: string | undefined;
}

/**
 * verify asks the node for a genesis and a proof and believes neither: the genesis must have the pinned hash, if one is
 * given, and the proof must end in signatures of that genesis' validators.
 */
export async function verify(claim: Claim, pin: string | undefined): Promise<Verdict> {
  const steps: Step[] = [];
  const began = performance.now();
  const end = (ok: boolean, rest: Partial<Verdict> = {}): Verdict => ({ ok, steps, took: performance.now() - began, ...rest });
  const genesis = await ask(steps, "Genesis", () => rpc<unknown>("/", "lockstep_getGenesis", []));
  if (genesis === undefined) return end(false);
  let networkId: string;
  try {
    networkId = networkIdOf(genesis);
    const trust = trustGenesis(genesis, pin ? { networkId: pin as `0x${string}` } : {});
    steps.push({ name: "Network", ok: true, detail: pin ? `The genesis hashes to the id that you pinned, ${short(networkId)}` : `The genesis hashes to ${short(networkId)}; nothing pinned to compare it with` });
    const raw = await ask(steps, "Proof", () => rpc<unknown>("/", "lockstep_getProof", [claim.id, { waitMs: 8000 }]));
    if (raw === undefined) return end(false, { networkId });
    try {
      const fact = await verifyProof(raw, trust);
      const proof = parseProof(raw);
      steps.push(...passed(proof, fact, trust.set.reduce((sum, m) => sum + m.power, 0)));
      const same = matches(claim, fact);
      steps.push(same);
      return end(same.ok === true, { networkId, proof: raw });
    } catch (cause) {
      steps.push(...failed(cause));
      return end(false, { networkId, proof: raw });
    }
  } catch (cause) {
    steps.push({ name: "Network", ok: false, detail: textOf(cause) });
    return end(false);
  }
}

async function ask(steps: Step[], name: string, call: () => Promise<unknown>): Promise<unknown> {
  const began = performance.now();
  try {
    const answer = await call();
    steps.push({ name, ok: true, detail: `${count(JSON.stringify(answer).length)} bytes from the node in ${millis(Math.round(performance.now() - began))}` });
    return answer;
  } catch (cause) {
    steps.push({ name, ok: false, detail: textOf(cause) });
    return undefined;
  }
}

const names = {
  checkpoint: "Signatures",
  lane: "Lane",
  result: "Results",
  position: "Place in the order",
  outcome: "Outcome",
} as const;

function passed(proof: Proof, fact: Fact, total: number): Step[] {
  const body = "bundle" in proof ? proof.bundle : "transaction" in proof ? proof.transaction : proof.range;
  const lanes = "lanes" in body ? body.lanes : [body.lane];
  const zones = "zones" in body ? body.zones : [];
  const rows = lanes.reduce((sum, l) => sum + l.rows.length, 0);
  const ticks = zones.reduce((sum, z) => sum + z.runs.reduce((n, r) => n + r.count, 0), 0);
  const signed = body.anchor.result ?? body.anchor.order;
  const positions = positionsOf(fact);
  return [
    { name: names.checkpoint, ok: true, detail: `${signed.signatures.length} validators signed checkpoint ${count(fact.checkpoint.tick)}: more than two thirds of the power ${count(total)}, each signature recovered here` },
    { name: names.lane, ok: true, detail: `${count(rows)} ${rows === 1 ? "row leads" : "rows lead"} to the lane ${lanes.length === 1 ? "head" : "heads"} in the ledger ${short(body.anchor.order.checkpoint.ledgerRoot)}, through its Merkle-Patricia trie` },
    { name: names.result, ok: true, detail: ticks === 0 ? "Only the order is proven" : `Results of ${count(ticks)} ${ticks === 1 ? "tick" : "ticks"} hash to the digest that was signed` },
    { name: names.position, ok: true, detail: positions.map((p) => `rollup ${p.rollup}, position ${count(p.seq)}, tick ${count(p.tick)}`).join("; ") },
    { name: names.outcome, ok: true, detail: positions.map((p) => p.decided?.code ?? "not proven").join("; ") },
  ];
}

function positionsOf(fact: Fact): readonly Position[] {
  return fact.bundle?.legs ?? (fact.transaction ? [fact.transaction] : (fact.range?.positions ?? []));
}

function matches(claim: Claim, fact: Fact): Step {
  const name = "This page";
  const id = claim.bundle ? fact.bundle?.id : fact.transaction?.txHash;
  if (id?.toLowerCase() !== claim.id.toLowerCase()) return { name, ok: false, detail: `The proof is of ${id ?? "something else"}, not of ${claim.id}` };
  const included = claim.bundle ? fact.bundle?.included : fact.transaction?.decided && fact.transaction.decided.code === "included";
  if (included === undefined || claim.outcome === undefined) return { name, ok: true, detail: "The proof is of what this page shows" };
  if (included !== (claim.outcome === "included")) return { name, ok: false, detail: `The page says ${claim.outcome}; the proof says ${included ? "included" : "void"}` };
  return { name, ok: true, detail: `The proof is of what this page shows, with the same outcome: ${claim.outcome}` };
}

// The order in which the parts of a proof are checked, and the errors that each part gives.
const order: readonly (readonly [keyof typeof names, readonly ProofErrorKind[]])[] = [
  ["checkpoint", ["network", "checkpoint"]],
  ["lane", ["lane"]],
  ["result", ["result"]],
  ["position", ["position"]],
  ["outcome", ["outcome", "bundle", "halfBundle"]],
];

function failed(cause: unknown): Step[] {
  if (!(cause instanceof ProofError)) return [{ name: "Proof", ok: false, detail: textOf(cause) }];
  const at = order.findIndex(([, kinds]) => kinds.includes(cause.kind));
  if (at < 0) return [{ name: "Form of the proof", ok: false, detail: cause.message }];
  return order.map(([key], i) => {
    if (i === at) return { name: names[key], ok: false, detail: cause.message };
    return i < at ? { name: names[key], ok: true, detail: "" } : { name: names[key], detail: "not reached" };
  });
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
