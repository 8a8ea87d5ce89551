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

// Dispute is a customer's complaint about one order and its invoice, as a backend service opens it.
type Dispute struct {
	// ID is the caller's own id: [A-Za-z0-9][A-Za-z0-9._:-]{0,127}. It is printed and logged, so it must not be personal.
	ID string `json:"id"`
	// OpenedAt is when the customer complained; at most MaxClockSkew in the future.
	OpenedAt time.Time `json:"openedAt"`
	// Reason is the kind of complaint.
	Reason Reason `json:"reason"`
	// OrderID names the merchant's order, and InvoiceID the invoice in the ledger, which the dispute pauses.
	OrderID   string `json:"orderId"`
	InvoiceID string `json:"invoiceId"`
	// DisputedAmount is the disputed part of the invoice, in the invoice's currency.
	DisputedAmount Money `json:"disputedAmount"`
	// Complainant is the customer who complains.
	Complainant Complainant `json:"complainant"`
	// MerchantID names the merchant in the ledger.
	MerchantID string `json:"merchantId"`
	// Calendar defines business days and their time zone: one of CalendarNames. Default "DE".
	Calendar string `json:"calendar,omitzero"`
	// Policy holds the periods that may differ between disputes.
	Policy Policy `json:"policy,omitzero"`
	// Complaint is what the customer wrote when opening the dispute; nil for nothing.
	Complaint *Complaint `json:"complaint,omitempty"`
}

// Complaint is the customer's own words with the opening: a text, references to files, or both. The merchant gets it with
// the notice of the dispute.
type Complaint struct {
	Text  string `json:"text,omitzero"`
	Files []File `json:"files,omitempty"`
}

// Complainant is the customer of a dispute ("reklamierende Person").
type Complainant struct {
	// ID is the customer's id in the ledger.
	ID string `json:"id"`
	// Name is the name by which mails address the customer.
	Name string `json:"name"`
	// Email is the customer's only channel.
	Email string `json:"email"`
	// Locale is a language tag (BCP 47) such as "de-DE". Mails are in German for German tags, else in English.
	Locale string `json:"locale"`
}

// Policy holds the periods that may differ between disputes.
type Policy struct {
	// ResponseBusinessDays is how long merchant and customer have to agree, counted from the notice to the merchant:
	// 14 to 21 business days (Klarna's "14 bis 21 Geschäftstagen"). Default 21.
	ResponseBusinessDays int `json:"responseBusinessDays,omitzero"`
}

// The limits of a dispute and its periods.
const (
	// MaxClockSkew is how far OpenedAt may lie in the future, because clocks differ.
	MaxClockSkew = 5 * time.Minute
	// MinResponseBusinessDays and MaxResponseBusinessDays bound the response window.
	MinResponseBusinessDays = 14
	MaxResponseBusinessDays = 21
	// StatementBusinessDays is how long the customer has to state the reason, and EvidenceBusinessDays how long the
	// merchant has to answer the request for information.
	StatementBusinessDays = 10
	EvidenceBusinessDays  = 10
	// DefaultCalendar is the calendar of a dispute that names none.
	DefaultCalendar = "DE"
)

// Reason is the kind of complaint. It does not change the process.
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

// IDPattern matches the ids of disputes. It excludes slashes: ids are part of workflow ids, and Temporal's Web UI cannot show
// those with a slash.
const IDPattern = `^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`

var idPattern = regexp.MustCompile(IDPattern)

// IsID reports whether a dispute can have this id.
func IsID(id string) bool {
	return idPattern.MatchString(id)
}

// idRule says what an id has to be.
const idRule = "must have 1 to 128 characters of A-Z a-z 0-9 . _ : - and begin with a letter or digit"

// WithDefaults returns the dispute with its default calendar and policy filled in and OpenedAt in UTC, so that equal
// disputes have equal JSON.
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

// Hash returns a hash of the dispute's content, defaults included. Two disputes with the same id and different hashes
// are different disputes. The hash begins with the version of its algorithm.
func (d Dispute) Hash() string {
	return hashOf(d.WithDefaults())
}

func hashOf(content any) string {
	canonical, err := json.Marshal(content)
	if err != nil { // a year that RFC 3339 cannot express; such a dispute is never valid
		return ""
	}
	sum := sha256.Sum256(canonical)
	return "1-" + hex.EncodeToString(sum[:])
}

// ReadDispute decodes the JSON of a dispute and fills in its defaults. It judges nothing: whether the dispute is valid
// depends on tables that change (currencies, calendars, Unicode), and workflow code must read the same on replay.
func ReadDispute(data []byte) Dispute {
	var d Dispute
	strict.Decode(data, strict.TolerateUnknownNames, &d)
	return d.WithDefaults()
}

// DecodeDispute reads a dispute from JSON, fills in its defaults and validates it. It returns all faults at once, as a
// Refusal with CodeInvalidDispute.
func DecodeDispute(data []byte, names strict.Names, now time.Time) (Dispute, error) {
	d := Dispute{Calendar: DefaultCalendar, Policy: Policy{ResponseBusinessDays: MaxResponseBusinessDays}}
	faults := strict.Decode(data, names, &d)
	if !faults.Unreadable() {
		d.check(&faults, now)
	}
	d.OpenedAt = d.OpenedAt.UTC()
	return d, RefuseFaults(CodeInvalidDispute, faults, "this is not a valid dispute")
}

// Validate checks the content of a dispute; whether it fits the merchant and the invoice is for the ledger to check. It
// returns all faults at once, as a Refusal with CodeInvalidDispute.
func (d Dispute) Validate(now time.Time) error {
	var faults Faults
	d.check(&faults, now)
	return RefuseFaults(CodeInvalidDispute, faults, "this is not a valid dispute")
}

func (d Dispute) check(f *Faults, now time.Time) {
	if !IsID(d.ID) {
		f.AddOnce("id", idRule)
	}
	switch {
	case !d.OpenedAt.After(time.Time{}): // JSON cannot express a year before 1 in UTC
		f.AddOnce("openedAt", "is required, in RFC 3339 format (2026-11-23T10:15:00+01:00)")
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
	if d.Complaint != nil {
		checkTextOrFiles(f, "complaint.", d.Complaint.Text, d.Complaint.Files)
	}
}

// String describes the dispute for operators, without personal data: "d-1 · 129.90 EUR · return".
func (d Dispute) String() string {
	return fmt.Sprintf("%s · %s · %s", d.ID, d.DisputedAmount, d.Reason)
}
