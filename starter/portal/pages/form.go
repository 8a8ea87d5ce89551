package pages

import (
	"net/url"
	"slices"

	"github.com/streitfall/streitfall/dispute"
)

// Act is what a form asks for. It is the last part of the form's path.
type Act string

// The acts. Those that Confirms names are confirmed on a page of their own.
const (
	// ActRespond writes FieldMessage to the other party.
	ActRespond Act = "respond"
	// ActPropose proposes FieldTerms (TermsRefund with FieldAmount, TermsFull, TermsPay) with FieldMessage.
	ActPropose Act = "propose"
	// ActAnswer answers proposal FieldProposal with FieldAnswer (AnswerAccept, AnswerDecline) and FieldNote.
	ActAnswer Act = "answer-proposal"
	// ActEvidence and ActReason submit FieldText with the drafts. ActEvidence answers the request for information, or is early.
	ActEvidence Act = "evidence"
	ActReason   Act = "reason"
	// ActUpload adds FieldFile, of kind FieldKind, to the drafts, and ActRemove takes away the draft that FieldDraft names. Both
	// are buttons in the forms of ActEvidence and ActReason (FieldFor says in which), so they carry FieldText, which must not be
	// lost: answer with the page and Filled, not with a redirect.
	ActUpload Act = "upload"
	ActRemove Act = "remove-file"
	// ActAcceptLoss, ActWithdraw and ActPay have FieldNote. With ActPay the customer agrees to pay.
	ActAcceptLoss Act = "accept-loss"
	ActWithdraw   Act = "withdraw"
	ActPay        Act = "pay"
	// ActRule rules at FieldStage: FieldRuling (justified, not-justified, merchant, customer), with FieldRationale.
	ActRule Act = "rule"

	// ActRetry sends a refused message again: FieldRecipient, and FieldEmail for a corrected address.
	ActRetry Act = "retry-notification"
	// ActMove moves the deadline to the end of the day FieldDay (2026-12-31), for FieldWhy.
	ActMove Act = "move-deadline"
	// ActAcknowledge takes FieldCause off, with FieldNote.
	ActAcknowledge Act = "acknowledge"
	// ActCancel cancels the dispute.
	ActCancel Act = "cancel"

	// ActSettings changes FieldPortalActive, FieldEmailOnDispute, FieldEmailOnDeadlines ("on" or missing) and FieldLocale.
	ActSettings Act = "change"
	// ActEmail asks for FieldEmail as the new address.
	ActEmail Act = "email"
	// ActWebhook sets the URL FieldWebhook, ActTestWebhook sends a test message, ActNewSecret replaces the secret.
	ActWebhook     Act = "webhook"
	ActTestWebhook Act = "test-webhook"
	ActNewSecret   Act = "new-secret"
)

// The names of the forms' fields.
const (
	// FieldForm is the id of the form: the update id.
	FieldForm = "form"
	// FieldAs is the party whose form it is. The same browser may have signed in as another one since.
	FieldAs = "as"
	// FieldConfirmed is FieldValueOn once the consequence is confirmed, and FieldAsked in the form that asks to confirm it.
	FieldConfirmed = "confirmed"
	FieldAsked     = "asked"
	FieldMessage   = "message"
	FieldTerms     = "terms"
	FieldAmount    = "amount"
	FieldProposal  = "proposal"
	FieldAnswer    = "answer"
	FieldNote      = "note"
	FieldText      = "text"
	FieldFile      = "file"
	FieldKind      = "kind"
	FieldDraft     = "draft"
	FieldFor       = "for"
	// FieldSend is there once for each draft that the form sends, so that a form which is sent twice says the same.
	FieldSend             = "send"
	FieldStage            = "stage"
	FieldRuling           = "ruling"
	FieldRationale        = "rationale"
	FieldRecipient        = "recipient"
	FieldEmail            = "email"
	FieldDay              = "day"
	FieldWhy              = "why"
	FieldCause            = "cause"
	FieldPortalActive     = "portal-active"
	FieldEmailOnDispute   = "email-on-dispute"
	FieldEmailOnDeadlines = "email-on-deadlines"
	FieldLocale           = "locale"
	FieldWebhook          = "webhook"
	FieldSearch           = "search"
	FieldTab              = "tab"
	FieldAfter            = "after"
	// FieldLanguage is in the query of a page that is asked for in another language: "de" or "en".
	FieldLanguage = "lang"
)

// Values of fields.
const (
	FieldValueOn       = "on"
	TermsRefund        = "refund"
	TermsFull          = "full"
	TermsPay           = "pay"
	AnswerAccept       = "accept"
	AnswerDecline      = "decline"
	RulingJustified    = "justified"
	RulingNotJustified = "not-justified"
	RulingForMerchant  = "merchant"
	RulingForCustomer  = "customer"
)

// Filled is a form as a person has sent it, with what is wrong with it. The zero value is a form that nobody has filled in.
type Filled struct {
	Act    Act
	Values url.Values
	// Problems are in the order of the fields.
	Problems []Problem
}

// Value returns what was entered in a field.
func (f Filled) Value(field string) string { return f.Values.Get(field) }

// Problem is what is wrong with a form.
type Problem struct {
	// Field is the name of the field, empty for the whole form.
	Field string
	Kind  ProblemKind
	// Limit is what is allowed, where the problem has a limit: "10", "7 MB". An amount is in Amount.
	Limit  string
	Amount dispute.Money
}

// ProblemKind is a kind of problem. Its sentence is that of the key "problem." with the kind.
type ProblemKind string

// The problems.
const (
	ProblemRequired    ProblemKind = "required"
	ProblemTooLong     ProblemKind = "too-long"
	ProblemCharacters  ProblemKind = "characters"
	ProblemAmount      ProblemKind = "amount"
	ProblemAmountLarge ProblemKind = "amount-too-large"
	ProblemAddress     ProblemKind = "address"
	ProblemURL         ProblemKind = "url"
	ProblemDay         ProblemKind = "day"
	ProblemChoice      ProblemKind = "choice"
	// ProblemConfirm means that the box was not ticked.
	ProblemConfirm ProblemKind = "confirm"
	// ProblemTextOrFile means that neither a text nor a file was submitted.
	ProblemTextOrFile ProblemKind = "text-or-file"

	ProblemFileMissing    ProblemKind = "file-missing"
	ProblemFileType       ProblemKind = "file-type"
	ProblemFileExtension  ProblemKind = "file-extension"
	ProblemFileDamaged    ProblemKind = "file-damaged"
	ProblemFileLarge      ProblemKind = "file-too-large"
	ProblemFileEmpty      ProblemKind = "file-empty"
	ProblemFileDimensions ProblemKind = "file-dimensions"
	ProblemFileName       ProblemKind = "file-name"
	ProblemFiles          ProblemKind = "too-many-files"
	ProblemQuota          ProblemKind = "quota"
	// ProblemFileSent means that the same file was sent already.
	ProblemFileSent ProblemKind = "file-sent"
	// ProblemFileSending means that a file cannot be removed because it is being sent.
	ProblemFileSending ProblemKind = "file-sending"

	// ProblemChanged means that the dispute has moved on and does not take this now; ProblemClosed that it has ended.
	ProblemChanged ProblemKind = "changed"
	ProblemClosed  ProblemKind = "closed"
	// ProblemLimit means that there were too many of this kind.
	ProblemLimit ProblemKind = "limit"
	// ProblemAway means that Temporal or the workers did not answer. The form can be sent again as it is.
	ProblemAway ProblemKind = "away"
	// ProblemSignedOut means that the session has ended.
	ProblemSignedOut ProblemKind = "signed-out"
	// ProblemTooMany means too many requests.
	ProblemTooMany ProblemKind = "too-many-requests"
)

// ProblemKinds lists the problems.
var ProblemKinds = []ProblemKind{
	ProblemRequired, ProblemTooLong, ProblemCharacters, ProblemAmount, ProblemAmountLarge, ProblemAddress, ProblemURL, ProblemDay, ProblemChoice,
	ProblemConfirm, ProblemTextOrFile, ProblemFileMissing, ProblemFileType, ProblemFileExtension, ProblemFileDamaged, ProblemFileLarge, ProblemFileEmpty,
	ProblemFileDimensions, ProblemFileName, ProblemFiles, ProblemQuota, ProblemFileSent, ProblemFileSending, ProblemChanged, ProblemClosed, ProblemLimit, ProblemAway, ProblemSignedOut, ProblemTooMany,
}

// of returns the form if it is that of an act, else an empty one.
func (f Filled) of(acts ...Act) Filled {
	if slices.Contains(acts, f.Act) {
		return f
	}
	return Filled{}
}
