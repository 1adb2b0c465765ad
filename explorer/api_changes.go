package explorer

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// noChange is above the number of every change that will ever be.
const noChange = 1 << 52

// controlView is what of lockstep_getControl's answer the explorer reads; `changes` ascend, at most 100.
type controlView struct {
	Next            uint64        `json:"next"`
	ProtocolVersion uint64        `json:"protocolVersion"`
	ProtocolSince   uint64        `json:"protocolSince"`
	Changes         []ChangeBrief `json:"changes"`
}

// changes answers GET changes.
func (x *Explorer) changes(r *http.Request) (answer, error) {
	limit, err := readLimit(r, 50, 100)
	if err != nil {
		return answer{}, err
	}
	view, err := x.control(r.Context(), noChange)
	if err != nil {
		return answer{}, err
	}
	page := ChangeList{Next: view.Next, ProtocolVersion: view.ProtocolVersion, ProtocolSince: view.ProtocolSince, Changes: []Change{}}
	below := view.Next
	if text := r.URL.Query().Get("before"); text != "" {
		if below, err = readNumber("before", text, "a change's number"); err != nil {
			return answer{}, err
		}
		below = min(max(below, 1), view.Next)
	}
	set := core.NewValidatorSet(x.deps.Ledger.Validators())
	page.TotalPower = set.TotalPower()
	if page.Pending, err = x.pending(r.Context(), view.Next, set); err != nil {
		return answer{}, err
	}
	first := below - min(below-1, limit)
	if view, err = x.control(r.Context(), first); err != nil {
		return answer{}, err
	}
	for _, brief := range slices.Backward(view.Changes) {
		if brief.Sequence >= below || brief.State == ChangePending {
			continue
		}
		change, err := x.change(brief, set)
		if err != nil {
			return answer{}, err
		}
		page.Changes = append(page.Changes, change)
	}
	if first > 1 {
		page.Before = first
	}
	return answer{value: page}, nil
}

// pending are the changes below a number that wait, ascending. What is decided stays so, and is not looked at again.
func (x *Explorer) pending(ctx context.Context, next uint64, set core.ValidatorSet) ([]Change, error) {
	waiting := []Change{}
	for from := x.undecided.Load(); from < next; {
		view, err := x.control(ctx, from)
		if err != nil {
			return nil, err
		}
		if len(view.Changes) == 0 {
			break
		}
		for _, brief := range view.Changes {
			from = brief.Sequence + 1
			if brief.State != ChangePending {
				if len(waiting) == 0 {
					x.undecided.Store(from)
				}
				continue
			}
			change, err := x.change(brief, set)
			if err != nil {
				return nil, err
			}
			waiting = append(waiting, change)
		}
	}
	return waiting, nil
}

func (x *Explorer) control(ctx context.Context, from uint64) (view controlView, err error) {
	err = x.deps.RPC.Network(ctx, &view, "lockstep_getControl", from)
	return view, err
}

// change adds what the tick that ordered a change says of it, as long as the log keeps that.
func (x *Explorer) change(brief ChangeBrief, set core.ValidatorSet) (Change, error) {
	c := Change{ChangeBrief: brief, Signers: []ChangeSigner{}}
	if brief.Ordered > x.deps.Log.Head() { // the ledger may know a tick a moment before the log has it
		return c, nil
	}
	record, tick, err := x.deps.Log.Tick(brief.Ordered)
	switch {
	case errors.Is(err, ErrPruned) || err == nil && tick.Control == nil:
		return c, nil
	case err != nil:
		return c, err
	}
	c.Time = record.Time
	for _, s := range tick.Control.Signatures {
		member, _ := set.Find(s.Validator)
		c.SignedPower += member.Power
		c.Signers = append(c.Signers, ChangeSigner{s.Validator, member.Power})
	}
	return c, nil
}
