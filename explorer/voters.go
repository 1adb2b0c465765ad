package explorer

import (
	"bytes"
	"cmp"
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

// voters remember the newest votes of the validators: those in force, those that were jailed, and those that left until their
// votes are old.
type voters struct {
	// rows are by descending power; those of nobody in force stand behind.
	rows []*voterRow
	// newest is the newest commit known, count how many are.
	newest, count uint64
}

// voterRow is what is known of a validator, whose name is its Ethereum address.
type voterRow struct {
	core.Validator // of power zero while it is not in force
	jailed         bool
	votes          [voteWindow]byte // by tick modulo the window
	// seen is the newest commit in which it had a seat, last the newest one that has its vote.
	seen, last uint64
	attests    map[core.ZoneID]uint64
}

// listed reports whether the validator is shown: it is in force, or has left because it signed twice.
func (r *voterRow) listed() bool { return r.Power > 0 || r.jailed }

func (r *voterRow) info(index int) ValidatorInfo {
	consensus := r.ConsensusAddress()
	return ValidatorInfo{index, r.Address, hex.EncodeToString(consensus[:]), r.Power}
}

func newVoters(genesis *core.Genesis) *voters {
	v := new(voters)
	v.seat(genesis.Validators, nil)
	return v
}

// row is what is known of a validator; one that was not heard of begins here.
func (v *voters) row(address common.Address) *voterRow {
	for _, r := range v.rows {
		if r.Address == address {
			return r
		}
	}
	r := &voterRow{Validator: core.Validator{Address: address}, attests: make(map[core.ZoneID]uint64)}
	for i := range r.votes {
		r.votes[i] = voteNoSeat
	}
	v.rows = append(v.rows, r)
	return r
}

// absent are the validators that are known and not in a set.
func (v *voters) absent(set []core.Validator) (addresses []common.Address) {
	for _, r := range v.rows {
		if !slices.ContainsFunc(set, func(c core.Validator) bool { return c.Address == r.Address }) {
			addresses = append(addresses, r.Address)
		}
	}
	return addresses
}

// seat takes notice of the set in force and of those that were jailed.
func (v *voters) seat(set []core.Validator, jailed []common.Address) {
	for _, r := range v.rows {
		r.Power, r.jailed = 0, slices.Contains(jailed, r.Address)
	}
	for _, c := range set {
		v.row(c.Address).Validator = c
	}
	v.rows = slices.DeleteFunc(v.rows, func(r *voterRow) bool {
		return !r.listed() && (r.seen == 0 || v.newest-r.seen >= voteWindow)
	})
	slices.SortStableFunc(v.rows, func(a, b *voterRow) int {
		x, y := a.ConsensusAddress(), b.ConsensusAddress()
		return cmp.Or(cmp.Compare(b.Power, a.Power), bytes.Compare(x[:], y[:]))
	})
}

// infos are the validators that are shown, with the power of those in force together.
func (v *voters) infos() (infos []ValidatorInfo, power uint64) {
	for i, r := range v.rows {
		if r.listed() {
			infos = append(infos, r.info(i))
			power += r.Power
		}
	}
	return infos, power
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
		row := v.row(vote.Validator)
		row.votes[tick%voteWindow], row.seen = voteMissing, tick
		if vote.Signed {
			row.votes[tick%voteWindow], row.last = voteSigned, tick
		}
		for _, r := range vote.Results {
			row.attests[r.Zone] = max(row.attests[r.Zone], r.Tick)
		}
	}
}

func (v *voters) set(tick uint64, vote func(*voterRow) byte) {
	for _, row := range v.rows {
		row.votes[tick%voteWindow] = vote(row)
	}
}

// of are the votes for a tick, nil if they are not known.
func (v *voters) of(tick uint64) []TickVote {
	if tick == 0 || tick > v.newest || v.newest-tick >= v.count {
		return nil
	}
	var votes []TickVote
	for i, row := range v.rows {
		if letter := row.votes[tick%voteWindow]; letter != voteNoSeat {
			votes = append(votes, TickVote{i, row.Address, row.Power, letter == voteSigned})
		}
	}
	return votes
}

// states are what the votes say of the validators that are shown.
func (v *voters) states() (states []ValidatorState) {
	for i, row := range v.rows {
		if !row.listed() {
			continue
		}
		s := ValidatorState{Index: i, Address: row.Address, Power: row.Power, LastVote: row.last, Jailed: row.jailed}
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
		states = append(states, s)
	}
	return states
}
