package opstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// drainEvery is how often it is looked again at what the lane holds while Shared is being left; heads come in between.
const drainEvery = time.Second

// Leaving is a way out of Shared that waits until blocks have what the lane holds.
type Leaving struct {
	// To is the mode that comes then.
	To Mode `json:"to"`
	// Until is the end of the lane when that was asked for: what is ordered later is not waited for.
	Until uint64 `json:"until"`
	// Waiting counts the transactions before Until that no block of the chain has taken.
	Waiting int `json:"waiting"`
}

// kept is what the file beside the journal says about the mode.
type kept struct {
	// Setting is the mode of the settings when this was written, Mode the one that was switched to since.
	Setting Mode     `json:"setting"`
	Mode    Mode     `json:"mode"`
	Leaving *Leaving `json:"leaving,omitempty"`
}

// Mode is the mode now.
func (a *Adapter) Mode() Mode {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mode
}

// SetMode changes the mode. Calls under way do not notice. Out of Shared the way takes until blocks have what the lane holds at
// this moment; State says so meanwhile, and another SetMode takes it back. It is ErrMode where the mode needs what was not
// configured, and ErrJournal if the change would not survive a restart.
func (a *Adapter) SetMode(mode Mode) error { return a.change(mode, false) }

// SetModeNow is SetMode without waiting: what the lane holds stays there until the mode is Shared again.
func (a *Adapter) SetModeNow(mode Mode) error { return a.change(mode, true) }

func (a *Adapter) change(mode Mode, now bool) error {
	if err := a.possible(mode); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	next := kept{Setting: a.cfg.Mode, Mode: mode}
	if a.mode == Shared && mode != Shared && !now {
		next.Mode, next.Leaving = Shared, a.filler.leave(mode)
	}
	if err := a.keepMode(next); err != nil {
		return err
	}
	a.enter(next, "asked for")
	return nil
}

// possible tells whether everything is there that a mode needs.
func (a *Adapter) possible(mode Mode) error {
	if _, err := ParseMode(string(mode)); err != nil {
		return err
	}
	if mode == Shared && a.operator != nil && a.filler == nil {
		return fmt.Errorf("%w: %s needs a file for what is decided: see --journal", ErrMode, mode)
	}
	if mode != PassThrough && a.operator == nil {
		return fmt.Errorf("%w: %s needs the rollup, the network's genesis, a gateway and the operator's key: see --rollup, --genesis, --gateways and --operator-key", ErrMode, mode)
	}
	return nil
}

// enter makes a mode the mode; mu is held.
func (a *Adapter) enter(next kept, reason string) {
	if next.Leaving != nil {
		a.log.Info("the mode changes when blocks have what the lane holds", "mode", next.Leaving.To, "reason", reason, "seq", next.Leaving.Until)
	} else if a.mode != "" && a.mode != next.Mode {
		a.log.Info("mode changes", "mode", next.Mode, "reason", reason)
	}
	a.mode, a.leaving = next.Mode, next.Leaving
	a.meters.inMode(next.Mode)
	a.meters.leave(next.Leaving)
	a.news()
}

// resume takes the mode of the settings or, if it was switched to another one since these are as they are, that one.
func (a *Adapter) resume() error {
	next := kept{Setting: a.cfg.Mode, Mode: a.cfg.Mode}
	if a.filler != nil {
		text, err := os.ReadFile(a.modePath())
		var before kept
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return fmt.Errorf("%w: %w", ErrJournal, err)
		case json.Unmarshal(text, &before) != nil:
			return fmt.Errorf("%w: %s does not say a mode; without it the mode is that of the settings", ErrJournal, a.modePath())
		case before.Setting == a.cfg.Mode:
			next = before
		default: // the settings have the last word
			if err := a.keepMode(next); err != nil {
				return err
			}
		}
	}
	if err := a.possible(next.Mode); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enter(next, "as before the restart")
	return nil
}

// modePath is the file that keeps the mode; only with a journal is there one.
func (a *Adapter) modePath() string { return a.cfg.Journal + ".mode" }

func (a *Adapter) keepMode(k kept) error {
	if a.filler == nil {
		return nil
	}
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	file, err := replaceJournal(a.modePath(), append(text, '\n'))
	if err != nil {
		return err
	}
	return file.close()
}

// drain leaves Shared once the chain's head has taken what the lane held when that was asked for.
func (a *Adapter) drain(ctx context.Context) {
	for ctx.Err() == nil {
		a.mu.Lock()
		leaving, head, changed := a.leaving, a.head, a.changed
		a.mu.Unlock()
		var again <-chan time.Time
		if leaving != nil {
			if head != (common.Hash{}) {
				a.left(ctx, leaving, head)
			}
			again = time.After(drainEvery)
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-again:
		}
	}
}

// left looks whether the chain that ends in a head has everything.
func (a *Adapter) left(ctx context.Context, leaving *Leaving, head common.Hash) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	waiting, err := a.filler.waiting(ctx, head, leaving.Until)
	if err != nil {
		a.log.Debug("what the lane holds is not known yet", "err", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaving != leaving {
		return
	}
	leaving.Waiting = waiting
	a.meters.leave(leaving)
	if waiting > 0 {
		return
	}
	next := kept{Setting: a.cfg.Mode, Mode: leaving.To}
	if err := a.keepMode(next); err != nil {
		a.log.Error("the mode does not change", "err", err)
		return
	}
	a.enter(next, "blocks have what the lane held")
}

// leave begins to leave.
func (f *filler) leave(to Mode) *Leaving {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &Leaving{To: to, Until: f.lane.end()}
	l.Waiting = len(f.lane.transactions(f.shown.Cursor, l.Until))
	return l
}

// waiting counts the lane's transactions before a position that the chain up to a block has not taken.
func (f *filler) waiting(ctx context.Context, head common.Hash, until uint64) (int, error) {
	cursor, err := f.cursor(ctx, head)
	if err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if end := f.lane.end(); end < until {
		return 0, fmt.Errorf("%w: the lane is read up to %d, %d was asked for", ErrJournal, end, until)
	}
	return len(f.lane.transactions(cursor, until)), nil
}
