package zonetest

import (
	"math/rand/v2"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Traffic appends random ticks to a log: singles and bundles of the accounts a to e, good and bad ones, in ticks of random
// distance. The same seed gives the same ticks.
type Traffic struct {
	// Price is the gas price in wei; zero means 1.
	Price uint64
	// Assert makes the call that asserts; nil: no bundle does. What is asserted is about the account named About, whose
	// storage slot 0 stays empty.
	Assert func(core.Assertion) Tx
	About  string

	net      *Network
	log      *Log
	rand     *rand.Rand
	rollups  []core.RollupID
	accounts []string
	time     uint64
	nonces   map[core.RollupID]map[string]uint64
	nonce    func(core.RollupID, string) uint64
	ordered  []core.DecodedBundle
}

// NewTraffic makes a source of ticks for the network's zone. nonce tells an account's nonce after the newest tick.
func NewTraffic(net *Network, log *Log, seed uint64, nonce func(core.RollupID, string) uint64) *Traffic {
	t := &Traffic{
		net: net, log: log, rand: rand.New(rand.NewPCG(seed, 0)), accounts: []string{"a", "b", "c", "d", "e"}, time: Start, nonce: nonce,
		rollups: net.Genesis.Zones[0].Rollups, nonces: make(map[core.RollupID]map[string]uint64),
	}
	for _, id := range t.rollups {
		t.nonces[id] = make(map[string]uint64)
	}
	return t
}

// Tick appends a tick.
func (t *Traffic) Tick() {
	if t.log.Head() > 0 {
		t.time += []uint64{0, 10, 100, 300, 1000, 2500}[t.rand.IntN(6)]
	}
	time := t.time
	if t.rand.IntN(16) == 0 && time > Start+500 {
		time -= 500
	}
	t.tick(time)
}

// tick appends a tick at a consensus time.
func (t *Traffic) tick(time uint64) {
	for _, id := range t.rollups {
		for _, name := range t.accounts {
			t.nonces[id][name] = t.nonce(id, name)
		}
	}
	var bundles []core.DecodedBundle
	var sections []core.Section
	for range t.rand.IntN(4) {
		bundles = append(bundles, t.bundle())
	}
	if n := len(t.ordered); n > 0 && t.rand.IntN(8) == 0 {
		bundles = append(bundles, t.ordered[t.rand.IntN(n)])
	}
	for _, id := range t.rollups {
		var txs []core.Transaction
		for range t.rand.IntN(5) {
			txs = append(txs, t.tx(id))
		}
		if len(txs) > 0 {
			sections = append(sections, core.Section{Rollup: id, Txs: txs})
		}
	}
	t.log.Append(time, bundles, sections)
	t.ordered = append(t.ordered, bundles...)
}

// Change makes the next tick open a slot, with which rollups join the zone or leave it: what joins is ordered for from that tick
// on, for what leaves nothing is ordered after it.
func (t *Traffic) Change(changes ...core.MemberChange) {
	t.time += 1000 * t.net.Genesis.Params.SlotSeconds
	t.log.Members(changes...)
	for _, c := range changes {
		if !c.Leaves() {
			t.rollups = append(slices.Clone(t.rollups), c.Rollup)
			slices.Sort(t.rollups)
			t.nonces[c.Rollup] = make(map[string]uint64)
		}
	}
	t.tick(t.time)
	t.ordered = nil // what was ordered before may have legs on one that left
	for _, c := range changes {
		if c.Leaves() {
			t.rollups = slices.DeleteFunc(slices.Clone(t.rollups), func(id core.RollupID) bool { return id == c.Rollup })
		}
	}
}

// tx makes a transaction, most of the time a good one if everything before it succeeds.
func (t *Traffic) tx(rollup core.RollupID) core.Transaction {
	from := t.accounts[t.rand.IntN(len(t.accounts))]
	nonces := t.nonces[rollup]
	d := Tx{Rollup: rollup, From: from, Nonce: nonces[from], To: "sink", Value: t.rand.Uint64N(1000), Price: t.Price}
	switch t.rand.IntN(20) {
	case 0:
		d.Nonce += 2
		return t.net.Sign(d)
	case 1:
		d.Nonce -= min(d.Nonce, 1)
		return t.net.Sign(d)
	case 2:
		d.Value = Funds
		return t.net.Sign(d)
	case 3:
		d.BadSignature = true
		return t.net.Sign(d)
	case 4:
		d.Data = []byte{OpRevert, byte(t.rand.IntN(256))}
	case 5:
		d.Gas = 50000
	}
	nonces[from]++
	return t.net.Sign(d)
}

// asserting makes a bundle of up to three legs that assert, about any of the rollups, mostly what is so.
func (t *Traffic) asserting() core.DecodedBundle {
	legs := make([]Tx, 1+t.rand.IntN(3))
	for i := range legs {
		value := common.Hash{31: byte(t.rand.IntN(8) / 7)}
		about := t.rollups[t.rand.IntN(len(t.rollups))]
		d := t.Assert(core.NewAssertion(about, t.net.Address(t.About), common.Hash{}, value))
		d.Rollup, d.From = t.rollups[t.rand.IntN(len(t.rollups))], t.accounts[t.rand.IntN(len(t.accounts))]
		d.Nonce, d.Price = t.nonces[d.Rollup][d.From], t.Price
		t.nonces[d.Rollup][d.From]++
		legs[i] = d
	}
	return t.net.Asserting(legs)
}

func (t *Traffic) bundle() core.DecodedBundle {
	if t.Assert != nil && t.rand.IntN(3) == 0 {
		return t.asserting()
	}
	legs := make([]Leg, 1+t.rand.IntN(4))
	for i := range legs {
		legs[i] = Leg{Tx: t.tx(t.rollups[t.rand.IntN(len(t.rollups))]), MayRevert: t.rand.IntN(2) == 0}
	}
	atomicity := core.AtomicExecution
	if t.rand.IntN(4) == 0 {
		atomicity = core.AtomicInclusion
	}
	return t.net.Bundle(atomicity, func(b *core.Bundle) {
		b.NotBefore = t.log.Head() // makes the id unique
		switch t.rand.IntN(4) {
		case 0:
			t.net.Commit(b)
		case 1:
			b.Commitment[0] = byte(t.rand.IntN(2))
		}
	}, legs...)
}
