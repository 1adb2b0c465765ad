import { BaseError } from 'viem'

/** What is wrong with a proof, by the name of its error in the Go package `proof`. */
const texts = {
  format: 'the proof is malformed',
  network: 'the proof is of another network',
  checkpoint: 'the checkpoint is not trusted',
  lane: "the rows do not lead to the ledger's lane head",
  position: 'the item is not at this position',
  result: "the results do not lead to the checkpoint's digest",
  outcome: "the outcome is not among the tick's results",
  bundle: 'the legs are not the bundle',
  halfBundle: 'the network took half of an execution bundle',
} as const

/** What is wrong with a proof. `halfBundle` means that everything in it is signed, and that the network broke its promise. */
export type ProofErrorKind = keyof typeof texts

/** A proof that proves nothing; `kind` says why. */
export class ProofError extends BaseError {
  override readonly name = 'LockstepProofError'
  constructor(
    readonly kind: ProofErrorKind,
    detail: string,
  ) {
    super(`${texts[kind]}: ${detail}`)
  }
}
