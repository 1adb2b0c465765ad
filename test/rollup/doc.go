// Package rollup runs rollups of kind opaque on whole networks, through the API for rollups' nodes: lanes read while
// connections and nodes die, operators' blocks and reports, bundles, and the example rollup with all of its instances.
//
//	instances ─▶ proxies that are cut ─▶ [ devnet: two gateways of four validators ]
package rollup
