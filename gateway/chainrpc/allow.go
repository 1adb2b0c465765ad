package chainrpc

import (
	"slices"
	"strings"
)

// allowed are the methods that everybody may ask the execution client for. All of them read, or make something that only the caller
// can use.
var allowed = []string{
	"eth_accounts", "eth_baseFee", "eth_blobBaseFee", "eth_blockNumber", "eth_call", "eth_chainId", "eth_config", "eth_createAccessList", "eth_estimateGas",
	"eth_feeHistory", "eth_gasPrice", "eth_getBalance", "eth_getBlockByHash", "eth_getBlockReceipts",
	"eth_getBlockTransactionCountByHash", "eth_getBlockTransactionCountByNumber", "eth_getCode", "eth_getFilterChanges", "eth_getFilterLogs",
	"eth_getLogs", "eth_getHeaderByHash", "eth_getHeaderByNumber", "eth_getProof", "eth_getRawTransactionByHash", "eth_getStorageAt",
	"eth_getStorageValues", "eth_getTransactionByBlockHashAndIndex", "eth_getTransactionByBlockNumberAndIndex",
	"eth_getRawTransactionByBlockHashAndIndex", "eth_getRawTransactionByBlockNumberAndIndex", "eth_getTransactionBySenderAndNonce",
	"eth_getUncleByBlockHashAndIndex", "eth_getUncleByBlockNumberAndIndex", "eth_getUncleCountByBlockHash", "eth_getUncleCountByBlockNumber",
	"eth_maxPriorityFeePerGas", "eth_newBlockFilter", "eth_newFilter", "eth_protocolVersion", "eth_simulateV1", "eth_syncing", "eth_uninstallFilter",
	"net_listening", "net_peerCount", "net_version", "web3_clientVersion", "web3_sha3",
}

// local are the methods that this package has itself.
var local = []string{
	"eth_subscribe", "eth_unsubscribe", "eth_sendRawTransaction", "eth_sendRawTransactionSync", "eth_getTransactionCount",
	"eth_getTransactionByHash", "eth_getTransactionReceipt", "eth_getBlockByNumber", "rpc_modules",
}

// forbidden are methods that change the client or sign with its keys, whatever an operator allows.
func forbidden(method string) bool {
	namespace, name, _ := strings.Cut(method, "_")
	switch namespace {
	case "engine", "admin", "miner", "personal", "clique", "les", "testing":
		return true
	case "eth":
		return strings.HasPrefix(name, "send") || strings.HasPrefix(name, "sign") || name == "fillTransaction" || name == "resend"
	case "debug":
		return strings.HasPrefix(name, "set") || strings.HasPrefix(name, "start") || strings.HasPrefix(name, "stop") || strings.HasPrefix(name, "write") ||
			strings.HasPrefix(name, "standard") || strings.Contains(name, "Profile") || name == "chaindbCompact" || name == "freeOSMemory" || name == "vmodule" ||
			name == "verbosity" || name == "sync" || name == "freezeClient"
	}
	return false
}

// mayForward reports whether a method goes to the execution client.
func (c *Chain) mayForward(method string) bool {
	return !forbidden(method) && (slices.Contains(allowed, method) || slices.Contains(c.cfg.Allow, method))
}

// Local reports whether the server has the method itself; all others come as a call of Forward.
func (c *Chain) Local(method string) bool { return slices.Contains(local, method) }
