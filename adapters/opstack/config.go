package opstack

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Config is what an operator chooses for the proxy.
type Config struct {
	// Listen is the address HOST:PORT for op-node; port 0 lets the kernel choose.
	Listen string
	// Engine is the URL of the execution client's authenticated port, http:// or https://.
	Engine string
	// JWTIn and JWTOut are files with the secrets, 64 hex digits each, of op-node's tokens and of those for the execution client.
	JWTIn, JWTOut string
	// Mode is the mode at the start.
	Mode Mode
	// MaxBody is the size of the largest request in bytes.
	MaxBody int64
	// Timeout is how long the execution client may take until an answer begins. op-node gives up by itself earlier.
	Timeout time.Duration
}

// Default is a configuration with everything but addresses and secrets.
func Default() Config {
	return Config{Listen: "127.0.0.1:8651", Engine: "http://127.0.0.1:8551", Mode: PassThrough, MaxBody: 128 << 20, Timeout: time.Minute}
}

// Validate reports all problems at once.
func (c Config) Validate() error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		fail("listen %q: want HOST:PORT", c.Listen)
	}
	if u, err := url.Parse(c.Engine); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fail("engine %q: want the URL of the execution client's authenticated port, for example http://127.0.0.1:8551", c.Engine)
	}
	if c.JWTIn == "" {
		fail("jwt-in: want the file with the secret that op-node signs its tokens with")
	}
	if c.JWTOut == "" {
		fail("jwt-out: want the file with the secret of the execution client")
	}
	if _, err := ParseMode(string(c.Mode)); err != nil {
		problems = append(problems, err)
	}
	if c.MaxBody < 1<<20 {
		fail("max-body %d: want at least %d, payloads are large", c.MaxBody, 1<<20)
	}
	if c.Timeout < time.Second {
		fail("timeout %s: want at least 1s", c.Timeout)
	}
	return errors.Join(problems...)
}
