package lane

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
	"github.com/lockstep-network/lockstep/proof"
)

var (
	// ErrRefuted: what a gateway sent cannot be, or contradicts what the validators have signed. It is wrong, or it lies.
	ErrRefuted = errors.New("lane: the gateway's answer is refuted")
	// ErrCut: a cut cannot be known in the time given; the network's clock is behind.
	ErrCut = errors.New("lane: cut is not known yet")
	// ErrFewHold: the gateway has what was handed in, and too few validators keep it to be safe if it is lost. It may still be ordered: hand
	// in the same again, or look for it in the lane.
	ErrFewHold = errors.New("lane: accepted by the gateway, and too few validators keep it")
)

// Client speaks to the gateways of one network about one rollup. It is safe for concurrent use.
type Client struct {
	rollup   core.RollupID
	trust    proof.Trust
	gateways []rollupv1connect.RollupServiceClient
	at       atomic.Uint64 // the gateway in use, modulo their number
}

// New makes a client; it connects to nothing. gateways are root URLs such as http://127.0.0.1:8545, any of which will do.
func New(rollup core.RollupID, trust proof.Trust, gateways ...string) *Client {
	c := &Client{rollup: rollup, trust: trust}
	for _, url := range gateways {
		c.gateways = append(c.gateways, rollupv1connect.NewRollupServiceClient(http.DefaultClient, strings.TrimRight(url, "/")))
	}
	return c
}

// gateway is the one in use.
func (c *Client) gateway() rollupv1connect.RollupServiceClient {
	return c.gateways[c.at.Load()%uint64(len(c.gateways))]
}

// Submit hands in a transaction and gives the hash by which it is found: the gateway has it.
func (c *Client) Submit(ctx context.Context, tx []byte) (common.Hash, error) {
	hash, err := c.SubmitHeld(ctx, tx)
	return hash, unlessFewHold(err)
}

// SubmitHeld is Submit, with ErrFewHold beside the hash when the transaction may be lost with the gateway.
func (c *Client) SubmitHeld(ctx context.Context, tx []byte) (common.Hash, error) {
	res, err := c.gateway().Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(c.rollup), Transaction: tx}))
	if err != nil {
		return common.Hash{}, err
	}
	return common.BytesToHash(res.Msg.Hash), held(res.Msg.AcceptedBy)
}

// SubmitBundle hands in a bundle and gives its id: the gateway has it.
func (c *Client) SubmitBundle(ctx context.Context, b *core.Bundle) (common.Hash, error) {
	id, err := c.SubmitBundleHeld(ctx, b)
	return id, unlessFewHold(err)
}

// SubmitBundleHeld is SubmitBundle, with ErrFewHold beside the id when the bundle may be lost with the gateway.
func (c *Client) SubmitBundleHeld(ctx context.Context, b *core.Bundle) (common.Hash, error) {
	res, err := c.gateway().SubmitBundle(ctx, connect.NewRequest(bundleMessage(b)))
	if err != nil {
		return common.Hash{}, err
	}
	return common.BytesToHash(res.Msg.BundleId), held(res.Msg.AcceptedBy)
}

// held is ErrFewHold unless enough validators keep what was handed in. A gateway that cannot ask says nothing.
func held(by *rollupv1.Acceptance) error {
	if by == nil || by.Safe {
		return nil
	}
	return fmt.Errorf("%w: power %d of %d", ErrFewHold, by.Power, by.Total)
}

func unlessFewHold(err error) error {
	if errors.Is(err, ErrFewHold) {
		return nil
	}
	return err
}

// SubmitBlock hands in a signed block of the rollup's own chain. The first one that is ordered says where the chain begins, so wait for
// it before handing in others; after that they may come in any order.
func (c *Client) SubmitBlock(ctx context.Context, b *core.Block) (common.Hash, error) {
	return c.report(ctx, &rollupv1.ReportRequest{Entry: &rollupv1.ReportRequest_Block{Block: blockMessage(b)}})
}

// SubmitReport hands in a signed report about a part of the lane.
func (c *Client) SubmitReport(ctx context.Context, r *core.Report) (common.Hash, error) {
	return c.report(ctx, &rollupv1.ReportRequest{Entry: &rollupv1.ReportRequest_Report{Report: reportMessage(r)}})
}

func (c *Client) report(ctx context.Context, m *rollupv1.ReportRequest) (common.Hash, error) {
	res, err := c.gateway().Report(ctx, connect.NewRequest(m))
	if err != nil {
		return common.Hash{}, err
	}
	return common.BytesToHash(res.Msg.Hash), nil
}

// Cut is the end of what was ordered up to a time.
type Cut struct {
	NextSeq uint64
	// Tick is the newest tick not later than the time, zero if there is none.
	Tick uint64
	Head common.Hash
}

// Cut tells what was ordered up to a consensus time in ms, and waits until that is known. ErrCut: it is not in time.
func (c *Client) Cut(ctx context.Context, timeMs uint64, wait time.Duration) (Cut, error) {
	res, err := c.gateway().Cut(ctx, connect.NewRequest(&rollupv1.CutRequest{
		Rollup: uint64(c.rollup), TimeMs: timeMs, WaitMs: uint64(max(wait, 0).Milliseconds()),
	}))
	if connect.CodeOf(err) == connect.CodeDeadlineExceeded && err != nil {
		return Cut{}, fmt.Errorf("%w: %w", ErrCut, err)
	}
	if err != nil {
		return Cut{}, err
	}
	return Cut{res.Msg.NextSeq, res.Msg.Tick, common.BytesToHash(res.Msg.Head)}, nil
}

// Reason is the gateway's name for what is wrong, such as "chainOrder"; empty for errors that are not a gateway's.
func Reason(err error) string {
	answer := new(connect.Error)
	if !errors.As(err, &answer) {
		return ""
	}
	for _, d := range answer.Details() {
		if value, err := d.Value(); err == nil {
			if detail, ok := value.(*rollupv1.ErrorDetail); ok {
				return detail.Reason
			}
		}
	}
	return ""
}
