package crash_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/race"
)

// messages are those of a dispute that goes through arbitration, to a merchant who uses the portal and wants e-mails too.
var messages = []string{
	fmt.Sprintf("message/%d/customer", answered.NumberOf(1)),
	fmt.Sprintf("proposal-made/%d/customer", proposed.NumberOf(1)), fmt.Sprintf("proposal-declined/%d/merchant", proposed.NumberOf(1)),
	"received/1/customer", "opened/1/merchant", "opened-copy/1/merchant", "deadline-moved/2/merchant", "klarna-steps-in/3/merchant",
	"reason-asked/3/customer", "ruling-asked/4/desk", "information-requested/5/merchant", "ruling-asked/6/desk",
	"closed/1/merchant", "closed/1/customer",
}

// answered and proposed are what the merchant says in throughArbitration.
var (
	answered = dispute.Response{Message: "You ordered two pairs, so we billed two.", ReportedBy: dispute.PartyMerchant}
	proposed = dispute.Offer{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, Message: "We can take 30 euros off.",
		ProposedBy: dispute.PartyMerchant,
	}
)

// tasks is how many workflow tasks of the dispute are points, before and after their completion is reported.
const tasks = 8

// sideEffects are all writes to the ledger and all messages of the dispute.
func sideEffects() []string {
	all := []string{"archive", "pause", "settle"}
	for _, message := range messages {
		all = append(all, "send "+message, "record "+message)
	}
	slices.Sort(all)
	return all
}

// points are where the worker dies. One of them lies between the sending and the recording of a message.
func points() []string {
	var all []string
	for _, step := range sideEffects() {
		if !strings.HasPrefix(step, "record") {
			all = append(all, "before "+step)
		}
		all = append(all, "after "+step)
	}
	for task := range tasks {
		all = append(all, fmt.Sprint("before task ", task+1), fmt.Sprint("after task ", task+1))
	}
	return all
}

func throughArbitration(id string) parties.Case {
	const portalAndMail = 2
	return parties.NewCase(id, portalAndMail, parties.PathTo(dispute.ClosedForCustomer))
}

// summary is what a dispute leaves behind, without times, IDs and repeated messages. A message about a moved deadline
// counts as arrived, too, if the deadline was over before the worker was back.
func summary(fact audit.Fact) string {
	var lines []string
	for _, p := range fact.Invoice.Postings {
		lines = append(lines, fmt.Sprint(p.Movement, p.Source, p.Destination, p.Amount))
	}
	settled := fact.Record.Settled
	lines = append(lines, fmt.Sprint(fact.Record.Decision, settled.Credited, settled.Refunded, settled.Outstanding, settled.NewDueDate, fact.Invoice.State))
	arrived := map[string]bool{}
	for _, a := range fact.Arrivals {
		arrived[a.Message] = true
	}
	if moved := parties.Message(dispute.OccasionDeadlineMoved, dispute.PartyMerchant); audit.Overtaken(fact, moved) > 0 {
		arrived[moved] = true
	}
	return strings.Join(append(lines, fmt.Sprint(arrived)), "\n")
}

// TestWorkerKilled: wherever the worker dies, the dispute ends the same way, with the same postings, and each message
// arrives once, or again with the same ID.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	var want string
	t.Run("nowhere", func(t *testing.T) {
		e := newEnv(t, options{})
		want = summary(e.play(throughArbitration(e.id())).Disputes[e.id()])
		require.Equal(t, sideEffects(), e.steps(), "the points surround all side effects of the worker")
	})
	for i, point := range points() {
		if race.Enabled && i%6 > 0 { // each point takes much longer
			continue
		}
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			o := options{point: point}
			if strings.Contains(point, "deadline-moved") { // the message has to be sent again before the deadline has passed
				o.period = period + 6*time.Second
			}
			e := newEnv(t, o)
			e.restartOnDeath()
			fact := e.play(throughArbitration(e.id())).Disputes[e.id()]
			require.FileExists(t, e.file("died"), "the worker has not died")
			require.Equal(t, want, summary(fact))
			if message, sent := strings.CutPrefix(point, "after send "); sent {
				requireRepeat(t, fact, message)
			}
		})
	}
}

// steps returns the steps that the worker has done.
func (e *env) steps() []string {
	e.Helper()
	content, err := os.ReadFile(e.file("steps"))
	require.NoError(e, err)
	done := strings.Split(strings.TrimSpace(string(content)), "\n")
	slices.Sort(done)
	return slices.Compact(done)
}

// requireRepeat asserts that a mail that had been sent but not recorded arrived again, and that the portal's inbox has such
// a message once.
func requireRepeat(t *testing.T, fact audit.Fact, message string) {
	t.Helper()
	parts := strings.Split(message, "/")
	occasion, recipient := dispute.Occasion(parts[0]), dispute.Party(parts[2])
	count := 0
	for _, arrival := range fact.Arrivals {
		inPortal := arrival.To == fact.Invoice.MerchantID && arrival.Message == parties.Message(occasion, recipient)
		if inPortal || strings.Contains(arrival.ID, "-"+strings.Join(parts, "-")+"_") {
			count++
		}
	}
	want := 2
	if recipient == dispute.PartyMerchant && occasion != dispute.OccasionOpenedCopy {
		want = 1
	}
	require.Equal(t, want, count)
}
