package laneapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"connectrpc.com/connect"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
)

// Connect's codes follow from the gateway's numbers: by group, and for some one by one.
var (
	groupCodes = map[int]connect.Code{
		471: connect.CodeInvalidArgument, 472: connect.CodeNotFound, 473: connect.CodeInvalidArgument, 474: connect.CodeInvalidArgument,
		475: connect.CodeResourceExhausted, 476: connect.CodeFailedPrecondition,
	}
	singleCodes = map[string]connect.Code{
		"notCovered": connect.CodeUnavailable, "alreadyKnown": connect.CodeAlreadyExists, "unsupported": connect.CodeUnimplemented,
		"timeout": connect.CodeDeadlineExceeded, "notServed": connect.CodeUnavailable, "slowConsumer": connect.CodeAborted,
		"nonceTooLow": connect.CodeFailedPrecondition, "nonceTooHigh": connect.CodeFailedPrecondition,
		"insufficientFunds": connect.CodeFailedPrecondition, "noOperator": connect.CodeInvalidArgument,
		"operatorSignature": connect.CodePermissionDenied,
	}
)

// codeOf is Connect's code of an error of the gateway's table.
func codeOf(e gateway.Explained) connect.Code {
	if code, ok := singleCodes[e.Reason]; ok {
		return code
	}
	if code, ok := groupCodes[e.Code/100]; ok {
		return code
	}
	return connect.CodeInternal
}

// answer makes of any error what a client sees: Connect's code, the gateway's words, and its detail.
func (s *Server) answer(err error) *connect.Error {
	if known := new(connect.Error); errors.As(err, &known) {
		return known // of the protocol itself: a message too large, or unreadable
	}
	if errors.Is(err, context.Canceled) {
		return connect.NewError(connect.CodeCanceled, errors.New("the request was given up, or the gateway shuts down"))
	}
	e, detail := s.explain(err)
	answer := connect.NewError(codeOf(e), errors.New(e.Message))
	if d, err := connect.NewErrorDetail(detail); err == nil {
		answer.AddDetail(d)
	}
	return answer
}

// explain gives the gateway's words and the detail of an error; one that is not in the table is logged and gets a number.
func (s *Server) explain(err error) (gateway.Explained, *rollupv1.ErrorDetail) {
	e, ok := gateway.Explain(err)
	detail := &rollupv1.ErrorDetail{Code: uint32(e.Code), Reason: e.Reason, Field: e.Field, Have: e.Have, Want: e.Want}
	if !ok {
		var b [6]byte
		rand.Read(b[:]) // never fails since Go 1.24
		detail.RequestId = hex.EncodeToString(b[:])
		e.Message += " (request " + detail.RequestId + ")"
		s.log.Error("request failed", "request", detail.RequestId, "err", err)
	}
	return e, detail
}

func badValue(field, have, want string) error {
	return &gateway.Refusal{Cause: gateway.ErrBadValue, Field: field, Have: have, Want: want}
}

func unknownRollup(id core.RollupID) error {
	return &gateway.Refusal{Cause: core.ErrUnknownRollup, Field: "rollup", Have: id.String()}
}

// recovered answers for a handler that panicked.
func (s *Server) recovered(_ context.Context, spec connect.Spec, _ http.Header, value any) error {
	return fmt.Errorf("%s panicked: %v", spec.Procedure, value)
}
