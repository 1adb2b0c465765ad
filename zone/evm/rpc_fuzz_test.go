package evm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRPC posts any bytes. Whatever comes, the answer is JSON or nothing, no method panics, and the chain stays as it was.
func FuzzRPC(f *testing.F) {
	n := newRPCNode(f)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	for _, params := range []string{
		`"eth_call","params":[{"to":"` + counter.Hex() + `","gas":"0xffff"},"latest",{"` + rpcBob.Hex() + `":{"code":"0x5f5ffd","state":{}}},{"number":"0x7"}]`,
		`"eth_getLogs","params":[{"fromBlock":"earliest","toBlock":"pending","topics":[["0x00"],null]}]`,
		`"eth_feeHistory","params":["0xff","pending",[0,50.5,100]]`,
		`"eth_getProof","params":["` + counter.Hex() + `",["0x0","zz"],{"blockHash":"0x01","requireCanonical":true}]`,
		`"eth_simulateV1","params":[{"blockStateCalls":[{"blockOverrides":{"number":"0x9"},"calls":[{"gas":"0xffff"}]}]}]`,
		`"eth_sendRawTransaction","params":["0x02f86f8203"]`,
		`"eth_sendRawTransactionSync","params":["0x02f86f8203","0x1"]`,
		`"eth_getBlockByNumber","params":["pending",true]`,
		`"eth_newFilter","params":[{"address":[]}]`,
		`"eth_getStorageValues","params":[{"` + counter.Hex() + `":[]}]`,
		`"eth_fillTransaction","params":[{"from":"` + n.alice.Hex() + `","gas":"0x5208"}]`,
		`"eth_subscribe","params":["pendingLogs",{}]`,
		`"web3_sha3","params":["0x"]`,
	} {
		f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":` + params + `}`))
		f.Add([]byte(`[{"jsonrpc":"2.0","id":1,"method":` + params + `},{"method":` + params + `}]`))
	}
	before := n.chain.View()
	f.Fuzz(func(t *testing.T, body []byte) {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(string(body)))
		request.Header.Set("Content-Type", "application/json")
		response := httptest.NewRecorder()
		n.rpc.ServeHTTP(response, request)
		answer := response.Body.Bytes()
		if len(answer) > 0 && response.Code == http.StatusOK && !json.Valid(answer) {
			t.Fatalf("no JSON: %q", answer)
		}
		if strings.Contains(string(answer), "crashed") {
			t.Fatalf("a method panicked: %s", answer)
		}
		if after := n.chain.View(); after.Sealed != before.Sealed {
			t.Fatal("the chain moved")
		}
	})
}
