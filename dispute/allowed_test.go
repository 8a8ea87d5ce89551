package dispute_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// table has a row per message and a column per wait, in the order of the process. An x means that the message is
// accepted, and the number is its limit, 0 for none.
//
//	pa pause, no notification, rn retry-notification, ag agreement, st statement,
//	ju justification, ev evidence, de decision, se settlement, cl closing-messages
var table = []struct {
	message, waits string
	limit          int
}{
	//                      pa no rn ag st ju ev de se cl
	{"agreement", "         x  x  x  x  x  x  x  x  .  .", 0},
	{"withdrawal", "        x  x  x  x  x  x  x  x  .  .", 0},
	{"respond", "           .  .  .  x  .  .  .  .  .  .", 20},
	{"propose", "           .  x  x  x  x  x  x  x  .  .", 20},
	{"answer-proposal", "   .  x  x  x  x  x  x  x  .  .", 0},
	{"accept-loss", "       x  x  x  x  x  x  x  x  .  .", 1},
	{"state-reason", "      .  .  .  .  x  .  .  .  .  .", 1},
	{"submit-evidence", "   .  .  .  x  .  .  x  .  .  .", 10},
	{"rule", "              .  .  .  .  .  x  .  x  .  .", 0},
	{"move-deadline", "     .  .  .  x  x  .  x  .  .  .", 20},
	{"retry-notification", ".  .  x  .  .  .  .  .  .  x", 200},
	{"acknowledge", "       x  x  x  x  x  x  x  x  x  x", 50},
	{"report-bounce", "     .  x  x  x  x  x  x  x  .  .", 50},
}

var waits = []dispute.Wait{
	"pause", "notification", "retry-notification", "agreement", "statement", "justification", "evidence", "decision", "settlement", "closing-messages",
}

func accepts(row string, wait dispute.Wait) bool {
	return strings.Fields(row)[slices.Index(waits, wait)] == "x"
}

func isSignal(message string) bool {
	return message == dispute.SignalAgreement || message == dispute.SignalWithdrawal
}

func TestAcceptFollowsTheTable(t *testing.T) {
	t.Parallel()
	require.Equal(t, waits, dispute.Waits)
	for _, row := range table {
		if isSignal(row.message) { // signals cannot be refused
			continue
		}
		for _, wait := range waits {
			t.Run(row.message+"During"+string(wait), func(t *testing.T) {
				t.Parallel()
				err := dispute.Accept(row.message, wait, 0)
				if accepts(row.waits, wait) {
					require.NoError(t, err)
					return
				}
				sentence := requireRefusal(t, err, dispute.CodeNotAccepted)
				require.Contains(t, sentence, "it waits for "+string(wait)+" now, which allows "+strings.Join(dispute.Allowed(wait), ", "))
			})
		}
	}
}

func TestAcceptLimits(t *testing.T) {
	t.Parallel()
	for _, row := range table {
		if isSignal(row.message) {
			continue
		}
		t.Run(row.message, func(t *testing.T) {
			t.Parallel()
			for _, wait := range waits {
				switch {
				case !accepts(row.waits, wait):
					requireRefusal(t, dispute.Accept(row.message, wait, 1000), dispute.CodeNotAccepted)
				case row.limit == 0, row.message == dispute.UpdateSubmitEvidence && wait == dispute.WaitEvidence: // the answer
					require.NoError(t, dispute.Accept(row.message, wait, 1000))
				default:
					require.NoError(t, dispute.Accept(row.message, wait, row.limit-1))
					requireRefusal(t, dispute.Accept(row.message, wait, row.limit), dispute.CodeLimitReached)
					requireRefusal(t, dispute.Accept(row.message, wait, row.limit+1), dispute.CodeLimitReached)
				}
			}
		})
	}
}

func TestAllowedListsWhatHasAnEffect(t *testing.T) {
	t.Parallel()
	for _, wait := range waits {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			var want []string
			for _, row := range table {
				if accepts(row.waits, wait) {
					want = append(want, row.message)
				}
			}
			require.Equal(t, want, dispute.Allowed(wait))
		})
	}
	require.Empty(t, dispute.Allowed(""))
}

func TestAcceptRefusesEverythingWhenClosed(t *testing.T) {
	t.Parallel()
	for _, row := range append(table, struct {
		message, waits string
		limit          int
	}{message: "appeal"}) {
		requireRefusal(t, dispute.Accept(row.message, "", 0), dispute.CodeDisputeClosed)
	}
}

func TestAcceptSaysWhatIsAllowed(t *testing.T) {
	t.Parallel()
	require.EqualError(t, dispute.Accept("respond", dispute.WaitStatement, 0),
		"respond is accepted only while the dispute waits for agreement; it waits for statement now, "+
			"which allows agreement, withdrawal, propose, answer-proposal, accept-loss, state-reason, move-deadline, acknowledge, report-bounce")
	require.EqualError(t, dispute.Accept("respond", dispute.WaitSettlement, 0),
		"respond is accepted only while the dispute waits for agreement; it waits for settlement now, which allows acknowledge")
	require.EqualError(t, dispute.Accept("state-reason", dispute.WaitStatement, 1), "the dispute has reached its limit for state-reason: 1")
	require.EqualError(t, dispute.Accept("appeal", dispute.WaitSettlement, 0), `"appeal" is not a message that the dispute accepts now; it accepts acknowledge`)
	require.EqualError(t, dispute.Accept("respond", "", 0), "the dispute is closed and accepts no more messages; only its status can be queried")
}

func TestDeadlineCanBeMovedWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for _, wait := range waits {
		require.Equal(t, dispute.Accept(dispute.UpdateMoveDeadline, wait, 0) == nil, wait.HasDeadline(), wait)
	}
}
