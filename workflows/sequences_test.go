package workflows_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/race"
)

var sequences = flag.Int("sequences", defaultSequences(), "how many random sequences the workflow and the model are compared on")

// defaultSequences returns how many sequences run: fewer under the race detector, where each takes several times as
// long.
func defaultSequences() int {
	if race.Enabled {
		return 1_000
	}
	return 10_000
}

// sequence is the life of one dispute: the circumstances of its opening, and steps.
type sequence struct {
	circumstances
	steps []step
}

// step is an action after a pause. justBefore and justAfter refer to what falls due next, a reminder or a deadline,
// afterDeadline to the deadline.
type step struct {
	after time.Duration
	what  string
}

const (
	justBefore    = -1
	justAfter     = -2
	afterDeadline = -3
)

// pauses are the pauses between two steps.
var pauses = []time.Duration{shortestPause, time.Hour, day, justBefore, justAfter, 8 * day, 2 * time.Hour, 2 * day, month, 61 * day}

// String formats the sequence as TestCounterExamples has it.
func (s sequence) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%#v", s.circumstances)
	for _, step := range s.steps {
		pause := map[time.Duration]string{justBefore: "justBefore", justAfter: "justAfter", afterDeadline: "afterDeadline"}[step.after]
		if pause == "" {
			pause = fmt.Sprintf("%d * time.Minute", step.after/time.Minute)
		}
		fmt.Fprintf(&b, "\n{%s, %q},", pause, step.what)
	}
	return b.String()
}

// actionNames has the names of all actions, simple ones first. Those without which few disputes would come far occur
// several times.
var actionNames = func() []string {
	names := []string{"nothing"}
	for range 60 {
		names = append(names, "what the dispute waits for")
	}
	for range 4 {
		names = append(names, "what they bargain", "the merchant proposes a refund", "the customer proposes a refund", "the customer accepts", "the merchant accepts",
			"the customer declines", "the merchant declines", "response of the customer")
	}
	for range 5 {
		names = append(names, "the same signal again", "the mail server goes away", "everything is back", "an outage over what is due")
	}
	return append(names, slices.Sorted(maps.Keys(actions))...)
}()

func circumstancesGenerator() *rapid.Generator[circumstances] {
	return rapid.Custom(func(t *rapid.T) circumstances {
		seldom := func(name string) bool { return rapid.IntRange(0, 19).Draw(t, name) == 19 }
		some := func(name string, of ...string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 1, rapid.ID).Draw(t, name)
		}
		given := circumstances{
			Portal: rapid.Bool().Draw(t, "portal"), EmailOnDispute: rapid.Bool().Draw(t, "on dispute"), EmailOnDeadlines: rapid.Bool().Draw(t, "on deadlines"),
			TakeOver:   rapid.IntRange(0, 9).Draw(t, "take-over") == 9,
			Calendar:   rapid.SampledFrom([]string{"DE", "DE-BY", "US", "GB", "NL", "SE"}).Draw(t, "calendar"),
			Days:       rapid.IntRange(dispute.MinResponseBusinessDays, dispute.MaxResponseBusinessDays).Draw(t, "days"),
			Paid:       rapid.SampledFrom([]int64{0, 1, 10000, invoiced}).Draw(t, "paid"),
			Disputed:   rapid.SampledFrom([]int64{invoiced, 1, 3000}).Draw(t, "disputed"),
			Justified:  rapid.SampledFrom([]string{"", "", "yes", "no"}).Draw(t, "justified"),
			InFavourOf: rapid.SampledFrom([]dispute.Party{"", "", dispute.PartyMerchant, dispute.PartyCustomer}).Draw(t, "in favour of"),
		}
		given.DeskHasNoAddress, given.LedgerRefuses = seldom("desk has no address"), seldom("ledger refuses")
		if rapid.IntRange(0, 4).Draw(t, "an outage from the start") == 4 {
			given.Away = some("away", theLedger, thePortal, theMail, theArbiter)
			given.Refusing = some("refusing", thePortal, "shop@example.de", "jonas@example.de")
		}
		return given
	})
}

func sequenceGenerator() *rapid.Generator[sequence] {
	return rapid.Custom(func(t *rapid.T) sequence {
		next := rapid.Custom(func(t *rapid.T) step {
			return step{rapid.SampledFrom(pauses).Draw(t, "after"), rapid.SampledFrom(actionNames).Draw(t, "what")}
		})
		return sequence{circumstancesGenerator().Draw(t, "circumstances"), rapid.SliceOfN(next, 0, 16).Draw(t, "steps")}
	})
}

// reached counts how the disputes of all sequences ended.
type reached struct {
	mu   sync.Mutex
	ends map[string]int
}

func (r *reached) count(m *model) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ends[string(m.decided)+string(m.refused)]++
	sent := strings.Join(m.sent, "\n")
	for _, part := range messageParts {
		if strings.Contains(sent, part) {
			r.ends[part]++
		}
	}
}

// messageParts are parts of messages that the sequences have to come to: of deadlines moved by an outage or shortened, of
// copies, and of a run that has taken the dispute over. Chance seldom comes to the copy of a declined proposal: TestCopies has it.
var messageParts = []string{
	"outage true", "shortened true", "reminder-7-copy", "reminder-2-copy", "deadline-moved-copy", "klarna-steps-in-copy",
	"information-requested-copy", "closed-copy", "opened/10001/", "message/", "message-copy/", "proposal-made/", "proposal-made-copy/",
	"proposal-declined/",
}

// requireAll fails the test when no sequence ended for one of the closing reasons, or none had one of the messages, unless
// the sequences are too few to expect that.
func (r *reached) requireAll(t *testing.T) {
	t.Log(r.ends)
	wanted := slices.Clone(messageParts)
	for _, reason := range dispute.ClosingReasons {
		wanted = append(wanted, string(reason))
	}
	for _, part := range wanted {
		if *sequences >= 10_000 && r.ends[part] == 0 {
			t.Errorf("the sequences do not come as far as %s", part)
		}
	}
}

// TestSequences: after any actions in any order the dispute's view, its answers, bookings and messages are those of the
// model.
func TestSequences(t *testing.T) {
	t.Parallel()
	const shards = 4
	require.NoError(t, flag.Set("rapid.checks", strconv.Itoa((*sequences+shards-1)/shards)))
	reached := &reached{ends: map[string]int{}}
	t.Cleanup(func() { reached.requireAll(t) })
	for shard := range shards {
		t.Run(strconv.Itoa(shard), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				s := sequenceGenerator().Draw(r, "sequence")
				c := compare(t, s)
				if c.difference != "" {
					r.Fatalf("%s\n%s", c.difference, s)
				}
				reached.count(c.model)
			})
		})
	}
}

// TestCounterExamples repeats the counterexamples that random sequences have found, as they were shrunk: the first one
// in the workflow, the others in a workflow that was broken on purpose.
func TestCounterExamples(t *testing.T) {
	t.Parallel()
	given := circumstances{Calendar: "DE", Days: 14, Disputed: invoiced}
	for name, steps := range map[string][]step{
		"an accepted loss was answered with a call for the ruling": {
			{shortestPause, "response"},
			{justAfter, "statement"},
			{61 * day, "accepted loss"},
		},
		"an identical agreement was ignored loudly": {
			{shortestPause, "agreement while the ledger is away"},
			{shortestPause, "the same signal again"},
		},
		"the deadline was looked at before the signals": {
			{shortestPause, "response"},
			{justBefore, "agreement in one task with the deadline"},
		},
		"a reminder went out in one task with the reaction": {
			{justBefore, "reaction in one task with the reminder"},
		},
		"acceptance after the replacement took the other terms": {
			{shortestPause, "the merchant proposes a refund"},
			{shortestPause, "the merchant proposes less"},
			{shortestPause, "the customer accepts the first proposal"},
		},
		"a proposal was told after it had been replaced": {
			{shortestPause, "the mail server goes away"},
			{shortestPause, "the merchant proposes a refund"},
			{shortestPause, "the merchant proposes less"},
			{shortestPause, "everything is back"},
		},
		"a cancellation undid a decision": {
			{shortestPause, "agreement while the ledger is away"},
			{shortestPause, "cancellation"},
		},
		"a reminder that was under way went out after the reaction": {
			{shortestPause, "the mail server goes away"},
			{justAfter, "response"},
			{shortestPause, "everything is back"},
		},
		"a deadline was looked at while the ledger still failed": {
			{shortestPause, "the ledger fails three times"},
			{shortestPause, "deadline in an hour"},
			{60 * shortestPause, "nothing"},
		},
		"an accepted loss overtook a withdrawal before the pause": {
			{shortestPause, "withdrawal"},
			{shortestPause, "accepted loss"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sequence{given, steps}
			if strings.Contains(name, "before the pause") {
				s.Away = []string{theLedger}
			}
			require.Empty(t, compare(t, s).difference)
		})
	}
}
