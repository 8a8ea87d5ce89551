package dispute

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Occasion names a message from the dispute, after what causes it.
type Occasion string

// The messages from the dispute.
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
	OccasionClosed               Occasion = "closed"
)

// Channel is the way a message takes.
type Channel string

// The channels.
const (
	ChannelPortal Channel = "portal"
	ChannelEmail  Channel = "email"
	// ChannelNone means that nobody was told because nobody asked to be: no copy wanted, no desk address.
	ChannelNone Channel = "none"
)

// NoticeKey identifies a message: each goes out once per key and channel.
type NoticeKey struct {
	DisputeID string   `json:"disputeId"`
	Occasion  Occasion `json:"occasion"`
	// Number tells apart messages of one occasion: the number of the period or of the moved deadline.
	Number    int   `json:"number"`
	Recipient Party `json:"recipient"`
}

// String is the key in one line: "d-1/reminder-7/2/merchant".
func (k NoticeKey) String() string {
	return fmt.Sprintf("%s/%s/%d/%s", k.DisputeID, k.Occasion, k.Number, k.Recipient)
}

// Name is a name of the key that fits where a name has few characters to choose from: file systems, a
// Message-ID, the id of a webhook. It has what an operator recognises, and a hash that keeps apart what looks
// the same. A message that is sent again has it again.
func (k NoticeKey) Name() string {
	const longest = 160 // file systems take 255 bytes
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, k.String())
	sum := sha256.Sum256([]byte(k.String()))
	return readable[:min(len(readable), longest)] + "_" + hex.EncodeToString(sum[:8])
}

// Notice is a message from the dispute with all that its text needs.
type Notice struct {
	Key      NoticeKey `json:"key"`
	Dispute  Dispute   `json:"dispute"`
	Merchant Merchant  `json:"merchant"`
	// To is who reads it.
	To Recipient `json:"to"`
	// Deadline ends the period which this message opens, moves or recalls. Zero when it has none.
	Deadline time.Time `json:"deadline,omitzero"`
	Facts
}

// Hash identifies what a notice says: under the same key another hash is another message. It leaves out what rightly
// changes when the same message is sent again: the merchant's settings, to whom it goes, when it was caused, and the end
// of a period that it opens, which counts from its arrival. The leading number is the version of the way to compute it.
func (n Notice) Hash() string {
	said := struct {
		Dispute  string    `json:"dispute"`
		Deadline time.Time `json:"deadline,omitzero"`
		Facts    Facts     `json:"facts"`
	}{n.Dispute.Hash(), n.Deadline.UTC(), n.Facts}
	said.Facts.CausedAt = time.Time{}
	if n.BusinessDays > 0 {
		said.Deadline = time.Time{}
	}
	return hashOf(said)
}

// Recipient is who reads a message.
type Recipient struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Locale string `json:"locale"`
}

// Facts are what only some occasions tell.
type Facts struct {
	// State is where the dispute stands when the message is caused, and CausedAt when that was.
	State    State     `json:"state"`
	CausedAt time.Time `json:"causedAt,omitzero"`
	// BusinessDays is the length of the period that the message opens.
	BusinessDays int `json:"businessDays,omitzero"`
	// Move is why the deadline was moved, and Shortened that it came closer.
	Move      string `json:"move,omitzero"`
	Shortened bool   `json:"shortened,omitzero"`
	// Stage is what the desk is asked to rule on, Statement and Evidence what it rules on.
	Stage     Stage      `json:"stage,omitzero"`
	Statement string     `json:"statement,omitzero"`
	Evidence  []Evidence `json:"evidence,omitempty"`
	// Decision is how the dispute ended, and NewDueDate when the rest of the invoice is due.
	Decision    Decision `json:"decision,omitzero"`
	Outstanding int64    `json:"outstanding,omitzero"`
	Refunded    int64    `json:"refunded,omitzero"`
	NewDueDate  string   `json:"newDueDate,omitzero"`
}

// Receipt proves that a message was taken by the recipient's side.
type Receipt struct {
	Key NoticeKey `json:"key"`
	// ContentHash is the Hash of the notice that was taken.
	ContentHash string  `json:"contentHash"`
	Channel     Channel `json:"channel"`
	// At is the instant from which periods are counted.
	At time.Time `json:"at"`
	// Answer is what the other side said: a mail server's reply, the number in the inbox.
	Answer string `json:"answer,omitzero"`
}
