// Package schema has JSON schemas (2020-12) of what programs in other languages read and write. They are made from the Go types.
//
// A schema of what is written (a dispute, a message, a record of an import) accepts exactly what the decoder accepts, except for
// the rules in Beyond. A schema of what is read (a case, a status) allows members that it does not know: builds may add some.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
)

// Document is a kind of JSON document that has a schema.
type Document struct {
	// Name is that of the schema; a message has the name of its update or signal.
	Name string
	// About says what the document is, in a line.
	About string

	make func() (*jsonschema.Schema, error)
}

// Documents lists all documents.
var Documents = []Document{
	{"dispute", "a dispute, as it is opened", written[dispute.Dispute]},
	{dispute.SignalAgreement, "merchant and customer have agreed (signal)", written[dispute.Agreement]},
	{dispute.SignalWithdrawal, "the customer has withdrawn the complaint (signal)", written[dispute.Withdrawal]},
	{dispute.UpdateRespond, "a party writes to the other one", written[dispute.Response]},
	{dispute.UpdatePropose, "a party proposes how to settle", written[dispute.Offer]},
	{dispute.UpdateAnswerProposal, "a party accepts or declines a proposal", written[dispute.ProposalAnswer]},
	{dispute.UpdateAcceptLoss, "the merchant gives in", written[dispute.LossAcceptance]},
	{dispute.UpdateStateReason, "the customer states the reason", written[dispute.Statement]},
	{dispute.UpdateSubmitEvidence, "the merchant submits evidence", written[dispute.Evidence]},
	{dispute.UpdateRule, "the desk rules", written[dispute.Ruling]},
	{dispute.UpdateMoveDeadline, "an operator moves the deadline", written[dispute.DeadlineMove]},
	{dispute.UpdateRetryNotification, "an operator has a refused message sent again", written[dispute.Retry]},
	{dispute.UpdateAcknowledge, "an operator removes a cause for attention", written[dispute.Acknowledgement]},
	{dispute.UpdateReportBounce, "a mail has come back", written[dispute.Bounce]},
	{"status", "where a dispute stands: the answer to the query status and to updates", statusDocument},
	{"case", "all of a dispute: the answer to the query case", caseDocument},
	{"event", "a change of a dispute or an invoice, as other systems are told of it", eventDocument},
	{"import", "merchants, invoices and bookings for the ledger", importDocument},
	{"merchant", "a merchant in an import", written[dispute.ImportedMerchant]},
	{"invoice", "an invoice in an import", written[dispute.Invoice]},
	{"booking", "a payment, a return of a payment or a credit note in an import", written[dispute.Booking]},
}

// Names lists the names of all documents.
func Names() []string {
	names := make([]string, len(Documents))
	for i, document := range Documents {
		names[i] = document.Name
	}
	return names
}

// Of returns the schema with a name. Its error says which names there are.
func Of(name string) (*jsonschema.Schema, error) {
	for _, document := range Documents {
		if document.Name != name {
			continue
		}
		made, err := document.make()
		if err != nil {
			return nil, fmt.Errorf("make the schema of %s: %w", name, err)
		}
		made.Schema, made.Title, made.Description = "https://json-schema.org/draft/2020-12/schema", name, document.About
		return made, nil
	}
	return nil, errors.New("there is no such schema; there are " + strings.Join(Names(), ", "))
}

// Text returns the schema with a name for people to read: small objects are in one line.
func Text(name string) (string, error) {
	made, err := Of(name)
	if err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(made, "", "  ")
	return compact(unescaped.Replace(string(text))), err
}

// unescaped writes the characters of patterns that are only escaped for HTML.
var unescaped = strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">")

var (
	// innermost matches an object or a list over several lines in which no other one is.
	innermost = regexp.MustCompile(`[{\[]\n(?:[^{}\[\]\n]|\n\s|\[[^{}\[\]\n]*\])*\n\s*[}\]]`)
	// breaks matches the breaks in it.
	breaks = regexp.MustCompile(`\s*\n\s*`)
)

// compact puts the innermost objects and lists into a line each, and the objects of those.
func compact(text string) string {
	for range 2 {
		text = innermost.ReplaceAllStringFunc(text, func(object string) string {
			inner := breaks.ReplaceAllString(object, " ")
			return inner[:1] + inner[2:len(inner)-2] + inner[len(inner)-1:]
		})
	}
	return text
}
