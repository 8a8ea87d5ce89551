package crash_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/audit"
	"github.com/streitfall/streitfall/testsuite/race"
)

// messages are those of the long way through arbitration, to a merchant who uses the portal and wants e-mails too.
var messages = []string{
	"received/0/customer", "opened/1/merchant", "opened-copy/1/merchant", "deadline-moved/2/merchant", "klarna-steps-in/2/merchant",
	"reason-asked/3/customer", "ruling-asked/4/desk", "information-requested/5/merchant", "ruling-asked/6/desk",
	"closed/6/merchant", "closed/6/customer",
}

// tasks is how many of the workflow tasks of the way are tried, before and after they are handed in.
const tasks = 5

// steps are all that changes the world on the way.
func steps() []string {
	all := []string{"pause", "settle"}
	for _, message := range messages {
		all = append(all, "send "+message, "record "+message)
	}
	slices.Sort(all)
	return all
}

// points are where the worker dies. Between the sending and the recording of a message one will do.
func points() []string {
	var all []string
	for _, step := range steps() {
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

func longWay(id string) parties.Case {
	const portalAndMail = 2
	return parties.NewCase(id, portalAndMail, parties.PathTo(dispute.ClosedForCustomer))
}

// end is all that remains of a dispute, without times, ids and repeats. A message counts as arrived, too, when the
// deadline that it told of was over before the worker was back.
func end(fact audit.Fact) string {
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

// TestWorkerKilled: wherever the worker dies, the dispute ends the same way, with the same books, and each message
// comes once or again as the same.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	var want string
	t.Run("nowhere", func(t *testing.T) {
		s := set(t, temporalAt, "")
		want = end(s.plays(longWay(s.name())).Disputes[s.name()])
		require.Equal(t, steps(), s.trace(), "the points are around everything that the worker does to the world")
	})
	every := 1
	if race.Enabled {
		every = 6 // each point takes a lot longer
	}
	for i, point := range points() {
		if i%every > 0 {
			continue
		}
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			s := set(t, temporalAt, "", envPoint, point)
			s.restarts()
			fact := s.plays(longWay(s.name())).Disputes[s.name()]
			require.FileExists(t, s.file("mark"), "the worker has not died")
			require.Equal(t, want, end(fact))
			if message, sent := strings.CutPrefix(point, "after send "); sent {
				requireRepeat(t, fact, message)
			}
		})
	}
}

// trace lists the steps that the worker has done.
func (s *stage) trace() []string {
	s.Helper()
	content, err := os.ReadFile(s.file("trace"))
	require.NoError(s, err)
	done := strings.Split(strings.TrimSpace(string(content)), "\n")
	slices.Sort(done)
	return slices.Compact(done)
}

// requireRepeat asserts that a mail which had been sent, but not recorded, came again, and that the portal's inbox
// has such a message once.
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
