package ordering

import (
	"bytes"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// Hear gives, ascending by zone, the results on which the commit of the tick at height, which Finalize is about to apply, shows that
// more than 2/3 of the power agree: what the ledger will call attested one tick later, when these votes stand in a proposal.
// Validators that are not in the commit count with what the ledger has of them. Results that the ledger calls attested already are
// left out. It is a function of the ledger and the commit, and changes nothing.
//
// Who signed is checked here, since a peer may have handed on the commit with extensions of its own making: votes whose signature is not
// good count as absent. Nothing is heard at a height with which the validator set changes.
func (m *Machine) Hear(height uint64, round int32, votes []ExtendedVote) []core.Attested {
	members, _ := m.signers(height)
	if height != m.tick.Height+1 || !slices.EqualFunc(members, m.validators, member.equal) {
		return nil
	}
	said := m.extensionsOf(height, round, votes)
	var agreed []core.Attested
	for _, z := range m.now.Zones {
		at := lookup[attestedValue](m.ledger, attestedKey(z.ID))
		lists := make([]resultsValue, len(m.validators))
		for i, v := range m.validators {
			lists[i] = lookup[resultsValue](m.ledger, resultsKey(z.ID, v.address))
			if said[i] != nil {
				lists[i] = listOf(said[i], z.ID)
			}
			lists[i] = lists[i].between(at.Tick+1, min(at.Tick+m.genesis.Params.MaxDigests, m.tick.Height))
		}
		if next, ok := m.agreed(lists); ok {
			agreed = append(agreed, core.Attested{Zone: z.ID, Tick: next.Tick, Digest: next.Digest})
		}
	}
	return agreed
}

// extensionsOf are the vote extensions in a commit, one per validator, nil where there is none or its signature is not good.
func (m *Machine) extensionsOf(height uint64, round int32, votes []ExtendedVote) []*core.VoteExtension {
	extensions := make([]*core.VoteExtension, len(m.validators))
	for _, vote := range votes {
		i := slices.IndexFunc(m.validators, func(v member) bool { return bytes.Equal(v.address[:], vote.Validator) })
		if i >= 0 && m.goodVote(i, signedVote{height, round, vote.Extension, vote.Signature}) {
			extensions[i], _ = m.decodeExtension(vote.Extension) // good means that it can be
		}
	}
	return extensions
}
