package explorer

import (
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// validators answers GET validators.
func (x *Explorer) validators(*http.Request) (answer, error) {
	return answer{value: x.validatorList()}, nil
}

func (x *Explorer) validatorList() ValidatorList {
	x.live.seat(x.deps.Ledger)
	list := x.live.validatorList()
	for i := range list.Validators {
		v := &list.Validators[i]
		v.JailedAt = x.deps.Ledger.Equivocated(v.Address)
	}
	return list
}

// validatorList lists the validators without what the ledger says of them.
func (l *live) validatorList() ValidatorList {
	l.mu.Lock()
	defer l.mu.Unlock()
	infos, power := l.voters.infos()
	list := ValidatorList{Validators: make([]ValidatorPage, len(infos)), TotalPower: power, Commits: l.voters.count}
	states := l.voters.states()
	for i, info := range infos {
		list.Validators[i] = ValidatorPage{ValidatorInfo: info, ConsensusKey: l.voters.rows[info.Index].ConsensusKey, State: states[i]}
	}
	return list
}

// validator answers GET validator/{address}.
func (x *Explorer) validator(r *http.Request) (answer, error) {
	address, err := readAddress("address", r.PathValue("address"))
	if err != nil {
		return answer{}, err
	}
	for _, page := range x.validatorList().Validators {
		if page.Address == address || page.ConsensusAddress == hex.EncodeToString(address[:]) {
			return answer{value: page}, nil
		}
	}
	return answer{}, missing("there is no validator %s", address)
}

// address answers GET address/{address}.
func (x *Explorer) address(r *http.Request) (answer, error) {
	address, err := readAddress("address", r.PathValue("address"))
	if err != nil {
		return answer{}, err
	}
	limit, err := readLimit(r, 25, 100)
	if err != nil {
		return answer{}, err
	}
	page := AddressPage{Address: address, Accounts: []AccountState{}, Activity: []Activity{}, Since: x.index.since(x.deps.Log.Oldest())}
	before := r.URL.Query().Get("before")
	if before == "" { // the following pages are about activity only
		if page.Accounts, err = x.accounts(address); err != nil {
			return answer{}, err
		}
	}
	rows, next, err := x.index.of(address, before, int(limit))
	if err != nil {
		return answer{}, err
	}
	page.Before = next
	for _, row := range rows {
		activity, ok, err := x.activity(address, row)
		if err != nil {
			return answer{}, err
		}
		if ok {
			page.Activity = append(page.Activity, activity)
		}
	}
	return answer{value: page}, nil
}

// accounts is an account on all `evm` rollups that this node executes.
func (x *Explorer) accounts(address common.Address) ([]AccountState, error) {
	states := []AccountState{}
	for _, r := range x.deps.Genesis.InForce().Rollups {
		chain := x.deps.Chains[r.ID]
		if chain == nil {
			continue
		}
		account, err := chain.Account(address)
		if err != nil {
			return nil, fmt.Errorf("account %s on rollup %s: %w", address, r.ID, err)
		}
		s := AccountState{Rollup: r.ID, Balance: (*hexutil.Big)(account.Balance), Nonce: account.Nonce, CodeSize: uint64(len(account.Code))}
		if len(account.Code) > 0 {
			hash := crypto.Keccak256Hash(account.Code)
			s.CodeHash = &hash
		}
		if target, ok := gethtypes.ParseDelegation(account.Code); ok {
			s.DelegatedTo = &target
		}
		states = append(states, s)
	}
	return states, nil
}

// activity is a row of the index with what the log and the fates say about it; ok is false if that is forgotten.
func (x *Explorer) activity(address common.Address, row indexRow) (a Activity, ok bool, err error) {
	entry, ok, err := x.entryAt(row.rollup, row.seq)
	if err != nil || !ok || entry.Item.Tx.Eth() == nil {
		return Activity{}, false, err
	}
	line, err := x.laneRow(row.rollup, entry)
	if err != nil || line.From == nil || line.Outcome == nil {
		return Activity{}, false, err
	}
	a = Activity{
		Type: ActivityTransaction, Rollup: row.rollup, Seq: row.seq, Tick: line.Tick, Time: line.Time, TxHash: line.Hash,
		From: *line.From, To: line.To, Value: line.Value, Outcome: *line.Outcome, Reverted: line.Reverted, Bundle: line.Bundle,
	}
	if line.Kind == EntryCreate {
		created := crypto.CreateAddress(a.From, entry.Item.Tx.Eth().Nonce())
		a.To = &created
	}
	if t := row.transfer; t != nil {
		a.Type, a.From, a.To, a.Value, a.Token, a.NFT = ActivityTransfer, t.from, &t.to, (*hexutil.Big)(t.value), &t.token, t.nft
	}
	a.Direction = directionOf(address, a.From, a.To)
	return a, true, nil
}

func directionOf(address, from common.Address, to *common.Address) Direction {
	switch {
	case from != address:
		return DirectionIn
	case to != nil && *to == address:
		return DirectionSelf
	}
	return DirectionOut
}
