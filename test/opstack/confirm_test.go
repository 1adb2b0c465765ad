package opstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// The modes of a proxy.
const (
	passThrough = "pass-through"
	confirm     = "confirm"
	shared      = "shared"
)

// proxyState is what a proxy says of itself.
type proxyState struct {
	Mode   string `json:"mode"`
	Engine string `json:"engine"`
	Shared *struct {
		Lane uint64 `json:"lane"`
	} `json:"shared"`
	Confirm *struct {
		Network string    `json:"network"`
		Proven  *position `json:"proven"`
		Behind  uint64    `json:"behind"`
		Problem string    `json:"problem"`
	} `json:"confirm"`
}

// position is a block in the lane.
type position struct {
	Number uint64 `json:"number"`
}

func (p *proxy) state() (state proxyState, err error) {
	text, err := p.ask(http.MethodGet, "/opstack/state", nil)
	if err != nil {
		return state, err
	}
	return state, json.Unmarshal(text, &state)
}

// switchTo changes the proxy's mode while it runs, and waits until it is that: out of shared, blocks take what the lane holds first.
func (p *proxy) switchTo(mode string) error {
	body, err := json.Marshal(map[string]string{"mode": mode})
	if err != nil {
		return err
	}
	if _, err := p.ask(http.MethodPost, "/opstack/mode", body); err != nil {
		return err
	}
	return eventually(time.Minute, func() error {
		state, err := p.state()
		if err == nil && state.Mode != mode {
			err = fmt.Errorf("the mode is %s, and not %s;", state.Mode, mode)
		}
		return err
	})
}

// proves waits until the validators have signed that what is the chain's head now is in the lane, and compares the lane.
func (s *stack) proves(c *chain) (string, error) {
	head, err := c.sequencer.HeaderByNumber(interrupted, nil)
	if err != nil {
		return "", err
	}
	from := time.Now()
	err = eventually(time.Minute, func() error {
		state, err := c.proxy.state()
		if err != nil {
			return err
		}
		if state.Confirm == nil {
			return errors.New("the proxy knows no network;")
		}
		if state.Confirm.Proven == nil || state.Confirm.Proven.Number < head.Number.Uint64() {
			return fmt.Errorf("proven is %v of %d: %d behind, network %s, problem %q;",
				state.Confirm.Proven, head.Number, state.Confirm.Behind, state.Confirm.Network, state.Confirm.Problem)
		}
		view, err := s.network.finality(c.id, head.Hash())
		if err == nil && view.Status != "proven" && view.Status != "safe" {
			err = fmt.Errorf("getFinality says of block %s that it is %s;", head.Hash(), view.Status)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	took := time.Since(from)
	result, err := s.laneHolds(c, head.Number.Uint64())
	return fmt.Sprintf("%s; proven after %.1f s", result, took.Seconds()), err
}

// orphans asks for the blocks that a chain had before L1 went back.
func (s *stack) orphans(c *chain, before []common.Hash) (string, error) {
	after, err := c.hashes()
	if err != nil {
		return "", err
	}
	orphaned := 0
	for number, hash := range before {
		if hash == after[number] {
			continue
		}
		err := eventually(30*time.Second, func() error {
			view, err := s.network.finality(c.id, hash)
			if err != nil {
				return err
			}
			if view.Status != "orphaned" || view.Orphaned == nil || view.Orphaned.Cause != "l1" {
				return fmt.Errorf("block %d, which L1 took back, is %s, because of %v;", number, view.Status, view.Orphaned)
			}
			return nil
		})
		// The newest may have been replaced before it was told.
		if err != nil && number < len(before)-2 {
			return "", fmt.Errorf("block %d: %w", number, err)
		}
		if err == nil {
			orphaned++
		}
	}
	if orphaned == 0 {
		return "", errors.New("no block is orphaned;")
	}
	return fmt.Sprintf("%d replaced blocks are orphaned by L1", orphaned), nil
}

// toConfirm switches a chain to confirm; nothing is restarted.
func (s *stack) toConfirm(c *chain) (string, error) {
	head, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	if err := c.proxy.switchTo(confirm); err != nil {
		return "", err
	}
	// The block that is the head in this moment may be the first that is told, or the one after it.
	c.joinedAt, c.mode = head+2, confirm
	if err := eventually(time.Minute, func() error {
		if number, err := c.sequencer.BlockNumber(interrupted); err != nil || number < c.joinedAt {
			return errors.Join(errors.New("no block since;"), err)
		}
		return nil
	}); err != nil {
		return "", err
	}
	return s.proves(c)
}

// confirms measures how long after it is the head a block is proven.
func (c *chain) confirms(d time.Duration) (string, error) {
	from, proven := time.Now(), map[uint64]time.Time{}
	last := uint64(0)
	for time.Since(from) < d {
		if err := pause(pollEvery / 5); err != nil {
			return "", err
		}
		state, err := c.proxy.state()
		if err != nil {
			return "", err
		}
		if state.Confirm == nil || state.Confirm.Proven == nil {
			return "", errors.New("the proxy has nothing proven;")
		}
		number := state.Confirm.Proven.Number
		for ; last != 0 && last < number; last++ {
			proven[last+1] = time.Now()
		}
		last = number
	}
	var waits []time.Duration
	for _, h := range c.pace.after(from) {
		if at, ok := proven[h.number]; ok {
			waits = append(waits, at.Sub(h.at))
		}
	}
	if len(waits) == 0 {
		return "", errors.New("no block was proven;")
	}
	slices.Sort(waits)
	return fmt.Sprintf("%d blocks; from head to proven: median %d ms, latest %d ms", len(waits), waits[len(waits)/2].Milliseconds(), waits[len(waits)-1].Milliseconds()), nil
}
