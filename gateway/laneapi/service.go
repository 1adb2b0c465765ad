package laneapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
)

// service is the Server as the generated code calls it.
type service struct{ s *Server }

func (v service) Submit(ctx context.Context, req *connect.Request[rollupv1.SubmitRequest]) (*connect.Response[rollupv1.SubmitResponse], error) {
	rollup, err := v.s.knows(req.Msg.Rollup)
	if err != nil {
		return nil, err
	}
	hash, err := v.s.deps.Pool.AddTransaction(ctx, rollup, req.Msg.Transaction)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&rollupv1.SubmitResponse{Hash: hash[:], AcceptedBy: v.s.acceptedBy(ctx, hash)}), nil
}

// maxSubmitted bounds the transactions of one SubmitMany, each of which has an answer of its own.
const maxSubmitted = 4096

func (v service) SubmitMany(ctx context.Context, req *connect.Request[rollupv1.SubmitManyRequest]) (*connect.Response[rollupv1.SubmitManyResponse], error) {
	rollup, err := v.s.knows(req.Msg.Rollup)
	if err != nil {
		return nil, err
	}
	if n := len(req.Msg.Transactions); n == 0 || n > maxSubmitted {
		return nil, badValue("transactions", fmt.Sprint(n), fmt.Sprintf("1 to %d", maxSubmitted))
	}
	hashes, errs := v.s.deps.Pool.AddTransactions(ctx, rollup, req.Msg.Transactions)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return connect.NewResponse(&rollupv1.SubmitManyResponse{Results: v.s.results(hashes, errs)}), nil
}

// results says what became of each of many transactions. They have their memory together.
func (s *Server) results(hashes []common.Hash, errs []error) []*rollupv1.SubmitResult {
	list, results, taken := make([]*rollupv1.SubmitResult, len(errs)), make([]rollupv1.SubmitResult, len(errs)), make([]rollupv1.SubmitResult_Hash, len(errs))
	for i, err := range errs {
		if list[i] = &results[i]; err != nil {
			_, detail := s.explain(err)
			results[i].Result = &rollupv1.SubmitResult_Refusal{Refusal: detail}
			continue
		}
		taken[i].Hash = hashes[i][:]
		results[i].Result = &taken[i]
	}
	return list
}

func (v service) SubmitBundle(ctx context.Context, req *connect.Request[rollupv1.SubmitBundleRequest]) (*connect.Response[rollupv1.SubmitBundleResponse], error) {
	bundle, err := bundleOf(req.Msg)
	if err != nil {
		return nil, err
	}
	id, err := v.s.deps.Pool.AddBundle(ctx, bundle, nil)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&rollupv1.SubmitBundleResponse{BundleId: id[:], AcceptedBy: v.s.acceptedBy(ctx, id)}), nil
}

func (v service) Report(ctx context.Context, req *connect.Request[rollupv1.ReportRequest]) (*connect.Response[rollupv1.ReportResponse], error) {
	enc, err := entryOf(req.Msg)
	if err != nil {
		return nil, err
	}
	hash, err := v.s.deps.Pool.AddOperatorEntry(ctx, enc)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&rollupv1.ReportResponse{Hash: hash[:], AcceptedBy: v.s.acceptedBy(ctx, hash)}), nil
}

// acceptedBy waits, up to Deps.AcceptWait, until enough validators keep an entry; nil if nobody can be asked.
func (s *Server) acceptedBy(ctx context.Context, id common.Hash) *rollupv1.Acceptance {
	if s.deps.Holders == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.deps.AcceptWait)
	defer cancel()
	return acceptanceOf(s.deps.Holders.Await(ctx, id))
}

func (v service) SubscribeLane(ctx context.Context, req *connect.Request[rollupv1.SubscribeLaneRequest], stream *connect.ServerStream[rollupv1.SubscribeLaneResponse]) error {
	rollup, err := v.s.knows(req.Msg.Rollup)
	if err != nil {
		return err
	}
	select {
	case v.s.streams <- struct{}{}:
		defer func() { <-v.s.streams }()
	default:
		return &gateway.Refusal{Cause: gateway.ErrBusy, Field: "streams", Want: fmt.Sprintf("at most %d at any time", v.s.cfg.MaxStreams)}
	}
	v.s.meters.streams.Inc()
	defer v.s.meters.streams.Dec()
	ctx, cancel := v.s.open(ctx)
	defer cancel()
	c, err := v.s.cursorAt(ctx, rollup, req.Msg.FromSeq, req.Msg.FromTick)
	if err != nil {
		return err
	}
	send := func(u *rollupv1.LaneUpdate) error { return stream.Send(&rollupv1.SubscribeLaneResponse{Update: u}) }
	if err := send(c.start()); err != nil {
		return err
	}
	return v.s.follow(ctx, c, send)
}

// follow sends what comes behind a cursor until its context ends.
func (s *Server) follow(ctx context.Context, c *cursor, send func(*rollupv1.LaneUpdate) error) error {
	for {
		if err := s.deps.Log.Wait(ctx, c.tick); err != nil {
			return err
		}
		for head := s.deps.Log.Head(); c.tick <= head && ctx.Err() == nil; {
			updates, err := c.next(head)
			if err != nil {
				return err
			}
			for _, u := range updates {
				if err := send(u); err != nil {
					return err
				}
				if u.GetTick() != nil {
					s.meters.ticks.Inc()
				}
			}
		}
		proof, err := c.checkpoint()
		if err != nil {
			return err
		}
		if proof != nil {
			if err := send(proof); err != nil {
				return err
			}
		}
	}
}

func (v service) Range(_ context.Context, req *connect.Request[rollupv1.RangeRequest]) (*connect.Response[rollupv1.RangeResponse], error) {
	rollup, err := v.s.knows(req.Msg.Rollup)
	if err != nil {
		return nil, err
	}
	if req.Msg.Count == 0 {
		return nil, badValue("count", "0", "at least 1")
	}
	head := v.s.deps.Log.Head()
	row, before, ok, err := v.s.deps.Log.LaneRow(rollup, req.Msg.FromSeq)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &gateway.Refusal{Cause: gateway.ErrNotOrdered, Field: "from_seq", Have: fmt.Sprint(req.Msg.FromSeq)}
	}
	c := &cursor{server: v.s, rollup: rollup, tick: row.Tick, lane: core.LaneHead{NextSeq: row.FirstSeq, Head: before}}
	res := &rollupv1.RangeResponse{Updates: []*rollupv1.LaneUpdate{c.start()}}
	end, size := req.Msg.FromSeq+min(req.Msg.Count, 1<<32), 0
	for c.lane.NextSeq < end && c.tick <= head && size < v.s.cfg.RangeBytes {
		updates, err := c.next(head)
		if err != nil {
			return nil, err
		}
		for _, u := range updates {
			for _, e := range u.GetTick().GetEntries() {
				size += len(e.Data)
			}
		}
		res.Updates = append(res.Updates, updates...)
	}
	res.NextSeq, res.NextTick = c.lane.NextSeq, c.tick
	return connect.NewResponse(res), nil
}

func (v service) Cut(ctx context.Context, req *connect.Request[rollupv1.CutRequest]) (*connect.Response[rollupv1.CutResponse], error) {
	rollup, err := v.s.knows(req.Msg.Rollup)
	if err != nil {
		return nil, err
	}
	if err := v.s.awaitTime(ctx, req.Msg); err != nil {
		return nil, err
	}
	tick, err := v.s.deps.Log.TickUntil(req.Msg.TimeMs)
	if err != nil || tick == 0 {
		return connect.NewResponse(&rollupv1.CutResponse{Head: make([]byte, 32)}), err
	}
	state, err := v.s.deps.Log.LaneAfter(rollup, tick)
	if err != nil {
		return nil, err
	}
	at, err := v.s.deps.Log.Time(tick)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&rollupv1.CutResponse{NextSeq: state.NextSeq, Tick: tick, TickTimeMs: at, Head: state.Head[:]}), nil
}

// awaitTime returns when there is a tick later than the time asked for.
func (s *Server) awaitTime(ctx context.Context, req *rollupv1.CutRequest) error {
	wait := min(time.Duration(min(req.WaitMs, uint64(time.Hour/time.Millisecond)))*time.Millisecond, s.cfg.MaxWait)
	ctx, cancel := s.open(ctx)
	defer cancel()
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	counted := false
	for {
		head := s.deps.Log.Head()
		var at uint64
		if head > 0 {
			var err error
			if at, err = s.deps.Log.Time(head); err != nil || at > req.TimeMs {
				return err
			}
		}
		if !counted && wait > 0 {
			select {
			case s.waiters <- struct{}{}:
				defer func() { <-s.waiters }()
			default:
				return &gateway.Refusal{Cause: gateway.ErrBusy, Field: "wait_ms", Want: fmt.Sprintf("at most %d calls that wait", s.cfg.MaxWaiters)}
			}
			s.meters.waiters.Inc()
			defer s.meters.waiters.Dec()
			counted = true
		}
		if err := s.deps.Log.Wait(waiting, head+1); err != nil {
			if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
				return &gateway.Refusal{Cause: gateway.ErrTimeout, Field: "time_ms", Have: fmt.Sprint(req.TimeMs), Detail: fmt.Sprintf("the newest tick is %d, of time %d", head, at)}
			}
			return err
		}
	}
}

func (v service) GetCheckpoint(_ context.Context, req *connect.Request[rollupv1.GetCheckpointRequest]) (*connect.Response[rollupv1.GetCheckpointResponse], error) {
	find := v.s.deps.Checkpoints.Newest
	want := "a complete checkpoint; there is none yet"
	if req.Msg.Slot != nil {
		find = func() (*core.CompleteCheckpoint, bool, error) { return v.s.deps.Checkpoints.OfSlot(*req.Msg.Slot) }
		want = "a slot whose first tick's checkpoint is complete and kept by this node"
	}
	c, ok, err := find()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &gateway.Refusal{Cause: gateway.ErrUnknownCheckpoint, Field: "slot", Want: want}
	}
	res := checkpointOf(c)
	if req.Msg.Rollup != 0 {
		rollup, err := v.s.knows(req.Msg.Rollup)
		if err != nil {
			return nil, err
		}
		proof, err := v.s.deps.Checkpoints.LaneProofAt(rollup, c)
		if err != nil {
			return nil, err
		}
		if proof != nil {
			res.LaneProof = proof.Proof
		}
	}
	return connect.NewResponse(res), nil
}
