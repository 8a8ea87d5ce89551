package activities

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// ReceiptStore is the record of the messages that were sent, in the ledger's database.
type ReceiptStore interface {
	// Lookup reads what counts before messages of one dispute go out under these keys, at least one. CodeUnknownMerchant
	// when there is no such merchant.
	Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (SendState, error)
	// Save records a receipt and returns the one on record: the first one of a key stays. When that one is about a message
	// with other content, Save returns it with a *ConflictError.
	Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error)
}

// SendState is what counts before messages go out.
type SendState struct {
	// Merchant has the merchant's settings as they are now.
	Merchant dispute.Merchant
	// Receipts are the records of those that were sent before, whatever they said.
	Receipts map[dispute.NoticeKey]dispute.Receipt
}

// Channel delivers messages. An error of CodeMessageRefused means that the recipient's side refuses
// the message for good; everything else is trouble that passes. The same notice may be sent again and
// must then be recognisable as a repeat. The answer is what the other side said. Who knows that an earlier
// message under the notice's key said something else answers with an *ConflictError.
type Channel interface {
	Send(ctx context.Context, notice dispute.Notice) (answer string, err error)
}

// Notifications tells merchant, customer and desk what happens in a dispute.
type Notifications struct {
	outbox    ReceiptStore
	portal    Channel
	email     Channel
	deskEmail string
	clock     Clock
}

// NewNotifications makes the activity on its channels. Without deskEmail the desk gets no messages.
func NewNotifications(outbox ReceiptStore, portal, email Channel, deskEmail string, clock Clock) *Notifications {
	return &Notifications{outbox: outbox, portal: portal, email: email, deskEmail: deskEmail, clock: clock}
}

// Notification asks for a message.
type Notification struct {
	Occasion  dispute.Occasion `json:"occasion"`
	Number    int              `json:"number"`
	Recipient dispute.Party    `json:"recipient"`
	Dispute   dispute.Dispute  `json:"dispute"`
	// Email replaces the recipient's address when an operator has corrected it.
	Email string `json:"email,omitzero"`
	// Period is what the message opens, if anything, in business days; Reminders plans them for it.
	Period    int  `json:"period,omitzero"`
	Reminders bool `json:"reminders,omitzero"`
	// Deadline is the running one that the message tells of, if any.
	Deadline time.Time     `json:"deadline,omitzero"`
	Facts    dispute.Facts `json:"facts"`
}

// key is what the message goes out under, once.
func (in Notification) key() dispute.NoticeKey {
	return dispute.NoticeKey{DisputeID: in.Dispute.ID, Occasion: in.Occasion, Number: in.Number, Recipient: in.Recipient}
}

// Notified is the answer to a Notification.
type Notified struct {
	Channel dispute.Channel `json:"channel"`
	// At is when the recipient's side took the message: the start of the period.
	At     time.Time `json:"at"`
	Answer string    `json:"answer,omitzero"`
	// Differs tells that all this is about an earlier message under the same key, which said something else. It stands,
	// and the one that was asked for does not go out.
	Differs bool `json:"differs,omitzero"`
	// Deadline ends the period that the message opened.
	Deadline *dispute.Deadline `json:"deadline,omitempty"`
	// CopyWanted tells that the merchant's settings ask for an e-mail beside the portal's message.
	CopyWanted bool `json:"copyWanted,omitzero"`
}

// Notify sends one message over the channel that its recipient has, unless one was sent before under its key, and
// computes the deadline of the period that it opens. The first message of a key stands: a step that was told to the
// world can be lost before it is in the history (its worker dies, an operator resets the dispute), and the dispute then
// go on otherwise. What was said cannot be unsaid, so it is the answer, and that Differs. Refused on every channel it
// fails with CodeMessageRefused.
func (n *Notifications) Notify(ctx context.Context, in Notification) (Notified, error) {
	a := &attempt{in: in}
	n.deliver(ctx, a, n.prior(ctx, in))
	n.record(ctx, a)
	a.period()
	return a.notified()
}

// prior reads what counts before these messages of one dispute go out, once for all of them.
func (n *Notifications) prior(ctx context.Context, messages ...Notification) func() (SendState, error) {
	return sync.OnceValues(func() (SendState, error) {
		var keys []dispute.NoticeKey
		for _, in := range messages {
			keys = append(keys, in.key())
		}
		return n.outbox.Lookup(ctx, messages[0].Dispute.MerchantID, keys...)
	})
}

func (n *Notifications) notice(in Notification, merchant dispute.Merchant) dispute.Notice {
	to := dispute.Recipient{Name: merchant.Name, Email: merchant.Email, Locale: merchant.Locale}
	if in.Recipient == dispute.PartyCustomer {
		complainant := in.Dispute.Complainant
		to = dispute.Recipient{Name: complainant.Name, Email: complainant.Email, Locale: complainant.Locale}
	}
	if in.Recipient == dispute.PartyDesk {
		to = dispute.Recipient{Email: n.deskEmail}
	}
	if in.Email != "" {
		to.Email = in.Email
	}
	in.Facts.BusinessDays = in.Period
	return dispute.Notice{Key: in.key(), Dispute: in.Dispute, Merchant: merchant, To: to, Facts: in.Facts}
}

// send takes the portal where the merchant uses it and falls back to e-mail when it refuses for good. The
// answer tells both.
func (n *Notifications) send(ctx context.Context, notice dispute.Notice) (dispute.Channel, string, error) {
	if notice.To.Email == "" && notice.Key.Recipient == dispute.PartyDesk {
		return dispute.ChannelNone, "no address of the desk is configured", nil
	}
	viaPortal := notice.Key.Recipient == dispute.PartyMerchant && notice.Merchant.PortalActive &&
		notice.Key.Occasion != dispute.OccasionOpenedCopy
	var portalRefusal error
	if viaPortal {
		answer, err := n.portal.Send(ctx, notice)
		if dispute.CodeOf(err) != dispute.CodeMessageRefused {
			return dispute.ChannelPortal, answer, err
		}
		portalRefusal = err
	}
	answer, err := n.email.Send(ctx, notice)
	switch {
	case portalRefusal == nil:
	case err == nil:
		answer = fmt.Sprintf("%s (the portal refused: %v)", answer, portalRefusal)
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		err = dispute.Refuse(dispute.CodeMessageRefused, "portal: %v; e-mail: %v", portalRefusal, err)
	default: // whoever looks at the trouble sees why it is the mail server's
		err = fmt.Errorf("%w (the portal refused: %s)", err, portalRefusal.Error())
	}
	return dispute.ChannelEmail, answer, err
}

// announced is the deadline that the text of a message tells.
func (n *Notifications) announced(cal *calendar.Calendar, in Notification) (time.Time, error) {
	if in.Period == 0 {
		return in.Deadline.In(cal.Zone()), nil
	}
	return cal.Deadline(n.clock.now(), in.Period)
}
