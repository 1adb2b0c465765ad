package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

const (
	// answerBound is what any request may take: the gateway's write timeout, and what a loaded machine adds.
	answerBound = 40 * time.Second
	// sealBound is how long no block may be sealed while requests are abused. Blocks come every second.
	sealBound = 15 * time.Second
	// memoryBound is what the heap may grow by.
	memoryBound = 1 << 30
)

func repeat(n int, text, separator string) string {
	return strings.TrimSuffix(strings.Repeat(text+separator, n), separator)
}

func rpcCall(method, params string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params)
}

// abuses are requests that want more than a node should give.
func abuses() map[string]string {
	endless := `{"gas":"0xffffffffffff","input":"0x5b5f56"}`
	// What calls itself until the depth or the gas is used up, with memory in every frame.
	recursion := `{"to":"<nobody>","gas":"0xffffffffffff"},"latest",{"<nobody>":{"code":"0x61ffff5f525f5f5f5f5f305af1"}}`
	memory := `{"gas":"0xffffffffffff","input":"0x5b6201000059015f9052` + `5f56"}`
	slots := func(n int) string {
		var keys []string
		for i := range n {
			keys = append(keys, fmt.Sprintf(`"0x%064x"`, i))
		}
		return "[" + strings.Join(keys, ",") + "]"
	}
	accounts := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"0x%040x":{"balance":"0x1","state":{"0x%064x":"0x%064x"}}`, i+1000, i, i+1))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	return map[string]string{
		"logs of many addresses":     rpcCall("eth_getLogs", `[{"fromBlock":"0x0","address":[`+repeat(30_000, `"<store>"`, ",")+`]}]`),
		"logs of many topics":        rpcCall("eth_getLogs", `[{"fromBlock":"0x0","topics":[`+slots(5_000)+`]}]`),
		"logs of everything":         rpcCall("eth_getLogs", `[{"fromBlock":"0x0","toBlock":"0x7fffffffffffffff"}]`),
		"fees of all blocks":         rpcCall("eth_feeHistory", `["0xffffffffffffffff","latest",[`+repeat(100, "50", ",")+`]]`),
		"fees with many percentiles": rpcCall("eth_feeHistory", `["0x400","latest",[`+repeat(100_000, "50", ",")+`]]`),
		"endless call":               rpcCall("eth_call", `[`+endless+`]`),
		"endless estimate":           rpcCall("eth_estimateGas", `[`+endless+`]`),
		"endless access list":        rpcCall("eth_createAccessList", `[`+endless+`]`),
		"endless fill":               rpcCall("eth_fillTransaction", `[`+endless+`]`),
		"recursion":                  rpcCall("eth_call", `[`+recursion+`]`),
		"memory":                     rpcCall("eth_call", `[`+memory+`]`),
		"access list that grows":     rpcCall("eth_createAccessList", `[{"gas":"0xffffffffffff","input":"0x5b5a545f56"}]`),
		"big answer":                 rpcCall("eth_call", `[{"gas":"0xffffffffffff","input":"0x623fffff5ff3"}]`),
		"many overrides":             rpcCall("eth_call", `[{"to":"<bob>"},"latest",`+accounts(8_000)+`]`),
		"more overrides than a body": rpcCall("eth_call", `[{"to":"<bob>"},"latest",`+accounts(40_000)+`]`),
		"simulation of many blocks":  rpcCall("eth_simulateV1", `[{"blockStateCalls":[`+repeat(10_000, `{"calls":[]}`, ",")+`]}]`),
		"simulation of a far block":  rpcCall("eth_simulateV1", `[{"blockStateCalls":[{"blockOverrides":{"number":"0xffffffff"}}]}]`),
		"simulation of 256 blocks":   rpcCall("eth_simulateV1", `[{"blockStateCalls":[`+repeat(256, `{"calls":[`+endless+`]}`, ",")+`]}]`),
		"simulation of many calls":   rpcCall("eth_simulateV1", `[{"blockStateCalls":[{"calls":[`+repeat(10_000, endless, ",")+`]}]}]`),
		"proof of a million keys":    rpcCall("eth_getProof", `["<store>",[`+repeat(1_000_000, `"0x1"`, ",")+`],"latest"]`),
		"proof of many keys":         rpcCall("eth_getProof", `["<store>",`+slots(20_000)+`,"latest"]`),
		"many slots":                 rpcCall("eth_getStorageValues", `[{"<store>":`+slots(20_000)+`}]`),
		"hash that is none":          rpcCall("eth_getBlockByHash", `["0x`+strings.Repeat("f", 1_000_000)+`",true]`),
		"number that is none":        rpcCall("eth_getBlockByNumber", `["0x`+strings.Repeat("f", 1_000_000)+`",true]`),
		"transaction that is none":   rpcCall("eth_sendRawTransaction", `["0x02`+strings.Repeat("f9", 900_000)+`"]`),
		"synchronous send for ever":  rpcCall("eth_sendRawTransactionSync", `["<raw.nonceMax>","0xffffffffffffffff"]`),
		"nested params":              rpcCall("eth_call", strings.Repeat("[", 900_000)+strings.Repeat("]", 900_000)),
		"nested filter":              rpcCall("eth_getLogs", `[{"topics":`+strings.Repeat("[", 500_000)+strings.Repeat("]", 500_000)+`}]`),
		"nested objects":             rpcCall("eth_call", strings.Repeat(`[{"a":`, 200_000)+"1"+strings.Repeat("}]", 200_000)),
		"batch of endless calls":     "[" + repeat(100, rpcCall("eth_call", `[`+endless+`]`), ",") + "]",
		"batch of big answers":       "[" + repeat(100, rpcCall("eth_call", `[{"gas":"0xffffffffffff","input":"0x621fffff5ff3"}]`), ",") + "]",
		"batch of filters":           "[" + repeat(100, rpcCall("eth_newFilter", `[{}]`), ",") + "]",
		"batch that is too long":     "[" + repeat(30_000, rpcCall("eth_chainId", `[]`), ",") + "]",
		"trace":                      rpcCall("debug_traceBlockByNumber", `["0x1",{"tracer":"callTracer"}]`),
		"trace of a call":            rpcCall("debug_traceCall", `[`+endless+`,"latest"]`),
		"going back":                 rpcCall("debug_setHead", `["0x0"]`),
	}
}

// testAbuse sends all of them, many at a time, and watches that blocks go on and that memory stays.
func (w *world) testAbuse(t *testing.T) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, watched := make(chan struct{}), make(chan error, 1)
	go func() { watched <- w.watch(t, stop, before.HeapAlloc) }()

	type job struct{ name, body string }
	jobs := make(chan job)
	var workers sync.WaitGroup
	for range 12 {
		workers.Go(func() {
			for j := range jobs {
				began := time.Now()
				status, answer, err := post(t, w.endpoints[open], j.body)
				took := time.Since(began)
				if took > answerBound {
					t.Errorf("%s: answered after %s", j.name, took)
				}
				if err != nil { // the gateway cuts what is not answered within its write timeout
					if took < 25*time.Second {
						t.Errorf("%s: after %s: %v", j.name, took, err)
					}
					continue
				}
				if status != 200 && (status < 400 || !json.Valid(answer)) || strings.Contains(string(answer), "crashed") {
					t.Errorf("%s: %d %s", j.name, status, show(decode(answer)))
				}
			}
		})
	}
	all := abuses()
	for name, body := range all {
		jobs <- job{name, w.facts.fill(body)}
	}
	for i := range 10 { // filters that nobody polls
		jobs <- job{fmt.Sprint("filters ", i), all["batch of filters"]}
	}
	close(jobs)
	w.flood(t)
	workers.Wait()
	close(stop)
	require.NoError(t, <-watched)
}

// watch fails when blocks stop or the heap grows.
func (w *world) watch(t *testing.T, stop <-chan struct{}, heap uint64) error {
	heads := make(chan *gethtypes.Header, 64)
	sub, err := w.eth.SubscribeNewHead(t.Context(), heads)
	if err != nil {
		return err
	}
	defer sub.Unsubscribe()
	sample := time.NewTicker(100 * time.Millisecond)
	defer sample.Stop()
	last, longest, peak := time.Now(), time.Duration(0), heap
	for {
		select {
		case <-heads:
			longest, last = max(longest, time.Since(last)), time.Now()
		case <-sample.C:
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
			if time.Since(last) > sealBound {
				return fmt.Errorf("no block for %s", time.Since(last))
			}
		case err := <-sub.Err():
			return fmt.Errorf("subscription: %w", err)
		case <-stop:
			t.Logf("longest time without a block %s, heap grew by at most %d MB", longest.Round(time.Millisecond), (peak-heap)>>20)
			if peak-heap > memoryBound {
				return fmt.Errorf("the heap grew by %d MB", (peak-heap)>>20)
			}
			return nil
		}
	}
}

// flood writes many calls to one WebSocket without waiting for answers, and then reads all of them.
func (w *world) flood(t *testing.T) {
	t.Helper()
	connection, response, err := websocket.DefaultDialer.DialContext(t.Context(), w.webSocket, nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	defer func() { require.NoError(t, connection.Close()) }()
	const calls = 1000
	random := rand.New(rand.NewPCG(1, 2))
	go func() {
		for i := range calls {
			body := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"eth_call","params":[{"gas":"0x%x","input":"0x5b5f56"}]}`, i, 1_000_000+random.IntN(1000))
			if connection.WriteMessage(websocket.TextMessage, []byte(body)) != nil {
				return // the reader reports it
			}
		}
	}()
	refused := 0
	for range calls {
		_, answer, err := connection.ReadMessage()
		require.NoError(t, err)
		if strings.Contains(string(answer), "at most 32 on one connection") {
			refused++
		}
	}
	t.Logf("%d of %d calls on one connection were refused", refused, calls)
	require.Positive(t, refused)
}
