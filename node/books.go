package node

import (
	"context"
	"errors"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
	"github.com/lockstep-network/lockstep/intents"
)

// zoneBook is the book of intents of a zone.
type zoneBook struct {
	zone core.ZoneID
	*intents.Book
}

// books are all books as the gateway offers them to clients; there is at least one.
type books struct {
	genesis *core.Genesis
	all     []zoneBook
}

func (b *books) Submit(ctx context.Context, order *intentsettler.GaslessCrossChainOrder, signature []byte) (common.Hash, error) {
	book := b.all[0] // says what is wrong with a chain that no book is for
	if id := order.OriginChainId; id.IsUint64() {
		zone := b.genesis.ZoneOf(core.RollupID(id.Uint64()))
		if at := slices.IndexFunc(b.all, func(z zoneBook) bool { return z.zone == zone }); at >= 0 {
			book = b.all[at]
		}
	}
	id, err := book.Submit(ctx, gateway.Client(ctx), *order, signature)
	return id, intentRefusal(err)
}

// of is the book that knows an order; the first one, which will say so, if none does.
func (b *books) of(id common.Hash) zoneBook {
	for _, book := range b.all {
		if _, err := book.Get(id); err == nil {
			return book
		}
	}
	return b.all[0]
}

func (b *books) Get(id common.Hash) (*gateway.IntentView, error) {
	v, err := b.of(id).Get(id)
	if err != nil {
		return nil, intentRefusal(err)
	}
	return intentView(&v), nil
}

func (b *books) List(after common.Hash, limit int) ([]*gateway.IntentView, error) {
	first := 0
	if after != (common.Hash{}) {
		first = slices.Index(b.all, b.of(after))
	}
	views := []*gateway.IntentView{}
	for _, book := range b.all[first:] {
		page, err := book.List(after, limit-len(views))
		if err != nil {
			return nil, intentRefusal(err)
		}
		for _, v := range page {
			views = append(views, intentView(&v))
		}
		after = common.Hash{} // of the next book all
	}
	return views, nil
}

func (b *books) Solve(ctx context.Context, id common.Hash, bundle core.DecodedBundle) (*gateway.SolutionReceipt, error) {
	s, err := b.of(id).Solve(ctx, gateway.Client(ctx), id, bundle)
	if err != nil {
		return nil, intentRefusal(err)
	}
	return &gateway.SolutionReceipt{
		BundleID: s.BundleID, InputAmount: (*hexutil.Big)(s.Input), OutputAmount: (*hexutil.Big)(s.Output), Surplus: (*hexutil.Big)(s.Surplus),
	}, nil
}

func (b *books) Cancel(ctx context.Context, id common.Hash, signature []byte) (*gateway.CancelIntentReceipt, error) {
	status, err := b.of(id).Cancel(ctx, id, signature)
	if err != nil {
		return nil, intentRefusal(err)
	}
	return &gateway.CancelIntentReceipt{OrderID: id, Status: string(status)}, nil
}

func (b *books) Subscribe() (gateway.IntentFeed, error) {
	f := new(intentFeed)
	for _, book := range b.all {
		s, err := book.Subscribe()
		if err != nil {
			f.Close()
			return nil, intentRefusal(err)
		}
		f.subscriptions = append(f.subscriptions, s)
	}
	return f, nil
}

// intentFeed is a subscription to all books.
type intentFeed struct {
	subscriptions []*intents.Subscription
	// notices and failed bring together what several books tell; they are nil until then.
	notices chan intents.Notice
	failed  chan error
}

func (f *intentFeed) Next(ctx context.Context) (*gateway.IntentMessage, error) {
	n, err := f.next(ctx)
	if err != nil {
		return nil, intentRefusal(err)
	}
	return &gateway.IntentMessage{Event: string(n.Event), Intent: *intentView(&n.View)}, nil
}

func (f *intentFeed) next(ctx context.Context) (intents.Notice, error) {
	if len(f.subscriptions) == 1 {
		return f.subscriptions[0].Next(ctx)
	}
	if f.notices == nil {
		f.notices, f.failed = make(chan intents.Notice), make(chan error, len(f.subscriptions))
		for _, s := range f.subscriptions {
			go f.relay(ctx, s)
		}
	}
	select {
	case n := <-f.notices:
		return n, nil
	case err := <-f.failed:
		return intents.Notice{}, err
	}
}

// relay passes on what one book tells; its subscriber is the one context of all calls of Next.
func (f *intentFeed) relay(ctx context.Context, s *intents.Subscription) {
	for {
		n, err := s.Next(ctx)
		if err != nil {
			f.failed <- err
			return
		}
		select {
		case f.notices <- n:
		case <-ctx.Done():
			f.failed <- ctx.Err()
			return
		}
	}
}

func (f *intentFeed) Close() {
	for _, s := range f.subscriptions {
		s.Close()
	}
}

// intentView is an order of a book as clients see it.
func intentView(v *intents.View) *gateway.IntentView {
	in := v.Order.Intent
	view := &gateway.IntentView{
		OrderID: v.Order.ID, Order: gateway.NewOrderView(&v.Order.Signed), Signature: v.Order.Signature, Status: string(v.Status),
		Intent: gateway.IntentTerms{
			InputToken: in.InputToken, InputAmount: (*hexutil.Big)(in.InputAmount), OutputToken: in.OutputToken,
			MinOutput: (*hexutil.Big)(in.MinOutput), Recipient: in.Recipient, DestinationChainID: (*hexutil.Big)(in.DestinationChainId),
			DestinationSettler: in.DestinationSettler, Escrow: in.Escrow, PartialFill: in.PartialFill,
			ClaimPeriod: hexutil.Uint64(in.ClaimPeriod), Verifier: in.Verifier,
		},
		Left: (*hexutil.Big)(v.Left), Auction: gateway.AuctionView{OpensTick: v.Opens, ClosesTick: v.Closes},
		Solutions: uint64(v.Solutions), Fills: make([]gateway.IntentFillView, len(v.Fills)), Reason: v.Reason,
	}
	for i, f := range v.Fills {
		view.Fills[i] = gateway.IntentFillView{
			BundleID: f.BundleID, Filler: f.Filler, InputAmount: (*hexutil.Big)(f.Input), OutputAmount: (*hexutil.Big)(f.Output),
			Tick: f.Tick, Status: string(f.Status), Reason: f.Reason,
		}
	}
	return view
}

// intentCauses translates what a book refuses into the gateway's own errors.
var intentCauses = []struct{ book, cause error }{
	{intents.ErrUnknown, gateway.ErrUnknownIntent},
	{intents.ErrState, gateway.ErrIntentState},
	{intents.ErrOrder, gateway.ErrIntentOrder},
	{intents.ErrDeadline, gateway.ErrIntentDeadline},
	{intents.ErrSignature, gateway.ErrIntentSignature},
	{intents.ErrNonce, gateway.ErrIntentNonce},
	{intents.ErrFunds, gateway.ErrIntentFunds},
	{intents.ErrFails, gateway.ErrSolutionFails},
	{intents.ErrSolution, gateway.ErrSolution},
	{intents.ErrQuota, gateway.ErrSolutionQuota},
	{intents.ErrOutbid, gateway.ErrOutbid},
	{intents.ErrLimit, gateway.ErrLimit},
	{intents.ErrBusy, gateway.ErrBusy},
	{intents.ErrSlow, gateway.ErrSlowConsumer},
	{intents.ErrNotServed, gateway.ErrNotServed},
}

// intentRefusal translates an error of a book for clients; others stay as they are.
func intentRefusal(err error) error {
	var refused *intents.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	for _, row := range intentCauses {
		if errors.Is(refused.Cause, row.book) {
			out := &gateway.Refusal{Cause: row.cause, Field: refused.Field, Have: refused.Have, Want: refused.Want, Detail: refused.Detail}
			if out.Detail != "" && out.Have != "" { // a detail stands instead of them in the message
				out.Detail = "have " + out.Have + ", want " + out.Want + ": " + out.Detail
			}
			return out
		}
	}
	return err
}
