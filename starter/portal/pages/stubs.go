package pages

import (
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

type stub struct{}

func (stub) template() string { return "stub" }

// MerchantList is the list of a merchant's disputes.
func MerchantList(v Viewer, in ListInput) Page { return stub{} }

// Queue is the desk's list of the disputes that wait for a ruling, the one that was asked first at the top.
func Queue(v Viewer, cases []ledger.CaseSummary, next string) Page { return stub{} }

// Attention is the operators' list of the disputes that need a person.
func Attention(v Viewer, rows []AttentionRow, next string) Page { return stub{} }

// MerchantCase is a dispute as its merchant sees it.
func MerchantCase(c dispute.Case, v Viewer, x CaseContext) Page { return stub{} }

// CustomerCase is a dispute as its complainant sees it.
func CustomerCase(c dispute.Case, v Viewer, x CaseContext) Page { return stub{} }

// DeskCase is a dispute as the desk sees it.
func DeskCase(c dispute.Case, v Viewer, x CaseContext) Page { return stub{} }

// OperatorCase is a dispute as operators see it.
func OperatorCase(c dispute.Case, v Viewer, x CaseContext) Page { return stub{} }

// Unavailable is a dispute whose live details cannot be had at the moment: what the list of cases knows of it.
func Unavailable(c ledger.CaseSummary, v Viewer, merchant string) Page { return stub{} }

// NeedsConfirmation reports whether the form asks for what cannot be undone, so that its consequence has to be confirmed
// before it takes effect: answer it with Confirm unless FieldConfirmed is FieldValueOn.
func NeedsConfirmation(c dispute.Case, party dispute.Party, form Filled) bool { return false }

// Confirm is the page that states the consequence of x.Filled and asks to confirm it.
func Confirm(c dispute.Case, v Viewer, x CaseContext) Page { return stub{} }

// Settings is the page of a merchant's settings.
func Settings(v Viewer, in SettingsInput) Page { return stub{} }
