package explorer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/lockstep-network/lockstep/core"
)

// How far a request looks for ticks with content.
const (
	scanTicks    = 2000
	scanNeighbor = 500
)

// network answers GET network.
func (x *Explorer) network(r *http.Request) (answer, error) {
	page := NetworkPage{Hello: x.hello(false), Oldest: x.deps.Log.Oldest()}
	if err := x.deps.RPC.Network(r.Context(), &page.Status, "lockstep_status"); err != nil {
		return answer{}, err
	}
	return answer{value: page}, nil
}

// readNumber reads a decimal number of a path or a query.
func readNumber(name, text, want string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, bad(name, text, want)
	}
	return n, nil
}

// readLimit reads ?limit=.
func readLimit(r *http.Request, usual, most uint64) (uint64, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usual, nil
	}
	want := fmt.Sprintf("1 to %d", most)
	n, err := readNumber("limit", text, want)
	if err == nil && (n == 0 || n > most) {
		err = bad("limit", text, want)
	}
	return n, err
}

// ticks answers GET ticks.
func (x *Explorer) ticks(r *http.Request) (answer, error) {
	limit, err := readLimit(r, 50, 200)
	if err != nil {
		return answer{}, err
	}
	list := TickList{Ticks: []TickBrief{}, Oldest: x.deps.Log.Oldest(), Newest: x.deps.Log.Head()}
	n := list.Newest
	if text := r.URL.Query().Get("before"); text != "" {
		before, err := readNumber("before", text, "a tick")
		if err != nil {
			return answer{}, err
		}
		n = min(n, max(before, 1)-1)
	}
	for scanned := 0; n >= list.Oldest && n > 0 && scanned < scanTicks; n, scanned = n-1, scanned+1 {
		record, tick, err := x.deps.Log.Tick(n)
		if err != nil {
			return answer{}, err
		}
		if last := len(list.Ticks) - 1; tick.Empty() && last >= 0 && list.Ticks[last].Empty > 0 {
			list.Ticks[last].Empty++
			continue
		}
		if uint64(len(list.Ticks)) == limit {
			break
		}
		list.Ticks = append(list.Ticks, tickBrief(record, tick))
	}
	if n >= list.Oldest && n > 0 {
		list.Before = n + 1
	}
	return answer{value: list}, nil
}

func tickBrief(record *core.TickRecord, tick *core.Tick) TickBrief {
	b := TickBrief{Number: tick.Number, Time: tick.Time, Bundles: uint64(len(tick.Bundles)), Lanes: []LaneCount{}}
	if tick.Empty() {
		b.Empty = 1
	}
	for _, lane := range record.Lanes {
		b.Entries += lane.Count
		b.Lanes = append(b.Lanes, LaneCount{lane.Rollup, lane.Count})
	}
	return b
}

// tick answers GET tick/{number}.
func (x *Explorer) tick(r *http.Request) (answer, error) {
	oldest, head := x.deps.Log.Oldest(), x.deps.Log.Head()
	n, text := head, r.PathValue("number")
	if text != "latest" {
		var err error
		if n, err = readNumber("number", text, `a tick, or "latest"`); err != nil {
			return answer{}, err
		}
	}
	if n < oldest || n > head || n == 0 {
		return answer{}, missing("there is no tick %d at this node, which keeps %d to %d", n, oldest, head)
	}
	record, tick, err := x.deps.Log.Tick(n)
	if err != nil {
		return answer{}, err
	}
	page := TickPage{Final: x.attested(tick)}
	if err := x.deps.RPC.Network(r.Context(), &page.Tick, "lockstep_getTick", n); err != nil {
		return answer{}, err
	}
	for _, part := range record.Payload {
		page.Bytes += uint64(len(part))
	}
	if page.Previous, err = x.neighbor(n, oldest, false); err != nil {
		return answer{}, err
	}
	if page.Next, err = x.neighbor(n, head, true); err != nil {
		return answer{}, err
	}
	x.live.mu.Lock()
	defer x.live.mu.Unlock()
	page.Seen, page.Votes = x.live.seen.get(n), x.live.voters.of(n)
	return answer{value: page}, nil
}

// attested reports whether all that a tick ordered has an attested result; lanes that are executed nowhere are not asked.
func (x *Explorer) attested(tick *core.Tick) bool {
	for _, zone := range x.deps.Genesis.InForce().Zones {
		if z, ok := x.deps.Zones[zone.ID]; ok && z.Agreed() < tick.Number {
			return false
		}
	}
	return true
}

// neighbor is the nearest tick with content after or before n, as far as limit; zero if there is none near.
func (x *Explorer) neighbor(n, limit uint64, after bool) (uint64, error) {
	for range scanNeighbor {
		if n == limit || n == 0 {
			return 0, nil
		}
		if after {
			n++
		} else {
			n--
		}
		record, _, err := x.deps.Log.Tick(n)
		if err != nil {
			return 0, err
		}
		if len(record.Lanes) > 0 {
			return n, nil
		}
	}
	return 0, nil
}

// levelOf reads how far the answer of lockstep_getStatus says that an entry is, and what it is.
func levelOf(status json.RawMessage) (level core.Level, kind string, err error) {
	var s struct {
		Kind  string     `json:"kind"`
		Level core.Level `json:"level"`
	}
	err = json.Unmarshal(status, &s)
	return s.Level, s.Kind, err
}
