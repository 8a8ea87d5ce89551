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

// post is Notifications on an outbox, a portal and a mail server that a test can break.
type post struct {
	outbox        *outbox
	portal, email *channel
	desk          string
	now           time.Time
}

func newPost() *post {
	return &post{
		outbox: &outbox{
			merchant: dispute.Merchant{ID: "merchant-1", Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"},
			receipts: map[dispute.NoticeKey]dispute.Receipt{}, failures: map[string]error{},
		},
		portal: &channel{name: "portal"}, email: &channel{name: "email"}, desk: "desk@example.com", now: monday,
	}
}

func (p *post) notify(t *testing.T, in activities.Notification) (activities.Notified, error) {
	t.Helper()
	return activities.NewNotifications(p.outbox, p.portal, p.email, p.desk, func() time.Time { return p.now }).Notify(t.Context(), in)
}

func opened() activities.Notification {
	return activities.Notification{
		Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant, Dispute: aDispute(), Period: 21, Reminders: true,
	}
}

// delivery is how a message should reach its recipient.
type delivery struct {
	arrange     func(*post, *activities.Notification)
	via         dispute.Channel
	to          dispute.Recipient
	copyWanted  bool
	wantAnswer  string
	wantRefusal string
}

func deliveries() map[string]delivery {
	refuses := dispute.Refuse(dispute.CodeMessageRefused, "no such mailbox")
	shop := dispute.Recipient{Name: "Nordlicht GmbH", Email: "shop@example.de", Locale: "de-DE"}
	return map[string]delivery{
		"merchant without portal": {
			arrange: func(p *post, _ *activities.Notification) { p.outbox.merchant.EmailOnDispute = true },
			via:     dispute.ChannelEmail, to: shop, wantAnswer: "email took it",
		},
		"merchant with portal": {
			arrange: func(p *post, _ *activities.Notification) { p.outbox.merchant.PortalActive = true },
			via:     dispute.ChannelPortal, to: shop, wantAnswer: "portal took it",
		},
		"merchant who wants a copy": {
			arrange: func(p *post, _ *activities.Notification) {
				p.outbox.merchant.PortalActive, p.outbox.merchant.EmailOnDispute = true, true
			},
			via: dispute.ChannelPortal, to: shop, copyWanted: true, wantAnswer: "portal took it",
		},
		"the copy": {
			arrange: func(p *post, in *activities.Notification) {
				p.outbox.merchant.PortalActive, in.Occasion = true, dispute.OccasionOpenedCopy
			},
			via: dispute.ChannelEmail, to: shop, wantAnswer: "email took it",
		},
		"portal refuses": {
			arrange: func(p *post, _ *activities.Notification) {
				p.outbox.merchant.PortalActive, p.outbox.merchant.EmailOnDispute, p.portal.err = true, true, refuses
			},
			via: dispute.ChannelEmail, to: shop, wantAnswer: "email took it (the portal refused: no such mailbox)",
		},
		"both refuse": {
			arrange: func(p *post, _ *activities.Notification) {
				p.outbox.merchant.PortalActive, p.portal.err, p.email.err = true, dispute.Refuse(dispute.CodeMessageRefused, "410 Gone"), refuses
			},
			wantRefusal: "portal: 410 Gone; e-mail: no such mailbox",
		},
		"e-mail refuses": {
			arrange:     func(p *post, _ *activities.Notification) { p.email.err = refuses },
			wantRefusal: "no such mailbox",
		},
		"corrected address": {
			arrange: func(_ *post, in *activities.Notification) { in.Email = "new@example.de" },
			via:     dispute.ChannelEmail, to: dispute.Recipient{Name: "Nordlicht GmbH", Email: "new@example.de", Locale: "de-DE"}, wantAnswer: "email took it",
		},
		"customer": {
			arrange: func(p *post, in *activities.Notification) {
				p.outbox.merchant.PortalActive, in.Recipient = true, dispute.PartyCustomer
			},
			via: dispute.ChannelEmail, to: dispute.Recipient{Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"}, wantAnswer: "email took it",
		},
		"desk": {
			arrange: func(_ *post, in *activities.Notification) { in.Recipient = dispute.PartyDesk },
			via:     dispute.ChannelEmail, to: dispute.Recipient{Email: "desk@example.com"}, wantAnswer: "email took it",
		},
		"desk without an address": {
			arrange: func(p *post, in *activities.Notification) { p.desk, in.Recipient = "", dispute.PartyDesk },
			via:     dispute.ChannelNone, wantAnswer: "no address",
		},
	}
}

// TestNotify: which way each message takes, and to whom.
func TestNotify(t *testing.T) {
	t.Parallel()
	for name, test := range deliveries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, in := newPost(), opened()
			test.arrange(p, &in)
			notified, err := p.notify(t, in)
			if test.wantRefusal != "" {
				require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err))
				require.EqualError(t, err, test.wantRefusal)
				require.Empty(t, p.outbox.receipts)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.via, notified.Channel)
			require.Contains(t, notified.Answer, test.wantAnswer)
			require.Equal(t, test.copyWanted, notified.CopyWanted)
			sent := append(p.portal.sent, p.email.sent...)
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

// TestNotifyOpensAPeriod: it runs from the instant at which the message was taken.
func TestNotifyOpensAPeriod(t *testing.T) {
	t.Parallel()
	p := newPost()
	notified, err := p.notify(t, opened())
	require.NoError(t, err)
	require.Equal(t, monday, notified.At)
	require.Equal(t, "2026-12-23T00:00:00+01:00", notified.Deadline.At.Format(time.RFC3339))
	require.Len(t, notified.Deadline.Reminders, 2)
	require.True(t, notified.Deadline.At.Equal(p.email.sent[0].Deadline), "the text tells the deadline")
	require.Equal(t, 21, p.email.sent[0].BusinessDays)

	statement := activities.Notification{Occasion: dispute.OccasionReasonAsked, Number: 2, Recipient: dispute.PartyCustomer, Dispute: aDispute(), Period: 10}
	notified, err = p.notify(t, statement)
	require.NoError(t, err)
	require.Equal(t, "2026-12-08T00:00:00+01:00", notified.Deadline.At.Format(time.RFC3339))
	require.Empty(t, notified.Deadline.Reminders)

	moved := activities.Notification{Occasion: dispute.OccasionDeadlineMoved, Number: 3, Recipient: dispute.PartyMerchant, Dispute: aDispute(), Deadline: monday}
	notified, err = p.notify(t, moved)
	require.NoError(t, err)
	require.Nil(t, notified.Deadline)
	require.Equal(t, "2026-11-23T10:15:00+01:00", p.email.sent[2].Deadline.Format(time.RFC3339))
}

// TestNotifyOnce: a message on record is not sent again, and its record answers, whatever the clock says.
func TestNotifyOnce(t *testing.T) {
	t.Parallel()
	p := newPost()
	first, err := p.notify(t, opened())
	require.NoError(t, err)
	p.now = monday.Add(72 * time.Hour)
	second, err := p.notify(t, opened())
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Len(t, p.email.sent, 1)

	again := opened()
	again.Number = 2
	_, err = p.notify(t, again)
	require.NoError(t, err)
	require.Len(t, p.email.sent, 2)
}

// TestNotifyAgainAsItIsNow: a message that is sent again as the merchant and the clock are now is the same one.
func TestNotifyAgainAsItIsNow(t *testing.T) {
	t.Parallel()
	p, again := newPost(), opened()
	first, err := p.notify(t, opened())
	require.NoError(t, err)
	p.now = monday.Add(72 * time.Hour)
	p.outbox.merchant.Name, p.outbox.merchant.Email = "Nordlicht & Co", "new@example.de"
	again.Email, again.Facts.CausedAt = "corrected@example.de", p.now
	second, err := p.notify(t, again)
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.False(t, second.Differs)
}

// recordedMeanwhile is a channel during whose work somebody else records another message under the key.
type recordedMeanwhile struct {
	*channel
	outbox *outbox
	other  dispute.Receipt
}

func (r recordedMeanwhile) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	r.outbox.receipts[r.other.Key] = r.other
	return r.channel.Send(ctx, notice)
}

// TestTheFirstMessageStands: the dispute does not stand still for it. It goes on with what was said, at the time of then,
// and says that this was something else.
func TestTheFirstMessageStands(t *testing.T) {
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
		arrange func(*post) activities.Channel
		sent    int
	}{
		"on record": {func(p *post) activities.Channel {
			p.outbox.receipts[earlier.Key] = earlier
			return p.portal
		}, 0},
		"known to the channel": {func(p *post) activities.Channel {
			p.portal.err = fmt.Errorf("the inbox: %w", &activities.ConflictError{Existing: earlier})
			return p.portal
		}, 0},
		"recorded meanwhile": {func(p *post) activities.Channel { return recordedMeanwhile{p.portal, p.outbox, earlier} }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPost()
			p.outbox.merchant.PortalActive = true
			portal := test.arrange(p)
			notify := activities.NewNotifications(p.outbox, portal, p.email, p.desk, func() time.Time { return p.now }).Notify
			for range 2 {
				notified, err := notify(t.Context(), in)
				require.NoError(t, err)
				require.Equal(t, "2026-12-05T00:00:00+01:00", notified.Deadline.At.Format(time.RFC3339), "of the day before")
				notified.Deadline = nil
				require.Equal(t, activities.Notified{Channel: dispute.ChannelPortal, At: earlier.At, Answer: "message 7", Differs: true}, notified)
			}
			require.Equal(t, map[dispute.NoticeKey]dispute.Receipt{earlier.Key: earlier}, p.outbox.receipts)
			require.Len(t, p.portal.sent, test.sent)
			require.Empty(t, p.email.sent)
		})
	}
}

// TestAnEarlierMessageIsNotLost: one that only the channel knows is recorded before the dispute goes on with it.
func TestAnEarlierMessageIsNotLost(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.merchant.PortalActive, p.outbox.failures["record"] = true, errAway
	p.portal.err = &activities.ConflictError{Existing: dispute.Receipt{ContentHash: "1-other"}}
	_, err := p.notify(t, opened())
	require.ErrorIs(t, err, errAway)
}

// TestEarlierTravelsAsARefusal: whoever sends or records gets the code, however deep it is wrapped.
func TestEarlierTravelsAsARefusal(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, fmt.Errorf("record: %w", &activities.ConflictError{}))
	require.Equal(t, string(dispute.CodeMessageConflict), failure.Type())
	require.True(t, failure.NonRetryable())
}

// TestTroubleOfTheFallbackSaysWhyItIsTried: the portal's refusal is nowhere else while the mail server is away.
func TestTroubleOfTheFallbackSaysWhyItIsTried(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.merchant.PortalActive = true
	p.portal.err, p.email.err = dispute.Refuse(dispute.CodeMessageRefused, "410 Gone"), errAway
	_, err := p.notify(t, opened())
	require.ErrorIs(t, err, errAway)
	require.EqualError(t, err, errAway.Error()+" (the portal refused: 410 Gone)")
	require.False(t, throughTemporal(t, err).NonRetryable())
	require.Empty(t, p.outbox.receipts)
}

// TestNotifyIsRetried: everything but a refusal by the recipient's side is tried again, and nothing is
// recorded; also what a system of our own refuses, and a period that this build's calendars do not cover.
func TestNotifyIsRetried(t *testing.T) {
	t.Parallel()
	unknown := dispute.Refuse(dispute.CodeUnknownMerchant, "there is no such merchant")
	for name, arrange := range map[string]func(*post, *activities.Notification){
		"mail server away": func(p *post, _ *activities.Notification) { p.email.err = errAway },
		"portal away": func(p *post, _ *activities.Notification) {
			p.outbox.merchant.PortalActive, p.portal.err = true, errAway
		},
		"outbox away":      func(p *post, _ *activities.Notification) { p.outbox.failures["prior"] = errAway },
		"not recorded":     func(p *post, _ *activities.Notification) { p.outbox.failures["record"] = errAway },
		"merchant unknown": func(_ *post, in *activities.Notification) { in.Dispute.MerchantID = "merchant-2" },
		"unknown to the portal": func(p *post, _ *activities.Notification) {
			p.outbox.merchant.PortalActive, p.portal.err = true, unknown
		},
		"unknown to the mail":   func(p *post, _ *activities.Notification) { p.email.err = unknown },
		"refused by the outbox": func(p *post, _ *activities.Notification) { p.outbox.failures["record"] = unknown },
		"unknown calendar":      func(_ *post, in *activities.Notification) { in.Dispute.Calendar = "XX" },
		"beyond the calendars": func(p *post, _ *activities.Notification) {
			p.now = time.Date(2036, time.December, 20, 9, 0, 0, 0, time.UTC)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, in := newPost(), opened()
			arrange(p, &in)
			_, err := p.notify(t, in)
			require.Error(t, err)
			require.False(t, throughTemporal(t, err).NonRetryable())
			require.Empty(t, p.outbox.receipts)
			if name == "beyond the calendars" {
				require.Empty(t, p.email.sent, "a period that cannot be computed is never announced")
			}
		})
	}
}
