package chainrpc

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Config says where a chain is.
type Config struct {
	// Execution is the URL of the chain's own execution client, http:// or ws://; with http there are no subscriptions. Empty: the gateway
	// serves no Ethereum JSON-RPC of the chain.
	Execution string
	// Stream is the URL, ws://, of the stream of pre-confirmed blocks of the chain's proxy (`lockstep opstack --stream`). Empty: there are
	// no receipts before a block is there.
	Stream string
	// Submit says where transactions go that are sent: "lane", the chain's lane, for a chain in mode shared; or "execution", the execution
	// client as they are, for a chain in another mode, where nobody takes the lane. Empty is "lane".
	Submit string
	// Allow names methods that may be asked for beside the usual ones, such as debug_traceTransaction. What changes the client is refused.
	Allow []string
}

// Where transactions go that are sent.
const (
	SubmitLane      = "lane"
	SubmitExecution = "execution"
)

// Validate reports all problems at once.
func (c Config) Validate() error {
	problems := []error{checkURL("execution", c.Execution, "http", "https", "ws", "wss"), checkURL("stream", c.Stream, "ws", "wss")}
	if c.Stream != "" && c.Execution == "" {
		problems = append(problems, errors.New("stream is set and execution is not, want both: the stream only adds to what the execution client says"))
	}
	if !slices.Contains([]string{"", SubmitLane, SubmitExecution}, c.Submit) {
		problems = append(problems, fmt.Errorf("submit is %q, want %q, the chain's lane, or %q, its execution client", c.Submit, SubmitLane, SubmitExecution))
	}
	for _, method := range c.Allow {
		if !strings.Contains(method, "_") || forbidden(method) {
			problems = append(problems, fmt.Errorf("allow names %q, want a method that reads, such as debug_traceTransaction", method))
		}
	}
	return errors.Join(problems...)
}

func checkURL(name, text string, schemes ...string) error {
	if text == "" {
		return nil
	}
	if u, err := url.Parse(text); err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme) {
		return nil
	}
	return fmt.Errorf("%s is %q, want a URL that begins with %s://", name, text, strings.Join(schemes, ":// or "))
}
