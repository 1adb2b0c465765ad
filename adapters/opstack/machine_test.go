package opstack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// fork is a chain of blocks "1a", "2a", … that leaves the chain a behind a number: fork{'b', 3} has 3a and 4b.
type fork struct {
	name byte
	at   uint64
}

func (f fork) hash(number uint64) common.Hash {
	if number <= f.at {
		return common.Hash{'a', byte(number)}
	}
	return common.Hash{f.name, byte(number)}
}

func (f fork) block(number uint64) *core.Block {
	b := &core.Block{Number: number, Hash: f.hash(number)}
	if number > 0 {
		b.Parent = f.hash(number - 1)
	}
	return b
}

func nameOf(hash common.Hash) string { return fmt.Sprintf("%d%c", hash[1], hash[0]) }

// machineScene plays what a machine hears, word by word, lets it take steps after each until it waits, and writes these down.
type machineScene struct {
	m     machine
	chain fork
	head  uint64
	seq   uint64
	steps []string
}

// hear plays a word: "caught"; "7a", a head of the chain a; "7b3", one of a chain that left a behind 3; "order", which orders the
// oldest block that was told; "tells 5a 1", a block of branch 1 that another proxy told; "gone", the head is not there any more.
func (s *machineScene) hear(t *testing.T, word string) {
	t.Helper()
	var number, branch, at uint64
	var name byte
	switch {
	case word == "caught":
		s.m.caught = true
	case word == "order":
		b := s.m.sent[0]
		if s.m.order(b, s.seq) {
			s.steps = append(s.steps, "reorg")
		}
		s.seq++
	case word == "gone":
		s.chain = fork{'z', 0}
	case strings.HasPrefix(word, "tells"):
		if _, err := fmt.Sscanf(word, "tells %d%c %d", &number, &name, &branch); err != nil {
			t.Fatal(word, err)
		}
		b := fork{name, number - 1}.block(number)
		b.Branch = branch
		s.m.order(b, s.seq)
		s.seq++
	default:
		if n, _ := fmt.Sscanf(word, "%d%c%d", &number, &name, &at); n < 2 {
			t.Fatal(word)
		}
		s.chain, s.head = fork{name, at}, number
		s.m.moved(s.chain.hash(number))
	}
	s.work(t)
}

// work takes steps until there is none.
func (s *machineScene) work(t *testing.T) {
	t.Helper()
	for range 100 {
		switch next := s.m.next(); next.kind {
		case stepWait:
			return
		case stepHead:
			s.steps = append(s.steps, "head")
			var b *core.Block
			if s.chain.hash(s.head) == next.hash {
				b = s.chain.block(s.head)
			}
			s.m.read(b)
		case stepHash:
			s.steps = append(s.steps, fmt.Sprint("hash ", next.number))
			s.m.compared(next.number, s.chain.hash(next.number))
		case stepBlock:
			s.steps = append(s.steps, fmt.Sprint("block ", next.number))
			if tell := s.m.got(s.chain.block(next.number)); tell.kind == stepTell {
				s.tell(tell)
			}
		case stepTell:
			s.tell(next)
		}
	}
	t.Fatal("no end:", s.steps)
}

func (s *machineScene) tell(next step) {
	s.steps = append(s.steps, fmt.Sprintf("tell %s %d", nameOf(next.block.Hash), next.block.Branch))
	s.m.send(next.block)
}

func TestMachine_TakesTheseSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, heard, steps string }{
		{"nothing before the lane is read", "5a", ""},
		{"it begins with the head", "caught, 5a", "head, tell 5a 0"},
		{"what follows the first one waits until that is ordered", "caught, 5a, 6a", "head, tell 5a 0, head"},
		{"and is told then", "caught, 5a, 6a, order", "head, tell 5a 0, head, tell 6a 0"},
		{"blocks in between are read", "caught, 5a, order, 8a", "head, tell 5a 0, head, hash 5, block 6, tell 6a 0, block 7, tell 7a 0, tell 8a 0"},
		{"the same head is no news", "caught, 5a, order, 5a", "head, tell 5a 0"},
		{"the chain goes back: nothing is told twice in the branch", "caught, 5a, order, 6a, order, 6b5", "head, tell 5a 0, head, tell 6a 0, head, tell 6b 1"},
		{"a new branch waits for what is on its way", "caught, 5a, order, 6a, 6b5", "head, tell 5a 0, head, tell 6a 0, head"},
		{"and begins behind it", "caught, 5a, order, 6a, 6b5, order, order", "head, tell 5a 0, head, tell 6a 0, head, tell 6b 1, reorg"},
		{"a head below what is told begins a branch at once", "caught, 4a, order, 5a, order, 6a, order, 5a", "head, tell 4a 0, head, tell 5a 0, head, tell 6a 0, head, tell 5a 1"},
		{"a fork further back is found", "caught, 4a, order, 5a, order, 6a, order, 7b4", "head, tell 4a 0, head, tell 5a 0, head, tell 6a 0, head, hash 5, hash 4, block 5, tell 5b 1, block 6, tell 6b 1, tell 7b 1"},
		{"a fork before all that is told begins there", "caught, 4a, order, 5a, order, 6b2", "head, tell 4a 0, head, tell 5a 0, head, hash 4, block 4, tell 4b 1, block 5, tell 5b 1, tell 6b 1"},
		{"a head that is gone is forgotten", "caught, 5a, order, gone, 6a5, gone", "head, tell 5a 0, head, tell 6a 0"},
		{"what another proxy told counts", "caught, tells 4a 0, tells 5a 0, 6a", "head, tell 6a 0"},
		{"also where it told another chain", "caught, tells 4a 0, tells 5c 0, 6a", "head, hash 4, block 5, tell 5a 1, tell 6a 1"},
	} {
		s := new(machineScene)
		for _, word := range strings.Split(c.heard, ", ") {
			s.hear(t, word)
		}
		if got := strings.Join(s.steps, ", "); got != c.steps {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.steps)
		}
	}
}
