package zone_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// BenchmarkZone executes ticks of transfers, ten per slot, everything on disk. known=true is a node whose pool has
// recovered the senders already. Of a hundred rollups each has a hundredth of the transactions.
func BenchmarkZone(b *testing.B) {
	for _, engine := range []string{"none", "evm"} {
		for _, known := range []bool{true, false} {
			for _, txs := range []int{0, 1000} {
				for _, rollups := range []int{2, 100} {
					b.Run(fmt.Sprintf("engine=%s/known=%v/txs=%d/rollups=%d", engine, known, txs, rollups), func(b *testing.B) {
						benchmarkZone(b, engine, known, txs, rollups)
					})
				}
			}
		}
	}
}

func benchmarkZone(b *testing.B, engine string, known bool, txs, rollups int) {
	ids := make([]core.RollupID, rollups)
	for i := range ids {
		ids[i] = 901 + core.RollupID(i)
	}
	net := benchNetwork(ids)
	log := zonetest.NewLog(net.Genesis)
	pool := make(map[common.Hash]*gethtypes.Transaction)
	nonce := uint64(0)
	for i := range b.N {
		var sections []core.Section
		for _, id := range ids {
			s := core.Section{Rollup: id}
			for n := range uint64(txs / rollups) {
				tx := net.Sign(zonetest.Tx{Rollup: id, From: "a", To: "b", Nonce: nonce + n, Price: 1000, Gas: 21000, Value: 1})
				if _, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.Eth().ChainId()), tx.Eth()); err != nil {
					b.Fatal(err)
				}
				pool[tx.Hash()] = tx.Eth()
				s.Txs = append(s.Txs, tx)
			}
			if txs > 0 {
				sections = append(sections, s)
			}
		}
		nonce += uint64(txs / rollups)
		log.Append(zonetest.Start+uint64(i)*100, nil, sections)
	}
	cfg := zone.Config{Genesis: net.Genesis, Zone: zonetest.Zone, Dir: b.TempDir(), FS: vfs.Default}
	if known {
		cfg.Known = func(_ core.RollupID, hash common.Hash) *gethtypes.Transaction { return pool[hash] }
	}
	z, err := zone.New(cfg, benchEngines(b, net, engine), log)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	b.ResetTimer()
	go func() { ended <- z.Run(ctx) }()
	err = z.WaitExecuted(ctx, log.Head())
	b.StopTimer()
	cancel()
	if runErr := <-ended; err != nil || runErr != nil {
		b.Fatal(err, runErr)
	}
	if last, ok, err := z.Fate(901, nonce-1); txs > 0 && (!ok || err != nil || last.Code != core.Included) {
		b.Fatal(last, ok, err)
	}
	b.ReportMetric(float64(b.N*txs)/b.Elapsed().Seconds(), "tx/s")
}

func benchNetwork(ids []core.RollupID) *zonetest.Network {
	net := zonetest.NewNetwork(nil, ids...)
	for i := range net.Genesis.Rollups {
		alloc := evm.SystemAlloc(net.Genesis.Predeploy)
		alloc[net.Address("a")] = gethtypes.Account{Balance: new(big.Int).Lsh(common.Big1, 100)}
		net.Genesis.Rollups[i].EVM = &core.EVMGenesis{BaseFee: 7, Alloc: alloc}
	}
	return net
}

func benchEngines(b *testing.B, net *zonetest.Network, engine string) map[core.RollupID]zone.Engine {
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range net.Disks("a") {
		if engine == "none" {
			engines[id] = zonetest.NewEngine(id, net.Genesis.Params, disk)
			continue
		}
		chain, err := evm.Open(evm.ConfigOf(net.Genesis, id, b.TempDir()))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = chain.Close() })
		engines[id] = chain
	}
	return engines
}
