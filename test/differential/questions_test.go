package differential

import (
	"fmt"
	"slices"
	"strings"
)

// question is one request. Params is JSON with facts in angle brackets; names are unique within a method.
type question struct {
	method, name, params string
	// opaque answers are ids, of which only the form is compared.
	opaque bool
}

// blocks are the ways to name a block in a method that takes a number, a hash or an object; %s stands for it.
var blocks = []struct{ name, json string }{
	{"latest", `"latest"`},
	{"pending", `"pending"`},
	{"earliest", `"earliest"`},
	{"safe", `"safe"`},
	{"finalized", `"finalized"`},
	{"number", `"<block.log>"`},
	{"genesis", `"0x0"`},
	{"future", `"0xffffff"`},
	{"number of 64 bits", `"0xffffffffffffffff"`},
	{"number too long", `"0x1ffffffffffffffff"`},
	{"leading zero", `"0x01"`},
	{"decimal", `"1"`},
	{"JSON number", `1`},
	{"unknown tag", `"newest"`},
	{"empty", `""`},
	{"null", `null`},
	{"true", `true`},
	{"hash", `"<hash.log>"`},
	{"unknown hash", `"<none>"`},
	{"short hash", `"0x1234567890"`},
	{"blockHash", `{"blockHash":"<hash.log>"}`},
	{"blockHash, canonical", `{"blockHash":"<hash.log>","requireCanonical":true}`},
	{"unknown blockHash", `{"blockHash":"<none>"}`},
	{"unknown blockHash, canonical", `{"blockHash":"<none>","requireCanonical":true}`},
	{"blockNumber", `{"blockNumber":"<block.log>"}`},
	{"blockNumber latest", `{"blockNumber":"latest"}`},
	{"blockNumber pending", `{"blockNumber":"pending"}`},
	{"blockNumber and blockHash", `{"blockNumber":"0x1","blockHash":"<hash.log>"}`},
	{"empty object", `{}`},
}

// hashes are the ways to name a block or a transaction by its hash.
var hashes = []struct{ name, json string }{
	{"unknown hash", `"<none>"`},
	{"short hash", `"0x1234567890"`},
	{"long hash", `"<none>00"`},
	{"no 0x", `"1234"`},
	{"tag", `"latest"`},
	{"null", `null`},
	{"number", `1`},
}

// shapes are arguments that no method takes, or that few do.
var shapes = []struct{ name, json string }{
	{"args: none", `[]`},
	{"args: object", `{}`},
	{"args: string", `"latest"`},
	{"args: null", `null`},
	{"args: too many", `["0x1","0x1","0x1","0x1","0x1","0x1","0x1"]`},
	{"args: number", `[1]`},
	{"args: text", `["zz"]`},
	{"args: true", `[true]`},
	{"args: list", `[[]]`},
	{"args: null in list", `[null]`},
	{"args: empty object", `[{}]`},
	{"args: nested", `[{"a":{"b":[1,2,{"c":null}]}}]`},
}

// byBlock are the methods that take a block, with everything else that they need.
var byBlock = []struct{ method, params string }{
	{"eth_getBalance", `["<alice>",%s]`},
	{"eth_getCode", `["<store>",%s]`},
	{"eth_getTransactionCount", `["<alice>",%s]`},
	{"eth_getStorageAt", `["<store>","0x3",%s]`},
	{"eth_getStorageValues", `[{"<store>":["0x0000000000000000000000000000000000000000000000000000000000000003"]},%s]`},
	{"eth_getProof", `["<store>",["0x3","0x0000000000000000000000000000000000000000000000000000000000000001"],%s]`},
	{"eth_call", `[{"from":"<alice>","to":"<balance>"},%s]`},
	{"eth_estimateGas", `[{"from":"<alice>","to":"<store>","input":"0x0000000000000000000000000000000000000000000000000000000000000009"},%s]`},
	{"eth_createAccessList", `[{"from":"<alice>","to":"<store>","input":"0x0000000000000000000000000000000000000000000000000000000000000009"},%s]`},
	{"eth_simulateV1", `[{"blockStateCalls":[{"calls":[{"from":"<alice>","to":"<balance>"}]}]},%s]`},
	{"eth_getBlockByNumber", `[%s,true]`},
	{"eth_getHeaderByNumber", `[%s]`},
	{"eth_getBlockReceipts", `[%s]`},
	{"eth_getBlockTransactionCountByNumber", `[%s]`},
	{"eth_getUncleCountByBlockNumber", `[%s]`},
	{"eth_getUncleByBlockNumberAndIndex", `[%s,"0x0"]`},
	{"eth_getTransactionByBlockNumberAndIndex", `[%s,"0x0"]`},
	{"eth_getRawTransactionByBlockNumberAndIndex", `[%s,"0x0"]`},
	{"eth_feeHistory", `["0x2",%s,[25,75]]`},
}

var byBlockHash = []struct{ method, params string }{
	{"eth_getBlockByHash", `[%s,false]`},
	{"eth_getHeaderByHash", `[%s]`},
	{"eth_getBlockTransactionCountByHash", `[%s]`},
	{"eth_getUncleCountByBlockHash", `[%s]`},
	{"eth_getUncleByBlockHashAndIndex", `[%s,"0x0"]`},
	{"eth_getTransactionByBlockHashAndIndex", `[%s,"0x0"]`},
	{"eth_getRawTransactionByBlockHashAndIndex", `[%s,"0x0"]`},
}

var byTransaction = []string{"eth_getTransactionByHash", "eth_getRawTransactionByHash", "eth_getTransactionReceipt"}

// transactions are the facts behind tx.… that are in blocks.
func transactions(f facts) (names []string) {
	for fact, value := range f {
		name, isBlock := strings.CutPrefix(fact, "block.")
		if isBlock && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// questions are all of them: those of the tables above, those of single methods, and wrong arguments for every method.
func questions(methods []string, f facts) (all []question) {
	for _, m := range byBlock {
		for _, block := range blocks {
			all = append(all, question{method: m.method, name: "block: " + block.name, params: fmt.Sprintf(m.params, block.json)})
		}
	}
	for _, m := range byBlockHash {
		for _, hash := range append(hashes, struct{ name, json string }{"known", `"<hash.log>"`}, struct{ name, json string }{"genesis", `"<hash.genesis>"`}) {
			all = append(all, question{method: m.method, name: "hash: " + hash.name, params: fmt.Sprintf(m.params, hash.json)})
		}
	}
	for _, method := range byTransaction {
		for _, hash := range hashes {
			all = append(all, question{method: method, name: "hash: " + hash.name, params: fmt.Sprintf(`[%s]`, hash.json)})
		}
		for _, name := range transactions(f) {
			all = append(all, question{method: method, name: "tx: " + name, params: fmt.Sprintf(`["<tx.%s>"]`, name)})
		}
	}
	for _, name := range transactions(f) {
		all = append(all, question{
			method: "eth_getTransactionByBlockNumberAndIndex", name: "tx: " + name, params: fmt.Sprintf(`["<block.%s>","<index.%s>"]`, name, name),
		}, question{method: "eth_getBlockReceipts", name: "tx: " + name, params: fmt.Sprintf(`["<block.%s>"]`, name)})
	}
	all = append(all, single...)
	for _, method := range methods {
		for _, shape := range shapes {
			opaque := strings.HasPrefix(method, "eth_new")
			all = append(all, question{method: method, name: shape.name, params: shape.json, opaque: opaque})
		}
	}
	return all
}
