package explorer

// Prefix is where the explorer is served.
const Prefix = "/explorer/"

// endpoint is a path of the API; all are GET.
type endpoint struct {
	// path is below Prefix, as net/http's patterns write it.
	path string
	// query names the parameters, with what they are.
	query string
	// answer is the type of the answer.
	answer string
	about  string
}

var endpoints = []endpoint{
	{"live", "", "event stream of Hello and Frame", "What happens, as it happens: server-sent events \"hello\" and then \"frame\", a few a second. `Last-Event-ID` resumes without a gap for as long as the node keeps the frames."},
	{"api/network", "", "NetworkPage", "The network and its state."},
	{"api/ticks", "before=<tick>, limit=<1 to 200>", "TickList", "Ticks below `before`, newest first; the newest ones without it."},
	{"api/tick/{number}", "", "TickPage", "What a tick ordered, with outcomes and votes. `latest` is the newest."},
	{"api/tx/{hash}", "", "TransactionPage", "Everything about a transaction hash on all rollups."},
	{"api/bundle/{id}", "", "BundlePage", "Everything about a bundle."},
	{"api/rollups", "", "RollupPage[]", "All rollups; blocks and latest are empty."},
	{"api/rollup/{id}", "", "RollupPage", "A rollup with its newest blocks and entries."},
	{"api/rollup/{id}/block/{block}", "", "BlockPage", "A block by number or hash; `latest` is the newest sealed one."},
	{"api/validators", "", "ValidatorList", "The validators, by descending power."},
	{"api/validator/{address}", "", "ValidatorPage", "A validator by either of its addresses."},
	{"api/changes", "before=<number>, limit=<1 to 100>", "ChangeList", "The changes of the network: all that wait, and those that are decided, with who signed them."},
	{"api/address/{address}", "before=<from the page before>, limit=<1 to 100>", "AddressPage", "An account on all rollups, with its activity."},
	{"api/search", "q=<text>", "SearchPage", "What a text may name: a tick, a hash, an address, a rollup."},
}
