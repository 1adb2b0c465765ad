// Package orders speaks the language of IntentSettler: orders in the shape of ERC-7683, their ids, what a user signs of them,
// and the calls that open, fill and claim them.
//
//	user ─ Sign ─▶ [ orders ] ─ FillCall, OpenForCall ─▶ legs of a bundle ─▶ IntentSettler ─ ParseFilled ─▶ what was paid
//
// Invariants:
//  1. Ids, fill keys, digests and prices are those that the contracts compute; sdk/ts/vectors/intents.json is compared by Go,
//     Solidity and TypeScript, and the tests sign for the settler and Permit2 themselves.
//  2. An order that DecodeIntent takes is one that the settler of its origin chain does not refuse by its form.
//  3. What is given is not changed or kept.
//
// What this package never does: speak to a network, or judge whether an order can be paid.
package orders
