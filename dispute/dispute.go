package dispute

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/streitfall/streitfall/dispute/strict"
)

// Dispute is what a backend service opens: a customer's complaint about one order and its invoice.
type Dispute struct {
	// ID is the caller's own id of the dispute: [A-Za-z0-9][A-Za-z0-9._:-]{0,127}. Nothing personal in it.
	ID string `json:"id"`
	// OpenedAt is when the customer complained; at most MaxClockSkew in the future.
	OpenedAt time.Time `json:"openedAt"`
	// Reason is what the customer complains about.
	Reason Reason `json:"reason"`
	// OrderID and InvoiceID name the merchant's order and the invoice in the ledger that is paused.
	OrderID   string `json:"orderId"`
	InvoiceID string `json:"invoiceId"`
	// DisputedAmount is the part of the invoice that is in dispute, in the invoice's currency.
	DisputedAmount Money `json:"disputedAmount"`
	// Complainant is the customer who complains.
	Complainant Complainant `json:"complainant"`
	// MerchantID names the merchant in the ledger.
	MerchantID string `json:"merchantId"`
	// Calendar decides what a business day is and in which time zone: one of CalendarNames. Default "DE".
	Calendar string `json:"calendar,omitzero"`
	// Policy holds what may differ between disputes.
	Policy Policy `json:"policy,omitzero"`
}

// Complainant is the customer of a dispute ("reklamierende Person").
type Complainant struct {
	// ID is the customer's id in the ledger.
	ID string `json:"id"`
	// Name is how mails address the customer.
	Name string `json:"name"`
	// Email is where the customer is reached.
	Email string `json:"email"`
	// Locale is a BCP 47 tag such as "de-DE". Mails are in German for "de", else in English.
	Locale string `json:"locale"`
}

// Policy is what may differ between disputes.
type Policy struct {
	// ResponseBusinessDays is how long merchant and customer have to agree, counted from the notice to
	// the merchant: 14 to 21 business days (the seed's "14 bis 21 Geschäftstagen"). Default 21.
	ResponseBusinessDays int `json:"responseBusinessDays,omitzero"`
}

// The limits of a dispute and its periods.
const (
	// MaxClockSkew is how far OpenedAt may lie in the future: clocks differ.
	MaxClockSkew = 5 * time.Minute
	// MinResponseBusinessDays and MaxResponseBusinessDays bound the response window.
	MinResponseBusinessDays = 14
	MaxResponseBusinessDays = 21
	// StatementBusinessDays is how long the customer has to state the reason, and EvidenceBusinessDays
	// how long the merchant has to answer the request for information.
	StatementBusinessDays = 10
	EvidenceBusinessDays  = 10
	// DefaultCalendar is the calendar of a dispute that names none.
	DefaultCalendar = "DE"
)

// Reason is what a dispute is about: Klarna's names. It does not change the process.
type Reason string

// The reasons, as Klarna's disputes API names them.
const (
	ReasonReturn               Reason = "return"
	ReasonGoodsNotReceived     Reason = "goods_not_received"
	ReasonFaultyGoods          Reason = "faulty_goods"
	ReasonIncorrectInvoice     Reason = "incorrect_invoice"
	ReasonAlreadyPaid          Reason = "already_paid"
	ReasonUnauthorizedPurchase Reason = "unauthorized_purchase"
	ReasonHighRiskOrder        Reason = "high_risk_order"
)

// Reasons lists all reasons.
var Reasons = []Reason{
	ReasonReturn, ReasonGoodsNotReceived, ReasonFaultyGoods, ReasonIncorrectInvoice,
	ReasonAlreadyPaid, ReasonUnauthorizedPurchase, ReasonHighRiskOrder,
}

// idPattern has no slash: ids are part of workflow ids, and Temporal's Web UI breaks on slashes there.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// WithDefaults fills in the calendar and the policy where the dispute leaves them out, and puts
// OpenedAt into UTC, so that equal disputes are equal in every byte.
func (d Dispute) WithDefaults() Dispute {
	if d.Calendar == "" {
		d.Calendar = DefaultCalendar
	}
	if d.Policy.ResponseBusinessDays == 0 {
		d.Policy.ResponseBusinessDays = MaxResponseBusinessDays
	}
	d.OpenedAt = d.OpenedAt.UTC()
	return d
}

// Hash identifies the content of a dispute: the same id with another hash is another dispute.
// The leading number is the version of the way to compute it.
func (d Dispute) Hash() string {
	return hashOf(d.WithDefaults())
}

func hashOf(content any) string {
	canonical, err := json.Marshal(content)
	if err != nil { // only a year that RFC 3339 cannot write; such a dispute is never valid
		return ""
	}
	sum := sha256.Sum256(canonical)
	return "1-" + hex.EncodeToString(sum[:])
}

// DecodeDispute reads a dispute from JSON, fills in its defaults and validates it. All that is wrong
// comes back at once, as a Refusal of CodeInvalidDispute.
func DecodeDispute(data []byte, names strict.Names, now time.Time) (Dispute, error) {
	d := Dispute{Calendar: DefaultCalendar, Policy: Policy{ResponseBusinessDays: MaxResponseBusinessDays}}
	faults := strict.Decode(data, names, &d)
	if !faults.Unreadable() {
		d.check(&faults, now)
	}
	d.OpenedAt = d.OpenedAt.UTC()
	return d, RefuseFaults(CodeInvalidDispute, faults, "this is not a valid dispute")
}

// Validate checks the content of a dispute by itself; the ledger checks the rest. All that is wrong
// comes back at once, as a Refusal of CodeInvalidDispute.
func (d Dispute) Validate(now time.Time) error {
	var faults Faults
	d.check(&faults, now)
	return RefuseFaults(CodeInvalidDispute, faults, "this is not a valid dispute")
}

func (d Dispute) check(f *Faults, now time.Time) {
	if !idPattern.MatchString(d.ID) {
		f.AddOnce("id", "must have 1 to 128 characters of A-Z a-z 0-9 . _ : - and begin with a letter or digit")
	}
	switch {
	case !d.OpenedAt.After(time.Time{}): // before the year 1 it could not be written in UTC
		f.AddOnce("openedAt", "is required, as RFC 3339 (2026-11-23T10:15:00+01:00)")
	case d.OpenedAt.After(now.Add(MaxClockSkew)):
		f.AddOnce("openedAt", "must not be more than 5 minutes in the future")
	}
	strict.OneOf(f, "reason", d.Reason, Reasons)
	strict.Line(f, "orderId", d.OrderID, MaxLine)
	strict.Line(f, "invoiceId", d.InvoiceID, MaxLine)
	d.DisputedAmount.check(f, "disputedAmount")
	strict.Line(f, "complainant.id", d.Complainant.ID, MaxLine)
	strict.Line(f, "complainant.name", d.Complainant.Name, MaxLine)
	strict.Email(f, "complainant.email", d.Complainant.Email)
	strict.Locale(f, "complainant.locale", d.Complainant.Locale)
	strict.Line(f, "merchantId", d.MerchantID, MaxLine)
	strict.OneOf(f, "calendar", d.Calendar, CalendarNames)
	if days := d.Policy.ResponseBusinessDays; days < MinResponseBusinessDays || days > MaxResponseBusinessDays {
		f.AddOnce("policy.responseBusinessDays", "is %d; allowed are %d to %d", days, MinResponseBusinessDays, MaxResponseBusinessDays)
	}
}

// String names the dispute the way that an operator reads it, without anything personal.
func (d Dispute) String() string {
	return fmt.Sprintf("%s · %s · %s", d.ID, d.DisputedAmount, d.Reason)
}
