package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/node/devnet"
)

const deposits = 100 // each a log

// content is what the reads ask for.
type content struct {
	weth   common.Address
	author common.Address
	last   common.Hash
	begin  uint64 // block of the first log
	end    uint64 // of the last one
}

// write deploys WETH9 and makes logs.
func write(ctx context.Context, rollup devnet.RollupInfo, bytecode string) (content, error) {
	client, err := ethclient.DialContext(ctx, rollup.WebSocket)
	if err != nil {
		return content{}, err
	}
	defer client.Close()
	account := devnet.Accounts()[1]
	c := content{author: account.Address, weth: crypto.CreateAddress(account.Address, 0)}
	id := new(big.Int).SetUint64(uint64(rollup.ChainID))
	for nonce := range uint64(deposits + 1) {
		tx := &gethtypes.DynamicFeeTx{
			ChainID: id, Nonce: nonce, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(100 * params.GWei), Gas: 2_000_000,
			To: &c.weth, Value: big.NewInt(params.GWei), Data: crypto.Keccak256([]byte("deposit()"))[:4],
		}
		if nonce == 0 {
			tx.To, tx.Value, tx.Data = nil, new(big.Int), common.FromHex(bytecode)
		}
		signed, err := gethtypes.SignNewTx(account.Key, gethtypes.LatestSignerForChainID(id), tx)
		if err != nil {
			return c, err
		}
		if err := client.SendTransaction(ctx, signed); err != nil {
			return c, err
		}
		receipt, err := bind.WaitMined(ctx, client, signed.Hash())
		if err != nil {
			return c, err
		}
		if receipt.Status != gethtypes.ReceiptStatusSuccessful {
			return c, errors.New("a transaction that prepares the reads has failed")
		}
		if c.last, c.end = signed.Hash(), receipt.BlockNumber.Uint64(); c.begin == 0 {
			c.begin = c.end
		}
	}
	return c, nil
}

// awaitSealed waits until the block that is open now is sealed.
func awaitSealed(ctx context.Context, rollup devnet.RollupInfo) error {
	client, err := ethclient.DialContext(ctx, rollup.WebSocket)
	if err != nil {
		return err
	}
	defer client.Close()
	heads := make(chan *gethtypes.Header, 16)
	sub, err := client.SubscribeNewHead(ctx, heads)
	if err != nil {
		return err
	}
	defer sub.Unsubscribe()
	sealed, err := client.BlockNumber(ctx)
	if err != nil {
		return err
	}
	for {
		select {
		case head := <-heads:
			if head.Number.Uint64() > sealed {
				return nil
			}
		case err := <-sub.Err():
			return err
		case <-time.After(settleTime):
			return fmt.Errorf("block %d is not sealed", sealed+1)
		}
	}
}

// request is the body of one JSON-RPC call.
func request(method string, arguments ...any) ([]byte, error) {
	if arguments == nil {
		arguments = []any{}
	}
	return json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": arguments})
}

// question is a read that both nodes are asked, or only ours.
type question struct {
	method   string
	body     []byte
	oursOnly bool
}

func (c content) questions() ([]question, error) {
	data := append(crypto.Keccak256([]byte("balanceOf(address)"))[:4], common.LeftPadBytes(c.author.Bytes(), 32)...)
	var questions []question
	for _, q := range []struct {
		method    string
		arguments []any
	}{
		{"eth_blockNumber", nil},
		{"eth_call", []any{map[string]any{"to": c.weth, "data": hexutil.Bytes(data)}, "latest"}},
		{"eth_getLogs", []any{map[string]any{"address": c.weth, "fromBlock": hexutil.Uint64(c.begin), "toBlock": hexutil.Uint64(c.end)}}},
		{"lockstep_getStatus", []any{c.last}},
	} {
		body, err := request(q.method, q.arguments...)
		if err != nil {
			return nil, err
		}
		questions = append(questions, question{q.method, body, q.method == "lockstep_getStatus"})
	}
	return questions, nil
}
