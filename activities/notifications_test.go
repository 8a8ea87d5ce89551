package activities_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// fixture has fakes of the receipts, the portal and the mail server, which a test can make fail.
type fixture struct {
	receipts      *receipts
	portal, email *channel
	desk          string
	now           time.Time
}

func newFixture() *fixture {
	return &fixture{
		receipts: &receipts{
			merchant: dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"},
			kept:     map[dispute.NoticeKey]dispute.Receipt{}, failures: map[string]error{},
		},
		portal: &channel{name: "portal"}, email: &channel{name: "email"}, desk: "desk@example.com", now: monday,
	}
}

func (f *fixture) notify(t *testing.T, in activities.Notification) (activities.Delivery, error) {
	t.Helper()
	return activities.NewNotifications(f.receipts, f.portal, f.email, f.desk, func() time.Time { return f.now }).Notify(t.Context(), in)
}

func opened() activities.Notification {
	return activities.Notification{
		Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant, Dispute: aDispute(), Period: 21, Reminders: true,
		Facts: dispute.Facts{CausedAt: monday},
	}
}

// route is the channel and recipient that a message should have.
type route struct {
	arrange     func(*fixture, *activities.Notification)
	via         dispute.Channel
	to          dispute.Recipient
	copyWanted  bool
	wantAnswer  string
	wantRefusal string
}

func routes() map[string]route {
	refuses := dispute.Refuse(dispute.CodeMessageRefused, "no such mailbox")
	shop := dispute.Recipient{Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"}
	return map[string]route{
		"merchant without portal": {
			arrange: func(f *fixture, _ *activities.Notification) { f.receipts.merchant.EmailOnDispute = true },
			via:     dispute.ChannelEmail, to: shop, wantAnswer: "email took it",
		},
		"merchant with portal": {
			arrange: func(f *fixture, _ *activities.Notification) { f.receipts.merchant.PortalActive = true },
			via:     dispute.ChannelPortal, to: shop, wantAnswer: "portal took it",
		},
		"merchant who wants a copy": {
			arrange: func(f *fixture, _ *activities.Notification) {
				f.receipts.merchant.PortalActive, f.receipts.merchant.EmailOnDispute = true, true
			},
			via: dispute.ChannelPortal, to: shop, copyWanted: true, wantAnswer: "portal took it",
		},
		"the copy": {
			arrange: func(f *fixture, in *activities.Notification) {
				f.receipts.merchant.PortalActive, in.Occasion = true, dispute.OccasionOpenedCopy
			},
			via: dispute.ChannelEmail, to: shop, wantAnswer: "email took it",
		},
		"portal refuses": {
			arrange: func(f *fixture, _ *activities.Notification) {
				f.receipts.merchant.PortalActive, f.receipts.merchant.EmailOnDispute, f.portal.err = true, true, refuses
			},
			via: dispute.ChannelEmail, to: shop, wantAnswer: "email took it (the portal refused: no such mailbox)",
		},
		"both refuse": {
			arrange: func(f *fixture, _ *activities.Notification) {
				f.receipts.merchant.PortalActive, f.portal.err, f.email.err = true, dispute.Refuse(dispute.CodeMessageRefused, "410 Gone"), refuses
			},
			wantRefusal: "portal: 410 Gone; e-mail: no such mailbox",
		},
		"e-mail refuses": {
			arrange:     func(f *fixture, _ *activities.Notification) { f.email.err = refuses },
			wantRefusal: "no such mailbox",
		},
		"corrected address": {
			arrange: func(_ *fixture, in *activities.Notification) { in.Email = "new@example.de" },
			via:     dispute.ChannelEmail, to: dispute.Recipient{Name: "Nordlicht GmbH", Email: "new@example.de", Locale: "de-DE"}, wantAnswer: "email took it",
		},
		"customer": {
			arrange: func(f *fixture, in *activities.Notification) {
				f.receipts.merchant.PortalActive, in.Recipient = true, dispute.PartyCustomer
			},
			via: dispute.ChannelEmail, to: dispute.Recipient{Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"}, wantAnswer: "email took it",
		},
		"desk": {
			arrange: func(_ *fixture, in *activities.Notification) { in.Recipient = dispute.PartyDesk },
			via:     dispute.ChannelEmail, to: dispute.Recipient{Email: "desk@example.com"}, wantAnswer: "email took it",
		},
		"desk without an address": {
			arrange: func(f *fixture, in *activities.Notification) { f.desk, in.Recipient = "", dispute.PartyDesk },
			via:     dispute.ChannelNone, wantAnswer: "no address",
		},
	}
}

// TestNotify: each message takes the channel of its recipient.
func TestNotify(t *testing.T) {
	t.Parallel()
	for name, test := range routes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, in := newFixture(), opened()
			test.arrange(f, &in)
			delivery, err := f.notify(t, in)
			if test.wantRefusal != "" {
				require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err))
				require.EqualError(t, err, test.wantRefusal)
				require.Empty(t, f.receipts.kept)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.via, delivery.Channel)
			require.Contains(t, delivery.Answer, test.wantAnswer)
			require.Equal(t, test.copyWanted, delivery.CopyWanted)
			sent := append(f.portal.sent, f.email.sent...)
			if test.via == dispute.ChannelNone {
				require.Empty(t, sent)
				return
			}
			require.Len(t, sent, 1)
			require.Equal(t, test.to, sent[0].To)
			require.Equal(t, dispute.NoticeKey{DisputeID: "d-1", Occasion: in.Occasion, Number: 1, Recipient: in.Recipient}, sent[0].Key)
		})
	}
}

// TestNotifyOpensAPeriod: the period counts from the instant at which the message was taken.
func TestNotifyOpensAPeriod(t *testing.T) {
	t.Parallel()
	f := newFixture()
	delivery, err := f.notify(t, opened())
	require.NoError(t, err)
	require.Equal(t, monday, delivery.At)
	require.Equal(t, "2026-12-23T00:00:00+01:00", delivery.Deadline.At.Format(time.RFC3339))
	require.Len(t, delivery.Deadline.Reminders, 2)
	require.True(t, delivery.Deadline.At.Equal(f.email.sent[0].Deadline), "the text names the deadline")
	require.Equal(t, 21, f.email.sent[0].BusinessDays)

	statement := activities.Notification{Occasion: dispute.OccasionReasonAsked, Number: 2, Recipient: dispute.PartyCustomer, Dispute: aDispute(), Period: 10}
	delivery, err = f.notify(t, statement)
	require.NoError(t, err)
	require.Equal(t, "2026-12-08T00:00:00+01:00", delivery.Deadline.At.Format(time.RFC3339))
	require.Empty(t, delivery.Deadline.Reminders)

	moved := activities.Notification{Occasion: dispute.OccasionDeadlineMoved, Number: 3, Recipient: dispute.PartyMerchant, Dispute: aDispute(), Deadline: monday}
	delivery, err = f.notify(t, moved)
	require.NoError(t, err)
	require.Nil(t, delivery.Deadline)
	require.Equal(t, "2026-11-23T10:15:00+01:00", f.email.sent[2].Deadline.Format(time.RFC3339))
}

// TestNotifyOnce: a message that has a receipt is not sent again; the delivery is that of the receipt, at any later
// time.
func TestNotifyOnce(t *testing.T) {
	t.Parallel()
	f := newFixture()
	first, err := f.notify(t, opened())
	require.NoError(t, err)
	f.now = monday.Add(72 * time.Hour)
	second, err := f.notify(t, opened())
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Len(t, f.email.sent, 1)

	again := opened()
	again.Number = 2
	_, err = f.notify(t, again)
	require.NoError(t, err)
	require.Len(t, f.email.sent, 2)
}

// TestNotifyWithOtherSettings: the merchant's new settings, a corrected address and another time do not make it another
// message.
func TestNotifyWithOtherSettings(t *testing.T) {
	t.Parallel()
	f, again := newFixture(), opened()
	first, err := f.notify(t, opened())
	require.NoError(t, err)
	f.now = monday.Add(72 * time.Hour)
	f.receipts.merchant.Name, f.receipts.merchant.Email = "Nordlicht & Co", "new@example.de"
	again.Email, again.Facts.CausedAt = "corrected@example.de", f.now
	second, err := f.notify(t, again)
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.False(t, second.Conflict)
}

// recordedMeanwhile is a channel that takes a message after another worker has saved a receipt under its key.
type recordedMeanwhile struct {
	*channel
	receipts *receipts
	other    dispute.Receipt
}

// TestReceiptSaysWhereTheDisputeStands: the deadline of a period counts from when the message was accepted. The receipt of an
// earlier message, which said something else, says nothing of that.
func TestReceiptSaysWhereTheDisputeStands(t *testing.T) {
	t.Parallel()
	f := newFixture()
	delivery, err := f.notify(t, opened())
	require.NoError(t, err)
	for key, receipt := range f.receipts.kept {
		require.Equal(t, opened().Key(), key)
		require.Equal(t, monday, receipt.CausedAt)
		require.Equal(t, dispute.Standing{State: dispute.StatePreArbitration, WaitingFor: dispute.WaitAgreement, Deadline: delivery.Deadline.At}, receipt.Standing)
	}
	require.Len(t, f.receipts.kept, 1)
}

func (r recordedMeanwhile) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	r.receipts.kept[r.other.Key] = r.other
	return r.channel.Send(ctx, notice)
}

// TestConflict: a message under the key of an earlier one of other content is not sent; the delivery is that of the
// earlier one, with its time.
func TestConflict(t *testing.T) {
	t.Parallel()
	in := activities.Notification{
		Occasion: dispute.OccasionInformationRequested, Number: 3, Recipient: dispute.PartyMerchant, Dispute: aDispute(),
		Period: 10, Facts: dispute.Facts{Statement: "It had a stone in it"},
	}
	earlier := dispute.Receipt{
		Key:         dispute.NoticeKey{DisputeID: "d-1", Occasion: in.Occasion, Number: 3, Recipient: in.Recipient},
		ContentHash: "1-other", Channel: dispute.ChannelPortal, At: monday.AddDate(0, 0, -1), Answer: "message 7",
	}
	for name, test := range map[string]struct {
		arrange func(*fixture) activities.Channel
		sent    int
	}{
		"on record": {func(f *fixture) activities.Channel {
			f.receipts.kept[earlier.Key] = earlier
			return f.portal
		}, 0},
		"known to the channel": {func(f *fixture) activities.Channel {
			f.portal.err = fmt.Errorf("the inbox: %w", &activities.ConflictError{Existing: earlier})
			return f.portal
		}, 0},
		"recorded meanwhile": {func(f *fixture) activities.Channel { return recordedMeanwhile{f.portal, f.receipts, earlier} }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.receipts.merchant.PortalActive = true
			portal := test.arrange(f)
			notify := activities.NewNotifications(f.receipts, portal, f.email, f.desk, func() time.Time { return f.now }).Notify
			for range 2 {
				delivery, err := notify(t.Context(), in)
				require.NoError(t, err)
				require.Equal(t, "2026-12-05T00:00:00+01:00", delivery.Deadline.At.Format(time.RFC3339), "of the day before")
				delivery.Deadline = nil
				require.Equal(t, activities.Delivery{Channel: dispute.ChannelPortal, At: earlier.At, Answer: "message 7", Conflict: true}, delivery)
			}
			require.Equal(t, map[dispute.NoticeKey]dispute.Receipt{earlier.Key: earlier}, f.receipts.kept)
			require.Equal(t, map[dispute.NoticeKey]dispute.Cause{earlier.Key: dispute.CauseMessageFailed}, f.receipts.attention)
			require.Len(t, f.portal.sent, test.sent)
			require.Empty(t, f.email.sent)
		})
	}
}

// TestConflictIsRecorded: the receipt of an earlier message that only the channel has is saved before the dispute goes
// on with it.
func TestConflictIsRecorded(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.merchant.PortalActive, f.receipts.failures["save"] = true, errAway
	f.portal.err = &activities.ConflictError{Existing: dispute.Receipt{ContentHash: "1-other"}}
	_, err := f.notify(t, opened())
	require.ErrorIs(t, err, errAway)
}

// TestConflictErrorIsARefusal: the code of a conflict reaches Temporal, however deep the error is wrapped.
func TestConflictErrorIsARefusal(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, fmt.Errorf("record: %w", &activities.ConflictError{}))
	require.Equal(t, string(dispute.CodeMessageConflict), failure.Type())
	require.True(t, failure.NonRetryable())
}

// TestErrorOfTheFallback: while the mail server is away, its error also has the portal's refusal, which is recorded
// nowhere else.
func TestErrorOfTheFallback(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.merchant.PortalActive = true
	f.portal.err, f.email.err = dispute.Refuse(dispute.CodeMessageRefused, "410 Gone"), errAway
	_, err := f.notify(t, opened())
	require.ErrorIs(t, err, errAway)
	require.EqualError(t, err, errAway.Error()+" (the portal refused: 410 Gone)")
	require.False(t, throughTemporal(t, err).NonRetryable())
	require.Empty(t, f.receipts.kept)
}

// TestNotifyIsRetried: every error except a refusal by the recipient's side is transient and saves no receipt. That
// includes refusals by our own systems, and a period beyond the calendars of this build.
func TestNotifyIsRetried(t *testing.T) {
	t.Parallel()
	unknown := dispute.Refuse(dispute.CodeUnknownMerchant, "there is no such merchant")
	for name, arrange := range map[string]func(*fixture, *activities.Notification){
		"mail server away": func(f *fixture, _ *activities.Notification) { f.email.err = errAway },
		"portal away": func(f *fixture, _ *activities.Notification) {
			f.receipts.merchant.PortalActive, f.portal.err = true, errAway
		},
		"receipts away":    func(f *fixture, _ *activities.Notification) { f.receipts.failures["lookup"] = errAway },
		"not recorded":     func(f *fixture, _ *activities.Notification) { f.receipts.failures["save"] = errAway },
		"merchant unknown": func(_ *fixture, in *activities.Notification) { in.Dispute.MerchantID = "merchant-2" },
		"unknown to the portal": func(f *fixture, _ *activities.Notification) {
			f.receipts.merchant.PortalActive, f.portal.err = true, unknown
		},
		"unknown to the mail":     func(f *fixture, _ *activities.Notification) { f.email.err = unknown },
		"refused by the receipts": func(f *fixture, _ *activities.Notification) { f.receipts.failures["save"] = unknown },
		"unknown calendar":        func(_ *fixture, in *activities.Notification) { in.Dispute.Calendar = "XX" },
		"beyond the calendars": func(f *fixture, _ *activities.Notification) {
			f.now = time.Date(2036, time.December, 20, 9, 0, 0, 0, time.UTC)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, in := newFixture(), opened()
			arrange(f, &in)
			_, err := f.notify(t, in)
			require.Error(t, err)
			require.False(t, throughTemporal(t, err).NonRetryable())
			require.Empty(t, f.receipts.kept)
			if name == "beyond the calendars" {
				require.Empty(t, f.email.sent, "a period that cannot be computed is never announced")
			}
		})
	}
}
