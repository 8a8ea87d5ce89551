package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// invariants have to hold for every dispute, whatever failed while it ran. A check returns what is wrong, or nothing.
var invariants = []struct {
	name  string
	check func(Fact, parties.Ending) string
}{
	{"closed once, as it had to be", closed},
	{"no silence that was none", heard},
	{"the money is right", money},
	{"every message arrived", arrived},
	{"no message is another's repeat", repeated},
	{"Temporal agrees with the ledger", agrees},
}

// The invariants of all disputes together.
const (
	soundLedger = "the ledger is sound"
	noStrays    = "no mail without a dispute"
	allBooked   = "every dispute is in the ledger"
)

// Count is how many invariants are checked for so many disputes.
func Count(disputes int) int { return disputes*len(invariants) + 3 }

// Violation is an invariant that does not hold.
type Violation struct {
	// Dispute is its id, or empty when it is about all of them.
	Dispute   string
	Invariant string
	What      string
}

// String is the violation in a line.
func (v Violation) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s: %s", v.Dispute, v.Invariant, v.What))
}

// Audit compares what has become of disputes with how they had to end.
func Audit(facts Facts, endings []parties.Ending) []Violation {
	var found []Violation
	for _, finding := range facts.Ledger.Findings {
		found = append(found, Violation{Invariant: soundLedger, What: finding})
	}
	for _, stray := range facts.Strays {
		found = append(found, Violation{Invariant: noStrays, What: stray})
	}
	if facts.Ledger.OpenDisputes != 0 || facts.Ledger.ClosedDisputes != len(endings) {
		found = append(found, Violation{Invariant: allBooked, What: fmt.Sprintf(
			"%d open, %d closed, %d driven", facts.Ledger.OpenDisputes, facts.Ledger.ClosedDisputes, len(endings))})
	}
	for _, ending := range endings {
		id := ending.Case.Dispute.ID
		for _, invariant := range invariants {
			if what := invariant.check(facts.Disputes[id], ending); what != "" {
				found = append(found, Violation{Dispute: id, Invariant: invariant.name, What: what})
			}
		}
	}
	return found
}

func closed(f Fact, e parties.Ending) string {
	decision := f.Record.Decision
	if f.Record.State != ledger.DisputeClosed || !slices.Contains(e.Reasons, decision.Reason) || decision.Outcome != decision.Reason.Outcome() {
		return fmt.Sprintf("it is %s, %s, %s instead of %v", f.Record.State, decision.Outcome, decision.Reason, e.Reasons)
	}
	return ""
}

func heard(f Fact, e parties.Ending) string {
	if e.Reacted && f.Record.Decision.Reason == dispute.ClosedMerchantSilent {
		return "the merchant has reacted, and lost for silence"
	}
	return ""
}

func money(f Fact, e parties.Ending) string {
	before := dispute.Balance{Amount: e.Case.Invoice.Amount.Amount, Paid: e.Case.Invoice.Paid}
	decision := dispute.Decide(f.Record.Decision.Reason, e.Case.Dispute.DisputedAmount, &e.Refund)
	after := before
	after.Credited, after.Refunded = before.Debit(decision.Debit)
	state := ledger.InvoiceOpen
	if after.Outstanding() == 0 {
		state = ledger.InvoiceSettled
	}
	var credited, refunded int64
	for _, posting := range f.Invoice.Postings {
		switch {
		case posting.DisputeID == "":
		case posting.Source == ledger.AccountCustomerReceivable:
			credited += posting.Amount.Amount
		default:
			refunded += posting.Amount.Amount
		}
	}
	got := []any{f.Invoice.State, f.Invoice.Outstanding, f.Invoice.Credited, f.Invoice.Refunded, credited, refunded}
	want := []any{state, after.Outstanding(), after.Credited, after.Refunded, after.Credited, after.Refunded}
	if !slices.Equal(got, want) {
		return fmt.Sprintf("state, open, credited, refunded, and the postings of both are %v instead of %v", got, want)
	}
	return ""
}

// arrived allows a message that holds nothing back to have been overtaken by the end of what it was about; then
// the timeline says so.
func arrived(f Fact, e parties.Ending) string {
	var missing []string
	got := distinct(f)
	for message, count := range e.Must {
		if len(got[message])+Overtaken(f, message) < count {
			missing = append(missing, fmt.Sprintf("%s (%d of %d)", message, len(got[message]), count))
		}
	}
	slices.Sort(missing)
	return strings.Join(missing, ", ")
}

// repeated also finds messages that nothing had caused.
func repeated(f Fact, e parties.Ending) string {
	var wrong []string
	for message, ids := range distinct(f) {
		if len(ids) > e.Must[message]+e.May[message] {
			wrong = append(wrong, fmt.Sprintf("%s came %d times under different ids", message, len(ids)))
		}
		for id, to := range ids {
			if len(to) > 1 {
				wrong = append(wrong, fmt.Sprintf("%s went to %d recipients", id, len(to)))
			}
		}
	}
	slices.Sort(wrong)
	return strings.Join(wrong, ", ")
}

func agrees(f Fact, _ parties.Ending) string {
	v, decision := f.View, f.Record.Decision
	if v.State != dispute.StateClosed || v.WaitingFor != "" || v.Outcome != decision.Outcome || v.ClosingReason != decision.Reason {
		return fmt.Sprintf("Temporal says %s, %s, %s, waiting for %q; the ledger %s, %s",
			v.State, v.Outcome, v.ClosingReason, v.WaitingFor, decision.Outcome, decision.Reason)
	}
	return ""
}

// distinct maps the names of the messages that arrived to their ids and recipients.
func distinct(f Fact) map[string]map[string]map[string]bool {
	messages := map[string]map[string]map[string]bool{}
	for _, arrival := range f.Arrivals {
		if messages[arrival.Message] == nil {
			messages[arrival.Message] = map[string]map[string]bool{}
		}
		if messages[arrival.Message][arrival.ID] == nil {
			messages[arrival.Message][arrival.ID] = map[string]bool{}
		}
		messages[arrival.Message][arrival.ID][arrival.To] = true
	}
	return messages
}

// Overtaken counts how often the timeline says that a message, by its name, was dropped because events overtook it.
func Overtaken(f Fact, message string) int {
	occasion, recipient, _ := strings.Cut(message, "/")
	count := 0
	for _, entry := range f.View.Timeline {
		if entry.Event == "not-told-"+occasion && strings.HasPrefix(entry.Detail, recipient+": dropped") {
			count++
		}
	}
	return count
}

// Repeats counts the mails that arrived more than once.
func Repeats(facts Facts) int {
	repeats := 0
	for _, fact := range facts.Disputes {
		ids := map[string]bool{}
		for _, arrival := range fact.Arrivals {
			if ids[arrival.ID] {
				repeats++
			}
			ids[arrival.ID] = true
		}
	}
	return repeats
}
