package differential

// all matches every question or path.
var all = []string{"*"}

// latest are the names of questions at the tag latest, which many methods also take when none is given.
var latest = []string{"block: latest", "block: blockNumber latest", "block: null"}

// intended are all differences. docs/reference/ethereum-rpc.md is made from them.
var intended = []difference{
	// State at latest.
	{
		at: openOnly, methods: []string{"eth_call"}, questions: []string{"environment at latest"}, paths: []string{"result"},
		what: "A call at `latest` runs in the open block: its number, time and base fee.",
		why: "A client that saw a receipt must not read older state, and receipts come with the tick. What differs is one block ahead of " +
			"the last sealed one. `/rollup/{id}/sealed` is the strict variant for indexers.",
	},
	{
		at: openOnly, methods: []string{"eth_call"}, questions: []string{"fee cap below base fee"}, paths: []string{"error.message"},
		what: "A fee cap at `latest` is compared with the base fee of the open block.",
		why:  "As above: it is the block that the transaction would be in.",
	},
	{
		at: openOnly, methods: []string{"eth_simulateV1"}, questions: latest,
		paths: []string{"result[].number", "result[].timestamp", "result[].hash", "result[].parentHash", "result[].stateRoot", "result[].baseFeePerGas"},
		what:  "A simulation at `latest` builds on the open block.",
		why:   "As for eth_call. The simulated block follows the open one, whose hash is not known yet.",
	},
	{
		at: both, methods: []string{"eth_simulateV1"}, questions: []string{"block: pending", "block: blockNumber pending"}, paths: all,
		what: "A simulation at `pending` builds on the real open block.",
		why:  "go-ethereum's pending block is what its own miner would build, with an extra field, gas limit and recipient of its own.",
	},
	// The open block.
	{
		at: both, methods: []string{"eth_getBlockByNumber"}, questions: []string{"block: pending"},
		paths: []string{
			"result.stateRoot", "result.size", "result.requestsHash", "result.parentBeaconBlockRoot", "result.mixHash", "result.gasLimit", "result.extraData",
			"result.timestamp",
		},
		what: "`pending` is the block that is being executed tick by tick; state root, requests hash and extra data are known at its seal only.",
		why:  "go-ethereum invents a pending block from its own pool. Here it is real: what is in it stays in it.",
	},
	{
		at: both, methods: []string{"eth_getProof"}, questions: []string{"block: pending", "block: blockNumber pending"}, paths: []string{"result", "error"},
		what: "A proof at `pending` is one of the last sealed block.",
		why:  "The open block has no state root. go-ethereum answers \"missing trie node\".",
	},
	{
		at: both, methods: []string{"eth_getLogs"}, questions: []string{"to pending", "pending only", "from pending", "pending to latest"}, paths: []string{"result", "error"},
		what: "A range may begin or end at `pending`: it then has the logs of the open block.",
		why:  "go-ethereum gave pending logs up (code -32602). Here they are as final as the order. `fromBlock: pending, toBlock: latest` is empty.",
	},
	// Fees.
	{
		at: both, methods: []string{"eth_gasPrice", "eth_maxPriorityFeePerGas"}, questions: all, paths: []string{"result"},
		what: "The suggested tip is 0.001 gwei while blocks have room, and the gas price the higher base fee of this block and the next, plus that tip.",
		why:  "Transactions are not ordered by tip. go-ethereum's oracle takes what recent transactions paid and repeats it as long as blocks are empty.",
	},
	{
		at: both, methods: []string{"eth_fillTransaction"}, questions: []string{"rest"},
		paths: []string{"result.raw", "result.tx.hash", "result.tx.maxFeePerGas", "result.tx.maxPriorityFeePerGas"},
		what:  "Fees that were not given are filled in with the suggestions above.",
		why:   "As for eth_maxPriorityFeePerGas.",
	},
	// Sending.
	{
		at: both, methods: []string{"eth_sendRawTransaction"}, questions: []string{"nonce at its maximum", "tip above fee cap", "tip of 257 bits"}, paths: []string{"error.message"},
		what: "A detail follows go-ethereum's words: the nonce, the fees.",
		why:  "A reason should name what was wrong; the words before the colon, which clients match, are the same.",
	},
	{
		at: both, methods: []string{"eth_sendRawTransaction", "eth_sendRawTransactionSync"}, questions: []string{"no funds"}, paths: []string{"error.message"},
		what: "\"insufficient funds for gas * price + value\" is followed by the address, what it has and what it needs.",
		why:  "go-ethereum's pool and its executor word this detail differently; here it is the executor's wording everywhere.",
	},
	{
		at: both, methods: []string{"eth_sendRawTransaction", "eth_sendRawTransactionSync"}, questions: []string{"other chain"}, paths: []string{"error.message"},
		what: "A transaction of another chain is refused with \"invalid chain id for signer\", without \"invalid sender:\" before it.",
		why:  "The chain id is looked at before any sender is recovered.",
	},
	{
		at: both, methods: []string{"eth_sendRawTransaction"}, questions: []string{"blob without body"}, paths: []string{"error.message"},
		what: "Blob transactions (type 3) are refused by their first byte: \"transaction type not supported\".",
		why:  "A rollup has no blobs, and go-ethereum would compute their proofs before it looks at anything else.",
	},
	{
		at: both, methods: []string{"eth_sendRawTransactionSync"}, questions: []string{"timeout as text", "timeout as hex", "timeout as object", "negative timeout", "fraction"},
		paths: []string{"error.code", "error.message"},
		what:  "The timeout may be a JSON number, a decimal string or a 0x string of milliseconds.",
		why:   "EIP-7966 says QUANTITY, go-ethereum reads a JSON number, and clients send either.",
	},
	{
		at: both, methods: []string{"eth_sendRawTransactionSync"}, questions: []string{"included already"}, paths: []string{"result", "error"},
		what: "A transaction that is executed already is answered with its receipt.",
		why:  "Whoever asks again after a lost connection wants to know what became of it. go-ethereum says \"nonce too low\".",
	},
	// The node.
	{
		at: both, methods: []string{"eth_syncing"}, questions: all, paths: []string{"result"},
		what: "Always `false`.",
		why:  "A zone follows the order of the network; go-ethereum's downloader and its indexers have no part in that.",
	},
	{
		at: both, methods: []string{"eth_subscribeSyncStatus"}, questions: all, paths: []string{"error.code", "error.message"},
		what: "Does not exist (-32601).",
		why:  "go-ethereum registers it by accident: its argument is a Go channel, so nobody can call it.",
	},
	{
		at: both, methods: []string{"eth_capabilities"}, questions: all, paths: []string{"result.*.deleteStrategy"},
		what: "No `deleteStrategy`: blocks, receipts, states, proofs and logs are kept.",
		why:  "A node is an archive; go-ethereum keeps windows of blocks by default.",
	},
	{
		at: both, methods: []string{"web3_clientVersion"}, questions: all, paths: []string{"result"},
		what: "`Lockstep/` and the version.",
		why:  "It is not go-ethereum that answers.",
	},
	// Requests.
	{
		at: both, methods: []string{"eth_call", "eth_estimateGas", "eth_createAccessList", "eth_simulateV1", "eth_fillTransaction"}, questions: []string{"args: too many"}, paths: []string{"error.message"},
		what: "Too many arguments are reported before a wrong type of the first one.",
		why:  "Both are wrong; the code is the same (-32602).",
	},
	{
		at: both, methods: []string{"(request)"}, questions: []string{"batch of 1001"}, paths: all,
		what: "A batch has at most `gateway.maxBatch` (100) calls; a longer one is refused with \"batch too large\".",
		why:  "go-ethereum allows 1000. One request must not keep a node busy.",
	},
}
