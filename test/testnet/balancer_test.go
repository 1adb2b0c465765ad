package testnet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// caller is a client behind a load balancer: each of its requests may come to another gateway.
type caller struct {
	url     string
	session *client.Session
}

func newCaller(url string) *caller {
	return &caller{url, &client.Session{Transport: &http.Transport{DisableKeepAlives: true}}}
}

// try makes a call until it is answered: a lost connection, and an answer that says so, are reasons to ask again.
func (c *caller) try(ctx context.Context, call func(*client.Client) error) error {
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		gw, err := client.DialSession(ctx, c.url, c.session)
		if err == nil {
			err = call(gw)
			gw.Close()
		}
		if err == nil || ctx.Err() != nil || !again(err) {
			return err
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// again is whether an error asks for another attempt.
func again(err error) bool {
	var status rpc.HTTPError
	if errors.As(err, &status) {
		return status.StatusCode == http.StatusServiceUnavailable
	}
	var coded rpc.Error
	return !errors.As(err, &coded) || coded.ErrorCode() == 47511 // too few hold it
}

// send hands in a transaction until a gateway answers with its hash.
func (c *caller) send(ctx context.Context, tx *gethtypes.Transaction) error {
	return c.try(ctx, func(gw *client.Client) error {
		eth, err := gw.Rollup(ctx, rollup)
		if err != nil {
			return err
		}
		defer eth.Close()
		err = eth.SendTransaction(ctx, tx)
		if err != nil && (strings.Contains(err.Error(), "already known") || strings.Contains(err.Error(), "nonce too low")) {
			return nil // an answer was lost
		}
		return err
	})
}

// executed waits until a transaction is.
func (c *caller) executed(ctx context.Context, hash common.Hash) error {
	return c.try(ctx, func(gw *client.Client) error {
		status, err := gw.WaitFor(ctx, hash, core.LevelExecuted, 5*time.Second)
		if err == nil && levelOf(status.Level) < core.LevelExecuted {
			err = errors.New("not yet")
		}
		return err
	})
}

// nonce is an account's.
func (c *caller) nonce(ctx context.Context, account common.Address) (nonce uint64, err error) {
	err = c.try(ctx, func(gw *client.Client) error {
		eth, err := gw.Rollup(ctx, rollup)
		if err != nil {
			return err
		}
		defer eth.Close()
		nonce, err = eth.NonceAt(ctx, account, nil)
		return err
	})
	return nonce, err
}

// writes sends one transaction after another and reads back each, wherever it asks then; told gets each hash when it is answered, and written
// is called when it was read back. It returns when stop is closed.
func (c *caller) writes(ctx context.Context, t *testing.T, account int, told func(common.Hash), written func(), stop <-chan struct{}) error {
	address := devnet.Accounts()[account].Address
	for nonce := uint64(0); ; nonce++ {
		select {
		case <-stop:
			return nil
		default:
		}
		tx := transfer(t, account, nonce)
		if err := c.send(ctx, tx); err != nil {
			return fmt.Errorf("send nonce %d: %w", nonce, err)
		}
		told(tx.Hash())
		if err := c.executed(ctx, tx.Hash()); err != nil {
			return fmt.Errorf("wait for nonce %d: %w", nonce, err)
		}
		for range 3 {
			if have, err := c.nonce(ctx, address); err != nil || have != nonce+1 {
				return fmt.Errorf("the nonce is %d after %d was used: %w", have, nonce, err)
			}
		}
		written()
	}
}

// Clients come to three gateways through a plain TCP load balancer, and one of the gateways is killed under load. Each client always
// sees what it has written, and every transaction that was answered is executed.
func TestBalancer_ReadsItsWritesAndLosesNothing(t *testing.T) {
	l := initNetwork(t, 2, 0)
	nodes := l.runAll(t, acceptPatiently)
	var addresses []string
	for _, node := range []int{0, 4, 5} {
		reaches(t, l.url(node), 3)
		addresses = append(addresses, strings.TrimPrefix(l.url(node), "http://"))
	}
	url := newBalancer(t, addresses...)
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	var (
		group    sync.WaitGroup
		mu       sync.Mutex
		answered []common.Hash
		writes   = make(chan struct{}, 1<<10)
		stop     = make(chan struct{})
	)
	for account := range 3 {
		group.Go(func() {
			err := newCaller(url).writes(ctx, t, account, func(hash common.Hash) {
				mu.Lock()
				defer mu.Unlock()
				answered = append(answered, hash)
			}, func() {
				select {
				case writes <- struct{}{}:
				case <-stop:
				}
			}, stop)
			if err != nil {
				t.Errorf("account %d: %v", account, err)
				cancel()
			}
		})
	}
	wait := func(count int) {
		for range count {
			select {
			case <-writes:
			case <-ctx.Done():
			}
		}
	}
	wait(15)
	if code := nodes[5].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	wait(len(writes) + 15)
	close(stop)
	group.Wait()
	last := newCaller(l.url(0))
	for _, hash := range answered {
		if err := last.executed(ctx, hash); err != nil {
			t.Errorf("%s was answered: %v", hash, err)
		}
	}
	t.Logf("%d transactions of three clients were answered through the load balancer", len(answered))
}
