package opstacktest

import (
	"net/http/httptest"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"
)

// StartPublic opens the port that everybody may ask, until the test ends, and gives its URL.
func (e *Execution) StartPublic(t testing.TB) string {
	t.Helper()
	served := rpc.NewServer()
	if err := served.RegisterName("eth", &public{e}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(served)
	t.Cleanup(server.Close)
	return server.URL
}

// public is the eth namespace, as far as anybody asks for it. Of state there is the head's only.
type public struct{ e *Execution }

func (p *public) ChainId() hexutil.Uint64 { return hexutil.Uint64(p.e.chainID) }

func (p *public) GetTransactionCount(of common.Address, _ string) hexutil.Uint64 {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	return hexutil.Uint64(p.e.accounts(p.e.chain.byHash[p.e.chain.head]).nonces[of])
}

func (p *public) GetBalance(of common.Address, _ string) *hexutil.Big {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	return (*hexutil.Big)(p.e.accounts(p.e.chain.byHash[p.e.chain.head]).balance(of))
}

func (p *public) GetBlockByNumber(number rpc.BlockNumber, full bool) any {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	if number < 0 {
		return p.e.chain.byHash[p.e.chain.head].view(full)
	}
	return p.e.chain.at(uint64(number)).view(full)
}

func (p *public) GetTransactionReceipt(hash common.Hash) any {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	for _, b := range p.e.chain.canonical() {
		for i, raw := range b.Transactions {
			if crypto.Keccak256Hash(raw) == hash {
				return b.receipts()[i]
			}
		}
	}
	return nil
}

func (p *public) GetTransactionByHash(hash common.Hash) any {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	for _, b := range p.e.chain.canonical() {
		for i, raw := range b.Transactions {
			if crypto.Keccak256Hash(raw) == hash {
				view := transactionView(raw).(map[string]any)
				view["blockHash"], view["blockNumber"], view["transactionIndex"] = b.Hash(), hexutil.Uint64(b.Number), hexutil.Uint64(i)
				return view
			}
		}
	}
	return nil
}

// SendRawTransaction puts a transaction into the pool.
func (p *public) SendRawTransaction(raw hexutil.Bytes) common.Hash {
	p.e.Add(raw)
	return crypto.Keccak256Hash(raw)
}
