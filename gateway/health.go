package gateway

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

// headStale is how long the log may stand still before this node says that ordering does not go on. Idle networks have
// several ticks a second.
const headStale = 10 * time.Second

// Supervision tells those who restart nodes, and those who send clients to them, how this one is.
type Supervision struct {
	log      Log
	zones    map[core.ZoneID]Zone
	attested func(core.ZoneID) core.Attested
	now      func() time.Time
	decided  func() uint64 // nil for a node that decides itself
	maxLag   uint64
	ready    *readiness
	// draining is closed when the shutdown begins.
	draining <-chan struct{}
}

// NewSupervision is that of a node without a gateway, for another listener. It reads Log, Ledger, Zones, Decided and Now.
func NewSupervision(deps Deps) *Supervision {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	return newSupervision(Default(), deps, deps.Ledger.Attested, nil)
}

func newSupervision(cfg Config, deps Deps, attested func(core.ZoneID) core.Attested, draining <-chan struct{}) *Supervision {
	return &Supervision{
		log: deps.Log, zones: deps.Zones, attested: attested, now: deps.Now, decided: deps.Decided, maxLag: cfg.MaxLag,
		ready: &readiness{head: deps.Log.Head(), since: deps.Now()}, draining: draining,
	}
}

// Supervision is what /healthz and /readyz answer from.
func (g *Gateway) Supervision() *Supervision { return g.supervision }

// drains is whether the shutdown has begun.
func (s *Supervision) drains() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// health answers GET /healthz.
type health struct {
	OK   bool   `json:"ok"`
	Tick uint64 `json:"tick"`
	// Executed is the newest executed tick of each zone.
	Executed map[core.ZoneID]uint64 `json:"executed"`
}

// ServeHealth answers 200 while ticks are there and the node takes requests, otherwise 503.
func (s *Supervision) ServeHealth(w http.ResponseWriter, _ *http.Request) {
	h := health{Tick: s.log.Head(), Executed: make(map[core.ZoneID]uint64)}
	for id, z := range s.zones {
		h.Executed[id] = z.Executed()
	}
	status := http.StatusServiceUnavailable
	if h.OK = h.Tick > 0 && !s.drains(); h.OK {
		status = http.StatusOK
	}
	writeJSON(w, status, h)
}

// readiness remembers when the log moved last.
type readiness struct {
	mu    sync.Mutex
	head  uint64
	since time.Time
}

// still is for how long the log has not moved.
func (r *readiness) still(head uint64, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if head != r.head {
		r.head, r.since = head, now
	}
	return now.Sub(r.since)
}

// Readiness answers GET /readyz.
type Readiness struct {
	Ready bool `json:"ready"`
	// Reasons say what is missing; empty if nothing is.
	Reasons []Reason `json:"reasons"`
	Tick    uint64   `json:"tick"`
	// Executed is the newest executed tick of each zone, Attested the newest attested tick with which it agrees.
	Executed map[core.ZoneID]uint64 `json:"executed"`
	Attested map[core.ZoneID]uint64 `json:"attested"`
}

// Reason is one reason not to send requests to this node.
type Reason struct {
	// Code is one of "draining", "orderingStalled", "behind", "zoneStopped" and "zoneBehind", and "noUpstream" of a
	// gateway alone.
	Code string       `json:"code"`
	Zone *core.ZoneID `json:"zone,omitempty"`
	Text string       `json:"text"`
}

// readinessNow looks at ordering and at every zone.
func (s *Supervision) readinessNow() Readiness {
	r := Readiness{
		Reasons: []Reason{}, Tick: s.log.Head(),
		Executed: make(map[core.ZoneID]uint64), Attested: make(map[core.ZoneID]uint64),
	}
	add := func(code, text string, zone *core.ZoneID) { r.Reasons = append(r.Reasons, Reason{code, zone, text}) }
	if s.drains() {
		add("draining", "the node is shutting down", nil)
	}
	if r.Tick == 0 || s.ready.still(r.Tick, s.now()) > headStale {
		add("orderingStalled", "the ordered log does not grow", nil)
	}
	if executed, decided, behind := s.lag(); behind {
		add("behind", lagText(executed, decided), nil)
	}
	for _, id := range slices.Sorted(maps.Keys(s.zones)) {
		z := s.zones[id]
		executed := z.Executed()
		r.Executed[id], r.Attested[id] = executed, z.Agreed(s.attested(id))
		switch {
		case z.Err() != nil:
			add("zoneStopped", stoppedText, &id)
		case executed < z.Shown() || executed+s.maxLag < r.Tick:
			add("zoneBehind", "the zone executes ticks that were ordered before", &id)
		}
	}
	r.Ready = len(r.Reasons) == 0
	return r
}

// ServeReady answers 200 if clients should be sent here, otherwise 503.
func (s *Supervision) ServeReady(w http.ResponseWriter, _ *http.Request) {
	r := s.readinessNow()
	status := http.StatusOK
	if !r.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, r)
}
