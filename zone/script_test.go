package zone_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

var rewrite = flag.Bool("rewrite", false, "write the scripts' expected outputs")

// TestScripts runs testdata/*.txt. A script is a list of blocks, separated by empty lines: a command with indented
// lines, "----" and the expected output.
//
//	zone ROLLUP... [joins=ROLLUP] [blockGas=N] [blockBytes=N]   begins; accounts a to e own funds on every rollup
//	tick MS [join=ROLLUP] [leave=ROLLUP]         appends and executes a tick MS after the start, with the lines:
//	  ROLLUP FROM NONCE [WORD...]                a single; words: value=N gas=N revert panic badSignature mayRevert
//	  bundle execution|inclusion [WORD...]       a bundle of the lines up to "end"; words: commit wrongCommit parent=N
//	  end
//	restart                                      abandons the zone without closing it and starts a new one on its disks
//	bundle NAME                                  the fates of a bundle that was given name=NAME
//	digest                                       the zone's digest
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{t: t, bundles: make(map[string]common.Hash), fates: make(map[place]zone.Fate)}
			got := s.run(string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(text) {
				t.Errorf("output differs; got:\n%s", got)
			}
		})
	}
}

type place struct {
	rollup core.RollupID
	seq    uint64
}

type script struct {
	t       *testing.T
	net     *zonetest.Network
	rig     *rig
	bundles map[string]common.Hash
	fates   map[place]zone.Fate
	// replayed is the newest tick executed before a restart: up to it fates are announced again, and must be equal.
	replayed uint64
}

// run gives the script with the outputs that it has now.
func (s *script) run(text string) string {
	var out strings.Builder
	for i, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		input, _, found := strings.Cut(block, "\n----")
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString(input + "\n")
		if !found && strings.HasPrefix(input, "#") {
			continue
		}
		out.WriteString("----\n" + s.command(strings.Split(input, "\n")))
	}
	s.checkAllDecidedOnce()
	return out.String()
}

func (s *script) command(lines []string) string {
	for strings.HasPrefix(lines[0], "#") {
		lines = lines[1:]
	}
	words := strings.Fields(lines[0])
	switch words[0] {
	case "zone":
		return s.begin(words[1:])
	case "tick":
		s.rig.log.Members(s.changes(words[2:])...)
		return s.tick(number(s.t, words[1]), lines[1:])
	case "restart":
		s.replayed = s.rig.zone.Executed()
		s.rig.log.Attest(s.rig.zone.Digest)
		s.rig.crash()
		s.rig.start()
		return s.describe(s.rig.executeAll())
	case "bundle":
		return s.bundle(words[1])
	case "digest":
		digest, _ := s.rig.zone.Digest(s.rig.zone.Executed())
		return digest.String() + "\n"
	}
	s.t.Fatalf("unknown command %q", lines[0])
	return ""
}

func (s *script) begin(words []string) string {
	var rollups, joins []core.RollupID
	var blockGas, blockBytes uint64
	for _, w := range words {
		switch name, value, _ := strings.Cut(w, "="); name {
		case "blockGas":
			blockGas = number(s.t, value)
		case "joins":
			joins = append(joins, core.RollupID(number(s.t, value)))
		case "blockBytes":
			blockBytes = number(s.t, value)
		default:
			rollups = append(rollups, core.RollupID(number(s.t, w)))
		}
	}
	s.net = zonetest.NewNetwork(func(p *core.Params) {
		if blockGas != 0 {
			p.BlockGas = blockGas
		}
	}, rollups...)
	s.rig = newRig(s.t, s.net, zonetest.NewLog(s.net.Genesis), func(e *zonetest.Engine) zone.Engine {
		e.MaxBlockBytes = blockBytes
		return e
	})
	s.rig.mayJoin(joins...)
	s.rig.start()
	return "ok\n"
}

// changes are those of members with a tick.
func (s *script) changes(words []string) (changes []core.MemberChange) {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		id := core.RollupID(number(s.t, value))
		switch name {
		case "join":
			changes = append(changes, joinsZone(id))
		case "leave":
			changes = append(changes, leavesZone(id))
		default:
			s.t.Fatalf("unknown word %q", w)
		}
	}
	return changes
}

func joinsZone(id core.RollupID) core.MemberChange {
	return core.MemberChange{Zone: zonetest.Zone, Rollup: id, Genesis: firstState(id)}
}

func leavesZone(id core.RollupID) core.MemberChange {
	return core.MemberChange{Zone: zonetest.Zone, Rollup: id}
}

// firstState stands for the agreed genesis of a rollup that joins.
func firstState(id core.RollupID) common.Hash { return common.Hash{1, 31: byte(id)} }

func (s *script) tick(ms uint64, lines []string) string {
	var bundles []core.DecodedBundle
	singles := make(map[core.RollupID][]core.Transaction)
	for i := 0; i < len(lines); i++ {
		words := strings.Fields(lines[i])
		if words[0] != "bundle" {
			leg := s.transaction(words)
			singles[leg.Tx.Rollup()] = append(singles[leg.Tx.Rollup()], leg.Tx)
			continue
		}
		var legs []zonetest.Leg
		for i++; strings.TrimSpace(lines[i]) != "end"; i++ {
			legs = append(legs, s.transaction(strings.Fields(lines[i])))
		}
		bundles = append(bundles, s.makeBundle(words[1:], legs))
	}
	var sections []core.Section
	for rollup := core.RollupID(1); rollup < 1000; rollup++ {
		if len(singles[rollup]) > 0 {
			sections = append(sections, core.Section{Rollup: rollup, Txs: singles[rollup]})
		}
	}
	s.rig.log.Append(zonetest.Start+ms, bundles, sections)
	return s.describe(s.rig.executeAll())
}

func (s *script) transaction(words []string) zonetest.Leg {
	tx := zonetest.Tx{Rollup: core.RollupID(number(s.t, words[0])), From: words[1], Nonce: number(s.t, words[2]), To: "sink"}
	var mayRevert bool
	for _, w := range words[3:] {
		switch name, value, _ := strings.Cut(w, "="); name {
		case "value":
			tx.Value = number(s.t, value)
		case "gas":
			tx.Gas = number(s.t, value)
		case "revert":
			tx.Data = []byte{zonetest.OpRevert}
		case "panic":
			tx.Data = []byte{zonetest.OpPanic}
		case "badSignature":
			tx.BadSignature = true
		case "mayRevert":
			mayRevert = true
		default:
			s.t.Fatalf("unknown word %q", w)
		}
	}
	return zonetest.Leg{Tx: s.net.Sign(tx), MayRevert: mayRevert}
}

func (s *script) makeBundle(words []string, legs []zonetest.Leg) core.DecodedBundle {
	var atomicity core.Atomicity
	if err := atomicity.UnmarshalText([]byte(words[0])); err != nil {
		s.t.Fatal(err)
	}
	name := ""
	b := s.net.Bundle(atomicity, func(b *core.Bundle) {
		for _, w := range words[1:] {
			switch key, value, _ := strings.Cut(w, "="); key {
			case "commit":
				s.net.Commit(b)
			case "wrongCommit":
				b.Commitment = common.Hash{1}
			case "parent":
				b.ParentTick = number(s.t, value)
			case "name":
				name = value
			default:
				s.t.Fatalf("unknown word %q", w)
			}
		}
	}, legs...)
	s.bundles[name] = b.Hash
	return b
}

// describe prints results, and remembers the fates.
func (s *script) describe(results []zone.TickResult) string {
	var out strings.Builder
	for _, r := range results {
		if r.Sealed != nil {
			fmt.Fprintf(&out, "sealed slot %d:", r.Sealed.Slot-zonetest.Start/1000)
			for _, b := range r.Sealed.Rollups {
				leaves := ""
				if b.Leaving {
					leaves = ", leaves"
				}
				fmt.Fprintf(&out, " %s block %d (next %d, unapplied from %d%s)", b.Rollup, b.Number, b.NextSeq, b.FirstUnapplied, leaves)
			}
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "tick %d\n", r.Tick)
		for _, f := range r.Outcomes {
			at := place{f.Rollup, f.Seq}
			if before, again := s.fates[at]; again && (r.Tick > s.replayed || before != f) {
				s.t.Errorf("rollup %s seq %d decided twice: %+v, %+v", f.Rollup, f.Seq, before, f)
			}
			s.fates[at] = f
			out.WriteString("  " + describeFate(f) + "\n")
		}
		for _, stop := range r.Stopped {
			fmt.Fprintf(&out, "  %s stopped at seq %d\n", stop.Rollup, stop.Seq)
		}
	}
	return out.String()
}

func describeFate(f zone.Fate) string {
	text := fmt.Sprintf("%s/%d %s", f.Rollup, f.Seq, f.Code)
	if !f.Code.Void() {
		text += fmt.Sprintf(" block %d index %d", f.Block, f.Index)
	}
	if f.Reverted {
		text += " reverted"
	}
	if f.FailingLeg != zone.NoLeg {
		text += fmt.Sprintf(" because of leg %d", f.FailingLeg)
	}
	return text
}

func (s *script) bundle(name string) string {
	fates, err := s.rig.zone.Bundle(s.bundles[name])
	if err != nil {
		s.t.Fatal(err)
	}
	var out strings.Builder
	for _, b := range fates {
		fmt.Fprintf(&out, "tick %d: %s %s, failing leg %d\n", b.Tick, b.Atomicity, b.Code, b.FailingLeg)
		for _, leg := range b.Legs {
			if !leg.Decided {
				fmt.Fprintf(&out, "  leg %d: %s/%d waits\n", leg.Leg, leg.Rollup, leg.Seq)
				continue
			}
			fmt.Fprintf(&out, "  leg %d: %s\n", leg.Leg, describeFate(leg.Fate))
		}
	}
	return out.String()
}

// checkAllDecidedOnce ends the slot until all lanes are empty, then compares what was announced with what is stored:
// every position has exactly one fate.
func (s *script) checkAllDecidedOnce() {
	s.t.Helper()
	for i := uint64(1); i <= 64; i++ {
		s.rig.log.Append(zonetest.Start+1_000_000+i*1000, nil, nil)
	}
	s.describe(s.rig.executeAll())
	for r := range s.rig.disks {
		entries, err := s.rig.log.Lane(r, 0, 1<<20)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range entries {
			announced, ok := s.fates[place{r, e.Seq}]
			stored, found, err := s.rig.zone.Fate(r, e.Seq)
			if !ok || !found || err != nil || stored != announced {
				s.t.Errorf("rollup %s seq %d: announced %v %+v, stored %v %+v, err %v", r, e.Seq, ok, announced, found, stored, err)
			}
		}
		if _, found, _ := s.rig.zone.Fate(r, uint64(len(entries))); found {
			s.t.Errorf("rollup %s: a fate beyond the lane's end", r)
		}
	}
}

// rig runs a zone over disks that survive it.
type rig struct {
	t     *testing.T
	net   *zonetest.Network
	log   *zonetest.Log
	disks map[core.RollupID]*zonetest.Disk
	fs    *vfs.MemFS
	wrap  func(*zonetest.Engine) zone.Engine
	build string
	joins map[core.RollupID]common.Hash // the rollups that may join, see zone.Config.Joining
	first uint64                        // see zone.Config.First

	zone    *zone.Zone
	engines map[core.RollupID]*zonetest.Engine
	results chan zone.TickResult
	stop    func() error
}

func newRig(t *testing.T, net *zonetest.Network, log *zonetest.Log, wrap func(*zonetest.Engine) zone.Engine) *rig {
	return &rig{t: t, net: net, log: log, wrap: wrap, disks: net.Disks("a", "b", "c", "d", "e"), fs: vfs.NewStrictMem()}
}

// mayJoin gives the rig the first states of rollups that are not in the genesis.
func (r *rig) mayJoin(ids ...core.RollupID) {
	r.joins = make(map[core.RollupID]common.Hash)
	for _, id := range ids {
		r.joins[id] = firstState(id)
		r.disks[id] = r.net.Disk(id, "a", "b", "c", "d", "e")
	}
}

// config is the zone's configuration on the rig's files.
func (r *rig) config() zone.Config {
	return zone.Config{Joining: r.joins, First: r.first, Genesis: r.net.Genesis, Zone: zonetest.Zone, Dir: "/zone", FS: r.fs, Build: r.build, Shown: r.log.Head()}
}

// open makes a zone on the disks.
func (r *rig) open() error {
	r.engines = make(map[core.RollupID]*zonetest.Engine)
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range r.disks {
		r.engines[id] = zonetest.NewEngine(id, r.net.Genesis.Params, disk)
		engines[id] = r.engines[id]
		if r.wrap != nil {
			engines[id] = r.wrap(r.engines[id])
		}
	}
	z, err := zone.New(r.config(), engines, r.log)
	r.zone = z
	return err
}

// start opens a zone and runs it until the test ends or crash is called.
func (r *rig) start() {
	r.t.Helper()
	if err := r.open(); err != nil {
		r.t.Fatal(err)
	}
	r.results = make(chan zone.TickResult, 1<<14)
	r.zone.SubscribeExecuted(r.results)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	z := r.zone
	go func() { ended <- z.Run(ctx) }()
	r.stop = func() error {
		cancel()
		return <-ended
	}
	r.t.Cleanup(func() {
		cancel()
		_ = z.Close()
	})
}

// crash ends the zone without closing it; what was not synced is lost, as without power.
func (r *rig) crash() {
	r.t.Helper()
	if err := r.stop(); err != nil {
		r.t.Fatal(err)
	}
	r.image()
}

// image replaces the files by what a process that starts now would find after the loss of power.
func (r *rig) image() {
	r.t.Helper()
	r.fs.SetIgnoreSyncs(true)
	if err := r.zone.Close(); err != nil {
		r.t.Fatal(err)
	}
	r.fs.ResetToSyncedState()
	r.fs.SetIgnoreSyncs(false)
}

// executeAll waits until everything in the log is executed and gives the results since the last call.
func (r *rig) executeAll() []zone.TickResult {
	r.t.Helper()
	if err := r.zone.WaitExecuted(r.t.Context(), r.log.Head()); err != nil {
		r.t.Fatalf("%v; the loop ended with %v", err, r.stop())
	}
	var results []zone.TickResult
	for {
		select {
		case result := <-r.results:
			results = append(results, result)
		default:
			return results
		}
	}
}

func number(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plainRoot is the engine's receipts root of one receipt.
func plainRoot(receipt []byte) common.Hash { return crypto.Keccak256Hash(receipt) }
