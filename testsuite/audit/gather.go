// Package audit checks what became of disputes, in the ledger, in the mailboxes and in Temporal, against what their parties
// did.
package audit

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/workflows"
)

// Facts are the facts about all disputes.
type Facts struct {
	// Ledger is the report of the ledger's own check.
	Ledger ledger.Report
	// Disputes are by ID.
	Disputes map[string]Fact
	// Strays are mails that belong to none of the disputes.
	Strays []string
}

// Fact is what is known about one dispute.
type Fact struct {
	Record   ledger.Dispute
	Invoice  ledger.Invoice
	View     dispute.View // as the workflow has it
	Arrivals []Arrival
}

// Arrival is the arrival of a message. A message that was sent again arrives again, with the same ID.
type Arrival struct {
	// Message is its name, as parties.Message makes it.
	Message string
	// ID is the Message-ID of a mail, or the number in the portal's inbox.
	ID string
	// To is the address of a mail, or the merchant of the inbox.
	To string
	// At is when it arrived. Deadline is the one that a message in the inbox names; a mail names it in its Text.
	At       time.Time
	Deadline time.Time
	Text     string
}

// names reports whether the message names a deadline: its last day, or else its minute.
func (a Arrival) names(deadline time.Time) bool {
	if a.Text == "" {
		return a.Deadline.Equal(deadline)
	}
	cal, err := calendarOfCases()
	if err != nil {
		return false
	}
	words := deadline.In(cal.Zone()).Format("15:04")
	if day, whole := dispute.LastDay(deadline); whole {
		words = fmt.Sprintf(`\b%d\. \pL+ %d\b`, day.Day(), day.Year())
	}
	return regexp.MustCompile(words).MatchString(strings.ReplaceAll(a.Text, "\u00a0", " "))
}

// calendarOfCases loads the calendar of all cases.
func calendarOfCases() (*calendar.Calendar, error) { return calendar.Load(dispute.DefaultCalendar) }

// Gather gathers the facts about disputes that have ended. It fails if a system cannot be read; whatever is missing is
// left to Audit.
func Gather(ctx context.Context, books *ledger.Ledger, disputes *workflows.Client, mails []mailbox.Mail, endings []parties.Ending) (Facts, error) {
	facts := Facts{Disputes: map[string]Fact{}}
	var err error
	if facts.Ledger, err = books.Check(ctx); err != nil {
		return facts, err
	}
	for _, ending := range endings {
		if facts.Disputes[ending.Case.Dispute.ID], err = gather(ctx, books, disputes, ending.Case); err != nil {
			return facts, err
		}
	}
	for _, mail := range mails {
		id, message := parse(mail.ID, facts.Disputes)
		if id == "" {
			facts.Strays = append(facts.Strays, fmt.Sprintf("a mail to %s with the Message-ID %s", mail.To, mail.ID))
			continue
		}
		fact := facts.Disputes[id]
		fact.Arrivals = append(fact.Arrivals, Arrival{Message: message, ID: mail.ID, To: mail.To, At: mail.At, Text: mail.Text})
		facts.Disputes[id] = fact
	}
	return facts, nil
}

func gather(ctx context.Context, books *ledger.Ledger, disputes *workflows.Client, c parties.Case) (fact Fact, err error) {
	if fact.Record, err = books.Dispute(ctx, c.Dispute.ID); err != nil && dispute.CodeOf(err) != dispute.CodeUnknownDispute {
		return fact, err
	}
	if fact.Invoice, err = books.Invoice(ctx, c.Invoice.ID); err != nil {
		return fact, err
	}
	if fact.View, err = disputes.Status(ctx, c.Dispute.ID); err != nil && dispute.CodeOf(err) != dispute.CodeUnknownDispute {
		return fact, err
	}
	inbox, err := books.Inbox().Messages(ctx, c.Merchant.ID)
	for _, message := range inbox {
		fact.Arrivals = append(fact.Arrivals, Arrival{
			Message: parties.Message(message.Occasion, dispute.PartyMerchant), ID: fmt.Sprint("inbox ", message.Number), To: c.Merchant.ID,
			At: message.At, Deadline: message.Deadline,
		})
	}
	return fact, err
}

// messageID matches "<DISPUTE-OCCASION-NUMBER-RECIPIENT_HASH@HOST>".
var messageID = regexp.MustCompile(`^<?(.+)-\d+-(merchant|customer|desk)_[0-9a-f]+@`)

// parse returns the dispute and the name of the message of a Message-ID. Dispute IDs and occasions contain hyphens, so it
// looks for the longest ID of a known dispute.
func parse(id string, disputes map[string]Fact) (disputeID, message string) {
	parts := messageID.FindStringSubmatch(id)
	if parts == nil {
		return "", ""
	}
	for cut, letter := range parts[1] {
		if _, known := disputes[parts[1][:cut]]; known && letter == '-' {
			disputeID, message = parts[1][:cut], parties.Message(dispute.Occasion(parts[1][cut+1:]), dispute.Party(parts[2]))
		}
	}
	return disputeID, message
}

// Overtaken counts how often the timeline says that a message, by its name, was dropped because an event has overtaken it.
func Overtaken(f Fact, message string) int {
	occasion, recipient, _ := strings.Cut(message, "/")
	count := 0
	for _, entry := range f.View.Timeline {
		if entry.Event == "not-sent-"+occasion && strings.HasPrefix(entry.Detail, recipient+": dropped") {
			count++
		}
	}
	return count
}

// Repeats counts the messages that arrived again with the same ID.
func Repeats(facts Facts) int {
	repeats := 0
	for _, fact := range facts.Disputes {
		ids := map[string]bool{}
		for _, arrival := range fact.Arrivals {
			ids[arrival.ID] = true
		}
		repeats += len(fact.Arrivals) - len(ids)
	}
	return repeats
}
