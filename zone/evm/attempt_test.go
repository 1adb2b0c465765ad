package evm

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

func TestAttempt_MergedLegsStandAsIfTheyWereSingles(t *testing.T) {
	t.Parallel()
	bundled, plain := openRollup(t, testConfig(901)), openRollup(t, testConfig(901))
	var receipts [2]gethtypes.Receipts
	for i, r := range []*rollup{bundled, plain} {
		r.open()
		store := r.deploy(0, storeCode)
		first := r.apply(r.call(1, &store, 0, 100_000, words(1, 1)))
		legs := []core.Transaction{
			r.call(1, &store, 0, 100_000, words(2, 2)), r.call(1, &store, 0, 100_000, words(1, 0)), // frees a slot
			r.call(2, nil, 0, 1_000_000, deployer(storeCode)), r.call(2, &store, 0, 100_000, words(3, 3, 1)),
			r.transfer(3, common.HexToAddress("0xb0b"), 1),
		}
		apply := r.chain.Apply
		var attempt zone.Attempt
		if r == bundled {
			attempt = r.chain.Attempt()
			apply = attempt.Apply
		}
		for _, leg := range legs {
			execution, err := apply(leg)
			require.NoError(t, err)
			require.Equal(t, core.Included, execution.Code, execution.Detail)
		}
		if attempt != nil {
			require.Equal(t, slotOf(1), r.chain.open.state.GetState(store, slotOf(1)), "nothing happens before the merge")
			require.NoError(t, attempt.Merge())
		}
		r.apply(r.call(1, &store, 0, 100_000, words(4, 4)))
		require.EqualValues(t, 0, first.Logs[0].Index)
		r.endTick()
		receipts[i] = r.chain.View().Receipts()
	}
	require.Equal(t, receipts[1], receipts[0])
	require.Equal(t, plain.seal(), bundled.seal())
	bundled.reimport()
}

func TestAttempt_DroppedLegsLeaveNothing(t *testing.T) {
	t.Parallel()
	r, twin := openRollup(t, testConfig(901)), openRollup(t, testConfig(901))
	for _, each := range []*rollup{r, twin} {
		each.open()
		store := each.deploy(0, storeCode)
		call := each.call(1, &store, 0, 100_000, words(1, 1))
		if each == r {
			attempt := each.chain.Attempt()
			for _, tx := range []core.Transaction{call, each.call(1, nil, 1, 1_000_000, bombCode())} {
				execution, err := attempt.Apply(tx)
				require.NoError(t, err)
				require.False(t, execution.Code.Void())
			}
			attempt.Drop()
			each.nonces[1]--
		}
		require.Len(t, each.apply(call).Logs, 1, "the same transaction can still be included, with its logs once")
	}
	require.Equal(t, twin.seal(), r.seal())
	r.reimport()
}

// A contract is created at an address that has money already, writes storage and destroys itself, all in one leg; in
// another leg the same address is created again and stays (EIP-6780, EIP-7610).
func TestAttempt_SelfdestructAndRecreate(t *testing.T) {
	t.Parallel()
	init := bombCode()
	address := crypto.CreateAddress2(params.DeterministicFactoryAddress, [32]byte{}, crypto.Keccak256(init))
	input := append(make([]byte, 32), init...)
	factory := params.DeterministicFactoryAddress
	for _, prefund := range []bool{false, true} {
		for _, sealBetween := range []bool{false, true} {
			for _, split := range []bool{false, true} {
				t.Run(fmt.Sprintf("prefund=%t/seal=%t/split=%t", prefund, sealBetween, split), func(t *testing.T) {
					t.Parallel()
					r := openRollup(t, testConfig(901))
					r.open()
					if prefund {
						r.apply(r.transfer(0, address, 1000))
					}
					if sealBetween {
						r.seal()
						r.open()
					}
					attempt := r.chain.Attempt()
					destroyed, err := attempt.Apply(r.call(1, &factory, 1, 1_000_000, input))
					require.NoError(t, err)
					require.False(t, destroyed.Reverted)
					if split {
						require.NoError(t, attempt.Merge())
						r.endTick()
						require.Zero(t, r.balance(address).Sign(), "destroyed")
						attempt = r.chain.Attempt()
					}
					stays, err := attempt.Apply(r.call(1, &factory, 0, 1_000_000, input))
					require.NoError(t, err)
					require.False(t, stays.Reverted)
					require.NoError(t, attempt.Merge())
					require.False(t, r.apply(r.call(2, &address, 0, 100_000, words(5, 5))).Reverted)
					again := r.apply(r.call(1, &factory, 0, 1_000_000, input))
					require.True(t, again.Reverted, "the address is taken now")
					r.endTick()
					require.Equal(t, slotOf(2), r.slot(address, slotOf(1)))
					r.seal()
					require.Equal(t, slotOf(2), r.slot(address, slotOf(1)))
					r.reimport()
				})
			}
		}
	}
}

// bundleLeg is a random leg: the rollup it is for and its transaction; mayRevert as in a bundle.
type bundleLeg struct {
	on        *rollup
	tx        core.Transaction
	mayRevert bool
}

// randomZone executes random singles and bundles on two rollups and remembers what every bundle should have done.
type randomZone struct {
	t       *testing.T
	rng     *rand.Rand
	rollups []*rollup
	stores  []common.Address
	// decided says of every bundle whether it was merged; its number is the slot it marks in the stores it touches.
	decided []bool
	touches [][]bool
	reverts int
}

func TestAttempt_RandomBundlesOverTwoRollups(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			z := &randomZone{t: t, rng: rand.New(rand.NewPCG(seed, 1))}
			for _, id := range []core.RollupID{901, 902} {
				r := openRollup(t, testConfig(id))
				r.open()
				z.rollups, z.stores = append(z.rollups, r), append(z.stores, r.deploy(0, storeCode))
			}
			genesis := []*big.Int{z.rollups[0].supplyOfGenesis(), z.rollups[1].supplyOfGenesis()}
			for range 12 {
				for range 15 {
					z.step()
				}
				for _, r := range z.rollups {
					r.seal()
					r.open()
				}
			}
			z.check(genesis)
		})
	}
}

// supplyOfGenesis is the sum of the alloc's balances.
func (r *rollup) supplyOfGenesis() *big.Int {
	sum := new(big.Int)
	for _, account := range r.cfg.Rollup.EVM.Alloc {
		sum.Add(sum, account.Balance)
	}
	return sum
}

func (z *randomZone) step() {
	for _, r := range z.rollups { // what was void has left the harness ahead
		for i := range r.nonces {
			r.nonces[i] = r.chain.open.state.GetNonce(testAddress(i))
		}
	}
	switch z.rng.IntN(4) {
	case 0:
		i := z.rng.IntN(2)
		leg := z.randomLeg(i)
		_, err := leg.on.chain.Apply(leg.tx)
		require.NoError(z.t, err)
	case 1:
		r := z.rollups[z.rng.IntN(2)]
		r.endTick()
	default:
		z.bundle()
	}
}

// randomLeg is any program: transfers (to new accounts too), deploys, prefunded self-destructs, storage writes and
// deletes, delegations, reverts, wrong nonces.
func (z *randomZone) randomLeg(i int) bundleLeg {
	r, store, sender := z.rollups[i], z.stores[i], 1+z.rng.IntN(testAccounts-1)
	next := crypto.CreateAddress(testAddress(sender), r.nonces[sender]+1)
	leg := bundleLeg{on: r, mayRevert: z.rng.IntN(2) == 0}
	switch z.rng.IntN(11) {
	case 0:
		leg.tx = r.transfer(sender, common.BigToAddress(big.NewInt(0xb0b00+z.rng.Int64N(50))), z.rng.Int64N(3))
	case 1:
		leg.tx = r.call(sender, nil, 0, 1_000_000, deployer(storeCode))
	case 2:
		leg.tx = r.call(sender, nil, z.rng.Int64N(2), 1_000_000, bombCode())
	case 3:
		leg.tx = r.transfer(sender, next, 77) // the sender's next creation finds money at its address
	case 4, 5:
		leg.tx = r.call(sender, &store, 0, 100_000, words(1_000_000+z.rng.Uint64N(20), z.rng.Uint64N(3)))
	case 6:
		leg.tx = r.call(sender, &store, 0, 100_000, words(1, 1, 1)) // reverts
	case 9:
		leg.tx = z.delegation(r, sender, store)
	case 10:
		authority := testAddress(30 + z.rng.IntN(3)) // writes its own storage while it is delegated
		leg.tx = r.call(sender, &authority, 1, 100_000, words(z.rng.Uint64N(5), z.rng.Uint64N(3)))
	case 7:
		factory := params.DeterministicFactoryAddress
		leg.tx = r.call(sender, &factory, z.rng.Int64N(2), 1_000_000, append(words(z.rng.Uint64N(30)), bombCode()...))
	default:
		if z.rng.IntN(3) == 0 {
			r.nonces[sender]++ // void: a nonce is left out
			leg.tx = r.transfer(sender, next, 1)
		} else {
			leg.tx = r.transfer(sender, testAddress(0), 5)
		}
	}
	return leg
}

// delegation sets or clears the code of one of three accounts (EIP-7702), sometimes with a nonce that does not match.
func (z *randomZone) delegation(r *rollup, sender int, store common.Address) core.Transaction {
	authority := 30 + z.rng.IntN(3)
	if z.rng.IntN(3) == 0 {
		store = common.Address{} // clears it
	}
	authorization, err := gethtypes.SignSetCode(testKey(authority), gethtypes.SetCodeAuthorization{
		ChainID: *uint256.MustFromBig(r.chain.config.ChainID), Address: store,
		Nonce: r.chain.open.state.GetNonce(testAddress(authority)) + z.rng.Uint64N(5)/4,
	})
	require.NoError(z.t, err)
	tx := r.wrap(sender, &gethtypes.SetCodeTx{
		ChainID: uint256.MustFromBig(r.chain.config.ChainID), Nonce: r.nonces[sender], GasTipCap: uint256.NewInt(1),
		GasFeeCap: uint256.NewInt(100 * testGwei), Gas: 200_000, To: testAddress(authority), Value: uint256.NewInt(1),
		Data: words(z.rng.Uint64N(5), z.rng.Uint64N(3)), AuthList: []gethtypes.SetCodeAuthorization{authorization},
	})
	r.nonces[sender]++
	return tx
}

// bundle runs one to five legs, marks the bundle's number on every rollup it touches, and merges all or none.
func (z *randomZone) bundle() {
	number := uint64(len(z.decided) + 1)
	touched := []bool{false, false}
	var legs []bundleLeg
	for range 1 + z.rng.IntN(4) {
		i := z.rng.IntN(2)
		legs = append(legs, z.randomLeg(i))
		touched[i] = true
	}
	for i, r := range z.rollups {
		if touched[i] {
			mark := bundleLeg{on: r, tx: r.call(0, &z.stores[i], 0, 100_000, words(number, number))}
			at := z.rng.IntN(len(legs) + 1)
			legs = append(legs[:at], append([]bundleLeg{mark}, legs[at:]...)...)
		}
	}
	good := z.run(legs)
	z.decided, z.touches = append(z.decided, good), append(z.touches, touched)
	if !good {
		z.reverts++
	}
}

func (z *randomZone) run(legs []bundleLeg) bool {
	attempts := make(map[*rollup]zone.Attempt)
	good := true
	for _, leg := range legs {
		if attempts[leg.on] == nil {
			attempts[leg.on] = leg.on.chain.Attempt()
		}
		execution, err := attempts[leg.on].Apply(leg.tx)
		require.NoError(z.t, err)
		if execution.Code.Void() || (execution.Reverted && !leg.mayRevert) {
			good = false
			break
		}
	}
	for _, r := range z.rollups {
		if attempts[r] == nil {
			continue
		}
		if good {
			require.NoError(z.t, attempts[r].Merge())
		} else {
			attempts[r].Drop()
		}
	}
	return good
}

func (z *randomZone) check(genesis []*big.Int) {
	require.Greater(z.t, z.reverts, 3)
	require.Greater(z.t, len(z.decided)-z.reverts, 40)
	for i, r := range z.rollups {
		statedb, err := r.chain.View().StateDB()
		require.NoError(z.t, err)
		for n, good := range z.decided {
			want := common.Hash{}
			if good && z.touches[n][i] {
				want = slotOf(uint64(n + 1))
			}
			require.Equal(z.t, want, statedb.GetState(z.stores[i], slotOf(uint64(n+1))), "bundle %d on rollup %d", n+1, i)
		}
		require.Equal(z.t, genesis[i], new(big.Int).Add(r.supply(), r.burnt()), "supply of rollup %d", i)
		r.reimport()
	}
}

// panicAt makes every EVM of the chain panic inside calls to an address, for as long as times says.
func panicAt(chain *Chain, address common.Address, times *int) {
	chain.vm.Tracer = &tracing.Hooks{OnEnter: func(_ int, _ byte, _ common.Address, to common.Address, _ []byte, _ uint64, _ *big.Int) {
		if to == address && *times > 0 {
			*times--
			panic("tracer says boom")
		}
	}}
}

// caller forwards its input to the address in its code, after writing slot 0 and logging.
func caller(to common.Address) []byte {
	code := []byte{0x60, 0x01, 0x5f, 0x55, 0x5f, 0x5f, 0xa0, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x73}
	return append(append(code, to[:]...), 0x5a, 0xf1, 0x00)
}

func TestChain_PanicIsTriedTwiceAndThenVoid(t *testing.T) {
	t.Parallel()
	cursed := common.HexToAddress("0x66")
	for _, bundled := range []bool{false, true} {
		times := 0
		r, twin := openRollup(t, testConfig(901)), openRollup(t, testConfig(901))
		panicAt(r.chain, cursed, &times)
		panicAt(twin.chain, cursed, new(int))
		var through [2]common.Address
		for i, each := range []*rollup{r, twin} {
			each.open()
			through[i] = each.deploy(0, caller(cursed))
			each.apply(each.transfer(1, testAddress(2), 1))
		}
		tx := r.call(3, &through[0], 0, 200_000, nil)

		times = 2
		execution, err := applyAlone(r.chain, tx, bundled)
		require.NoError(t, err)
		require.Equal(t, core.VoidPanic, execution.Code)
		require.Contains(t, execution.Detail, "boom")
		require.Zero(t, times)
		for _, each := range []*rollup{r, twin} {
			each.apply(each.transfer(1, testAddress(2), 1))
		}

		times = 1
		execution, err = applyAlone(r.chain, tx, bundled)
		require.NoError(t, err)
		require.Equal(t, core.Included, execution.Code, "the second try decides")
		require.Zero(t, times)
		require.Equal(t, execution, twin.apply(twin.call(3, &through[1], 0, 200_000, nil)))
		for _, each := range []*rollup{r, twin} {
			each.apply(each.call(1, &through[0], 0, 200_000, nil))
			each.endTick()
		}
		require.Equal(t, twin.chain.View().Receipts(), r.chain.View().Receipts())
		require.Equal(t, twin.seal(), r.seal())
		r.reimport()
	}
}

func TestWorkspace_PanicThatCannotBeTakenBackHalts(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	w := r.chain.open.workspace
	revision, gas := w.state.Snapshot(), w.gas.Snapshot()
	require.ErrorIs(t, w.recovered("boom", revision, gas, true), ErrState, "finalising: the journal is gone")
	require.ErrorIs(t, w.recovered("boom", revision+1, gas, false), ErrState, "the journal itself panics")
	require.ErrorAs(t, w.recovered("boom", revision, gas, false), new(*panicked))
}

// failingStates is a disk that breaks.
type failingStates struct {
	state.Database
	broken *bool
}

type failingReader struct {
	state.Reader
	broken *bool
}

var errDisk = errors.New("input/output error")

func (s failingStates) Reader(root common.Hash) (state.Reader, error) {
	reader, err := s.Database.Reader(root)
	return failingReader{reader, s.broken}, err
}

func (r failingReader) Account(address common.Address) (*gethtypes.StateAccount, error) {
	if *r.broken {
		return nil, errDisk
	}
	return r.Reader.Account(address)
}

func TestChain_ABrokenDiskIsAnErrorAndNeverAnOutcome(t *testing.T) {
	t.Parallel()
	for _, bundled := range []bool{false, true} {
		r := openRollup(t, testConfig(901))
		broken := false
		r.chain.states = failingStates{r.chain.states, &broken}
		r.open()
		r.apply(r.transfer(0, testAddress(1), 1))
		broken = true
		_, err := applyAlone(r.chain, r.transfer(2, testAddress(3), 1), bundled) // would look like an empty account
		require.ErrorIs(t, err, ErrState)
		require.ErrorIs(t, err, errDisk)
		_, err = r.chain.Seal(nil)
		require.ErrorIs(t, err, ErrState)
	}
}

func TestScratch_SimulatesOnTheNewestViewWithoutEffect(t *testing.T) {
	t.Parallel()
	r, twin := openRollup(t, testConfig(901)), openRollup(t, testConfig(901))
	for _, each := range []*rollup{r, twin} {
		each.open()
		store := each.deploy(0, storeCode)
		each.apply(each.call(1, &store, 0, 100_000, words(1, 1)))
		each.endTick()
		legs := []core.Transaction{each.call(1, &store, 0, 100_000, words(2, 2)), each.transfer(2, testAddress(3), 1)}
		var simulated []zone.Execution
		if each == r {
			scratch, err := each.chain.Scratch(t.Context())
			require.NoError(t, err)
			for _, leg := range legs {
				execution, err := scratch.Apply(leg)
				require.NoError(t, err)
				simulated = append(simulated, execution)
			}
			require.ErrorIs(t, scratch.Merge(), ErrScratchMerge)
			scratch.Drop()
		}
		for i, leg := range legs {
			execution := each.apply(leg)
			if each == r {
				require.Equal(t, execution, simulated[i])
			}
		}
	}
	require.Equal(t, twin.seal(), r.seal())

	scratch, err := r.chain.Scratch(t.Context()) // between two blocks
	require.NoError(t, err)
	execution, err := scratch.Apply(r.transfer(4, testAddress(3), 1))
	require.NoError(t, err)
	require.Equal(t, core.Included, execution.Code)
	scratch.Drop()
}

func TestScratch_StopsWithItsContext(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	r.open()
	spin := r.deploy(0, common.FromHex("5b5f56"))
	r.endTick()
	ctx, cancel := context.WithCancel(t.Context())
	entered := make(chan struct{})
	r.chain.vm.Tracer = &tracing.Hooks{OnEnter: func(int, byte, common.Address, common.Address, []byte, uint64, *big.Int) {
		close(entered)
		<-ctx.Done()
	}}
	scratch, err := r.chain.Scratch(ctx)
	require.NoError(t, err)
	go func() {
		<-entered
		cancel()
	}()
	_, err = scratch.Apply(r.call(1, &spin, 0, 1<<24, nil))
	require.ErrorIs(t, err, context.Canceled)
	_, err = scratch.Apply(r.transfer(2, testAddress(3), 1))
	require.ErrorIs(t, err, context.Canceled)
	scratch.Drop()
}
