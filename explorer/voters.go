package explorer

import (
	"bytes"
	"encoding/hex"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// voteWindow is over how many commits shares are counted, and for which votes are remembered.
	voteWindow = 1000
	// shownVotes is how many of them a page gets.
	shownVotes = 64
)

// Votes as letters of ValidatorState.Votes.
const (
	voteMissing byte = '0'
	voteSigned  byte = '1'
	voteNoSeat  byte = '-'
)

// voters remember the validators' newest votes.
type voters struct {
	infos []ValidatorInfo
	keys  []core.Validator // as infos
	index map[common.Address]int
	// newest is the newest commit known, count how many are.
	newest, count uint64
	rows          []voterRow
}

// voterRow is what is known of a validator.
type voterRow struct {
	votes   [voteWindow]byte // by tick modulo the window
	last    uint64
	attests map[core.ZoneID]uint64
}

func newVoters(genesis *core.Genesis) *voters {
	v := &voters{keys: slices.Clone(genesis.Validators), index: make(map[common.Address]int)}
	slices.SortStableFunc(v.keys, func(a, b core.Validator) int {
		switch {
		case a.Power > b.Power:
			return -1
		case a.Power < b.Power:
			return 1
		}
		x, y := a.ConsensusAddress(), b.ConsensusAddress()
		return bytes.Compare(x[:], y[:])
	})
	v.rows = make([]voterRow, len(v.keys))
	for i := range v.keys {
		key := &v.keys[i]
		consensus := key.ConsensusAddress()
		v.infos = append(v.infos, ValidatorInfo{i, key.Address, hex.EncodeToString(consensus[:]), key.Power})
		v.index[key.Address] = i
		v.rows[i].attests = make(map[core.ZoneID]uint64)
	}
	return v
}

// add takes notice of the votes for a tick. Ticks ascend; those of a replay are known already.
func (v *voters) add(tick uint64, votes []core.Vote) {
	if tick == 0 || tick <= v.newest {
		return
	}
	for gap := max(v.newest+1, tick-min(tick, voteWindow)); v.newest > 0 && gap < tick; gap++ {
		v.set(gap, func(*voterRow) byte { return voteNoSeat })
	}
	if v.newest == 0 {
		v.newest = tick - 1
	}
	v.newest, v.count = tick, min(v.count+tick-v.newest, voteWindow)
	v.set(tick, func(*voterRow) byte { return voteNoSeat })
	for _, vote := range votes {
		i, ok := v.index[vote.Validator]
		if !ok {
			continue
		}
		row := &v.rows[i]
		row.votes[tick%voteWindow] = voteMissing
		if vote.Signed {
			row.votes[tick%voteWindow], row.last = voteSigned, tick
		}
		for _, r := range vote.Results {
			row.attests[r.Zone] = max(row.attests[r.Zone], r.Tick)
		}
	}
}

func (v *voters) set(tick uint64, vote func(*voterRow) byte) {
	for i := range v.rows {
		v.rows[i].votes[tick%voteWindow] = vote(&v.rows[i])
	}
}

// of are the votes for a tick, nil if they are not known.
func (v *voters) of(tick uint64) []TickVote {
	if tick == 0 || tick > v.newest || v.newest-tick >= v.count {
		return nil
	}
	var votes []TickVote
	for i := range v.rows {
		if letter := v.rows[i].votes[tick%voteWindow]; letter != voteNoSeat {
			votes = append(votes, TickVote{i, v.infos[i].Address, v.infos[i].Power, letter == voteSigned})
		}
	}
	return votes
}

// states are the validators' rows; seated tells who is in the set.
func (v *voters) states(jailed func(common.Address) bool) []ValidatorState {
	states := make([]ValidatorState, len(v.rows))
	for i := range v.rows {
		row := &v.rows[i]
		s := ValidatorState{Index: i, LastVote: row.last, Jailed: jailed(v.infos[i].Address)}
		letters := make([]byte, 0, shownVotes)
		var signed, seated uint64
		for back := v.count; back > 0; back-- {
			letter := row.votes[(v.newest-back+1)%voteWindow]
			if letter != voteNoSeat {
				seated++
			}
			if letter == voteSigned {
				signed++
			}
			if back <= shownVotes {
				letters = append(letters, letter)
			}
		}
		s.Votes = string(letters)
		if seated > 0 {
			s.Share = float64(signed) / float64(seated)
		}
		if row.last > 0 {
			s.Lag = v.newest - row.last
		} else {
			s.Lag = v.count
		}
		for zone, tick := range row.attests {
			s.Attests = append(s.Attests, ZoneTick{zone, tick})
		}
		slices.SortFunc(s.Attests, func(a, b ZoneTick) int { return int(a.Zone) - int(b.Zone) })
		states[i] = s
	}
	return states
}
