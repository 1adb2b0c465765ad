package opstack

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// window is how many blocks of the lane's chain are remembered. A chain that goes back further begins its new branch there.
	window = 8192
	// maxSent bounds the blocks that are told and not ordered yet: a fraction of what a node's pool keeps of one operator.
	maxSent = 256
)

// stepKind says what is to be done next.
type stepKind int

const (
	stepWait  stepKind = iota // nothing, until something is heard
	stepHead                  // read the head, by its hash
	stepHash                  // read the hash of the execution client's block of a number
	stepBlock                 // read its block of a number
	stepTell                  // tell a block
)

// step is what is to be done next.
type step struct {
	kind   stepKind
	hash   common.Hash
	number uint64
	block  *core.Block
}

// link is a block of the chain as the lane tells it.
type link struct {
	number uint64
	hash   common.Hash
	seq    uint64
}

// machine decides which blocks the lane is to be told, in which order and branch. It is pure: what is heard goes in, the next
// step comes out, and with the same input it takes the same steps. Everything that it knows can be had again: the chain
// from the execution client, and what was told from the lane.
//
// Within a branch blocks continue each other. Where the chain of the head departs from what was told, a new branch begins behind
// the last block in common, but not before everything that was told in the old one is ordered.
type machine struct {
	// caught: the lane was read to its end, so that what was told is known.
	caught bool
	// ordered is the chain that the lane tells, without gaps, oldest first, and branch that of its newest block.
	ordered []link
	branch  uint64
	// sent are the blocks that were told and are not ordered yet. They continue each other and, but for the first of a new
	// branch, what is ordered.
	sent []*core.Block

	// target is the chain's head, goal its block once it is read.
	target common.Hash
	goal   *core.Block
	// highest is the number of the head before, and rewound says that the head went back since.
	highest uint64
	rewound bool
	// joint is the newest number that is known to be in common, if joined; before, probe is the next one to compare.
	joined bool
	joint  uint64
	probe  uint64
	// apart: nothing that is remembered is in common.
	apart bool
}

// moved takes notice of the chain's newest head.
func (m *machine) moved(head common.Hash) {
	if head == m.target {
		return
	}
	m.target = head
	m.lost()
}

// lost begins again with the head: the execution client's chain is not what it was a step ago.
func (m *machine) lost() {
	m.goal, m.joined, m.apart = nil, false, false
}

// read takes the head's block; nil if the execution client has none of this hash, so that another head must come.
func (m *machine) read(b *core.Block) {
	if b == nil {
		m.target = common.Hash{}
		return
	}
	m.goal = b
	m.rewound = m.rewound && b.Number <= m.highest || b.Number < m.highest
	m.highest = b.Number
	m.seek()
}

// seek begins to look for what the head's chain and the lane's have in common.
func (m *machine) seek() {
	m.joined, m.apart = false, false
	if tip, told := m.tip(); told {
		m.probe = min(tip.number, m.goal.Number)
	}
}

// tip is the newest block that was told.
func (m *machine) tip() (link, bool) {
	if n := len(m.sent); n > 0 {
		return link{number: m.sent[n-1].Number, hash: m.sent[n-1].Hash}, true
	}
	if n := len(m.ordered); n > 0 {
		return m.ordered[n-1], true
	}
	return link{}, false
}

// told is the hash that was told of a number, if it is remembered.
func (m *machine) told(number uint64) (common.Hash, bool) {
	if len(m.sent) > 0 && number >= m.sent[0].Number {
		if i := number - m.sent[0].Number; i < uint64(len(m.sent)) {
			return m.sent[i].Hash, true
		}
		return common.Hash{}, false
	}
	if len(m.ordered) > 0 && number >= m.ordered[0].number {
		if i := number - m.ordered[0].number; i < uint64(len(m.ordered)) {
			return m.ordered[i].hash, true
		}
	}
	return common.Hash{}, false
}

// next is what is to be done.
func (m *machine) next() step {
	switch {
	case !m.caught || m.target == common.Hash{}:
		return step{kind: stepWait}
	case m.goal == nil:
		return step{kind: stepHead, hash: m.target}
	}
	tip, told := m.tip()
	switch {
	case !told:
		return m.tell(m.goal, m.branch)
	case len(m.ordered) == 0:
		return step{kind: stepWait} // the first block says where the chain begins
	case !m.joined:
		return m.compare()
	}
	return m.follow(tip)
}

// compare looks at the next number that may be in common.
func (m *machine) compare() step {
	for {
		hash, known := m.told(m.probe)
		switch {
		case !known && m.probe == m.goal.Number && !m.rewound:
			return step{kind: stepWait} // the execution client is still behind what is remembered of the lane
		case !known:
			return m.depart()
		case m.probe == m.goal.Number && hash == m.goal.Hash, m.probe+1 == m.goal.Number && hash == m.goal.Parent:
			m.joined, m.joint = true, m.probe
			tip, _ := m.tip()
			return m.follow(tip)
		case m.probe == m.goal.Number, m.probe+1 == m.goal.Number:
			if m.probe == 0 {
				return m.depart()
			}
			m.probe--
		default:
			return step{kind: stepHash, number: m.probe}
		}
	}
}

// depart begins anew behind the number that was looked at last: nothing that is remembered is in common.
func (m *machine) depart() step {
	m.joined, m.apart, m.joint = true, true, m.probe
	tip, _ := m.tip()
	return m.follow(tip)
}

// compared takes the hash that the execution client's chain has at the number asked for; zero if it ends before.
func (m *machine) compared(number uint64, hash common.Hash) {
	if m.goal == nil || m.joined || number != m.probe {
		return
	}
	told, known := m.told(number)
	switch {
	case hash == common.Hash{}:
		m.lost()
	case known && told == hash:
		m.joined, m.joint = true, number
	case number == 0:
		m.joined, m.apart, m.joint = true, true, 0
	default:
		m.probe--
	}
}

// follow tells the block behind the last one in common.
func (m *machine) follow(tip link) step {
	if !m.apart && m.joint == tip.number {
		if m.goal.Number <= tip.number || len(m.sent) >= maxSent {
			return step{kind: stepWait}
		}
		return m.reach(tip.number+1, m.sentBranch())
	}
	back := !m.apart && m.joint == m.goal.Number
	if back && !m.rewound || len(m.sent) > 0 {
		return step{kind: stepWait}
	}
	if back {
		return m.tell(m.goal, m.branch+1)
	}
	return m.reach(m.joint+1, m.branch+1)
}

// reach reads a block, or tells it if it is the head.
func (m *machine) reach(number, branch uint64) step {
	if number >= m.goal.Number {
		return m.tell(m.goal, branch)
	}
	return step{kind: stepBlock, number: number}
}

// sentBranch is the branch of the newest block that was told.
func (m *machine) sentBranch() uint64 {
	if n := len(m.sent); n > 0 {
		return m.sent[n-1].Branch
	}
	return m.branch
}

// got takes a block that was read by its number and gives the step that tells it; nil if the chain ends before.
func (m *machine) got(b *core.Block) step {
	tip, told := m.tip()
	if b == nil || m.goal == nil || !m.joined || !told || b.Number != m.joint+1 {
		m.lost()
		return step{kind: stepWait}
	}
	branch := m.sentBranch()
	if m.apart || m.joint != tip.number {
		branch = m.branch + 1
	}
	if before, known := m.told(m.joint); !m.apart && (!known || before != b.Parent) {
		m.lost()
		return step{kind: stepWait}
	}
	return m.tell(b, branch)
}

func (m *machine) tell(b *core.Block, branch uint64) step {
	told := *b
	told.Branch = branch
	return step{kind: stepTell, block: &told}
}

// send takes notice that a block was handed in.
func (m *machine) send(b *core.Block) {
	m.sent = append(m.sent, b)
	m.joined, m.apart, m.joint = true, false, b.Number
	m.rewound = false
}

// order takes notice of a block in the lane, and tells whether a branch begins with it. What others told with the same key counts
// like what was told here: it is where this machine goes on, too.
func (m *machine) order(b *core.Block, seq uint64) (reorg bool) {
	if len(m.sent) > 0 && m.sent[0].Branch == b.Branch && m.sent[0].Hash == b.Hash {
		m.sent = m.sent[1:]
	} else {
		m.sent = nil
		m.joined, m.apart = false, false
	}
	reorg = len(m.ordered) > 0 && b.Branch != m.branch
	m.branch = b.Branch
	m.chain(link{b.Number, b.Hash, seq}, b.Parent)
	if !m.joined && m.goal != nil {
		m.seek()
	}
	return reorg
}

// chain puts a block behind its parent; blocks above it are not of the chain any more.
func (m *machine) chain(l link, parent common.Hash) {
	keep := 0
	if n := len(m.ordered); n > 0 && l.number > m.ordered[0].number && l.number <= m.ordered[n-1].number+1 {
		if at := int(l.number - m.ordered[0].number); m.ordered[at-1].hash == parent {
			keep = at
		}
	}
	if m.ordered = append(m.ordered[:keep], l); len(m.ordered) > window {
		m.ordered = append([]link(nil), m.ordered[len(m.ordered)-window/2:]...)
	}
}

// begin forgets the lane: it is read anew.
func (m *machine) begin() {
	m.caught, m.ordered, m.sent, m.branch = false, nil, nil, 0
	m.lost()
}
