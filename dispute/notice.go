package dispute

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Occasion is the event that causes a message from the dispute, and the kind of that message.
//
// To add an occasion, change these; tests name a mail, a portal type or a sentence that is missing:
//
//   - notice.go: the constant, its place in Occasions and its recipients; in Facts what its text needs beyond the dispute.
//   - event.go: what of that a merchant's portal gets.
//   - workflows: the step that sends it, and in overtaken.go the events that make it untrue.
//   - activities/mail: its text in templates/de and templates/en, its facts in sample.go, its cases in preview.go.
//   - activities/portal: if merchants get it, its type in event.go and README.md.
//   - starter/demo/sentence.go: its sentence. starter/parties: the paths whose disputes must, or may, send it.
type Occasion string

// The occasions.
const (
	OccasionOpened               Occasion = "opened"
	OccasionOpenedCopy           Occasion = "opened-copy"
	OccasionReceived             Occasion = "received"
	OccasionReminder7            Occasion = "reminder-7"
	OccasionReminder2            Occasion = "reminder-2"
	OccasionDeadlineMoved        Occasion = "deadline-moved"
	OccasionKlarnaStepsIn        Occasion = "klarna-steps-in"
	OccasionReasonAsked          Occasion = "reason-asked"
	OccasionRulingAsked          Occasion = "ruling-asked"
	OccasionInformationRequested Occasion = "information-requested"
	OccasionMessage              Occasion = "message"
	OccasionProposalMade         Occasion = "proposal-made"
	OccasionProposalDeclined     Occasion = "proposal-declined"
	OccasionClosed               Occasion = "closed"
)

// Occasions lists all occasions in the order of the process.
var Occasions = []Occasion{
	OccasionOpened, OccasionOpenedCopy, OccasionReceived, OccasionReminder7, OccasionReminder2, OccasionDeadlineMoved,
	OccasionKlarnaStepsIn, OccasionReasonAsked, OccasionRulingAsked, OccasionInformationRequested,
	OccasionMessage, OccasionProposalMade, OccasionProposalDeclined, OccasionClosed,
}

var recipients = map[Occasion][]Party{
	OccasionOpened:               {PartyMerchant},
	OccasionOpenedCopy:           {PartyMerchant},
	OccasionReceived:             {PartyCustomer},
	OccasionReminder7:            {PartyMerchant},
	OccasionReminder2:            {PartyMerchant},
	OccasionDeadlineMoved:        {PartyMerchant, PartyCustomer},
	OccasionKlarnaStepsIn:        {PartyMerchant},
	OccasionReasonAsked:          {PartyCustomer},
	OccasionRulingAsked:          {PartyDesk},
	OccasionInformationRequested: {PartyMerchant},
	OccasionMessage:              {PartyMerchant, PartyCustomer},
	OccasionProposalMade:         {PartyMerchant, PartyCustomer},
	OccasionProposalDeclined:     {PartyMerchant, PartyCustomer},
	OccasionClosed:               {PartyMerchant, PartyCustomer},
}

// Recipients returns the parties to whom messages of one of the Occasions are sent.
func (o Occasion) Recipients() []Party { return recipients[o] }

const copySuffix = "-copy"

// Copy returns the occasion of the e-mail that a merchant gets beside the portal's message.
func (o Occasion) Copy() Occasion { return o + copySuffix }

// IsCopy reports whether this is the occasion of such an e-mail.
func (o Occasion) IsCopy() bool { return strings.HasSuffix(string(o), copySuffix) }

// Original returns the occasion of the message that a copy repeats; else the occasion itself.
func (o Occasion) Original() Occasion { return Occasion(strings.TrimSuffix(string(o), copySuffix)) }

// Channel is how a message reaches its recipient.
type Channel string

// The channels.
const (
	ChannelPortal Channel = "portal"
	ChannelEmail  Channel = "email"
	// ChannelNone means that no message was sent: the desk has no address.
	ChannelNone Channel = "none"
)

// Channels lists the channels.
var Channels = []Channel{ChannelPortal, ChannelEmail, ChannelNone}

// NoticeKey identifies a message. Each is sent once per key: a fallback to another channel keeps the key, and a copy has an
// occasion of its own.
type NoticeKey struct {
	DisputeID string   `json:"disputeId"`
	Occasion  Occasion `json:"occasion"`
	// Number distinguishes messages of one occasion: the number of the period or of the deadline's move, or that of the
	// proposal or remark.
	Number    int   `json:"number"`
	Recipient Party `json:"recipient"`
}

// String returns the key in one line: "d-1/reminder-7/2/merchant".
func (k NoticeKey) String() string {
	return fmt.Sprintf("%s/%s/%d/%s", k.DisputeID, k.Occasion, k.Number, k.Recipient)
}

// Name returns a unique name for the key, of letters, digits, - and _, for file names, Message-IDs and webhook ids:
// "d-1-reminder-7-2-merchant_3531e79c8413779c". The hash at the end distinguishes keys that look the same. A message
// that is sent again keeps its name.
func (k NoticeKey) Name() string {
	const longest = 160 // file systems allow 255 bytes
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, k.String())
	sum := sha256.Sum256([]byte(k.String()))
	return readable[:min(len(readable), longest)] + "_" + hex.EncodeToString(sum[:8])
}

// Notice is a message from the dispute, with all data that its text needs.
type Notice struct {
	Key      NoticeKey `json:"key"`
	Dispute  Dispute   `json:"dispute"`
	Merchant Merchant  `json:"merchant"`
	// To is the recipient.
	To Recipient `json:"to"`
	// Deadline is the deadline that this message sets, moves or reminds of, else zero.
	Deadline time.Time `json:"deadline,omitzero"`
	Facts
}

// Hash returns a hash of what the notice says. A notice with the same key and another hash conflicts with the first one.
// The hash leaves out what may change when a message is sent again: the merchant's settings, the recipient's address,
// CausedAt, the state that the other party's words do not depend on, and the deadline of a period that the message opens, because the period begins when the message arrives.
// The hash begins with the version of its algorithm.
func (n Notice) Hash() string {
	content := struct {
		Dispute  string    `json:"dispute"`
		Deadline time.Time `json:"deadline,omitzero"`
		Facts    Facts     `json:"facts"`
	}{n.Dispute.Hash(), n.Deadline.UTC(), n.Facts}
	content.Facts.CausedAt = time.Time{}
	if n.Proposal != nil || n.Message != "" { // said in every state alike
		content.Facts.State = ""
	}
	if n.BusinessDays > 0 {
		content.Deadline = time.Time{}
	}
	return hashOf(content)
}

// Recipient is the name, address and language of a message's recipient.
type Recipient struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Locale string `json:"locale"`
}

// Facts is the content of a notice beyond the dispute itself. Most facts are for a few occasions only.
type Facts struct {
	// State is the state of the dispute at CausedAt, the instant of the event that causes the message.
	State    State     `json:"state"`
	CausedAt time.Time `json:"causedAt,omitzero"`
	// BusinessDays is the length of the period that the message opens, else 0.
	BusinessDays int `json:"businessDays,omitzero"`
	// Move is why the deadline was moved, and Shortened is true if it is earlier than before.
	Move      string `json:"move,omitzero"`
	Shortened bool   `json:"shortened,omitzero"`
	// Stage is the question to the desk; Statement and Evidence are what the parties have submitted. StatementFiles are for
	// the desk only.
	Stage          Stage      `json:"stage,omitzero"`
	Statement      string     `json:"statement,omitzero"`
	StatementFiles []File     `json:"statementFiles,omitempty"`
	Evidence       []Evidence `json:"evidence,omitempty"`
	// Message is what the other party has written, and Proposal its proposal, or the recipient's own that it has declined.
	Message  string    `json:"message,omitzero"`
	Proposal *Proposal `json:"proposal,omitempty"`
	// Decision is how the dispute ended. In minor units, Credited is what came off what the customer owed, Outstanding what
	// the customer owes now, due by NewDueDate, and Refunded what the customer got back. OwedBack is what the customer has
	// paid beyond what was owed, apart from Refunded.
	Decision    Decision `json:"decision,omitzero"`
	Credited    int64    `json:"credited,omitzero"`
	Outstanding int64    `json:"outstanding,omitzero"`
	Refunded    int64    `json:"refunded,omitzero"`
	OwedBack    int64    `json:"owedBack,omitzero"`
	NewDueDate  string   `json:"newDueDate,omitzero"`
}

// Receipt records that the recipient's mail server, inbox or webhook has accepted a message.
type Receipt struct {
	Key NoticeKey `json:"key"`
	// ContentHash is the Hash of the accepted notice.
	ContentHash string  `json:"contentHash"`
	Channel     Channel `json:"channel"`
	// At is when the message was accepted. The period that it opens begins then.
	At time.Time `json:"at"`
	// Answer is the mail server's reply, or the number of the message in the inbox.
	Answer string `json:"answer,omitzero"`
	// CausedAt is the instant in the history of what the message tells, and Standing where the dispute stands since it was
	// accepted; zero if the message does not tell that. A message may be accepted after one about something later.
	CausedAt time.Time `json:"causedAt,omitzero"`
	Standing Standing  `json:"standing,omitzero"`
	// Terms and Refund are those of the proposal that the message is about, the refund in minor units of the disputed amount's
	// currency; zero for other messages.
	Terms  Terms `json:"terms,omitzero"`
	Refund int64 `json:"refund,omitzero"`
}
