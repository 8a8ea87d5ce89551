package pages

import (
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// CaseContext is what the page of a case needs beside the case.
type CaseContext struct {
	// Merchant is the merchant's name, for all audiences. Empty shows the merchant's id.
	Merchant string
	// NewID returns a new id for a form.
	NewID func() string
	// Filled is the form that was refused, or whose text is kept.
	Filled Filled
	// Drafts are the viewer's uploaded files that have not been submitted.
	Drafts []Draft
	// FileURL returns where the viewer can get a file, and "" for a file that cannot be got here.
	FileURL func(dispute.File) string
	// Turn is whose turn it is while an agreement is possible, as the list says it.
	Turn dispute.Party
	// WebUI is the address of the dispute in Temporal's Web UI, for operators.
	WebUI string
	// Retried are the steps that are being retried, for operators.
	Retried []Retried
}

// Draft is an uploaded file that has not been submitted.
type Draft struct {
	ID, Name, Kind string
	Size           int64
}

// Retried is a step that has not succeeded yet and is tried again.
type Retried struct {
	Step, Error string
	Attempts    int
	Next        time.Time
}

// Tab selects disputes in a merchant's list.
type Tab string

// The tabs. TabAct is the first and the default.
const (
	TabAct      Tab = "act"
	TabCustomer Tab = "customer"
	TabKlarna   Tab = "klarna"
	TabClosed   Tab = "closed"
)

// Tabs lists the tabs in their order.
var Tabs = []Tab{TabAct, TabCustomer, TabKlarna, TabClosed}

// Groups returns the groups of the disputes of a tab.
func (t Tab) Groups() []ledger.CaseGroup {
	switch t {
	case TabCustomer:
		return []ledger.CaseGroup{
			{WaitingFor: dispute.WaitAgreement, Turn: dispute.PartyCustomer}, {WaitingFor: dispute.WaitStatement, Turn: dispute.PartyCustomer},
		}
	case TabKlarna:
		return []ledger.CaseGroup{{WaitingFor: dispute.WaitNotification}, {WaitingFor: dispute.WaitJustification}, {WaitingFor: dispute.WaitDecision}}
	case TabClosed:
		return []ledger.CaseGroup{{}}
	case TabAct:
	}
	return []ledger.CaseGroup{
		{WaitingFor: dispute.WaitAgreement, Turn: dispute.PartyMerchant}, {WaitingFor: dispute.WaitEvidence, Turn: dispute.PartyMerchant},
	}
}

// MaxCount is the largest number beside a tab. Where there are more, a plus sign says so: counting all of them on each page
// takes longer than all the rest of it.
const MaxCount = 999

// ListInput is what a list is made of.
type ListInput struct {
	// Tab is the chosen tab; a search finds the disputes of all tabs.
	Tab Tab
	// Counts are ledger.CountCasesUpTo of the merchant, up to one more than MaxCount.
	Counts map[ledger.CaseGroup]int
	Search string
	Cases  []ledger.CaseSummary
	// Next is the path of the next page, First that of the first one; empty where there is none.
	Next, First string
}

// QueueInput is what the desk's queue is made of.
type QueueInput struct {
	Cases []ledger.CaseSummary
	// Merchants are the names of merchants by their id. A merchant without a name is shown by its id.
	Merchants map[string]string
	// Next is the path of the next page, First that of the first one; empty where there is none.
	Next, First string
}

// AttentionRow is a dispute that needs an operator.
type AttentionRow struct {
	DisputeID, MerchantID string
	State                 dispute.State
	WaitingFor            dispute.Wait
	Deadline              time.Time
	Calendar              string
	Causes                []dispute.Cause
	Amount                *dispute.Money
	// Stopped is "terminated" or "timed out" if the run was stopped.
	Stopped string
	Retried []Retried
	WebUI   string
}

// SettingsInput is what the page of a merchant's settings is made of.
type SettingsInput struct {
	Merchant dispute.Merchant
	// NewEmail is the address that has been asked for and has not confirmed yet.
	NewEmail string
	// Secret is a webhook's new secret, which is shown once.
	Secret string
	// Tested is what became of a test message; nil if none was sent.
	Tested *WebhookTest
	NewID  func() string
	Filled Filled
}
