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

// TestNotifyBoth: what one of the two does not take, goes on by itself, when it wants to be asked again.
func TestNotifyBoth(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.merchant.PortalActive = true
	merchant := activities.Notification{Occasion: dispute.OccasionClosed, Number: 3, Recipient: dispute.PartyMerchant, Dispute: aDispute()}
	customer := merchant
	customer.Recipient = dispute.PartyCustomer
	both := func() activities.Both[activities.Told] {
		notifications := activities.NewNotifications(p.outbox, p.portal, p.email, p.desk, func() time.Time { return p.now })
		told, err := notifications.NotifyBoth(t.Context(), activities.Both[activities.Notification]{Merchant: merchant, Customer: customer})
		require.NoError(t, err)
		return told
	}
	p.email.err = errors.New("the mail server is away")
	told := both()
	require.Equal(t, dispute.ChannelPortal, told.Merchant.Notified.Channel)
	require.Equal(t, activities.Told{Trouble: "the mail server is away"}, told.Customer)
	p.email.err = &activities.RetryAfterError{After: time.Hour, Err: p.email.err}
	require.Equal(t, time.Hour, both().Customer.Pause)
	p.email.err = dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	require.Equal(t, activities.Told{Refusal: "550 no such mailbox"}, both().Customer)
	p.email.err = nil
	told = both()
	require.Equal(t, dispute.ChannelPortal, told.Merchant.Notified.Channel)
	require.Equal(t, dispute.ChannelEmail, told.Customer.Notified.Channel)
	require.Len(t, p.portal.sent, 1)
	require.Len(t, p.email.sent, 1)
	require.Equal(t, 4, p.outbox.reads, "one for both")
}

// openedToBoth opens the period of the merchant, and tells the customer the same.
func openedToBoth() activities.Both[activities.Notification] {
	both := activities.Both[activities.Notification]{Merchant: opened(), Customer: opened()}
	both.Customer.Recipient = dispute.PartyCustomer
	return both
}

// punctual is a channel that takes a message when another one is under way as well.
type punctual struct{ meet chan struct{} }

func (p punctual) Send(ctx context.Context, _ dispute.Notice) (string, error) {
	select {
	case p.meet <- struct{}{}:
	case <-p.meet:
	case <-ctx.Done():
	}
	return "", ctx.Err()
}

func TestNotifyBothAtOnce(t *testing.T) {
	t.Parallel()
	p := newPost()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	notifications := activities.NewNotifications(p.outbox, p.portal, punctual{make(chan struct{})}, p.desk, func() time.Time { return p.now })
	told, err := notifications.NotifyBoth(ctx, openedToBoth())
	require.NoError(t, err)
	require.NotNil(t, told.Merchant.Notified, told.Merchant.Trouble)
	require.NotNil(t, told.Customer.Notified, told.Customer.Trouble)
}

// slow is a channel that takes its time.
type slow time.Duration

func (s slow) Send(ctx context.Context, _ dispute.Notice) (string, error) {
	select {
	case <-time.After(time.Duration(s)):
		return "took it", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// TestNotifyBothRecordsTogether: both messages are one transaction, unless one is long in coming: then the other is
// recorded without it.
func TestNotifyBothRecordsTogether(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later   time.Duration
		records []int
		first   time.Duration
	}{
		"at once": {0, []int{1, 1}, 0},
		"soon":    {activities.CompanyWithin - 1, []int{1, 1}, activities.CompanyWithin - 1},
		"late":    {time.Second, []int{1, 1}, activities.CompanyWithin},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPost()
				p.outbox.merchant.PortalActive = true
				began := time.Now()
				notifications := activities.NewNotifications(p.outbox, p.portal, slow(test.later), p.desk, func() time.Time { return p.now })
				told, err := notifications.NotifyBoth(t.Context(), openedToBoth())
				require.NoError(t, err)
				require.NotNil(t, told.Merchant.Notified, told.Merchant.Trouble)
				require.Equal(t, "took it", told.Customer.Notified.Answer)
				require.Equal(t, test.records, p.outbox.records)
				require.Equal(t, test.first, p.outbox.first.Sub(began))
			})
		})
	}
}

// TestNotifyBothRecordsInTime: a message that is taken just before the step gives up is recorded, without the other one.
func TestNotifyBothRecordsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPost()
		p.outbox.merchant.PortalActive = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		notifications := activities.NewNotifications(p.outbox, slow(690*time.Millisecond), slow(time.Hour), p.desk, func() time.Time { return p.now })
		told, err := notifications.NotifyBoth(ctx, openedToBoth())
		require.NoError(t, err)
		require.NoError(t, ctx.Err())
		require.NotNil(t, told.Merchant.Notified, told.Merchant.Trouble)
		require.Equal(t, context.DeadlineExceeded.Error(), told.Customer.Trouble)
	})
}

// TestNotifyBothWithAFaultyOutbox: a panic hides nothing of what is known already.
func TestNotifyBothWithAFaultyOutbox(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.merchant.PortalActive, p.outbox.faulty = true, true
	p.email.err = dispute.Refuse(dispute.CodeMessageRefused, "550 no such mailbox")
	notifications := activities.NewNotifications(p.outbox, p.portal, p.email, p.desk, func() time.Time { return p.now })
	told, err := notifications.NotifyBoth(t.Context(), openedToBoth())
	require.NoError(t, err)
	require.Equal(t, activities.Both[activities.Told]{
		Merchant: activities.Told{Trouble: "panic: a fault of ours"}, Customer: activities.Told{Refusal: "550 no such mailbox"},
	}, told)
}

// TestNotifyBothUnrecorded: what could not be recorded has told nobody, as far as we know.
func TestNotifyBothUnrecorded(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.failures = map[string]error{"record": errors.New("the ledger is away")}
	notifications := activities.NewNotifications(p.outbox, p.portal, p.email, p.desk, func() time.Time { return p.now })
	told, err := notifications.NotifyBoth(t.Context(), openedToBoth())
	require.NoError(t, err)
	trouble := activities.Told{Trouble: "the ledger is away"}
	require.Equal(t, activities.Both[activities.Told]{Merchant: trouble, Customer: trouble}, told)
}

// hanging takes nothing and answers when its caller has given up; a faulty one panics.
type hanging struct{ faulty bool }

func (h hanging) Send(ctx context.Context, _ dispute.Notice) (string, error) {
	if h.faulty {
		panic("a fault of ours") //nolint:forbidigo // what faults do
	}
	<-ctx.Done()
	return "", ctx.Err()
}

// TestNotifyBothTellsOfBoth: one message that hangs, or meets a fault, does not hide what became of the other.
func TestNotifyBothTellsOfBoth(t *testing.T) {
	t.Parallel()
	for trouble, email := range map[string]hanging{"deadline exceeded": {}, "panic: a fault of ours": {faulty: true}} {
		t.Run(trouble, func(t *testing.T) {
			t.Parallel()
			p := newPost()
			p.outbox.merchant.PortalActive = true
			p.portal.err = &activities.RetryAfterError{After: time.Hour, Err: errors.New("429")}
			notifications := activities.NewNotifications(p.outbox, p.portal, email, p.desk, func() time.Time { return p.now })
			ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
			defer cancel()
			in := activities.Notification{Occasion: dispute.OccasionClosed, Recipient: dispute.PartyMerchant, Dispute: aDispute()}
			customers := in
			customers.Recipient = dispute.PartyCustomer
			told, err := notifications.NotifyBoth(ctx, activities.Both[activities.Notification]{Merchant: in, Customer: customers})
			require.NoError(t, err)
			require.NoError(t, ctx.Err(), "in time to tell of it")
			require.Equal(t, time.Hour, told.Merchant.Pause)
			require.Contains(t, told.Customer.Trouble, trouble)
		})
	}
}
