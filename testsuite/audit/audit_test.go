package audit_test

import (
	"testing"

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
		Invoice: ledger.Invoice{State: ledger.InvoiceSettled, Credited: 5002, Refunded: 3000, Postings: []ledger.Posting{
			{Source: ledger.AccountMerchantPayable, Amount: eur(10002)},
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
		Case: c, Reasons: []dispute.ClosingReason{dispute.ClosedForCustomer}, Reacted: true,
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
		"d-1 no loss by silence after a reaction: the merchant has reacted, and lost for silence": func(_ *audit.Facts, f *audit.Fact, e *parties.Ending) {
			f.Record.Decision.Reason, f.View.ClosingReason = dispute.ClosedMerchantSilent, dispute.ClosedMerchantSilent
			e.Reasons = []dispute.ClosingReason{dispute.ClosedMerchantSilent}
		},
		"d-1 the money is right: state, outstanding, credited, refunded, and the postings of both are [settled 0 5002 3000 10004 3000] " +
			"instead of [settled 0 5002 3000 5002 3000]": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
			f.Invoice.Postings = append(f.Invoice.Postings, f.Invoice.Postings[1])
		},
		"d-1 the money is right: state, outstanding, credited, refunded, and the postings of both are [paused 0 5002 3000 5002 3000] " +
			"instead of [settled 0 5002 3000 5002 3000]": func(_ *audit.Facts, f *audit.Fact, _ *parties.Ending) {
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
