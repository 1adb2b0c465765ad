package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// acrossOptions are those of the benchmark of what happens across rollups.
type acrossOptions struct {
	rounds    int
	round     time.Duration
	pairs     int // per second
	intents   int
	perSecond int // intents
	artifacts string
}

// AcrossReport is what `-across` measures.
type AcrossReport struct {
	Gas     []GasRow      `json:"gas"`
	Cost    []CostRow     `json:"cost"`
	Intents IntentLatency `json:"intents"`
}

// setting is a devnet with Lockstep's contracts, a pool and a token on each rollup, and senders who have the token.
type setting struct {
	net       *network
	load      *traffic
	network   core.NetworkID
	predeploy core.Predeploy
	contracts deployment.Addresses
	exchanges [2]*uniswap.Exchange
	eth       [2]*ethclient.Client
}

const (
	executionWait = 20 * time.Second
	bundleLife    = 2 * time.Minute
	approvers     = 16 // senders that are set up at the same time
)

// benchAcross measures what assertions, messages, tokens, swaps and intents cost, on a devnet.
func benchAcross(ctx context.Context, net *network, o options) (*AcrossReport, error) {
	load, err := newLoad(ctx, net.info, o.senders)
	if err != nil {
		return nil, err
	}
	defer load.close()
	fmt.Fprintln(os.Stderr, "contracts, pools and tokens …")
	s, err := newSetting(ctx, net, load, o.across)
	if err != nil {
		return nil, fmt.Errorf("set up: %w", err)
	}
	defer s.close()
	var report AcrossReport
	if report.Gas, err = s.benchGas(ctx); err != nil {
		return nil, fmt.Errorf("gas: %w", err)
	}
	if report.Cost, err = s.benchCost(ctx, o.across); err != nil {
		return nil, fmt.Errorf("bundles and singles: %w", err)
	}
	if report.Intents, err = s.benchIntents(ctx, o.across); err != nil {
		return nil, fmt.Errorf("intents: %w", err)
	}
	return &report, nil
}

func newSetting(ctx context.Context, net *network, load *traffic, o acrossOptions) (*setting, error) {
	contracts, err := uniswap.Load(o.artifacts)
	if err != nil {
		return nil, err
	}
	status, err := load.root.Network(ctx)
	if err != nil {
		return nil, err
	}
	zone := status.Zones[0].Rollups
	if len(zone) < 2 {
		return nil, errors.New("the network's first zone has one rollup, want two")
	}
	s := &setting{
		net: net, load: load, network: status.NetworkID, contracts: deployment.Of(zone),
		predeploy: core.Predeploy{Address: status.Predeploy.Address, Marker: status.Predeploy.Marker},
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for i, ln := range load.rollups[:2] {
		if s.eth[i], err = load.root.Rollup(ctx, ln.id); err != nil {
			return nil, err
		}
		group.Go(func() error {
			if _, err := deployment.Deploy(groupCtx, s.eth[i], ln.id, zone, devnet.Accounts()[2].Key); err != nil {
				return err
			}
			deployer := actor.On(ln.id, s.eth[i], devnet.Accounts()[1].Key)
			if s.exchanges[i], err = uniswap.Deploy(groupCtx, contracts, deployer, tokens(100), tokens(100)); err != nil {
				return err
			}
			return s.equip(groupCtx, ln, s.exchanges[i])
		})
	}
	return s, group.Wait()
}

func (s *setting) close() {
	for _, eth := range s.eth {
		eth.Close()
	}
}

// equip gives every sender tokens, and lets the contracts take them.
func (s *setting) equip(ctx context.Context, ln *lane, x *uniswap.Exchange) error {
	for _, one := range ln.senders {
		if err := x.Give(ctx, one.address(), tokens(1)); err != nil {
			return err
		}
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(approvers)
	for _, one := range ln.senders {
		group.Go(func() error {
			a := actor.On(ln.id, x.Eth, one.key)
			for _, spender := range []common.Address{s.contracts.Swap, s.contracts.TokenBridge, s.contracts.IntentSettler, predeploy.Permit2Address} {
				if err := x.Approve(groupCtx, a, spender); err != nil {
					return err
				}
				one.nonce++
			}
			return nil
		})
	}
	return group.Wait()
}

// tokens is n of the benchmark's tokens, or ETH, in the smallest unit.
func tokens(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

// draft is a transaction before it is signed.
type draft struct {
	rollup  int // 0 or 1
	by      *sender
	to      common.Address
	value   *big.Int
	data    []byte
	gas     uint64
	asserts bool
}

func (s *setting) unsigned(d draft, access gethtypes.AccessList) *gethtypes.DynamicFeeTx {
	return &gethtypes.DynamicFeeTx{
		ChainID: actor.ChainID(s.load.rollups[d.rollup].id), Nonce: d.by.nonce, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(100 * params.GWei),
		Gas: d.gas, To: &d.to, Value: d.value, Data: d.data, AccessList: access,
	}
}

// sign signs a draft with its sender's next nonce.
func (s *setting) sign(d draft, access gethtypes.AccessList) (*gethtypes.Transaction, error) {
	tx := s.unsigned(d, access)
	d.by.nonce++
	return gethtypes.SignNewTx(d.by.key, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
}

// signed is a bundle with the hashes of its legs.
type signed struct {
	*core.Bundle
	legs []common.Hash
}

// bundle signs the legs of an execution bundle; protected, they name its commitment, which legs that assert have to do.
func (s *setting) bundle(protected bool, drafts ...draft) (*signed, error) {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(bundleLife).UnixMilli())}
	if protected {
		committed := make([]core.CommittedLeg, len(drafts))
		for i, d := range drafts {
			committed[i] = core.CommitLeg(gethtypes.NewTx(s.unsigned(d, nil)), s.load.rollups[d.rollup].id, d.by.address(), false)
		}
		b.Commitment = b.ComputeCommitment(s.network, committed)
	}
	all := &signed{Bundle: b}
	for _, d := range drafts {
		var access gethtypes.AccessList
		switch {
		case d.asserts:
			access = s.predeploy.AssertingAccessList(b.Commitment)
		case protected:
			access = s.predeploy.AccessList(b.Commitment)
		}
		tx, err := s.sign(d, access)
		if err != nil {
			return nil, err
		}
		raw, err := tx.MarshalBinary()
		if err != nil {
			return nil, err
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: s.load.rollups[d.rollup].id, Tx: raw})
		all.legs = append(all.legs, tx.Hash())
	}
	return all, nil
}

// execute sends a bundle and gives the receipts of its legs; it must take effect.
func (s *setting) execute(ctx context.Context, protected bool, drafts ...draft) ([]*gethtypes.Receipt, error) {
	b, err := s.bundle(protected, drafts...)
	if err != nil {
		return nil, err
	}
	id, err := s.load.root.SendBundle(ctx, b.Bundle)
	if err != nil {
		return nil, err
	}
	status, err := s.load.root.WaitFor(ctx, id, core.LevelExecuted, executionWait)
	if err != nil {
		return nil, err
	}
	if n := len(status.Attempts); n == 0 || status.Attempts[n-1].Outcome == nil || *status.Attempts[n-1].Outcome != core.Included {
		return nil, fmt.Errorf("bundle %s is %+v, want included", id, status.Attempts)
	}
	receipts := make([]*gethtypes.Receipt, len(drafts))
	for i, d := range drafts {
		if receipts[i], err = s.eth[d.rollup].TransactionReceipt(ctx, b.legs[i]); err != nil {
			return nil, err
		}
	}
	return receipts, nil
}

// print writes the tables of docs/benchmarks.md.
func (r *AcrossReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n", machine())
	r.Intents.print(w)
	printCost(w, r.Cost)
	printGas(w, r.Gas)
}

// table writes rows as a Markdown table, the first of them as its head.
func table(w io.Writer, rows ...[]any) {
	for i, row := range rows {
		for _, cell := range row {
			fmt.Fprintf(w, "| %v ", cell)
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			fmt.Fprintln(w, strings.Repeat("|---", len(row))+"|")
		}
	}
	fmt.Fprintln(w)
}
