package api

import (
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// operation is a row of the table of operations.
type operation struct {
	method, path string
	// id names the operation for clients that are generated.
	id, summary string
	// public is true for what needs no token.
	public bool
	// scopes are those of which the caller needs one. What a body says of who speaks is checked beside that.
	scopes     []Scope
	parameters []parameter
	// body names the body's schema in package schema, or is opening; empty for none. result is the Go type of the answer; nil for none.
	body   string
	result reflect.Type
	// large is true for a body with many records.
	large bool
	// refuses are the codes of refusals that only some operations have.
	refuses []dispute.Code
	// accepts is true for an operation that may answer before its effect is known.
	accepts bool
	handle  func(*API, *call) (any, error)
}

// The largest bodies in bytes: a message with all its texts and files at their longest, and an import of some ten thousand records.
const (
	maxBody   = 256 << 10
	maxImport = 16 << 20
)

func (o operation) limit() int64 {
	if o.large {
		return maxImport
	}
	return maxBody
}

func (o operation) timeout() time.Duration {
	if o.large {
		return importTimeout
	}
	return callTimeout
}

// parameter is a parameter of a query.
type parameter struct {
	name, description string
	values            []string
}

func of[T any]() reflect.Type { return reflect.TypeFor[T]() }

// operations is the table of all operations.
func operations() []operation {
	return slices.Concat([]operation{
		{method: http.MethodGet, path: "/openapi.json", id: "describe", summary: "This description", public: true, handle: (*API).describe},
		{
			method: http.MethodGet, path: "/events", id: "events", summary: "What has happened to disputes and invoices, in order",
			scopes: []Scope{ScopeEvents}, parameters: eventParameters, result: of[eventList](), handle: handler((*API).events),
		},
	}, accounts(), disputes(), fileOperations(), messages())
}

// accounts are the operations that report records.
func accounts() []operation {
	const booking = "booking"
	return []operation{
		record(dispute.RecordMerchant, "/merchants", "report-merchant", "Report a merchant", "merchant"),
		record(dispute.RecordInvoice, "/invoices", "report-invoice", "Report an invoice", "invoice"),
		record(dispute.RecordPayment, "/payments", "report-payment", "Report what a customer has paid", booking),
		record(dispute.RecordPaymentReturn, "/payment-returns", "report-payment-return", "Report what went back, such as a direct debit without cover", booking),
		record(dispute.RecordCreditNote, "/credit-notes", "report-credit-note", "Report what a merchant has given up of its own accord", booking),
		{
			method: http.MethodPost, path: "/import", id: "import", summary: "Report many records, each by itself: one that is refused stops no other",
			scopes: []Scope{ScopeAccounts}, body: "import", result: of[importResult](), large: true,
			refuses: []dispute.Code{dispute.CodeInvalidImport}, handle: handler((*API).importAll),
		},
	}
}

// disputes are the operations that open, read and cancel disputes.
func disputes() []operation {
	return []operation{
		{
			method: http.MethodPost, path: "/disputes", id: "open", summary: "Open a dispute; it answers when the invoice is paused",
			scopes: []Scope{ScopeOpen}, body: opening, result: of[dispute.View](), handle: handler((*API).open),
			refuses: []dispute.Code{
				dispute.CodeInvalidDispute, dispute.CodeInvalidImport, dispute.CodeDisputeRefused, dispute.CodeDisputeDiffers, dispute.CodeDisputeClosed,
			},
		},
		{
			method: http.MethodGet, path: "/disputes", id: "list", summary: "List disputes by what people were told, the next deadline first",
			scopes: []Scope{ScopeRead}, parameters: listParameters, result: of[disputeList](), handle: handler((*API).list),
		},
		{
			method: http.MethodGet, path: "/disputes/{id}", id: "case", summary: "The case of a dispute, as the token sees it",
			scopes: []Scope{ScopeRead}, parameters: []parameter{asParameter}, result: of[dispute.Case](),
			refuses: []dispute.Code{dispute.CodeUnknownDispute}, handle: handler((*API).showCase),
		},
		{
			method: http.MethodPost, path: "/disputes/{id}/cancel", id: "cancel", summary: "Cancel a dispute that is not decided: the invoice is reactivated",
			scopes: []Scope{AsOperator}, result: of[dispute.View](), accepts: true, handle: handler((*API).cancel),
			refuses: []dispute.Code{dispute.CodeUnknownDispute, dispute.CodeNotAccepted, dispute.CodeDisputeClosed},
		},
	}
}

// fileOperations are the operations on the files of a dispute.
func fileOperations() []operation {
	return []operation{
		{
			method: http.MethodGet, path: "/disputes/{id}/files", id: "list-files", summary: "The files of a dispute that the token may read",
			scopes: []Scope{ScopeRead}, parameters: []parameter{asParameter}, result: of[fileList](),
			refuses: []dispute.Code{dispute.CodeUnknownDispute}, handle: handler((*API).listFiles),
		},
		{
			method: http.MethodPost, path: "/disputes/{id}/files", id: "upload-file", summary: "Upload a file, which a message then names; the body is the file",
			scopes: []Scope{AsMerchant, AsCustomer}, parameters: fileParameters, result: of[uploadedFile](), handle: handler((*API).upload),
			refuses: []dispute.Code{dispute.CodeUnknownDispute, dispute.CodeInvalidMessage, dispute.CodeDisputeClosed},
		},
		{
			method: http.MethodGet, path: "/disputes/{id}/files/{file}", id: "download-file", summary: "The content of a file",
			scopes: []Scope{ScopeRead}, parameters: []parameter{asParameter},
			refuses: []dispute.Code{dispute.CodeUnknownDispute}, handle: handler((*API).download),
		},
	}
}

// messages are the operations that pass on a message to a dispute.
func messages() []operation {
	const merchant, customer, desk, operator = dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator
	return []operation{
		signal(dispute.SignalAgreement, "Merchant and customer have agreed; from one of them alone it becomes a proposal", agreementBy, Disputes.Agree, agreed),
		signal(dispute.SignalWithdrawal, "The customer has withdrawn the complaint", withdrawalBy, Disputes.Withdraw, withdrawn),
		update(dispute.UpdateRespond, "A party writes to the other one",
			func(m dispute.Response) dispute.Party { return m.ReportedBy }, Disputes.Respond, merchant, customer),
		update(dispute.UpdatePropose, "A party proposes an agreement",
			func(m dispute.Offer) dispute.Party { return m.ProposedBy }, Disputes.Propose, merchant, customer),
		update(dispute.UpdateAnswerProposal, "A party accepts or declines the other one's proposal",
			func(m dispute.ProposalAnswer) dispute.Party { return m.AnsweredBy }, Disputes.AnswerProposal, merchant, customer),
		update(dispute.UpdateAcceptLoss, "The merchant accepts the loss: the amount is charged back",
			func(m dispute.LossAcceptance) dispute.Party { return m.ReportedBy }, Disputes.AcceptLoss, merchant),
		update(dispute.UpdateStateReason, "The customer states the reason", always[dispute.Statement](customer), Disputes.StateReason, customer),
		update(dispute.UpdateSubmitEvidence, "The merchant puts forward evidence", always[dispute.Evidence](merchant), Disputes.SubmitEvidence, merchant),
		update(dispute.UpdateRule, "The desk rules", always[dispute.Ruling](desk), Disputes.Rule, desk),
		update(dispute.UpdateMoveDeadline, "An operator moves the running deadline",
			always[dispute.DeadlineMove](operator), Disputes.MoveDeadline, operator),
		update(dispute.UpdateRetryNotification, "An operator sends a refused message again",
			always[dispute.Retry](operator), Disputes.RetryNotification, operator),
		update(dispute.UpdateAcknowledge, "An operator takes a cause of attention off",
			always[dispute.Acknowledgement](operator), Disputes.Acknowledge, operator),
		update(dispute.UpdateReportBounce, "A mail that was accepted has come back", always[dispute.Bounce](operator), Disputes.ReportBounce, operator),
	}
}

// always says who sends a message that does not say so.
func always[M dispute.Message](party dispute.Party) func(M) dispute.Party {
	return func(M) dispute.Party { return party }
}

// handler returns a handler with its result as any value.
func handler[Result any](handle func(*API, *call) (Result, error)) func(*API, *call) (any, error) {
	return func(a *API, q *call) (any, error) { return handle(a, q) }
}
