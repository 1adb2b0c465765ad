package mempooltest

import (
	"fmt"
	"math"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// TransferGas is all that State.CheckGas asks for.
const TransferGas = 21000

// State is an executed state that the test sets. Accounts that were not set are Rich and unused.
type State struct {
	mu       sync.Mutex
	accounts map[place]account
	baseFee  map[core.RollupID]*big.Int
	applied  map[core.RollupID]uint64
	err      error
}

// Rich is the balance of accounts that were not set: a million ether.
var Rich = new(uint256.Int).Mul(uint256.NewInt(1e18), uint256.NewInt(1e6))

type place struct {
	rollup core.RollupID
	addr   common.Address
}

type account struct {
	nonce   uint64
	balance uint256.Int
	code    bool
}

// NewState is a state with a base fee of 7 wei on every rollup and every lane applied as far as it goes.
func NewState() *State {
	return &State{
		accounts: make(map[place]account), baseFee: make(map[core.RollupID]*big.Int), applied: make(map[core.RollupID]uint64),
	}
}

// SetNonce sets the nonce of an account and keeps its balance.
func (s *State) SetNonce(rollup core.RollupID, addr common.Address, nonce uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.get(rollup, addr)
	a.nonce = nonce
	s.accounts[place{rollup, addr}] = a
}

// SetBalance sets the balance of an account and keeps its nonce.
func (s *State) SetBalance(rollup core.RollupID, addr common.Address, balance *uint256.Int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.get(rollup, addr)
	a.balance.Set(balance)
	s.accounts[place{rollup, addr}] = a
}

// SetCode gives an account code, or takes it away.
func (s *State) SetCode(rollup core.RollupID, addr common.Address, code bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.get(rollup, addr)
	a.code = code
	s.accounts[place{rollup, addr}] = a
}

// SetBaseFee sets a rollup's base fee in wei.
func (s *State) SetBaseFee(rollup core.RollupID, wei int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseFee[rollup] = big.NewInt(wei)
}

// SetFirstUnapplied stops a rollup's lane at a position.
func (s *State) SetFirstUnapplied(rollup core.RollupID, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied[rollup] = seq
}

// Fail makes all reads of accounts fail with err, or succeed again if it is nil.
func (s *State) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *State) get(rollup core.RollupID, addr common.Address) account {
	if a, ok := s.accounts[place{rollup, addr}]; ok {
		return a
	}
	return account{balance: *Rich}
}

// Account implements mempool.State.
func (s *State) Account(rollup core.RollupID, addr common.Address) (uint64, *uint256.Int, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.get(rollup, addr)
	return a.nonce, a.balance.Clone(), a.code, s.err
}

// BaseFee implements mempool.State.
func (s *State) BaseFee(rollup core.RollupID) *big.Int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fee := s.baseFee[rollup]; fee != nil {
		return new(big.Int).Set(fee)
	}
	return big.NewInt(7)
}

// CheckGas implements mempool.State with go-ethereum's text.
func (s *State) CheckGas(_ core.RollupID, tx *gethtypes.Transaction) error {
	if tx.Gas() < TransferGas {
		return fmt.Errorf("intrinsic gas too low: gas %d, minimum needed %d", tx.Gas(), TransferGas)
	}
	return nil
}

// FirstUnapplied implements mempool.Progress.
func (s *State) FirstUnapplied(rollup core.RollupID) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq, ok := s.applied[rollup]; ok {
		return seq
	}
	return math.MaxUint64
}
