package audit_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
)

// sound returns the facts about a dispute over 80.02 EUR of a partly paid invoice, which the customer has won.
func sound() (audit.Facts, parties.Ending) {
	c := parties.NewCase("d-1", 2, parties.PathTo(dispute.ClosedForCustomer))
	c.Invoice.Paid = 5000
	lost := dispute.Decide(dispute.ClosedForCustomer, c.Dispute.DisputedAmount, nil)
	eur := func(amount int64) dispute.Money { return dispute.Money{Amount: amount, Currency: "EUR"} }
	fact := audit.Fact{
		Record: ledger.Dispute{ID: "d-1", State: ledger.DisputeClosed, Decision: lost, Settled: activities.Settled{Credited: 5002, Refunded: 3000}},
		Invoice: ledger.Invoice{State: ledger.InvoiceSettled, Paid: 5000, Credited: 5002, Refunded: 3000, Postings: []ledger.Posting{
			{Movement: ledger.MovementInvoice, Source: ledger.AccountMerchantPayable, Amount: eur(10002)},
			{Movement: ledger.MovementPayment, Source: ledger.AccountCustomerReceivable, Amount: eur(5000)},
			{Source: ledger.AccountCustomerReceivable, Amount: eur(5002), DisputeID: "d-1"},
			{Source: ledger.AccountCustomerRefund, Amount: eur(3000), DisputeID: "d-1"},
		}},
		View: dispute.View{State: dispute.StateClosed, Outcome: lost.Outcome, ClosingReason: lost.Reason},
		Arrivals: []audit.Arrival{
			{Message: "opened/merchant", ID: "inbox 1", To: "m-d-1"},
			{Message: "closed/customer", ID: "<d-1-closed-3-customer_abc@klarna.example>", To: "jonas"},
			{Message: "closed/customer", ID: "<d-1-closed-3-customer_abc@klarna.example>", To: "jonas"},
		},
	}
	ending := parties.Ending{
		Case: c, Reasons: []dispute.ClosingReason{dispute.ClosedForCustomer}, Spoken: []dispute.ClosingReason{dispute.ClosedMerchantSilent},
		Must: map[string]int{"opened/merchant": 1, "closed/customer": 1}, May: map[string]int{},
	}
	return audit.Facts{Ledger: ledger.Report{ClosedDisputes: 1}, Disputes: map[string]audit.Fact{"d-1": fact}}, ending
}

func TestSoundFacts(t *testing.T) {
	t.Parallel()
	facts, ending := sound()
	require.Empty(t, audit.Audit(facts, []parties.Ending{ending}))
	require.Equal(t, 1, audit.Repeats(facts))
}

type tampering func(all *audit.Facts, f *audit.Fact, e *parties.Ending)

// TestTampered: every tampering violates exactly one invariant.
func TestTampered(t *testing.T) {
	t.Parallel()
	for want, tamper := range map[string]tampering{
		"the ledger is sound: posting 3 is in SEK": func(all *audit.Facts, _ *audit.Fact, _ *parties.Ending) {
			all.Ledger.Findings = []string{"posting 3 is in SEK"}
		},
		"no mail without a dispute: a mail to nobody": func(all *audit.Facts, _ *audit.Fact, _ *parties.Ending) {
			all.Strays = []string{"a mail to nobody"}
		},
		"every dispute is in the ledger: 1 open, 0 closed, 1 driven": func(all *audit.Facts, _ *audit.Fact, _ *parties.Ending) {
			all.Ledger.OpenDisputes, all.Ledger.ClosedDisputes = 1, 0
		},
		"d-1 closed once, for the right reason: it is open, LOST, decided_for_customer instead of [decided_for_customer]": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Record.State = ledger.DisputeOpen
		},
		"d-1 closed once, for the right reason: it is closed, LOST, decided_for_customer instead of [decided_for_merchant]": func(_ *audit.Facts, _ *audit.Fact, e *parties.Ending) {
			e.Reasons = []dispute.ClosingReason{dispute.ClosedForMerchant}
		},
		"d-1 nobody loses by silence who has spoken: the merchant has spoken, and the end is merchant_did_not_respond": func(_ *audit.Facts, f *audit.Fact, e *parties.Ending) {
			f.Record.Decision.Reason, f.View.ClosingReason = dispute.ClosedMerchantSilent, dispute.ClosedMerchantSilent
			e.Reasons = []dispute.ClosingReason{dispute.ClosedMerchantSilent}
			e.Deadlines, f.Arrivals[0].Deadline = []time.Time{noon}, noon
			f.View.Timeline = []dispute.Entry{{At: noon, Event: string(dispute.ClosedMerchantSilent)}}
		},
		"d-1 the money is right: state, outstanding, owed back, paid, credit notes, credited, refunded, and the postings of both are [settled 0 0 5000 0 5002 3000 10004 3000] " +
			"instead of [settled 0 0 5000 0 5002 3000 5002 3000]": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Invoice.Postings = append(f.Invoice.Postings, f.Invoice.Postings[2])
		},
		"d-1 the money is right: state, outstanding, owed back, paid, credit notes, credited, refunded, and the postings of both are [paused 0 0 5000 0 5002 3000 5002 3000] " +
			"instead of [settled 0 0 5000 0 5002 3000 5002 3000]": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Invoice.State = ledger.InvoicePaused
		},
		"d-1 every message arrived: opened/merchant (0 of 1)": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Arrivals = f.Arrivals[1:]
		},
		"d-1 no message is sent twice under different IDs: closed/customer came 2 times under different IDs": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Arrivals[1].ID = "<d-1-closed-4-customer_def@klarna.example>"
		},
		"d-1 no message is sent twice under different IDs: reminder-7/merchant came 1 times under different IDs": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Arrivals = append(f.Arrivals, audit.Arrival{Message: "reminder-7/merchant", ID: "inbox 2"})
		},
		"d-1 no message is sent twice under different IDs: <d-1-closed-3-customer_abc@klarna.example> went to 2 recipients": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Arrivals[1].To = "shop"
		},
		"d-1 Temporal agrees with the ledger: Temporal says PRE_ARBITRATION, LOST, decided_for_customer, waiting for \"\"; " +
			"the ledger LOST, decided_for_customer": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.View.State = dispute.StatePreArbitration
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			facts, ending := sound()
			fact := facts.Disputes["d-1"]
			tamper(&facts, &fact, &ending)
			facts.Disputes["d-1"] = fact
			found := audit.Audit(facts, []parties.Ending{ending})
			require.Len(t, found, 1, "%v", found)
			require.Equal(t, want, found[0].String())
		})
	}
}

var noon = time.Date(2026, time.November, 30, 11, 0, 0, 0, time.UTC)

// silence returns the facts about a dispute that the merchant has lost by silence when its deadline, noon, had passed.
func silence() (audit.Facts, parties.Ending) {
	facts, ending := sound()
	fact := facts.Disputes["d-1"]
	reason := dispute.ClosedMerchantSilent
	fact.Record.Decision.Reason, fact.View.ClosingReason = reason, reason
	fact.View.Timeline = []dispute.Entry{{At: noon.Add(time.Second), Event: string(reason)}}
	fact.Arrivals = append(fact.Arrivals, audit.Arrival{
		Message: "deadline-moved/merchant", ID: "1", At: noon.Add(-time.Second), Text: "Neue Frist: bis Montag, 30.\u00a0November 2026, 12:00\u00a0Uhr",
	})
	facts.Disputes["d-1"] = fact
	ending.Reasons, ending.Spoken, ending.Deadlines = []dispute.ClosingReason{reason}, nil, []time.Time{noon}
	ending.Must["deadline-moved/merchant"] = 1
	return facts, ending
}

// TestSilence: who loses by silence was told of the deadline before it, and an outage extends it.
func TestSilence(t *testing.T) {
	t.Parallel()
	moved := func(to, text string) func(*audit.Fact) {
		return func(f *audit.Fact) {
			f.View.Timeline = append([]dispute.Entry{{At: noon.Add(-3 * time.Hour), Event: "outage", Detail: "it is moved to " + to}}, f.View.Timeline...)
			f.Arrivals = append(f.Arrivals, audit.Arrival{Message: "deadline-moved/merchant", ID: "2", Text: text})
		}
	}
	for name, test := range map[string]struct {
		tamper func(*audit.Fact)
		want   string
	}{
		"told":            {func(*audit.Fact) {}, ""},
		"told too late":   {func(f *audit.Fact) { f.Arrivals[3].At = noon }, "nobody loses by silence who was not told"},
		"another day":     {func(f *audit.Fact) { f.Arrivals[3].Text = "bis 12:01 Uhr" }, "nobody loses by silence who was not told"},
		"the other party": {func(f *audit.Fact) { f.Arrivals[3].Message = "deadline-moved/customer" }, "nobody loses by silence who was not told"},
		"an hour later":   {func(f *audit.Fact) { f.View.Timeline[0].At = noon.Add(time.Hour) }, ""},
		"more":            {func(f *audit.Fact) { f.View.Timeline[0].At = noon.Add(time.Hour + 1) }, "an outage costs nobody the deadline"},
		"extended":        {moved("2026-12-02T00:00:00+01:00", "bis einschließlich Dienstag, 1. Dezember 2026"), ""},
		"not enough":      {moved("2026-12-01T00:00:00+01:00", "bis einschließlich Montag, 30. November 2026"), "an outage costs nobody the deadline"},
		"in silence":      {moved("2026-12-02T00:00:00+01:00", "bis einschließlich Montag, 30. November 2026"), "an outage costs nobody the deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, ending := silence()
			fact := facts.Disputes["d-1"]
			test.tamper(&fact)
			facts.Disputes["d-1"] = fact
			var found []string
			for _, violation := range audit.Audit(facts, []parties.Ending{ending}) {
				found = append(found, violation.Invariant)
			}
			if test.want == "" {
				require.Empty(t, found)
			} else {
				require.Contains(t, found, test.want)
			}
		})
	}
}

// TestReports: money that was reported is booked once, and a settlement works on what was open then.
func TestReports(t *testing.T) {
	t.Parallel()
	credit := parties.Report{Movement: ledger.MovementCreditNote, Reference: "c", Amount: 4000}
	for name, test := range map[string]struct {
		postings func(before []ledger.Posting, booked ledger.Posting) []ledger.Posting
		report   func(*parties.Report)
		want     string
	}{
		"after the settlement": {func(before []ledger.Posting, booked ledger.Posting) []ledger.Posting { return append(before, booked) }, nil, ""},
		"before it": {func(before []ledger.Posting, booked ledger.Posting) []ledger.Posting {
			return slices.Insert(before, 2, booked)
		}, nil, "instead of [settled 0 0 5000 4000 1002 3000 1002 3000]"},
		"twice": {func(before []ledger.Posting, booked ledger.Posting) []ledger.Posting {
			return append(before, booked, booked)
		}, nil, "credit_note c of 4000 is booked, and 0 reported"},
		"never": {func(before []ledger.Posting, _ ledger.Posting) []ledger.Posting { return before }, nil, "credit_note c of 4000 is not booked"},
		"refused": {
			func(before []ledger.Posting, _ ledger.Posting) []ledger.Posting { return before },
			func(r *parties.Report) { r.Refused, r.Amount = true, 2000 }, "credit_note c of 2000 was refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, ending := sound()
			fact, report := facts.Disputes["d-1"], credit
			fact.Invoice.Postings = test.postings(fact.Invoice.Postings, ledger.Posting{
				Movement: credit.Movement, Source: ledger.AccountCustomerReceivable, Reference: "c", Amount: dispute.Money{Amount: 4000, Currency: "EUR"},
			})
			if fact.Invoice.CreditNotes, fact.Invoice.OwedBack = 4000, 4000; test.report != nil {
				fact.Invoice.CreditNotes, fact.Invoice.OwedBack = 0, 0
				test.report(&report)
			}
			facts.Disputes["d-1"], ending.Reports = fact, []parties.Report{report}
			found := audit.Audit(facts, []parties.Ending{ending})
			if test.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Contains(t, found[0].String(), test.want)
		})
	}
}

// TestOvertaken: a message that was dropped at the end of its period need not arrive.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	facts, ending := sound()
	ending.Must["deadline-moved/merchant"] = 1
	require.Len(t, audit.Audit(facts, []parties.Ending{ending}), 1)
	fact := facts.Disputes["d-1"]
	fact.View.Timeline = []dispute.Entry{{Event: "not-sent-deadline-moved", Detail: "merchant: dropped, an event has overtaken it"}}
	facts.Disputes["d-1"] = fact
	require.Empty(t, audit.Audit(facts, []parties.Ending{ending}))
}
