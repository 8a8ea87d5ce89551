package assembly

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// ledgerSystem is the part of the ledger that the steps of a dispute use.
type ledgerSystem interface {
	activities.Ledger
	activities.ReceiptStore
	activities.CaseArchive
}

// instrumentedLedger records the latency of every call as streitfall_ledger_latency, also of calls that fail.
type instrumentedLedger struct {
	ledgerSystem
}

func (l instrumentedLedger) Pause(ctx context.Context, in activities.Pause) (activities.Paused, error) {
	defer measure(ctx, "pause", time.Now())
	return l.ledgerSystem.Pause(ctx, in)
}

func (l instrumentedLedger) Settle(ctx context.Context, in activities.Settle) (activities.Settled, error) {
	defer measure(ctx, "settle", time.Now())
	return l.ledgerSystem.Settle(ctx, in)
}

func (l instrumentedLedger) Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (activities.SendState, error) {
	defer measure(ctx, "lookup", time.Now())
	return l.ledgerSystem.Lookup(ctx, merchantID, keys...)
}

func (l instrumentedLedger) Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error) {
	defer measure(ctx, "save", time.Now())
	return l.ledgerSystem.Save(ctx, receipt)
}

func (l instrumentedLedger) SaveAttention(ctx context.Context, key dispute.NoticeKey, cause dispute.Cause, at time.Time) error {
	defer measure(ctx, "attention", time.Now())
	return l.ledgerSystem.SaveAttention(ctx, key, cause, at)
}

func (l instrumentedLedger) ArchiveCase(ctx context.Context, in activities.ArchivedCase) error {
	defer measure(ctx, "archive", time.Now())
	return l.ledgerSystem.ArchiveCase(ctx, in)
}

func measure(ctx context.Context, operation string, since time.Time) {
	activity.GetMetricsHandler(ctx).WithTags(map[string]string{"operation": operation}).Timer("streitfall_ledger_latency").Record(time.Since(since))
}

// The results of an attempt to send.
const (
	resultSent    = "sent"
	resultRefused = "refused"
	resultFailed  = "failed"
)

// instrumentedChannel counts every send as streitfall_messages, by channel and result: sent, refused or failed. A message
// that is retried is counted once per attempt.
type instrumentedChannel struct {
	activities.Channel
	name dispute.Channel
}

func (c instrumentedChannel) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	answer, err := c.Channel.Send(ctx, notice)
	result := resultSent
	switch code := dispute.CodeOf(err); {
	case code == dispute.CodeMessageRefused, code == dispute.CodeMessageConflict:
		result = resultRefused
	case err != nil:
		result = resultFailed
	}
	activity.GetMetricsHandler(ctx).WithTags(map[string]string{"channel": string(c.name), "result": result}).Counter("streitfall_messages").Inc(1)
	return answer, err
}
