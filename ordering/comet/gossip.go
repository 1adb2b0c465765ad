package comet

import (
	"context"
	"errors"
	"fmt"

	cmtabci "github.com/cometbft/cometbft/abci/types"
)

// codeRefused marks what is never going to be taken; codes from cmtabci.CodeTypeRetry on mean "offer it again".
const codeRefused uint32 = 1

// CheckTx refuses: it is the engine's RPC ingress, and entries come in through the gateway.
func (a *App) CheckTx(context.Context, *cmtabci.RequestCheckTx) (*cmtabci.ResponseCheckTx, error) {
	return &cmtabci.ResponseCheckTx{Code: codeRefused, Log: "entries are submitted through the gateway"}, nil
}

// InsertTx gives the pool a peer's gossip batch. It takes no lock of the App: the peer's votes wait behind it.
func (a *App) InsertTx(_ context.Context, req *cmtabci.RequestInsertTx) (*cmtabci.ResponseInsertTx, error) {
	if uint64(len(req.Tx)) > a.deps.Genesis.Params.MaxGossipBytes {
		a.heard.PeerMisbehaved(ReasonGossip)
		return &cmtabci.ResponseInsertTx{Code: codeRefused}, nil
	}
	switch err := a.insert(req.Tx); {
	case err == nil:
		return &cmtabci.ResponseInsertTx{Code: cmtabci.CodeTypeOK}, nil
	case errors.Is(err, ErrRetry):
		return &cmtabci.ResponseInsertTx{Code: cmtabci.CodeTypeRetry}, nil
	default:
		a.heard.PeerMisbehaved(ReasonGossip)
		a.log.Debug("gossip batch refused", "err", err)
		return &cmtabci.ResponseInsertTx{Code: codeRefused}, nil
	}
}

// insert keeps a pool that panics from costing the connection to the peer.
func (a *App) insert(batch []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("insert: %w", panicked(r))
			a.log.Error("pool panicked", "err", err)
		}
	}()
	return a.deps.Pool.Insert(batch)
}

// ReapTxs takes from the pool what the peers have not been sent yet.
func (a *App) ReapTxs(_ context.Context, req *cmtabci.RequestReapTxs) (*cmtabci.ResponseReapTxs, error) {
	limit := maxGossipMessage
	if req.MaxBytes > 0 && req.MaxBytes < uint64(limit) {
		limit = int(req.MaxBytes)
	}
	return &cmtabci.ResponseReapTxs{Txs: a.deps.Pool.Reap(limit)}, nil
}
