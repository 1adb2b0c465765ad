package intents

import (
	"errors"
	"fmt"
	"time"
)

// Config bounds and paces one gateway's book. Nothing in it has to be equal on all nodes.
type Config struct {
	// Enabled keeps a book; a node without a gateway has none whatever it says.
	Enabled bool
	// Window is how many ticks solutions are taken before the best one is sent; a window without a winner is followed by
	// another one.
	Window uint64
	// MaxOrders bounds the orders that are open or pending, MaxUserOrders those of one user on one rollup and MaxClientOrders
	// those that one client brought.
	MaxOrders       int
	MaxUserOrders   int
	MaxClientOrders int
	// MaxOrderBytes bounds an order's data and signature together, in bytes.
	MaxOrderBytes int
	// MaxLifetime is how far ahead of the network's time the first deadline of an order may be: until then it may take a place in the book.
	MaxLifetime time.Duration
	// MaxSolutions bounds the solutions of an order that are kept for its auction, MaxClientSolutions those of one client among
	// them; better ones take the place of worse ones.
	MaxSolutions       int
	MaxClientSolutions int
	// MaxSolutionsBytes bounds the solutions of all orders together, in bytes; one client may have a quarter of that.
	MaxSolutionsBytes int
	// MaxSimulations bounds how many simulations, and checks of orders against the state, are under way at a time.
	MaxSimulations int
	// MaxClients bounds the clients whose failures are counted. MaxClientFailures is how many orders and solutions of one client, together,
	// may fail their checks or their simulation per FailureWindow before more are refused.
	MaxClients        int
	MaxClientFailures int
	FailureWindow     time.Duration
	// MaxClosed bounds the orders that are over and remembered; the oldest are forgotten first.
	MaxClosed int
	// MaxSubscribers bounds the subscribers, FeedBacklog how many messages one may lag behind before it is dropped.
	MaxSubscribers int
	FeedBacklog    int
	// CheckRate is how many open orders are compared with the chain's state after each tick, in turn and each at most once a
	// window, to find those that were settled or cancelled past this book.
	CheckRate int
}

// Default is a book for a node of 4 GB: some thousand orders and at most 32 MiB of solutions.
func Default() Config {
	return Config{
		Enabled: true, Window: 8, MaxOrders: 4096, MaxUserOrders: 64, MaxClientOrders: 1024, MaxOrderBytes: 8 << 10,
		MaxLifetime:  7 * 24 * time.Hour,
		MaxSolutions: 32, MaxClientSolutions: 8, MaxSolutionsBytes: 32 << 20, MaxSimulations: 4,
		MaxClients: 1 << 14, MaxClientFailures: 64, FailureWindow: time.Minute,
		MaxClosed: 4096, MaxSubscribers: 256, FeedBacklog: 1024, CheckRate: 2,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	for _, limit := range []struct {
		name string
		v    int
	}{
		{"maxOrders", c.MaxOrders}, {"maxUserOrders", c.MaxUserOrders}, {"maxClientOrders", c.MaxClientOrders},
		{"maxOrderBytes", c.MaxOrderBytes}, {"maxSolutions", c.MaxSolutions}, {"maxClientSolutions", c.MaxClientSolutions},
		{"maxSolutionsBytes", c.MaxSolutionsBytes}, {"maxSimulations", c.MaxSimulations}, {"maxClients", c.MaxClients},
		{"maxClientFailures", c.MaxClientFailures}, {"maxClosed", c.MaxClosed}, {"maxSubscribers", c.MaxSubscribers},
		{"feedBacklog", c.FeedBacklog}, {"checkRate", c.CheckRate},
	} {
		if limit.v < 1 {
			problems = append(problems, fmt.Errorf("intents.%s is %d, want at least 1", limit.name, limit.v))
		}
	}
	if c.Window < 1 || c.Window > 1<<20 {
		problems = append(problems, fmt.Errorf("intents.window is %d, want 1 to %d ticks", c.Window, 1<<20))
	}
	if c.FailureWindow <= 0 {
		problems = append(problems, fmt.Errorf("intents.failureWindow is %s, want more than 0", c.FailureWindow))
	}
	if c.MaxLifetime < time.Second {
		problems = append(problems, fmt.Errorf("intents.maxLifetime is %s, want at least 1s", c.MaxLifetime))
	}
	return errors.Join(problems...)
}
