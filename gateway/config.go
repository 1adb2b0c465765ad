package gateway

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// Config bounds what clients can do. All fields are local to a node.
type Config struct {
	// Listen is the address HOST:PORT of the one port; port 0 lets the kernel choose.
	Listen string
	// CORS lists the browser origins that may call, for HTTP and WebSocket; "*" allows all. Requests without an Origin
	// header come from no browser and are not concerned.
	CORS []string
	// VHosts lists the host names under which the port may be addressed, against DNS rebinding: a web page whose name
	// is made to point to this machine is refused. IP addresses are always allowed; "*" switches the check off.
	VHosts []string
	// TrustedProxies lists the IP addresses and prefixes of proxies before the gateway: a request from one of them counts
	// for the client that its X-Forwarded-For names. From everybody else the header is ignored.
	TrustedProxies []string
	// ClientRate is how many calls per second a client may make for long, over HTTP and WebSocket together, each call of a
	// batch counted; 0 sets no limit. A client is an IPv4 address or the /64 of an IPv6 address. Beyond it there is HTTP
	// status 429 with Retry-After, and JSON-RPC error -32005.
	ClientRate int
	// ClientBurst is how many calls a client may make at once after a pause; at least MaxBatch.
	ClientBurst int
	// MaxClients bounds the table of clients whose rate is watched; who called least recently is forgotten first.
	MaxClients int
	// MaxConnections bounds the open TCP connections; further ones are answered 503 and closed.
	MaxConnections int
	// MaxConnectionsPerClient bounds those of one client; further ones are answered 429 and closed. Trusted proxies are
	// not concerned.
	MaxConnectionsPerClient int
	// MaxCallsPerConnection bounds the calls, or batches, of a WebSocket that are not answered yet; further ones are refused.
	MaxCallsPerConnection int
	// MaxBody bounds a request body and a WebSocket message in bytes.
	MaxBody int
	// BodyBudget bounds in bytes what all HTTP bodies being read may take together; beyond it requests get 503.
	BodyBudget int
	// MaxBatch bounds the calls of a JSON-RPC batch, MaxBatchResponse their answers in bytes.
	MaxBatch         int
	MaxBatchResponse int
	// MaxWaiters bounds the calls and subscriptions that wait for a level at any time, MaxSimulations the simulations under way.
	MaxWaiters     int
	MaxSimulations int
	// MaxSubscriptions bounds the subscriptions of all WebSockets, MaxSubscriptionsPerConnection those of each. One that the
	// gateway has ended counts until the client unsubscribes or leaves.
	MaxSubscriptions              int
	MaxSubscriptionsPerConnection int
	// FeedBacklog is how many messages a subscriber may lag behind before it is dropped, FeedBytes how many bytes of
	// memory the newest messages may take, whoever lags behind.
	FeedBacklog int
	FeedBytes   int
	// SubmitWait is how long eth_sendRawTransaction waits for the result before it answers with the hash.
	SubmitWait time.Duration
	// AcceptWait is how long an answer waits after that until validators with more than a third of the power keep what was sent; then it
	// says that too few do. lockstep_sendBundle waits as long.
	AcceptWait time.Duration
	// MaxWait bounds the timeout of lockstep_waitFor and of eth_sendRawTransactionSync; it must be below WriteTimeout.
	MaxWait time.Duration
	// SessionWait is how long a request waits for the tick that its Lockstep-Min-Tick names before it is refused.
	SessionWait time.Duration
	// MaxLag is by how many ticks what is executed here may be behind before clients are sent elsewhere: behind what the network has decided, at
	// a follower, and behind this node's own log. A gateway alone expects as much of those behind it.
	MaxLag uint64
	// SimulateTimeout bounds the execution of one simulation.
	SimulateTimeout time.Duration
	// ReadHeaderTimeout, ReadTimeout, WriteTimeout and IdleTimeout are those of net/http.
	ReadHeaderTimeout time.Duration
	ReadTimeout       time.Duration
	WriteTimeout      time.Duration
	IdleTimeout       time.Duration
	// DrainTimeout is how long requests under way may go on after the shutdown has begun.
	DrainTimeout time.Duration
}

// Default is the configuration of a node on a developer's machine: loopback, open to every browser origin.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8545", CORS: []string{"*"}, VHosts: []string{"localhost"},
		ClientRate: 20_000, ClientBurst: 40_000, MaxClients: 1 << 14,
		MaxConnections: 1024, MaxConnectionsPerClient: 768, MaxCallsPerConnection: 256, MaxBody: 2 << 20, BodyBudget: 128 << 20,
		MaxBatch: 100, MaxBatchResponse: 10 << 20,
		MaxWaiters: 8192, MaxSimulations: 8, MaxSubscriptions: 2048, MaxSubscriptionsPerConnection: 128, FeedBacklog: 4096, FeedBytes: 32 << 20,
		SubmitWait: 500 * time.Millisecond, AcceptWait: 500 * time.Millisecond, MaxWait: 25 * time.Second, SessionWait: 2 * time.Second, MaxLag: 256, SimulateTimeout: 5 * time.Second,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, DrainTimeout: 5 * time.Second,
	}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		problems = append(problems, fmt.Errorf("gateway.listen %q: want HOST:PORT", c.Listen))
	}
	for _, limit := range []struct {
		name string
		v    int
	}{
		{"maxClients", c.MaxClients}, {"maxConnections", c.MaxConnections}, {"maxConnectionsPerClient", c.MaxConnectionsPerClient},
		{"maxCallsPerConnection", c.MaxCallsPerConnection}, {"maxSubscriptionsPerConnection", c.MaxSubscriptionsPerConnection}, {"maxBody", c.MaxBody}, {"maxBatch", c.MaxBatch},
		{"maxBatchResponse", c.MaxBatchResponse}, {"maxWaiters", c.MaxWaiters}, {"maxSimulations", c.MaxSimulations},
		{"maxSubscriptions", c.MaxSubscriptions}, {"feedBacklog", c.FeedBacklog}, {"feedBytes", c.FeedBytes},
	} {
		if limit.v < 1 {
			problems = append(problems, fmt.Errorf("gateway.%s is %d, want at least 1", limit.name, limit.v))
		}
	}
	if c.MaxLag < 1 {
		problems = append(problems, fmt.Errorf("gateway.maxLag is %d, want at least 1 tick", c.MaxLag))
	}
	if c.ClientRate < 0 || c.ClientRate > 0 && c.ClientBurst < c.MaxBatch {
		problems = append(problems, fmt.Errorf("gateway.clientRate is %d and clientBurst %d, want at least 0 and at least maxBatch (%d)", c.ClientRate, c.ClientBurst, c.MaxBatch))
	}
	if _, err := parseProxies(c.TrustedProxies); err != nil {
		problems = append(problems, err)
	}
	if c.BodyBudget < c.MaxBody {
		problems = append(problems, fmt.Errorf("gateway.bodyBudget is %d, want at least maxBody (%d)", c.BodyBudget, c.MaxBody))
	}
	for _, timeout := range []struct {
		name string
		v    time.Duration
	}{
		{"submitWait", c.SubmitWait}, {"acceptWait", c.AcceptWait}, {"maxWait", c.MaxWait}, {"simulateTimeout", c.SimulateTimeout}, {"sessionWait", c.SessionWait},
		{"readHeaderTimeout", c.ReadHeaderTimeout}, {"readTimeout", c.ReadTimeout}, {"writeTimeout", c.WriteTimeout},
		{"idleTimeout", c.IdleTimeout}, {"drainTimeout", c.DrainTimeout},
	} {
		if timeout.v <= 0 {
			problems = append(problems, fmt.Errorf("gateway.%s is %s, want more than 0", timeout.name, timeout.v))
		}
	}
	// The RPC server answers "request timed out" shortly before WriteTimeout, so the gateway's own waits must end first.
	if longest := max(c.SubmitWait+c.AcceptWait, c.MaxWait, c.SimulateTimeout); longest+time.Second > c.WriteTimeout {
		problems = append(problems, fmt.Errorf("gateway.writeTimeout is %s, want at least a second more than submitWait and acceptWait together, maxWait and simulateTimeout (%s)", c.WriteTimeout, longest))
	}
	return errors.Join(problems...)
}
