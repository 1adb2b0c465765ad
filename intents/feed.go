package intents

import (
	"context"
	"slices"
	"sync"
)

// feed gives notices to subscribers. Publishing never waits: who lags too far behind is dropped.
type feed struct {
	cfg Config

	mu          sync.Mutex
	subscribers []*Subscription
}

// Subscription is a subscriber's place. Its methods may be called by one goroutine at a time.
type Subscription struct {
	feed *feed
	// first are the notices of what was there when it began.
	first []Notice
	// notices has room for Config.FeedBacklog; it is closed when the subscriber is dropped.
	notices chan Notice
}

// subscribe begins with notices of what is there. The caller holds the book's lock, so that nothing comes between.
func (f *feed) subscribe(first []Notice) (*Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.subscribers) >= f.cfg.MaxSubscribers {
		return nil, limit("maxSubscribers", "at most %d subscribers of this book", f.cfg.MaxSubscribers)
	}
	s := &Subscription{feed: f, first: first, notices: make(chan Notice, f.cfg.FeedBacklog)}
	f.subscribers = append(f.subscribers, s)
	return s, nil
}

// publish gives notices to all; who has no room for one gets no more.
func (f *feed) publish(notices []Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range notices {
		f.subscribers = slices.DeleteFunc(f.subscribers, func(s *Subscription) bool {
			select {
			case s.notices <- n:
				return false
			default:
				close(s.notices)
				return true
			}
		})
	}
}

// size is how many subscribers there are.
func (f *feed) size() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subscribers)
}

// Next is the next notice. It waits for one, and fails with ctx's error, or with ErrSlow after the last one that there was room for.
func (s *Subscription) Next(ctx context.Context) (Notice, error) {
	if len(s.first) > 0 {
		n := s.first[0]
		s.first = s.first[1:]
		return n, nil
	}
	select {
	case n, ok := <-s.notices:
		if !ok {
			return Notice{}, refuse(ErrSlow, "more than %d messages behind; subscribe again", s.feed.cfg.FeedBacklog)
		}
		return n, nil
	case <-ctx.Done():
		return Notice{}, ctx.Err()
	}
}

// Close ends the subscription. It is idempotent.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.subscribers = slices.DeleteFunc(s.feed.subscribers, func(other *Subscription) bool { return other == s })
}
