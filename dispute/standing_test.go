package dispute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestStanding: which messages say that a dispute stands elsewhere.
func TestStanding(t *testing.T) {
	t.Parallel()
	deadline := aNotice(t).Deadline
	for _, c := range []struct {
		occasion dispute.Occasion
		facts    dispute.Facts
		want     dispute.Standing
	}{
		{dispute.OccasionOpened, dispute.Facts{State: dispute.StateOpened}, dispute.Standing{State: dispute.StatePreArbitration, WaitingFor: dispute.WaitAgreement, Deadline: deadline}},
		{dispute.OccasionReasonAsked, dispute.Facts{State: dispute.StateArbitrationPending}, dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitStatement, Deadline: deadline}},
		{dispute.OccasionRulingAsked, dispute.Facts{Stage: dispute.StageJustification}, dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitJustification}},
		{dispute.OccasionInformationRequested, dispute.Facts{}, dispute.Standing{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitEvidence, Deadline: deadline}},
		{dispute.OccasionRulingAsked, dispute.Facts{Stage: dispute.StageDecision}, dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitDecision}},
		{dispute.OccasionDeadlineMoved, dispute.Facts{State: dispute.StatePreArbitration}, dispute.Standing{State: dispute.StatePreArbitration, WaitingFor: dispute.WaitAgreement, Deadline: deadline}},
		{dispute.OccasionDeadlineMoved, dispute.Facts{State: dispute.StateArbitrationPending}, dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitStatement, Deadline: deadline}},
		{dispute.OccasionDeadlineMoved, dispute.Facts{State: dispute.StateEvidencePending}, dispute.Standing{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitEvidence, Deadline: deadline}},
		{dispute.OccasionDeadlineMoved, dispute.Facts{State: dispute.StateClosed}, dispute.Standing{}},
		{dispute.OccasionReminder7, dispute.Facts{State: dispute.StatePreArbitration}, dispute.Standing{}},
		{dispute.OccasionOpenedCopy, dispute.Facts{State: dispute.StateOpened}, dispute.Standing{}},
		{dispute.OccasionReceived, dispute.Facts{State: dispute.StateOpened}, dispute.Standing{}},
		{dispute.OccasionKlarnaStepsIn, dispute.Facts{State: dispute.StateArbitrationPending}, dispute.Standing{}},
		{dispute.OccasionClosed, dispute.Facts{State: dispute.StateClosed}, dispute.Standing{}}, // the settlement has closed it
	} {
		notice := aNotice(t)
		notice.Key.Occasion, notice.Facts = c.occasion, c.facts
		require.Equal(t, c.want, notice.Standing(), "%s, %+v", c.occasion, c.facts)
	}
}

// TestStandings: a list finds disputes by what they wait for, and shows one state for each wait.
func TestStandings(t *testing.T) {
	t.Parallel()
	seen := map[dispute.Wait]bool{}
	for _, standing := range dispute.Standings {
		require.False(t, seen[standing.WaitingFor], standing.WaitingFor)
		require.Contains(t, dispute.States, standing.State)
		seen[standing.WaitingFor] = true
	}
	for _, wait := range dispute.Waits {
		if wait.HasDeadline() {
			require.True(t, seen[wait], wait)
		}
	}
}
