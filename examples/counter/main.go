package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// state is all that the rollup knows. It is a function of the lane up to the cursor, so every instance has the same.
type state struct {
	Cursor   lane.Cursor      `json:"cursor"`
	Counters map[string]int64 `json:"counters"`
	// Ignored counts the transactions that mean nothing.
	Ignored uint64 `json:"ignored"`
	// ProvenSeq is the position up to which the validators have signed the order.
	ProvenSeq uint64 `json:"provenSeq"`
}

// apply is the rollup's whole rule book. What stands behind the number makes transactions that say the same different bytes:
// the pool takes equal ones for one that was sent twice.
func (s *state) apply(tx []byte) {
	words := strings.Fields(string(tx))
	if len(words) >= 3 && words[0] == "add" {
		if n, err := strconv.ParseInt(words[2], 10, 64); err == nil {
			s.Counters[words[1]] += n
			return
		}
	}
	s.Ignored++
}

// hash commits to the counters and to the order they came from.
func (s *state) hash() common.Hash {
	text := s.Cursor.Head.Hex()
	for _, key := range slices.Sorted(maps.Keys(s.Counters)) {
		text += fmt.Sprintf("\n%s %d", key, s.Counters[key])
	}
	return crypto.Keccak256Hash([]byte(text))
}

// counter is a running instance.
type counter struct {
	state
	path string
	out  *json.Encoder
}

// line is what an instance prints after each tick that changed something, and when more of it is proven.
type line struct {
	Seq      uint64           `json:"seq"`
	Proven   uint64           `json:"proven"`
	Hash     common.Hash      `json:"hash"`
	Counters map[string]int64 `json:"counters"`
}

func (c *counter) print() error {
	return c.out.Encode(line{c.Cursor.Seq, c.ProvenSeq, c.hash(), c.Counters})
}

// save replaces the file, so that a kill leaves the old state or the new one, each with its own cursor.
func (c *counter) save() error {
	b, err := json.Marshal(c.state)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(c.path+".new", c.path)
}

// load goes on where the file ends; without one it begins at the lane's begin.
func (c *counter) load() error {
	b, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &c.state)
}

// Tick implements lane.Reader.
func (c *counter) Tick(t *lane.Tick, after lane.Cursor) error {
	for _, item := range t.Items {
		if item.Tx.Kind() == core.EncTransaction {
			c.apply(item.Tx.Raw())
		}
	}
	c.Cursor = after
	return errors.Join(c.save(), c.print())
}

// Clock implements lane.Reader: time has gone by, and nothing was ordered.
func (c *counter) Clock(_ uint64, after lane.Cursor) error {
	c.Cursor = after
	return nil
}

// Proven implements lane.Reader.
func (c *counter) Proven(fact *proof.HeadFact) error {
	if fact.Lane.NextSeq <= c.ProvenSeq {
		return nil
	}
	c.ProvenSeq = fact.Lane.NextSeq
	return errors.Join(c.save(), c.print())
}

func run(ctx context.Context) error {
	genesisPath := flag.String("genesis", "", "the network's genesis file: what is trusted")
	gateways := flag.String("gateways", "http://127.0.0.1:8545", "gateways, separated by commas; any of them will do")
	rollup := flag.Uint64("rollup", 7000, "the rollup's id, of kind opaque")
	path := flag.String("state", "counter.json", "file of the state and the place in the lane")
	flag.Parse()
	b, err := os.ReadFile(filepath.Clean(*genesisPath))
	if err != nil {
		return err
	}
	genesis, err := core.ParseGenesis(b)
	if err != nil {
		return err
	}
	client := lane.New(core.RollupID(*rollup), proof.FromGenesis(genesis), strings.Split(*gateways, ",")...)
	if flag.NArg() > 0 { // counter … add KEY N
		hash, err := client.Submit(ctx, []byte(strings.Join(flag.Args(), " ")))
		if err == nil {
			fmt.Println(hash)
		}
		return err
	}
	c := &counter{state: state{Counters: make(map[string]int64)}, path: *path, out: json.NewEncoder(os.Stdout)}
	if err := c.load(); err != nil {
		return err
	}
	return errors.Join(client.Follow(ctx, c.Cursor, c), c.save())
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "counter:", err)
		os.Exit(1)
	}
}
