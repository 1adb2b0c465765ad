import type { OutcomeCode } from "../types.ts";

// What the codes of void positions mean, for people.
const reasons: Record<OutcomeCode, string> = {
  included: "It took effect.",
  badSignature: "Its signature is not valid.",
  nonceTooLow: "Its nonce had been used.",
  nonceTooHigh: "An earlier nonce of the sender was missing.",
  nonceMax: "The sender’s nonce is the largest there is.",
  insufficientFunds: "The sender could not pay for value and gas.",
  feeCapTooLow: "It offered less than the block’s base fee.",
  tipAboveFeeCap: "Its tip is above its fee cap.",
  feeOverflow: "A fee is above 2²⁵⁶.",
  intrinsicGas: "Its gas does not pay for its own bytes.",
  floorDataGas: "Its gas is below the floor for its data.",
  gasAboveCap: "Its gas is above the most that a transaction may have.",
  gasOverflow: "Its gas overflows.",
  initCodeTooLarge: "Its init code is too large.",
  senderNotEOA: "The sender is a contract.",
  txType: "Its type is not supported.",
  authorizations: "Its authorizations are not valid.",
  blockFull: "The block had no room for it.",
  legReverted: "A leg reverted, and the bundle does not allow that.",
  otherLeg: "Another leg of its bundle failed.",
  commitment: "The bundle’s commitment does not match its legs.",
  assertion: "What it asserts of another rollup does not hold.",
  parentTick: "The state it was made for had passed.",
  panic: "Its execution failed inside the machine.",
  rejected: "The network refused what it says.",
  undecodable: "Its bytes cannot be read.",
  zoneUnassigned: "No zone executes the rollup.",
};

/** reasonOf explains an outcome; a code of a newer network is shown as it is. */
export function reasonOf(code: string): string {
  return (reasons as Record<string, string | undefined>)[code] ?? code;
}
