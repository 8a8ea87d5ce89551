package activities_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// toBoth returns two messages of one dispute: the merchant's opens a period, the customer's goes beside it.
func toBoth() []activities.Notification {
	merchant, customer := opened(), opened()
	customer.Recipient = dispute.PartyCustomer
	return []activities.Notification{merchant, customer}
}

func (f *fixture) deliver(ctx context.Context, t *testing.T, portal, email activities.Channel) (merchant, customer activities.Delivery) {
	t.Helper()
	notifications := activities.NewNotifications(f.receipts, portal, email, f.desk, func() time.Time { return f.now })
	deliveries, err := notifications.Deliver(ctx, toBoth())
	require.NoError(t, err)
	require.NoError(t, ctx.Err(), "it returns in time")
	require.Len(t, deliveries, 2)
	return deliveries[0], deliveries[1]
}

// TestDeliver: each message has a result of its own, independent of the other's.
func TestDeliver(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.merchant.PortalActive = true
	deliver := func() (merchant, customer activities.Delivery) { return f.deliver(t.Context(), t, f.portal, f.email) }
	f.email.err = errors.New("the mail server is away")
	merchant, customer := deliver()
	require.True(t, merchant.Taken())
	require.Equal(t, dispute.ChannelPortal, merchant.Channel)
	require.NotNil(t, merchant.Deadline)
	require.Equal(t, activities.Delivery{Err: "the mail server is away"}, customer)

	f.email.err = &activities.RetryAfterError{After: time.Hour, Err: f.email.err}
	_, customer = deliver()
	require.Equal(t, activities.Delivery{Err: "the mail server is away", RetryAfter: time.Hour}, customer)

	f.email.err = dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	_, customer = deliver()
	require.Equal(t, activities.Delivery{Refused: "550 no such mailbox"}, customer)

	f.email.err = nil
	merchant, customer = deliver()
	require.Equal(t, dispute.ChannelPortal, merchant.Channel)
	require.Equal(t, dispute.ChannelEmail, customer.Channel)
	require.Len(t, f.portal.sent, 1, "sent once, whatever the other one needed")
	require.Len(t, f.email.sent, 1)
	require.Equal(t, 4, f.receipts.lookups, "one for both")
}

// rendezvous is a channel that takes a message only while another one is under way.
type rendezvous chan struct{}

func (m rendezvous) Send(ctx context.Context, _ dispute.Notice) (string, error) {
	select {
	case m <- struct{}{}:
	case <-m:
	case <-ctx.Done():
	}
	return "", ctx.Err()
}

func TestDeliverSideBySide(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	f := newFixture()
	merchant, customer := f.deliver(ctx, t, f.portal, make(rendezvous))
	require.True(t, merchant.Taken(), merchant.Err)
	require.True(t, customer.Taken(), customer.Err)
}

// delayed is a channel that takes a message after some time.
type delayed time.Duration

func (d delayed) Send(ctx context.Context, _ dispute.Notice) (string, error) {
	select {
	case <-time.After(time.Duration(d)):
		return "took it", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// TestDeliverRecordsInTime: a message that is taken just before the step ends is recorded; one that is not taken by
// then is retried.
func TestDeliverRecordsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		f.receipts.merchant.PortalActive = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		merchant, customer := f.deliver(ctx, t, delayed(690*time.Millisecond), delayed(time.Hour))
		require.True(t, merchant.Taken(), merchant.Err)
		require.Equal(t, context.DeadlineExceeded.Error(), customer.Err)
	})
}

// TestDeliverUnrecorded: a message that was sent and has no receipt is retried, as if it had not been sent.
func TestDeliverUnrecorded(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.failures = map[string]error{"save": errors.New("the ledger is away")}
	merchant, customer := f.deliver(t.Context(), t, f.portal, f.email)
	require.Equal(t, activities.Delivery{Err: "the ledger is away"}, merchant)
	require.Equal(t, merchant, customer)
}

// panicking is a channel that panics.
type panicking struct{}

func (panicking) Send(context.Context, dispute.Notice) (string, error) {
	panic("a fault of ours") //nolint:forbidigo // what faults do
}

// TestDeliverAfterPanic: a panic becomes the error of its own message and leaves the other one alone.
func TestDeliverAfterPanic(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.merchant.PortalActive = true
	merchant, customer := f.deliver(t.Context(), t, f.portal, panicking{})
	require.True(t, merchant.Taken(), merchant.Err)
	require.Equal(t, activities.Delivery{Err: "panic: a fault of ours"}, customer)

	f = newFixture()
	f.receipts.merchant.PortalActive, f.receipts.panics = true, true
	f.email.err = dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	merchant, customer = f.deliver(t.Context(), t, f.portal, f.email)
	require.Equal(t, activities.Delivery{Err: "panic: a fault of ours"}, merchant)
	require.Equal(t, activities.Delivery{Refused: "550 no such mailbox"}, customer)
}
