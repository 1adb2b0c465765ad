package opstack

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// budget is what the proxy may add to a block's engine calls: with them op-node has one block time.
const budget = 20 * time.Millisecond

// proxy is a lockstep opstack in front of a chain's execution client.
type proxy struct {
	*process
	address string // HOST:PORT for op-node
	admin   string // HOST:PORT of its private listener
	stream  string // HOST:PORT of its stream of pre-confirmed blocks
}

func (p *proxy) url() string { return "http://" + p.address }

var (
	proxyListens = regexp.MustCompile(`msg="engine proxy".* address=(127\.0\.0\.1:\d+)`)
	streams      = regexp.MustCompile(`msg="pre-confirmed blocks".* address=(127\.0\.0\.1:\d+)`)
	adminListens = regexp.MustCompile(`msg="private listener".* address=(127\.0\.0\.1:\d+)`)
)

// startProxy starts the chain's proxy; port 0 is any.
func (c *chain) startProxy(name, listen string) error {
	args := []string{
		"opstack", "--listen", listen, "--admin", "127.0.0.1:0", "--engine", c.sequencer.engine, "--jwt-in", c.secret, "--mode", c.mode,
		"--rollup", fmt.Sprint(c.id), "--genesis", c.network.genesis(), "--gateways", c.network.rpc, "--operator-key", c.network.operatorKey,
		"--journal", filepath.Join(c.dir, "journal"), "--on-gap", c.onGap, "--stream", "127.0.0.1:0",
	}
	started, err := start(c.t, c.dir, name, c.programs.lockstep, args...)
	if err != nil {
		return err
	}
	p := &proxy{process: started}
	if p.address, err = p.says(proxyListens); err != nil {
		return err
	}
	if p.admin, err = p.says(adminListens); err != nil {
		return err
	}
	if p.stream, err = p.says(streams); err != nil {
		return err
	}
	c.proxy = p
	return nil
}

// ask is a request to the private listener; an answer without success is an error.
func (p *proxy) ask(method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(interrupted, method, "http://"+p.admin+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s answers %s: %s", method, path, answer.Status, bytes.TrimSpace(text))
	}
	return text, err
}

// join restarts op-node with another engine, which is all that an operator changes. Between op-node and the proxy stands the meter.
func (c *chain) join() (string, error) {
	before, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	if err := c.startProxy("proxy", "127.0.0.1:0"); err != nil {
		return "", err
	}
	if c.meter, err = startMeter(c.t, c.proxy.url()); err != nil {
		return "", err
	}
	from := time.Now()
	c.node.process.stop()
	if err := c.startSequencer("op-node-joined", c.meter.url); err != nil {
		return "", err
	}
	return c.caughtUp(before, from)
}

// caughtUp waits until a chain is past a block, and where the time says it must be.
func (c *chain) caughtUp(past uint64, from time.Time) (string, error) {
	var number uint64
	err := eventually(2*time.Minute, func() error {
		header, err := c.sequencer.HeaderByNumber(interrupted, nil)
		if err != nil {
			return err
		}
		number = header.Number.Uint64()
		if behind := time.Since(time.Unix(int64(header.Time), 0)); behind > c.blockTime+pollEvery {
			return fmt.Errorf("the head is of %v ago;", behind.Round(time.Millisecond))
		}
		if number <= past {
			return fmt.Errorf("the head is %d, and not past %d;", number, past)
		}
		return nil
	})
	return fmt.Sprintf("up with the time at block %d, after %.1f s", number, time.Since(from).Seconds()), err
}

// added compares the time that op-node waits for its engine, through the proxy and past it, a block each in turns.
func (c *chain) added(d time.Duration) (string, error) {
	from := time.Now()
	c.meter.goThrough(c.proxy.url(), c.sequencer.engine)
	err := pause(d)
	c.meter.goThrough(c.proxy.url())
	if err != nil {
		return "", err
	}
	direct, n := c.meter.medians(c.sequencer.engine, from)
	proxied, m := c.meter.medians(c.proxy.url(), from)
	if min(n, m) < 3 || min(len(direct), len(proxied)) < len(engineCalls) {
		return "", fmt.Errorf("too few blocks to compare: %d and %d;", n, m)
	}
	var sumDirect, sumProxied time.Duration
	var calls []string
	for i, call := range engineCalls {
		sumDirect, sumProxied = sumDirect+direct[i], sumProxied+proxied[i]
		calls = append(calls, fmt.Sprintf("%s %.1f/%.1f", call, milliseconds(proxied[i]), milliseconds(direct[i])))
	}
	result := fmt.Sprintf("%+.1f ms a block, %.2f times (medians through the proxy/directly, %d/%d blocks: %s)", milliseconds(sumProxied-sumDirect),
		float64(sumProxied)/float64(sumDirect), m, n, strings.Join(calls, ", "))
	if sumProxied-sumDirect > budget {
		return result, fmt.Errorf("the proxy adds more than %v;", budget)
	}
	return result, nil
}

// outage kills the proxy for a while, and starts it anew where it was.
func (c *chain) outage(d time.Duration) (string, error) {
	before, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	unfilled, err := c.proxy.metric("lockstep_opstack_unfilled_total")
	if err != nil {
		return "", err
	}
	c.unfilled += unfilled
	c.proxy.kill()
	if err := pause(d); err != nil {
		return "", err
	}
	c.outages++
	if err := c.startProxy(fmt.Sprintf("proxy-%d", c.outages+1), c.proxy.address); err != nil {
		return "", err
	}
	return c.caughtUp(before, time.Now())
}
