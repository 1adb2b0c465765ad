package mempool

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// submission is a bundle on its way into the pool.
type submission struct {
	core.DecodedBundle
	// local ones go on to gossip.
	local bool
	// client is who brought it, if that is counted.
	client string
	// replacement is nil for a bundle that nobody can replace; line is who signed it, and its uuid.
	replacement *core.Replacement
	line        lineKey
}

// sign recovers the signer of a submission's replacement, if it has one.
func (p *Pool) sign(s *submission) error {
	if s.replacement == nil {
		return nil
	}
	signer, err := s.replacement.Signer(p.network, s.Hash)
	s.line = lineKey{signer, s.replacement.UUID}
	return err
}

// AddReplacement is AddClientBundle for a bundle that takes the place of the one with a lower nonce in its line (signer,
// uuid). The bundle that is there already, under the same nonce, is no error. ErrReplacementNonce: the line has seen this
// nonce or a higher one. ErrAlreadyOrdered: it is too late.
func (p *Pool) AddReplacement(ctx context.Context, client string, b *core.Bundle, r core.Replacement) (common.Hash, error) {
	return p.addLocal(ctx, submission{DecodedBundle: core.DecodedBundle{Bundle: b}, local: true, client: client, replacement: &r})
}

// CancelBundle ends a line and blocks what has a lower nonce. It returns the bundle that left the pool, zero if none
// waited there or somebody else has brought it too. Errors are those of AddReplacement.
func (p *Pool) CancelBundle(ctx context.Context, c core.Cancellation) (common.Hash, error) {
	if err := p.acquire(ctx); err != nil {
		return common.Hash{}, err
	}
	defer p.release()
	return p.cancel(&c, true)
}

func (p *Pool) cancel(c *core.Cancellation, local bool) (common.Hash, error) {
	signer, err := c.Signer(p.network)
	if err != nil {
		p.countRefusal()
		return common.Hash{}, err
	}
	key := lineKey{signer, c.UUID}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.lines.byKey[key]
	same, err := old.accepts(c.Nonce, common.Hash{})
	if err == nil && !same {
		err = p.lineRoom(key)
	}
	if err != nil {
		p.counters.Refused++
		return common.Hash{}, err
	}
	if same {
		return common.Hash{}, nil
	}
	victim := p.current(old)
	s := p.setLine(key, c.Nonce, common.Hash{})
	p.counters.Cancelled++
	if local {
		p.outbox.add(outgoing{cancellation: c, line: s}, p.live())
	}
	if victim == nil {
		return common.Hash{}, nil
	}
	p.dropBundle(victim, refuse(ErrCancelled, "by %s, nonce %d", signer, c.Nonce))
	return victim.Hash, nil
}

// verdict says what is to be done with a submission.
type verdict int

const (
	admitIt  verdict = iota // the pool does not have it
	shareIt                 // the pool holds the bundle and learns who can replace it
	ignoreIt                // it is what the pool has already
)

// judge compares a submission with what the pool holds and remembers.
func (p *Pool) judge(s *submission) (verdict, error) {
	held := p.bundles[s.Hash]
	if s.replacement == nil {
		if held != nil {
			held.plain = true
		}
		if p.knownBundle(s.DecodedBundle, s.local) {
			return ignoreIt, ErrAlreadyKnown
		}
		return admitIt, nil
	}
	same, err := p.lines.byKey[s.line].accepts(s.replacement.Nonce, s.Hash)
	switch {
	case err != nil:
		return ignoreIt, err
	case same && (held != nil || p.orderedRecently(s.Hash, false)):
		return ignoreIt, nil
	case held == nil && p.orderedRecently(s.Hash, s.local), held != nil && held.tick != 0:
		return ignoreIt, ErrAlreadyKnown
	case held != nil && p.sharers(s.Hash) >= maxSharers:
		held.plain = true
		return ignoreIt, refuse(ErrFull, "bundle %s is in %d other lines of replacements", s.Hash, maxSharers)
	case held != nil:
		return shareIt, nil
	}
	return admitIt, nil
}

// place puts a submission whose legs are checked into the pool, in the place of what it replaces.
func (p *Pool) place(s submission, entries []*entry) error {
	verdict, err := p.judge(&s)
	if err != nil || verdict == ignoreIt {
		return err
	}
	if verdict == admitIt && entries == nil {
		return ErrBusy // it left the pool between two looks; whoever sent it may send it again
	}
	if s.replacement == nil {
		_, err := p.admitNewBundle(s, entries, nil)
		return err
	}
	if err := p.lineRoom(s.line); err != nil {
		return err
	}
	old := p.current(p.lines.byKey[s.line])
	b := p.bundles[s.Hash]
	if verdict == admitIt {
		if b, err = p.admitNewBundle(s, entries, old); err != nil {
			return err
		}
	}
	line := p.setLine(s.line, s.replacement.Nonce, s.Hash)
	if old != nil && old != b {
		p.counters.Replaced++
		p.dropBundle(old, refuse(ErrReplaced, "by %s", s.Hash))
	}
	if s.local {
		p.outbox.add(outgoing{bundle: b, replacement: s.replacement, line: line}, p.live())
	}
	return nil
}

// live bounds what the outbox may hold that peers still need.
func (p *Pool) live() int { return p.count + len(p.bundles) + len(p.lines.byKey) }
