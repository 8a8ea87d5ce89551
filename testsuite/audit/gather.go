// Package audit finds out what has become of disputes, in the ledger, in the mailboxes and in Temporal, and names
// everything that is not as it had to be by what their parties said.
package audit

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/workflows"
)

// Facts are what was found out.
type Facts struct {
	// Ledger is the ledger's own check.
	Ledger ledger.Report
	// Disputes are by id.
	Disputes map[string]Fact
	// Strays are mails that belong to none of the disputes.
	Strays []string
}

// Fact is what was found out about one dispute.
type Fact struct {
	Record  ledger.Dispute
	Invoice ledger.Invoice
	// View is what the workflow says.
	View     dispute.View
	Arrivals []Arrival
}

// Arrival is a message where it arrived. One that was sent again arrives again, with the same ID.
type Arrival struct {
	// Message is its name, as parties.Message makes it.
	Message string
	// ID is the Message-ID of a mail, or the number in the portal's inbox.
	ID string
	// To is the address of a mail, or the merchant of the inbox.
	To string
}

// Gather finds out about disputes that have ended. It fails when it cannot ask; that something is missing is for
// the audit to tell.
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
		id, message := subject(mail.ID, facts.Disputes)
		if id == "" {
			facts.Strays = append(facts.Strays, fmt.Sprintf("a mail to %s with the Message-ID %s", mail.To, mail.ID))
			continue
		}
		fact := facts.Disputes[id]
		fact.Arrivals = append(fact.Arrivals, Arrival{Message: message, ID: mail.ID, To: mail.To})
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
		})
	}
	return fact, err
}

// messageID reads "<ID-OCCASION-NUMBER-RECIPIENT_HASH@HOST>".
var messageID = regexp.MustCompile(`^<?(.+)-(\d+)-(merchant|customer|desk)_[0-9a-f]+@`)

// subject is the dispute that a mail is about, and its name.
func subject(id string, disputes map[string]Fact) (disputeID, message string) {
	parts := messageID.FindStringSubmatch(id)
	if parts == nil {
		return "", ""
	}
	for candidate := parts[1]; ; {
		cut := strings.LastIndexByte(candidate, '-')
		if cut < 0 {
			return "", ""
		}
		candidate = candidate[:cut]
		if _, ours := disputes[candidate]; ours {
			occasion := dispute.Occasion(parts[1][cut+1:])
			return candidate, parties.Message(occasion, dispute.Party(parts[3]))
		}
	}
}
