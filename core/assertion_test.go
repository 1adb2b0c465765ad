package core_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// sdkAssertion is an assertion as the SDK and the Solidity library write it.
type sdkAssertion struct {
	ChainID  string         `json:"chainId"`
	Account  common.Address `json:"account"`
	Slot     common.Hash    `json:"slot"`
	Value    common.Hash    `json:"value"`
	Calldata hexutil.Bytes  `json:"calldata"`
}

// sdkAssertions is what all implementations of the helpers must agree about.
type sdkAssertions struct {
	Predeploy  common.Address       `json:"predeploy"`
	Marker     common.Hash          `json:"marker"`
	Selector   hexutil.Bytes        `json:"selector"`
	Topic      common.Hash          `json:"topic"`
	Commitment common.Hash          `json:"commitment"`
	AccessList gethtypes.AccessList `json:"accessList"`
	Assertions []sdkAssertion       `json:"assertions"`
	Mappings   []sdkMapping         `json:"mappings"`
}

// sdkMapping is where a mapping keeps a key's value.
type sdkMapping struct {
	Key  common.Hash `json:"key"`
	Slot common.Hash `json:"slot"`
	At   common.Hash `json:"at"`
}

// The SDK encodes the same calls, finds the same mapping slots and names the same keys.
func TestSDK_Assertions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 704))
	p := core.DefaultPredeploy()
	v := sdkAssertions{Predeploy: p.Address, Marker: p.Marker, Topic: core.AssertionTopic, Commitment: someHash(r)}
	v.Selector, v.AccessList = core.Assertion{}.Calldata()[:4], p.AssertingAccessList(v.Commitment)
	for i := range 20 {
		a := core.Assertion{Chain: someHash(r), Account: common.BytesToAddress(someHash(r).Bytes()), Slot: someHash(r), Value: someHash(r)}
		if i%2 == 0 {
			a = core.NewAssertion(core.RollupID(900+i), a.Account, common.Hash{31: byte(i)}, a.Value)
		}
		v.Assertions = append(v.Assertions, sdkAssertion{a.Chain.Big().String(), a.Account, a.Slot, a.Value, a.Calldata()})
		m := sdkMapping{Key: a.Slot, Slot: common.Hash{31: byte(i)}}
		m.At = core.MappingSlot(m.Key, m.Slot)
		v.Mappings = append(v.Mappings, m)
	}
	golden.Equal(t, sdk+"vectors/assertions.json", indented(t, v))
}

// The encodings are those of the contract's ABI as compiled, by go-ethereum's own encoder.
func TestAssertion_SpeaksTheABI(t *testing.T) {
	t.Parallel()
	compiled, err := os.ReadFile("../contracts/snapshots/abi/Assertions.json")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := abi.JSON(bytes.NewReader(compiled))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 36))
	for range 50 {
		a := core.NewAssertion(core.RollupID(r.Uint64()), common.BytesToAddress(someHash(r).Bytes()), someHash(r), someHash(r))
		want, err := contract.Pack("assertStorage", a.Chain.Big(), a.Account, a.Slot, a.Value)
		if err != nil || string(want) != string(a.Calldata()) {
			t.Fatalf("calldata %x, want %x (%v)", a.Calldata(), want, err)
		}
		data, err := contract.Events["StorageAsserted"].Inputs.NonIndexed().Pack(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		log := &gethtypes.Log{
			Address: common.Address{1}, Data: data,
			Topics: []common.Hash{contract.Events["StorageAsserted"].ID, a.Chain, common.BytesToHash(a.Account[:]), a.Slot},
		}
		if got, ok := core.ParseAssertion(log.Address, log); !ok || got != a {
			t.Fatalf("parsed %+v %v, want %+v", got, ok, a)
		}
		if _, ok := core.ParseAssertion(common.Address{2}, log); ok {
			t.Error("the log of another contract is an assertion")
		}
		for name, edit := range map[string]func(*gethtypes.Log){
			"another event": func(l *gethtypes.Log) { l.Topics = append([]common.Hash{{1}}, l.Topics[1:]...) },
			"no topics":     func(l *gethtypes.Log) { l.Topics = nil },
			"short data":    func(l *gethtypes.Log) { l.Data = l.Data[1:] },
		} {
			other := *log
			edit(&other)
			if _, ok := core.ParseAssertion(log.Address, &other); ok {
				t.Errorf("%s is an assertion", name)
			}
		}
	}
}

func TestAssertion_KnowsRollupsByTheirChainIDOnly(t *testing.T) {
	t.Parallel()
	a := core.NewAssertion(901, common.Address{}, common.Hash{}, common.Hash{})
	if id, ok := a.Rollup(); !ok || id != 901 {
		t.Errorf("got %s %v", id, ok)
	}
	a.Chain[0] = 1
	if id, ok := a.Rollup(); ok {
		t.Errorf("chain %s is rollup %s", a.Chain, id)
	}
}

// The code in the genesis is the one that contracts/predeploy compiles to, and knows its own address and marker.
func TestDefaultPredeploy_IsTheContract(t *testing.T) {
	t.Parallel()
	p := core.DefaultPredeploy()
	for name, constant := range map[string][]byte{"address": p.Address[:], "marker": p.Marker[:], "topic": core.AssertionTopic[:]} {
		if !strings.Contains(string(p.Code), string(constant)) {
			t.Errorf("the code does not have its %s %x", name, constant)
		}
	}
	compiled, err := os.ReadFile("../contracts/predeploy/Assertions.bin-runtime")
	if err != nil {
		t.Fatal(err)
	}
	if string(common.FromHex(strings.TrimSpace(string(compiled)))) != string(p.Code) {
		t.Error("core/predeploy.hex is not contracts/predeploy/Assertions.bin-runtime")
	}
}
