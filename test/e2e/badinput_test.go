package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// raw signs any kind of transaction.
func raw(t *testing.T, u user, signer gethtypes.Signer, data gethtypes.TxData) []byte {
	t.Helper()
	tx, err := gethtypes.SignNewTx(u.key, signer, data)
	if err != nil {
		t.Fatal(err)
	}
	b, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testBadTransactions(t *testing.T, n *network) {
	u, poor := n.funded(t), newUser(t)
	to := &common.Address{1}
	n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: to})) // nonce 0 is used
	chain := big.NewInt(int64(rollupA))
	signer := gethtypes.LatestSignerForChainID(chain)
	with := func(change func(*gethtypes.DynamicFeeTx)) []byte {
		tx := &gethtypes.DynamicFeeTx{ChainID: chain, Nonce: 1, Gas: 100_000, To: to, GasFeeCap: big.NewInt(10 * params.GWei), GasTipCap: big.NewInt(1)}
		change(tx)
		return raw(t, u, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
	}
	same := func(*gethtypes.DynamicFeeTx) {}
	signature := func() []byte { // a valid encoding whose signature names no key: r = 0
		tx := new(gethtypes.Transaction)
		if err := tx.UnmarshalBinary(with(same)); err != nil {
			t.Fatal(err)
		}
		bad, err := tx.WithSignature(signer, append(make([]byte, 64), 0))
		if err != nil {
			t.Fatal(err)
		}
		b, err := bad.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"wrong chain id", with(func(tx *gethtypes.DynamicFeeTx) { tx.ChainID = big.NewInt(int64(rollupB)) }), "invalid chain id"},
		{"no chain id", raw(t, u, gethtypes.HomesteadSigner{}, &gethtypes.LegacyTx{Nonce: 1, Gas: 100_000, To: to, GasPrice: big.NewInt(params.GWei)}), "EIP-155"},
		{"bad signature", signature(), "invalid sender"},
		{"blob", raw(t, u, signer, &gethtypes.BlobTx{ChainID: uint256.MustFromBig(chain), Nonce: 1, Gas: 100_000, BlobHashes: []common.Hash{{1}}}), "transaction type not supported"},
		{"unknown type", append([]byte{0x7e}, with(same)[1:]...), "transaction type not supported"},
		{"set code without authorizations", raw(t, u, signer, &gethtypes.SetCodeTx{ChainID: uint256.MustFromBig(chain), Nonce: 1, Gas: 100_000, GasFeeCap: uint256.NewInt(10 * params.GWei), AuthList: []gethtypes.SetCodeAuthorization{}}), "at least one authorization"},
		{"nonce too low", with(func(tx *gethtypes.DynamicFeeTx) { tx.Nonce = 0 }), "nonce too low"},
		{"insufficient funds", with(func(tx *gethtypes.DynamicFeeTx) { tx.Value = ether(1000) }), "insufficient funds"},
		{"no funds at all", raw(t, poor, signer, &gethtypes.LegacyTx{Gas: 21000, To: to, GasPrice: big.NewInt(10 * params.GWei)}), "insufficient funds"},
		{"fee below base fee", with(func(tx *gethtypes.DynamicFeeTx) { tx.GasFeeCap = big.NewInt(2) }), "less than block base fee"},
		{"tip above fee cap", with(func(tx *gethtypes.DynamicFeeTx) { tx.GasTipCap = ether(1) }), "max priority fee per gas higher than max fee per gas"},
		{"gas above cap", with(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1<<24 + 1 }), "gas limit too high"},
		{"intrinsic gas", with(func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 20_000 }), "intrinsic gas too low"},
		{"oversized", with(func(tx *gethtypes.DynamicFeeTx) { tx.Data = make([]byte, 128<<10); tx.Gas = 1 << 23 }), "oversized data"},
		{"garbage", []byte("\xf8\xffgarbage"), ""},
		{"nothing", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := n.eth[rollupA].Client().CallContext(t.Context(), nil, "eth_sendRawTransaction", hexutil.Encode(c.raw))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error with %q", err, c.want)
			}
		})
	}
}

func testBadBundles(t *testing.T, n *network) {
	u := n.funded(t)
	good := func() *core.Bundle {
		return bundle(t, leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &common.Address{1}})},
			leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &common.Address{1}})})
	}
	in := func(d time.Duration) uint64 { return uint64(time.Now().Add(d).UnixMilli()) }
	for _, c := range []struct {
		name   string
		change func(*core.Bundle)
		want   string
	}{
		{"no legs", func(b *core.Bundle) { b.Legs = []core.Leg{} }, "legs: bundle without legs"},
		{"1,000 legs", func(b *core.Bundle) { b.Legs = make([]core.Leg, 1000); fill(b.Legs, good().Legs[0]) }, "legs: too many legs"},
		{"a leg twice", func(b *core.Bundle) { b.Legs = append(b.Legs, b.Legs[0]) }, "legs[2]"},
		{"expired", func(b *core.Bundle) { b.NotAfter = in(-time.Minute) }, "notAfter: bundle has expired"},
		{"no notAfter", func(b *core.Bundle) { b.NotAfter = 0 }, "notAfter"},
		{"far notAfter", func(b *core.Bundle) { b.NotAfter = in(time.Hour) }, "notAfter: notAfter is too far away"},
		{"window upside down", func(b *core.Bundle) { b.NotBefore = b.NotAfter + 1 }, "notBefore"},
		{"unknown rollup", func(b *core.Bundle) { b.Legs[1].Rollup = 999 }, "legs[1]"},
		{"wrong chain id", func(b *core.Bundle) { b.Legs[1].Rollup = rollupA }, "legs[1]"},
		{"parentTick far ahead", func(b *core.Bundle) { b.ParentTick = 1 << 40 }, "parentTick: parentTick is too far ahead"},
		{"parentTick passed", func(b *core.Bundle) { b.ParentTick = 1 }, "parentTick: the tick after parentTick"},
		{"parentTick of an inclusion bundle", func(b *core.Bundle) { b.Atomicity, b.ParentTick = core.AtomicInclusion, 1 }, "parentTick: only an execution bundle"},
		{"bid", func(b *core.Bundle) { b.Bid = 7 }, "bid"},
		{"oversized", func(b *core.Bundle) { b.Legs[0].Tx = make([]byte, 200<<10) }, "oversized"},
		{"garbage leg", func(b *core.Bundle) { b.Legs[0].Tx = []byte("garbage") }, "legs[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := good()
			c.change(b)
			_, err := n.client.SendBundle(t.Context(), b)
			var coded rpc.Error
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &coded) || coded.ErrorCode() < 47000 || coded.ErrorCode() > 47999 {
				t.Errorf("%v, want an error of the lockstep namespace with %q", err, c.want)
			}
		})
	}
	t.Run("wrong commitment", func(t *testing.T) {
		b := good()
		b.Commitment = common.Hash{1}
		if code, _ := n.outcome(t, b); code != core.VoidCommitment {
			t.Errorf("bundle is %s", code)
		}
	})
}

func fill(legs []core.Leg, l core.Leg) {
	for i := range legs {
		legs[i] = l
	}
}

// testGarbage sends nonsense to every port of the network, which must go on as if nothing had happened.
func testGarbage(t *testing.T, n *network) {
	gateway := strings.TrimPrefix(n.devnet.Info().RPC, "http://")
	ports := []string{gateway}
	for v := range 4 {
		_, address, _ := strings.Cut(n.devnet.Node(v).PeerAddr(), "@")
		ports = append(ports, address)
	}
	junk := make([]byte, 1<<16)
	if _, err := rand.Read(junk); err != nil {
		t.Fatal(err)
	}
	for _, port := range ports {
		for _, payload := range [][]byte{junk, []byte("GET / HTTP/1.1\r\n\r\n"), bytes.Repeat([]byte{0}, 4096), []byte("{\"jsonrpc\":")} {
			conn, err := net.Dial("tcp", port)
			if err != nil {
				t.Fatalf("port %s: %v", port, err)
			}
			// The other side may hang up at any byte; that is its right.
			_, _ = conn.Write(payload)
			_ = conn.Close()
		}
	}
	for path, body := range map[string]string{
		"/": "nonsense", "/rollup/901": "[[[[", "/rollup/902": strings.Repeat("[", 1000), "/rollup/": "{}",
		"/rollup/77": `{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}`, "/rollup/x": "{}", "/nowhere": "{}",
	} {
		status, answer := post(t, "http://"+gateway+path, []byte(body))
		if path == "/rollup/77" && (status != http.StatusNotFound || !strings.Contains(answer, "unknown rollup")) {
			t.Errorf("unknown rollup: %d %s", status, answer)
		}
		var parsed struct{ Error *struct{ Message string } }
		if err := json.Unmarshal([]byte(answer), &parsed); err != nil || parsed.Error == nil || parsed.Error.Message == "" {
			t.Errorf("%s: %d %q is not a JSON-RPC error (%v)", path, status, answer, err)
		}
	}
	if status, answer := post(t, "http://"+gateway+"/", bytes.Repeat([]byte(" "), 64<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("body of 64 MiB: %d %s", status, answer)
	}
	batch := "[" + strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},`, 5000) + `{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}]`
	if _, answer := post(t, "http://"+gateway+"/rollup/901", []byte(batch)); !strings.Contains(answer, "batch") {
		t.Errorf("batch of 5,001: %.200s", answer)
	}
	if _, err := n.client.Network(t.Context()); err != nil {
		t.Errorf("after the garbage: %v", err)
	}
}

func post(t *testing.T, url string, body []byte) (int, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		// The server may answer and hang up before it has read an oversized body; the client then sees only the hang-up.
		if len(body) > 1<<20 {
			return http.StatusRequestEntityTooLarge, err.Error()
		}
		t.Fatalf("%s: %v", url, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return response.StatusCode, string(answer)
}
