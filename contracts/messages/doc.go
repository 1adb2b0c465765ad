// Package messages knows the messages of Outbox and Inbox: their ids, where the outbox marks them, and the call that delivers
// one.
//
//	Outbox ─ event Sent ─▶ [ messages ] ─ DeliverCall ─▶ leg of a bundle ─▶ Inbox
//
// Invariants:
//  1. Ids and slots are those of contracts/src/messages; sdk/ts/vectors/messages.json is compared by Go, Solidity and TypeScript.
//
// What this package never does: speak to a network, or judge whether a message was sent.
package messages
