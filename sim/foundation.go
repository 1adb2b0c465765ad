package sim

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/messages"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/zone/evm"
)

const (
	// holders are the accounts that have coins on every rollup.
	holders = 32
	// coins is how many each of them has, and brought is what is bridged of everything before the first block.
	coins, brought = 1_000_000, 1000
	// forgeries is how many messages a dishonest rollup pretends to have sent.
	forgeries = 24
)

// issuer creates the coins; it is nobody afterwards.
var issuer = common.HexToAddress("0xc000000000000000000000000000000000000008")

// cell is one storage slot of one account.
type cell struct {
	account common.Address
	slot    common.Hash
}

// foundation is a rollup before its genesis block: contracts are really deployed there and used once, by go-ethereum, and
// what that leaves is the first state.
type foundation struct {
	rollup    core.RollupID
	predeploy core.Predeploy
	state     *state.StateDB
	cells     map[cell]common.Hash
}

func newFoundation(rollup core.RollupID, predeploy core.Predeploy) (*foundation, error) {
	statedb, err := state.New(gethtypes.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		return nil, err
	}
	for address, account := range evm.SystemAlloc(predeploy) {
		statedb.SetCode(address, account.Code, tracing.CodeChangeGenesis)
		statedb.SetNonce(address, account.Nonce, tracing.NonceChangeGenesis)
	}
	statedb.AddBalance(issuer, uint256.NewInt(params.Ether), tracing.BalanceIncreaseGenesisBalance)
	return &foundation{rollup, predeploy, statedb, make(map[cell]common.Hash)}, nil
}

// send executes a transaction with the marker in its access list; to nil creates a contract.
func (f *foundation) send(from common.Address, to *common.Address, value uint64, data []byte) ([]*gethtypes.Log, error) {
	config := *params.AllDevChainProtocolChanges
	config.ChainID, config.BogotaTime = new(big.Int).SetUint64(uint64(f.rollup)), nil
	hooked := state.NewHookedState(f.state, &tracing.Hooks{OnStorageChange: func(account common.Address, slot, _, value common.Hash) {
		f.cells[cell{account, slot}] = value
	}})
	machine := vm.NewEVM(vm.BlockContext{
		CanTransfer: gethcore.CanTransfer, Transfer: gethcore.Transfer, GetHash: func(uint64) common.Hash { return common.Hash{} },
		BlockNumber: common.Big1, Time: 1, Difficulty: new(big.Int), GasLimit: blockGas, BaseFee: new(big.Int),
		BlobBaseFee: new(big.Int), Random: new(common.Hash), CostPerStateByte: params.CostPerStateByte,
	}, hooked, &config, vm.Config{})
	before := len(f.state.Logs())
	result, err := gethcore.ApplyMessage(machine, &gethcore.Message{
		From: from, To: to, Value: uint256.NewInt(value), Data: data, Nonce: f.state.GetNonce(from), GasLimit: 10_000_000,
		GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int),
		AccessList: gethtypes.AccessList{{Address: f.predeploy.Address, StorageKeys: []common.Hash{f.predeploy.Marker}}},
	}, nil)
	if err == nil {
		err = result.Err
	}
	if err != nil {
		return nil, fmt.Errorf("found rollup %s: %w", f.rollup, err)
	}
	return f.state.Logs()[before:], nil
}

// build creates the contracts and the coin, gives coins out, and lets bridge and swap take them.
func (f *foundation) build(t *tokens, accounts []account) error {
	var errs []error
	send := func(from common.Address, to *common.Address, data []byte) {
		_, err := f.send(from, to, 0, data)
		errs = append(errs, err)
	}
	for _, c := range deployment.Contracts(t.zone) {
		send(issuer, &deployment.Factory, c.CreateCall())
	}
	// Who creates the token is the one that may mint it.
	f.state.SetNonce(issuer, 0, tracing.NonceChangeGenesis)
	send(issuer, nil, append(common.FromHex(bridgederc20.BridgedERC20MetaData.Bin),
		erc20.PackConstructor(common.Big1, common.Address{}, coinName, coinSymbol, coinDecimals)...))
	unlimited := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1)
	for _, a := range accounts[:holders] {
		send(issuer, &t.coin, erc20.PackCrosschainMint(a.address, big.NewInt(coins)))
		send(a.address, &t.coin, erc20.PackApprove(t.at.TokenBridge, unlimited))
		send(a.address, &t.coin, erc20.PackApprove(t.at.Swap, unlimited))
	}
	return errors.Join(errs...)
}

// bring sends coins and ether to another rollup, so that the contracts which stand for them are there.
func (f *foundation) bring(to *foundation, t *tokens, sender, recipient common.Address) error {
	chain, amount := new(big.Int).SetUint64(uint64(to.rollup)), big.NewInt(brought)
	first, err := f.send(sender, &t.at.TokenBridge, 0, bridge.PackLock(t.coin, chain, recipient, amount))
	if err != nil {
		return err
	}
	second, err := f.send(issuer, &t.at.TokenBridge, brought, bridge.PackLockEther(chain, recipient))
	if err != nil {
		return err
	}
	for _, log := range append(first, second...) {
		m, _, err := messages.ParseSent(f.rollup, log)
		if errors.Is(err, messages.ErrNotTheEvent) {
			continue
		}
		call, err := messages.DeliverCall(m)
		if err != nil {
			return err
		}
		if _, err := to.send(issuer, &t.at.Inbox, 0, call); err != nil {
			return err
		}
	}
	return nil
}

// alloc is what was built.
func (f *foundation) alloc() gethtypes.GenesisAlloc {
	alloc := make(gethtypes.GenesisAlloc)
	for at, value := range f.cells {
		if (value == common.Hash{}) {
			continue
		}
		if alloc[at.account].Storage == nil {
			alloc[at.account] = gethtypes.Account{Storage: make(map[common.Hash]common.Hash)}
		}
		alloc[at.account].Storage[at.slot] = value
	}
	return alloc
}

// found builds the contracts of a zone on all of its rollups.
func found(zone []core.RollupID, predeploy core.Predeploy, accounts []account) (*tokens, error) {
	t := &tokens{
		zone: zone, at: deployment.Of(zone), coin: crypto.CreateAddress(issuer, 0),
		bridged: make(map[asset]map[core.RollupID]common.Address), allocs: make(map[core.RollupID]gethtypes.GenesisAlloc),
		forged: make(map[common.Hash]messages.Message),
	}
	all := make(map[core.RollupID]*foundation)
	for _, rollup := range zone {
		f, err := newFoundation(rollup, predeploy)
		if err != nil {
			return nil, err
		}
		if err := f.build(t, accounts); err != nil {
			return nil, err
		}
		all[rollup] = f
	}
	for _, home := range zone {
		for _, away := range zone {
			if home == away {
				continue
			}
			if err := all[home].bring(all[away], t, accounts[0].address, accounts[1].address); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range all { // independent of each other
		f.name(t)
	}
	t.forge(accounts)
	return t, nil
}

// name notes where tokens of other rollups are here, and the first state of all contracts.
func (f *foundation) name(t *tokens) {
	accounts := []common.Address{t.at.Outbox, t.at.Inbox, t.at.TokenBridge, t.at.Swap, t.at.IntentSettler, t.coin}
	for _, home := range t.zone {
		for _, token := range t.home() {
			at := common.BytesToAddress(f.cells[t.bridgedCell(home, token)].Bytes())
			if (at == common.Address{}) {
				continue // its home is here
			}
			a := asset{home, token}
			if t.bridged[a] == nil {
				t.bridged[a] = make(map[core.RollupID]common.Address)
			}
			t.bridged[a][f.rollup] = at
			accounts = append(accounts, at)
		}
	}
	storage := f.alloc()
	alloc := make(gethtypes.GenesisAlloc)
	for _, address := range accounts {
		alloc[address] = gethtypes.Account{
			Code: f.state.GetCode(address), Nonce: f.state.GetNonce(address), Balance: f.state.GetBalance(address).ToBig(),
			Storage: storage[address].Storage,
		}
	}
	t.allocs[f.rollup] = alloc
}

// forge makes the last rollup of a zone of three or more a dishonest one: its outbox has, from its first state on, sent
// messages that pretend to come from its bridge.
func (t *tokens) forge(accounts []account) {
	if len(t.zone) < 3 {
		return
	}
	liar := t.zone[len(t.zone)-1]
	box := t.allocs[liar][t.at.Outbox]
	box.Storage = maps.Clone(box.Storage)
	for i := range forgeries {
		victim := t.zone[i%(len(t.zone)-1)]
		kind, token := kindBurned, t.home()[i%2]
		if i%3 == 0 {
			kind, token = kindLocked, t.coin
		}
		m := t.message(liar, victim, new(big.Int).SetUint64(uint64(i)), payload{kind, token, accounts[i].address, big.NewInt(int64(100 * (i + 1))), nameOf(token)})
		id := t.id(m)
		t.forged[id] = m
		t.forgedIDs = append(t.forgedIDs, id)
		box.Storage[messages.SentSlot(id)] = common.Hash{31: 1}
	}
	t.allocs[liar][t.at.Outbox] = box
}

// initial is the storage of the contracts in the first state.
func (t *tokens) initial(rollup core.RollupID) map[cell]common.Hash {
	cells := make(map[cell]common.Hash)
	alloc := t.allocs[rollup]
	for _, address := range slices.SortedFunc(maps.Keys(alloc), common.Address.Cmp) {
		for slot, value := range alloc[address].Storage {
			cells[cell{address, slot}] = value
		}
	}
	return cells
}
