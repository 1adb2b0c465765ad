package demo

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/outbox"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// What Carol sends over the bridge, and how much of it she takes home again.
var (
	sentAway = ether(3)
	sentHome = ether(1)
	invented = ether(6)
)

// arrivalGas is ample for a message's arrival, which deploys the token's contract if it is the first one.
const arrivalGas = 4_000_000

// bridge moves Carol's tokens to the other rollup in one bundle, and some of them back in another one.
func (s *stage) bridge(ctx context.Context) error {
	here, there := s.cheap.Rollup, s.dear.Rollup
	s.heading("6. A token moves: %s TOK of rollup %s are locked there and minted on rollup %s in the same moment, and some go back", units(sentAway, 0), here, there)
	away := passage{from: here, to: there, amount: sentAway}
	if err := s.pass(ctx, "token away", away, s.lock(sentAway)); err != nil {
		return err
	}
	s.line("%s locked on %s, the same amount minted on %s", inTokens(sentAway), here, there)
	home := passage{from: there, to: here, amount: sentHome, home: true}
	r := reader{account: s.dear.Account}
	minted := r.bridged(ctx, s.contracts.TokenBridge, here, s.cheap.Token)
	if r.err != nil {
		return r.err
	}
	burn := actor.Call{To: &s.contracts.TokenBridge, Data: tokenbridge.NewTokenBridge().PackBurn(minted, s.carol.address, sentHome), Gas: legGas}
	if err := s.pass(ctx, "token home", home, act{by: s.carol.on[there], call: burn}); err != nil {
		return err
	}
	s.line("%s burned on %s, the same amount unlocked on %s", inTokens(sentHome), there, here)
	return nil
}

// inventedMessage locks tokens and delivers a message that says they were more.
func (s *stage) inventedMessage(ctx context.Context) error {
	here, there := s.cheap.Rollup, s.dear.Rollup
	s.heading("7. An invented message: %s TOK are locked, but the message that is delivered says %s", units(sentAway, 0), units(invented, 0))
	said, err := s.messageOf(ctx, here, s.lock(invented))
	if err != nil {
		return err
	}
	e, err := s.cross(ctx, "invented message", s.lock(sentAway), s.deliver(there, said))
	if err != nil {
		return err
	}
	if err := judgeNothing(e, failure{core.VoidAssertion, 1, "assertion: chain " + here.String()}); err != nil {
		return err
	}
	s.line("leg 1 failed on %s: rollup %s never sent that message", there, here)
	s.line("so nothing was minted, and nothing was locked either: balances, supplies, nonces and ETH are as before")
	return nil
}

// pass plays a passage whose first leg is given.
func (s *stage) pass(ctx context.Context, name string, p passage, first act) error {
	message, err := s.messageOf(ctx, p.from, first)
	if err != nil {
		return err
	}
	e, err := s.cross(ctx, name, first, s.deliver(p.to, message))
	if err != nil {
		return err
	}
	return judgePassage(e, [2]common.Address{s.contracts.TokenBridge, s.contracts.Inbox}, p)
}

// cross plays a bundle of two protected legs.
func (s *stage) cross(ctx context.Context, name string, first, second act) (*evidence, error) {
	b, legs, err := s.protect(ctx, first, second)
	if err != nil {
		return nil, err
	}
	return s.play(ctx, trial{name: name, bundle: b, legs: legs, submit: s.sends(b)})
}

// lock is Carol's leg that sends tokens away.
func (s *stage) lock(amount *big.Int) act {
	data := tokenbridge.NewTokenBridge().PackLock(s.cheap.Token, actor.ChainID(s.dear.Rollup), s.carol.address, amount)
	return act{by: s.carol.on[s.cheap.Rollup], call: actor.Call{To: &s.contracts.TokenBridge, Data: data, Gas: legGas}}
}

// deliver is the leg that brings a message in. It asserts that the message was sent.
func (s *stage) deliver(rollup core.RollupID, m inbox.Message) act {
	return act{by: s.carol.on[rollup], call: actor.Call{To: &s.contracts.Inbox, Data: inbox.NewInbox().PackDeliver(m), Gas: arrivalGas}, asserts: true}
}

// messageOf asks the node which message a leg would send, so that the leg that delivers it can be signed before.
func (s *stage) messageOf(ctx context.Context, rollup core.RollupID, a act) (m inbox.Message, err error) {
	legs, err := signLegs(ctx, a)
	if err != nil {
		return m, err
	}
	view, err := s.client.SimulateBundle(ctx, newBundle(legs))
	if err != nil {
		return m, fmt.Errorf("simulate: %w", err)
	}
	if !view.OK {
		return m, fmt.Errorf("%w: the leg that sends the message would be %s: %s", ErrFailed, view.Code, view.Reason)
	}
	sent, err := eventIn(view.Legs[0].Logs, s.contracts.Outbox, outbox.NewOutbox().UnpackSentEvent)
	if err != nil {
		return m, fmt.Errorf("the message that is sent: %w", err)
	}
	return inbox.Message{
		SourceChain: actor.ChainID(rollup), Sender: sent.Sender, DestinationChain: sent.DestinationChain,
		Recipient: sent.Recipient, Nonce: sent.Nonce, Payload: sent.Payload,
	}, nil
}
