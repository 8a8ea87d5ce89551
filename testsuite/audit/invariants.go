package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// invariants hold for every dispute, whatever failed while it ran. A check returns what is wrong, or "".
var invariants = []struct {
	name  string
	check func(Fact, parties.Ending) string
}{
	{"closed once, for the right reason", checkReason},
	{"nobody loses by silence who has spoken", checkSpoken},
	{"nobody loses by silence who was not told", checkTold},
	{"an outage costs nobody the deadline", checkOutage},
	{"the money is right", checkMoney},
	{"every message arrived", checkArrived},
	{"no message is sent twice under different IDs", checkRepeats},
	{"Temporal agrees with the ledger", checkView},
}

// The invariants of all disputes together.
const (
	soundLedger = "the ledger is sound"
	noStrays    = "no mail without a dispute"
	allBooked   = "every dispute is in the ledger"
)

// Count returns how many invariants are checked for so many disputes.
func Count(disputes int) int { return disputes*len(invariants) + 3 }

// Violation is an invariant that does not hold.
type Violation struct {
	// Dispute is its ID, or empty if the invariant is about all of them.
	Dispute   string
	Invariant string
	What      string
}

// String returns the violation in one line.
func (v Violation) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s: %s", v.Dispute, v.Invariant, v.What))
}

// Audit compares the facts with how the disputes had to end.
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

func checkReason(f Fact, e parties.Ending) string {
	decision := f.Record.Decision
	if f.Record.State != ledger.DisputeClosed || !slices.Contains(e.Reasons, decision.Reason) || decision.Outcome != decision.Reason.Outcome() {
		return fmt.Sprintf("it is %s, %s, %s instead of %v", f.Record.State, decision.Outcome, decision.Reason, e.Reasons)
	}
	return ""
}

// checkArrived accepts that a message was dropped, if the timeline says that an event has overtaken it.
func checkArrived(f Fact, e parties.Ending) string {
	var missing []string
	messages := ids(f)
	for message, count := range e.Must {
		if got := len(messages[message]); got+Overtaken(f, message) < count {
			missing = append(missing, fmt.Sprintf("%s (%d of %d)", message, got, count))
		}
	}
	slices.Sort(missing)
	return strings.Join(missing, ", ")
}

// ofOutages are the messages that come once more for an outage: the deadline is moved, and the task in which the response window
// ended can have been lost with its worker, so that it ends again.
var ofOutages = []dispute.Occasion{dispute.OccasionDeadlineMoved, dispute.OccasionKlarnaStepsIn, dispute.OccasionReasonAsked}

// checkRepeats also finds messages that nothing has caused. One that was dropped can have arrived nevertheless.
func checkRepeats(f Fact, e parties.Ending) string {
	var wrong []string
	for message, recipients := range ids(f) {
		allowed := e.Must[message] + e.May[message] + Overtaken(f, message)
		occasion, _, _ := strings.Cut(message, "/")
		if slices.Contains(ofOutages, dispute.Occasion(occasion).Original()) {
			allowed += len(outages(f))
		}
		if len(recipients) > allowed {
			wrong = append(wrong, fmt.Sprintf("%s came %d times under different IDs", message, len(recipients)))
		}
		for id, to := range recipients {
			if len(to) > 1 {
				wrong = append(wrong, fmt.Sprintf("%s went to %d recipients", id, len(to)))
			}
		}
	}
	slices.Sort(wrong)
	return strings.Join(wrong, ", ")
}

func checkView(f Fact, _ parties.Ending) string {
	v, decision := f.View, f.Record.Decision
	if v.State != dispute.StateClosed || v.WaitingFor != "" || v.Outcome != decision.Outcome || v.ClosingReason != decision.Reason {
		return fmt.Sprintf("Temporal says %s, %s, %s, waiting for %q; the ledger %s, %s",
			v.State, v.Outcome, v.ClosingReason, v.WaitingFor, decision.Outcome, decision.Reason)
	}
	return ""
}

// ids returns the IDs under which each message, by name, has arrived, with the distinct recipients of each ID.
func ids(f Fact) map[string]map[string][]string {
	messages := map[string]map[string][]string{}
	for _, arrival := range f.Arrivals {
		if messages[arrival.Message] == nil {
			messages[arrival.Message] = map[string][]string{}
		}
		recipients := messages[arrival.Message][arrival.ID]
		if !slices.Contains(recipients, arrival.To) {
			messages[arrival.Message][arrival.ID] = append(recipients, arrival.To)
		}
	}
	return messages
}
