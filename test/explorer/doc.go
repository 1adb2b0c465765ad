// Package explorer opens the explorer's page in a headless Chromium, in front of a devnet with load, and uses it as people do.
//
//	transfers and bundles ─▶ devnet ─▶ /explorer ─▶ Chromium ─▶ [ explorer ]
//
// The script that clicks is explorer/web/e2e/explorer.mjs; it asks this package to stop and start the network.
//
// Invariants:
//  1. The page that is tested is the one that is committed, and the committed one is what its sources build.
//
// What this package never does: answer a page in the network's place.
package explorer
