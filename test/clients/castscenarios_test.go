package clients

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// What people do with cast. Names are those of the other clients' scenarios where it is the same thing.
var castScenarios = []struct {
	name string
	play func(*testing.T, user)
}{
	{"time from send to receipt", func(t *testing.T, u user) {
		t.Log("http, with the start of the process: ", elapsed(func() { u.send(t, somebody, "--value", "1") }))
	}},
	{"transfer over HTTP", func(t *testing.T, u user) {
		r := u.send(t, somebody, "--value", "1ether")
		want(t, "nonce", u.says(t, "nonce", u.address), "1")
		want(t, "block", u.says(t, "tx", r.TransactionHash, "blockNumber"), strconv.FormatUint(uint64(r.BlockNumber), 10))
		want(t, "receipt", u.says(t, "receipt", r.TransactionHash, "status"), "true")
		wantPart(t, "balance", u.says(t, "balance", "--ether", u.address), "8.99")
	}},
	{"transfer over WebSocket", func(t *testing.T, u user) {
		u.HTTP = u.WebSocket
		u.cast = &cast{network: u.network, binary: u.binary}
		u.send(t, somebody, "--value", "1")
	}},
	{"old transaction types", func(t *testing.T, u user) {
		want(t, "type", u.send(t, somebody, "--legacy").Type, "0x0")
	}},
	{"deploy, read and write", func(t *testing.T, u user) {
		counter := u.deploys(t)
		want(t, "value", u.value(t, counter), "5")
		u.send(t, counter, "increase(uint256)", "2")
		want(t, "value, at once", u.value(t, counter), "7")
		wantPart(t, "slot", u.says(t, "storage", counter, "0"), "0000")
	}},
	{"events of a contract", func(t *testing.T, u user) {
		counter := u.deploys(t)
		r := u.send(t, counter, "increase(uint256)", "1")
		if len(r.Logs) != 1 {
			t.Fatalf("%d logs in the receipt", len(r.Logs))
		}
		logs := u.says(t, "logs", "--address", counter, "--from-block", "1", "--to-block", "pending", "Increased(address indexed,uint256)")
		wantPart(t, "logs", logs, r.TransactionHash)
	}},
	{"logs of the pending block", func(t *testing.T, u user) {
		counter := u.deploys(t)
		r := u.send(t, counter, "increase(uint256)", "1")
		wantPart(t, "logs", u.says(t, "logs", "--address", counter, "--from-block", "1", "--to-block", "pending"), r.TransactionHash)
	}},
	{"fee estimation", func(t *testing.T, u user) {
		want(t, "gas", u.says(t, "estimate", somebody, "--value", "1", "--from", u.address), "21000")
		for _, command := range []string{"gas-price", "base-fee"} {
			if n, err := strconv.Atoi(u.says(t, command)); err != nil || n <= 0 {
				t.Errorf("cast %s: %d, %v", command, n, err)
			}
		}
		wantPart(t, "fee history", u.says(t, "rpc", "eth_feeHistory", "4", "latest", "[50]"), "baseFeePerGas")
	}},
	{"20 sends at once", func(t *testing.T, u user) {
		var senders sync.WaitGroup
		for nonce := 19; nonce >= 0; nonce-- { // the last one first
			senders.Go(func() {
				hash := u.says(t, "send", somebody, "--value", "1", "--async", "--gas-limit", "21000", "--nonce", strconv.Itoa(nonce), "--private-key", u.key)
				want(t, "status", u.says(t, "receipt", hash, "status"), "true")
			})
		}
		senders.Wait()
		want(t, "nonce", u.says(t, "nonce", u.address), "20")
	}},
	{"replacement by a higher fee", func(t *testing.T, u user) {
		at := func(price string) []string {
			return []string{somebody, "--async", "--nonce", "1", "--gas-limit", "21000", "--gas-price", price, "--priority-gas-price", price, "--private-key", u.key}
		}
		u.says(t, "send", at("10gwei")...) // waits in the pool: nonce 0 is missing
		u.fails(t, "replacement transaction underpriced", "send", at("10500000000")...)
		second := u.says(t, "send", at("20gwei")...)
		u.send(t, somebody, "--nonce", "0")
		want(t, "status", u.says(t, "receipt", second, "status"), "true")
	}},
	{"errors of the pool", func(t *testing.T, u user) {
		u.send(t, somebody)
		for _, c := range []struct{ want, flags string }{
			{"nonce too low", "--nonce 0 --gas-limit 21000"},
			{"insufficient funds", "--value 1000ether --gas-limit 21000"},
			{"intrinsic gas too low", "--gas-limit 20999"},
			{"max fee per gas less than block base fee", "--gas-price 1 --priority-gas-price 1 --gas-limit 21000"},
		} {
			u.fails(t, c.want, "send", append([]string{somebody, "--private-key", u.key}, strings.Fields(c.flags)...)...)
		}
	}},
	{"custom error of a contract", func(t *testing.T, u user) {
		counter := u.deploys(t)
		selector := hexutil.Encode(crypto.Keccak256([]byte("TooMuch(uint256,uint256)"))[:4])
		u.fails(t, selector, "call", counter, "increase(uint256)", "101")
		u.fails(t, selector, "send", counter, "increase(uint256)", "101", "--private-key", u.key)
	}},
	{"access lists", func(t *testing.T, u user) {
		counter := u.deploys(t)
		wantPart(t, "list", u.says(t, "access-list", counter, "increase(uint256)", "1", "--from", u.address), strings.Repeat("0", 64))
		want(t, "type", u.send(t, counter, "increase(uint256)", "1", "--access-list").Type, "0x2")
		want(t, "type", u.send(t, counter, "increase(uint256)", "1", "--access-list", "--legacy").Type, "0x1")
		want(t, "value", u.value(t, counter), "7")
	}},
	{"delegation to a contract (EIP-7702)", func(t *testing.T, u user) {
		counter := u.deploys(t)
		r := u.send(t, u.address, "increase(uint256)", "3", "--auth", counter, "--gas-limit", "200000")
		want(t, "type", r.Type, "0x4")
		want(t, "value of the account itself", u.value(t, u.address), "3")
	}},
	{"proofs of state", func(t *testing.T, u user) {
		wantPart(t, "proof", u.says(t, "proof", u.address, "0"), "accountProof")
	}},
	{"receipt in the same request", func(t *testing.T, u user) {
		u.succeeds(t, "send", somebody, "--sync", "--private-key", u.key)
	}},
	{"sign now, publish later", func(t *testing.T, u user) {
		u.succeeds(t, "publish", u.says(t, "mktx", somebody, "--private-key", u.key))
	}},
	{"block tags", func(t *testing.T, u user) {
		var numbers []int
		for _, tag := range []string{"earliest", "finalized", "safe", "latest", "pending"} {
			n, err := strconv.Atoi(u.says(t, "block", tag, "--field", "number"))
			if err != nil {
				t.Fatal(err)
			}
			if len(numbers) > 0 && n < numbers[len(numbers)-1] {
				t.Errorf("%s is block %d, after %v", tag, n, numbers)
			}
			numbers = append(numbers, n)
		}
	}},
	{"a transaction run again", func(t *testing.T, u user) {
		counter := u.deploys(t)
		r := u.send(t, counter, "increase(uint256)", "1")
		u.sealed(t, r.BlockNumber)
		// cast executes the transaction itself, over state that it reads with eth_*: no debug_* method is needed.
		wantPart(t, "run", u.says(t, "run", r.TransactionHash), "successfully executed")
		wantPart(t, "call --trace", u.says(t, "call", counter, "value()(uint256)", "--trace"), "successfully executed")
	}},
	{"another chain id", func(t *testing.T, u user) {
		signed := u.says(t, "mktx", somebody, "--private-key", u.key, "--chain", "1", "--nonce", "0", "--gas-limit", "21000", "--gas-price", "10gwei", "--priority-gas-price", "1")
		u.fails(t, "invalid chain id", "publish", signed)
	}},
	{"names without ENS", func(t *testing.T, u user) {
		u.fails(t, "Failed to resolve ENS name", "send", "vitalik.eth", "--private-key", u.key)
	}},
	{"accounts of the node", func(t *testing.T, u user) { // a node is no wallet
		u.fails(t, "unknown account", "send", somebody, "--unlocked", "--from", u.address)
	}},
	{"unknown methods", func(t *testing.T, u user) {
		want(t, "chain id", u.says(t, "rpc", "eth_chainId"), `"0x385"`)
		u.fails(t, "does not exist/is not available", "rpc", "anvil_mine")
	}},
}
