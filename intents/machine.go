package intents

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
)

// maxFills is how many of an order's fills are remembered.
const maxFills = 32

// clientShare is the part of Config.MaxSolutionsBytes, one in so many, that a client's solutions may take: nobody fills the book alone.
const clientShare = 4

// phase is what an order waits for.
type phase uint8

const (
	collecting phase = iota // the end of its window
	choosing                // the simulation of its best solution
	underway                // the fate of its winner
	over                    // nothing
)

// entry is an order of the book.
type entry struct {
	order         Order
	number        uint64 // by arrival; never used twice
	phase         phase
	status        Status // of one that is over
	reason        string
	left          *big.Int
	opens, closes uint64
	solutions     []*Solution // best first
	winner        *Solution   // while underway
	sent          bool        // the winner is in the pool
	cancelled     bool        // while underway: ends when the winner is void
	fills         []Fill
	compared      uint64 // the tick at which it was compared with its chain
}

// machine is the book's state. It knows no clock and does no I/O: what it is told are ticks, orders, solutions and what became
// of its effects, and what it wants done it leaves in out. It is not safe for concurrent use.
type machine struct {
	cfg Config
	// tick is the newest executed one, time its consensus time in ms.
	tick, time uint64

	entries map[common.Hash]*entry
	count   uint64   // of all orders that came
	active  []*entry // open or pending, in order of arrival
	closed  []common.Hash
	users   map[userKey]int
	clients map[string]int
	size    int            // of all solutions, in bytes
	sizes   map[string]int // the same by client
	turn    int            // whose turn it is to be compared with the chain

	out effects
}

// effects are what the machine wants done since they were taken last, each list in order.
type effects struct {
	notices []Notice
	// trials are solutions to simulate again; the answer is simulated.
	trials []award
	// sends are winners to send to the pool; the answer is sent.
	sends []award
	// checks are orders to compare with the chain's state; the answer is standing.
	checks []*Order
	// windows are the windows that have ended, by how.
	windows []windowEnd
	// ended are the orders that are over, executed the fills that took effect, by when their order came.
	ended    []Status
	executed []time.Time
}

// award is a solution of an order.
type award struct {
	order    *Order
	solution *Solution
}

// windowEnd is how a window ended.
type windowEnd string

const (
	windowEmpty   windowEnd = "empty"
	windowAwarded windowEnd = "awarded"
	windowFailed  windowEnd = "failed"
)

func newMachine(cfg Config) *machine {
	return &machine{cfg: cfg, entries: make(map[common.Hash]*entry), users: make(map[userKey]int), clients: make(map[string]int), sizes: make(map[string]int)}
}

// take takes the effects.
func (m *machine) take() effects {
	out := m.out
	m.out = effects{}
	return out
}

// room refuses an order for which there is no room, or that was here before. known says that it is here.
func (m *machine) room(o *Order) (known bool, err error) {
	if e := m.entries[o.ID]; e != nil {
		if e.phase != over {
			return true, nil
		}
		return true, refuse(ErrState, "it is %s; sign one with another nonce", e.status)
	}
	switch {
	case len(m.active) >= m.cfg.MaxOrders:
		return false, limit("maxOrders", "at most %d orders in this book; try again later, or another node", m.cfg.MaxOrders)
	case m.users[o.userKey()] >= m.cfg.MaxUserOrders:
		return false, limit("maxUserOrders", "at most %d open orders of one user on a rollup", m.cfg.MaxUserOrders)
	case o.Client != "" && m.clients[o.Client] >= m.cfg.MaxClientOrders:
		return false, limit("maxClientOrders", "at most %d open orders from one client", m.cfg.MaxClientOrders)
	}
	return false, nil
}

// admit takes a checked order of which so much of the input is left.
func (m *machine) admit(o Order, left *big.Int) error {
	if known, err := m.room(&o); known || err != nil {
		return err
	}
	m.count++
	e := &entry{order: o, number: m.count, left: new(big.Int).Set(left), compared: m.tick}
	m.entries[o.ID], m.active = e, append(m.active, e)
	m.users[o.userKey()]++
	m.clients[o.Client]++
	m.window(e)
	m.notify(EventOpened, e)
	return nil
}

// find is an order that takes solutions now.
func (m *machine) find(id common.Hash) (*entry, error) {
	e := m.entries[id]
	switch {
	case e == nil:
		return nil, refuse(ErrUnknown, "%s", id)
	case e.phase == over:
		return nil, refuse(ErrState, "it is %s", e.status)
	case e.phase != collecting:
		return nil, refuse(ErrState, "its window is over and a winner under way; wait for it to be filled or reopened")
	}
	return e, nil
}

// offer takes a solution into an open window. What leaves a full book for it is the worst, be it the newcomer.
func (m *machine) offer(id common.Hash, s *Solution) error {
	e, err := m.find(id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(e.solutions, func(other *Solution) bool { return other.BundleID == s.BundleID }) {
		return nil
	}
	switch most := m.cfg.MaxSolutionsBytes; {
	case m.size+s.size > most:
		return limit("maxSolutionsBytes", "at most %d bytes of solutions in this book; try again later", most)
	case s.Client != "" && m.sizes[s.Client]+s.size > most/clientShare:
		return limit("maxSolutionsBytes", "at most %d bytes of solutions from one client, 1/%d of all", most/clientShare, clientShare)
	}
	m.keep(e, s)
	worst := e.worst(s.Client, m.cfg.MaxClientSolutions)
	if worst == nil && len(e.solutions) > m.cfg.MaxSolutions {
		worst = e.solutions[len(e.solutions)-1]
	}
	if worst != nil {
		m.drop(e, worst)
	}
	if worst == s {
		return refuse(ErrOutbid, "this one has a surplus of %s", s.Surplus)
	}
	return nil
}

// worst is a client's worst solution if it has more than so many; nil if not.
func (e *entry) worst(client string, most int) (worst *Solution) {
	n := 0
	for _, s := range e.solutions {
		if s.Client == client {
			n, worst = n+1, s
		}
	}
	if n <= most {
		return nil
	}
	return worst
}

// keep puts a solution into the book.
func (m *machine) keep(e *entry, s *Solution) {
	e.solutions = insert(e.solutions, s)
	m.size += s.size
	m.sizes[s.Client] += s.size
}

// drop takes a solution out of the book.
func (m *machine) drop(e *entry, s *Solution) {
	before := len(e.solutions)
	e.solutions = slices.DeleteFunc(e.solutions, func(other *Solution) bool { return other == s })
	freed := s.size * (before - len(e.solutions))
	m.size -= freed
	if m.sizes[s.Client] -= freed; m.sizes[s.Client] == 0 {
		delete(m.sizes, s.Client)
	}
}

// advance takes notice of an executed tick; ticks may be left out. Windows that are over by then are judged, what has expired is
// closed.
func (m *machine) advance(tick, timeMs uint64) {
	if tick <= m.tick {
		return
	}
	m.tick, m.time = tick, timeMs
	for _, e := range slices.Clone(m.active) {
		switch {
		case e.phase != collecting:
		case m.expired(e):
			m.close(e, Expired, "its deadline has passed")
		case tick >= e.closes && len(e.solutions) == 0:
			m.out.windows = append(m.out.windows, windowEmpty)
			m.window(e)
		case tick >= e.closes:
			m.award(e)
		}
	}
	m.check()
}

// check asks for the next few open orders to be compared with the chain, each at most once a window.
func (m *machine) check() {
	for range min(m.cfg.CheckRate, len(m.active)) {
		m.turn = (m.turn + 1) % len(m.active)
		if e := m.active[m.turn]; e.phase == collecting && m.tick >= e.compared+m.cfg.Window {
			e.compared = m.tick
			m.out.checks = append(m.out.checks, &e.order)
		}
	}
}

// expired tells whether no block can take the order any more.
func (m *machine) expired(e *entry) bool {
	return m.time/uint64(time.Second/time.Millisecond) > e.order.deadline()
}

// window begins one.
func (m *machine) window(e *entry) {
	e.phase, e.winner, e.sent = collecting, nil, false
	e.opens, e.closes = m.tick, m.tick+m.cfg.Window
}

// award goes on with the best solution: it is simulated, and sent if it still is the best after that. Without one a new window
// begins.
func (m *machine) award(e *entry) {
	if len(e.solutions) == 0 {
		m.out.windows = append(m.out.windows, windowFailed)
		m.reopen(e)
		return
	}
	best := e.solutions[0]
	if !best.checked {
		e.phase = choosing
		m.out.trials = append(m.out.trials, award{&e.order, best})
		return
	}
	m.drop(e, best)
	e.phase, e.winner = underway, best
	m.out.sends = append(m.out.sends, award{&e.order, best})
}

// simulated takes what the simulation of a trial says: what the bundle does now, or why it does not any more.
func (m *machine) simulated(id, bundle common.Hash, r Result, failure error) {
	e := m.entries[id]
	if e == nil || e.phase != choosing || len(e.solutions) == 0 || e.solutions[0].BundleID != bundle {
		return // cancelled meanwhile
	}
	s := e.solutions[0]
	m.drop(e, s)
	if failure == nil {
		again := *s // views of the trial may be read by who simulates
		again.Result, again.Surplus, again.checked = r, e.order.surplus(r), true
		m.keep(e, &again)
	}
	m.award(e)
}

// surplus is how much a result is above the least that the order asks.
func (o *Order) surplus(r Result) *big.Int {
	return new(big.Int).Sub(r.Output, orders.MinOutput(o.Intent, r.Input))
}

// sent takes what the pool says about a winner.
func (m *machine) sent(id, bundle common.Hash, failure error) {
	e := m.entries[id]
	if e == nil || e.phase != underway || e.winner.BundleID != bundle {
		return
	}
	f := Fill{BundleID: bundle, Result: e.winner.Result, Status: FillSent}
	if failure != nil {
		f.Status, f.Reason = FillVoid, fmt.Sprintf("the pool refuses it: %v", failure)
	}
	e.fills = append(e.fills, f)
	if n := len(e.fills); n > maxFills {
		e.fills = slices.Clone(e.fills[n-maxFills:])
	}
	if failure != nil {
		m.next(e)
		return
	}
	e.sent = true
	m.out.windows = append(m.out.windows, windowAwarded)
	m.notify(EventAwarded, e)
}

// Outcome is what became of a winner's bundle.
type Outcome struct {
	// Executed: it took effect, and Result is what the settlers' events say of the order.
	Executed bool
	Result   Result
	// Tick is the one that ordered it; zero if none did.
	Tick uint64
	// Reason says why it had no effect.
	Reason string
}

// decided takes the fate of a winner.
func (m *machine) decided(id, bundle common.Hash, o Outcome) {
	e := m.entries[id]
	if e == nil || e.phase != underway || !e.sent || e.winner.BundleID != bundle {
		return
	}
	f := &e.fills[len(e.fills)-1]
	f.Tick, f.Reason, f.Status = o.Tick, o.Reason, FillVoid
	if !o.Executed {
		m.next(e)
		return
	}
	f.Status, f.Result = FillExecuted, o.Result
	m.out.executed = append(m.out.executed, e.order.At)
	if e.left.Sub(e.left, o.Result.Input); e.left.Sign() <= 0 {
		e.left.SetInt64(0)
		m.close(e, Filled, "")
		return
	}
	for _, s := range slices.Clone(e.solutions) {
		if s.Input.Cmp(e.left) > 0 {
			m.drop(e, s)
		}
	}
	m.reopen(e)
}

// next tries the next best solution after a winner that failed. What was simulated before may be wrong by now.
func (m *machine) next(e *entry) {
	e.winner, e.sent = nil, false
	if m.ends(e) {
		return
	}
	e.uncheck()
	m.award(e)
}

// reopen begins a new window, with the solutions that are left.
func (m *machine) reopen(e *entry) {
	e.winner, e.sent = nil, false
	if m.ends(e) {
		return
	}
	e.uncheck()
	m.window(e)
	m.notify(EventReopened, e)
}

// ends closes an order that was cancelled or has expired meanwhile.
func (m *machine) ends(e *entry) bool {
	switch {
	case e.cancelled:
		m.close(e, Cancelled, "cancelled by its user")
	case m.expired(e):
		m.close(e, Expired, "its deadline has passed")
	default:
		return false
	}
	return true
}

func (e *entry) uncheck() {
	for i, s := range e.solutions {
		if s.checked {
			again := *s
			again.checked = false
			e.solutions[i] = &again
		}
	}
}

// cancel ends an order whose user wants that. One whose winner is under way stays pending, and ends unless that takes effect.
func (m *machine) cancel(id common.Hash) (Status, error) {
	e := m.entries[id]
	switch {
	case e == nil:
		return "", refuse(ErrUnknown, "%s", id)
	case e.phase == over && e.status == Cancelled:
		return Cancelled, nil
	case e.phase == over:
		return "", refuse(ErrState, "it is %s", e.status)
	case e.phase == underway:
		e.cancelled, e.reason = true, "cancelled by its user, unless the winner that is under way takes effect"
		return Pending, nil
	}
	m.close(e, Cancelled, "cancelled by its user")
	return Cancelled, nil
}

// Standing is where an order stands on its chain.
type Standing struct {
	// Left is how much of the input is not taken.
	Left *big.Int
	// Ended: nothing more of it can be taken, for the Reason.
	Ended  bool
	Reason string
}

// standing takes where an open order stands on its chain, where anybody who has it may settle it past this book.
func (m *machine) standing(id common.Hash, s Standing) {
	e := m.entries[id]
	if e == nil || e.phase != collecting {
		return
	}
	switch {
	case s.Left.Sign() == 0:
		e.left.SetInt64(0)
		m.close(e, Filled, "filled past this book")
	case s.Ended:
		m.close(e, Cancelled, s.Reason)
	case s.Left.Cmp(e.left) < 0: // never back: what was read may be older than what is known
		e.left.Set(s.Left)
	}
}

// close ends an order.
func (m *machine) close(e *entry, status Status, reason string) {
	for len(e.solutions) > 0 {
		m.drop(e, e.solutions[0])
	}
	e.phase, e.status, e.reason, e.winner = over, status, reason, nil
	m.active = slices.DeleteFunc(m.active, func(other *entry) bool { return other == e })
	m.release(e)
	m.closed = append(m.closed, e.order.ID)
	for len(m.closed) > m.cfg.MaxClosed {
		delete(m.entries, m.closed[0])
		m.closed = m.closed[1:]
	}
	m.out.ended = append(m.out.ended, status)
	if status == Filled {
		m.notify(EventFilled, e)
		return
	}
	m.notify(EventClosed, e)
}

// release frees the room that an order took of its user and client.
func (m *machine) release(e *entry) {
	user, client := e.order.userKey(), e.order.Client
	if m.users[user]--; m.users[user] == 0 {
		delete(m.users, user)
	}
	if m.clients[client]--; m.clients[client] == 0 {
		delete(m.clients, client)
	}
}

// waiting are the winners whose fate is not known.
func (m *machine) waiting() (winners []award) {
	for _, e := range m.active {
		if e.phase == underway && e.sent {
			winners = append(winners, award{&e.order, e.winner})
		}
	}
	return winners
}

func (m *machine) notify(event Event, e *entry) {
	m.out.notices = append(m.out.notices, Notice{event, e.view()})
}

// view is a copy for everybody.
func (e *entry) view() View {
	v := View{
		Order: &e.order, Status: e.status, Left: new(big.Int).Set(e.left), Opens: e.opens, Closes: e.closes,
		Solutions: len(e.solutions), Fills: slices.Clone(e.fills), Reason: e.reason,
	}
	switch e.phase {
	case collecting:
		v.Status = Open
	case choosing, underway:
		v.Status = Pending
	case over:
	}
	return v
}
