package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// ReceiptStore keeps the receipts of the messages that were sent. The ledger's database has it.
type ReceiptStore interface {
	// Lookup returns the merchant's settings and the receipts that exist under these keys of one dispute (at least one).
	// CodeUnknownMerchant when the merchant does not exist.
	Lookup(ctx context.Context, merchantID string, keys ...dispute.NoticeKey) (SendState, error)
	// Save records a receipt and returns the one that stands under its key: the first. When that one is of a message
	// which said something else, a *ConflictError comes with it.
	Save(ctx context.Context, receipt dispute.Receipt) (dispute.Receipt, error)
	// SaveAttention records that an operator is needed because of a message: once for each key and cause.
	SaveAttention(ctx context.Context, key dispute.NoticeKey, cause dispute.Cause, at time.Time) error
}

// SendState is what has to be known before messages are sent.
type SendState struct {
	// Merchant has the merchant's current settings.
	Merchant dispute.Merchant
	// Receipts are those of the messages that were sent before.
	Receipts map[dispute.NoticeKey]dispute.Receipt
}

// Channel delivers messages. An error of CodeMessageRefused means that the recipient's side refuses the message for
// good; every other error is transient. Send is repeated under the same key after a crash, and has to be recognisable as
// a repeat. The answer is what the other side said. A channel that has an earlier message under the key, which said
// something else, returns a *ConflictError.
type Channel interface {
	Send(ctx context.Context, notice dispute.Notice) (answer string, err error)
}

// Notifications sends the messages of a dispute to merchant, customer and desk.
type Notifications struct {
	receipts  ReceiptStore
	portal    Channel
	email     Channel
	deskEmail string
	clock     Clock
}

// NewNotifications returns the activities on these channels. With an empty deskEmail the desk gets no messages.
func NewNotifications(receipts ReceiptStore, portal, email Channel, deskEmail string, clock Clock) *Notifications {
	return &Notifications{receipts: receipts, portal: portal, email: email, deskEmail: deskEmail, clock: clock}
}

// Notification asks for one message to one recipient.
type Notification struct {
	Occasion  dispute.Occasion `json:"occasion"`
	Number    int              `json:"number"`
	Recipient dispute.Party    `json:"recipient"`
	Dispute   dispute.Dispute  `json:"dispute"`
	// Email replaces the recipient's address when an operator has corrected it.
	Email string `json:"email,omitzero"`
	// Period is the length of the period that the message opens, in business days; 0 when it opens none. Reminders asks
	// for the reminders of its deadline.
	Period    int  `json:"period,omitzero"`
	Reminders bool `json:"reminders,omitzero"`
	// Deadline is the running deadline that the message names, if any.
	Deadline time.Time     `json:"deadline,omitzero"`
	Facts    dispute.Facts `json:"facts"`
}

// Key returns the idempotency key: one message goes out under it.
func (in Notification) Key() dispute.NoticeKey {
	return dispute.NoticeKey{DisputeID: in.Dispute.ID, Occasion: in.Occasion, Number: in.Number, Recipient: in.Recipient}
}

// notice is the content of a message. Its text names the deadline, so a period that cannot be computed is an error here,
// before anything is sent.
func (n *Notifications) notice(cal *calendar.Calendar, in Notification, merchant dispute.Merchant) (notice dispute.Notice, err error) {
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
	if in.Period > 0 {
		in.Facts.BusinessDays = in.Period
	}
	notice = dispute.Notice{Key: in.Key(), Dispute: in.Dispute, Merchant: merchant, To: to, Deadline: in.Deadline.In(cal.Zone()), Facts: in.Facts}
	at, err := n.clock.after(in.Facts.CausedAt)
	if err == nil && in.Period > 0 {
		notice.Deadline, err = cal.Deadline(at, in.Period)
	}
	return notice, err
}

// portalTimeout is how long the portal may fail to take a message that opens a period, before e-mail is used instead.
const portalTimeout = 24 * time.Hour

// route sends over the portal where the merchant uses it, and falls back to e-mail when the portal refuses for good, or has
// not taken a message that opens a period for a day; the answer then has both.
func (n *Notifications) route(ctx context.Context, notice dispute.Notice) (dispute.Channel, string, error) {
	if notice.To.Email == "" && notice.Key.Recipient == dispute.PartyDesk {
		return dispute.ChannelNone, "no address of the desk is configured", nil
	}
	viaPortal := notice.Key.Recipient == dispute.PartyMerchant && notice.Merchant.PortalActive &&
		!notice.Key.Occasion.IsCopy()
	var portalRefusal error
	if viaPortal {
		answer, err := n.portal.Send(ctx, notice)
		timedOut := err != nil && dispute.CodeOf(err) == "" && notice.BusinessDays > 0 && n.clock.now().Sub(notice.CausedAt) > portalTimeout
		if dispute.CodeOf(err) != dispute.CodeMessageRefused && !timedOut {
			return dispute.ChannelPortal, answer, err
		}
		if portalRefusal = err; timedOut {
			portalRefusal = fmt.Errorf("not taken for a day: %w", err)
		}
	}
	answer, err := n.email.Send(ctx, notice)
	switch {
	case portalRefusal == nil:
	case err == nil:
		answer = fmt.Sprintf("%s (the portal refused: %v)", answer, portalRefusal)
	case dispute.CodeOf(err) == dispute.CodeMessageRefused:
		err = dispute.Refuse(dispute.CodeMessageRefused, "portal: %v; e-mail: %v", portalRefusal, err)
	default: // an operator who looks at the mail server's error sees why the portal was left
		err = fmt.Errorf("%w (the portal refused: %s)", err, portalRefusal.Error())
	}
	return dispute.ChannelEmail, answer, err
}
