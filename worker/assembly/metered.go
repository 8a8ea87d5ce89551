package assembly

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// books is what activities ask of the ledger.
type books interface {
	activities.Ledger
	activities.ReceiptStore
}

// meteredBooks measures how long the ledger takes for each answer, refusals and failures included.
type meteredBooks struct {
	books
}

func (b meteredBooks) Pause(ctx context.Context, in activities.Pause) (activities.Paused, error) {
	defer measure(ctx, "pause", time.Now())
	return b.books.Pause(ctx, in)
}

func (b meteredBooks) Settle(ctx context.Context, in activities.Settle) (activities.Settled, error) {
	defer measure(ctx, "settle", time.Now())
	return b.books.Settle(ctx, in)
}

func (b meteredBooks) Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	defer measure(ctx, "prior", time.Now())
	return b.books.Lookup(ctx, merchantID, keys...)
}

func (b meteredBooks) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	defer measure(ctx, "record", time.Now())
	return b.books.Save(ctx, receipt)
}

func measure(ctx context.Context, operation string, since time.Time) {
	activity.GetMetricsHandler(ctx).WithTags(map[string]string{"operation": operation}).Timer("streitfall_ledger_latency").Record(time.Since(since))
}

// meteredChannel counts every attempt to send a message, by what became of it. A message whose first attempt
// failed is counted as failed and later as sent; sent again after a crash it was sent twice.
type meteredChannel struct {
	activities.Channel
	name dispute.Channel
}

func (c meteredChannel) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	answer, err := c.Channel.Send(ctx, notice)
	result := "sent"
	switch code := dispute.CodeOf(err); {
	case code == dispute.CodeMessageRefused, code == dispute.CodeMessageConflict:
		result = "refused"
	case err != nil:
		result = "failed"
	}
	activity.GetMetricsHandler(ctx).WithTags(map[string]string{"channel": string(c.name), "result": result}).Counter("streitfall_messages").Inc(1)
	return answer, err
}
