package dispute

import (
	"slices"
	"time"
)

// Standing is where a dispute stands as the parties and the desk know it: by the last message that was accepted, or by the
// settlement. It has no step of ours: until the next message is accepted, people know what the last one said.
type Standing struct {
	State      State `json:"state"`
	WaitingFor Wait  `json:"waitingFor,omitzero"`
	// Deadline ends the wait; zero when no period runs.
	Deadline time.Time `json:"deadline,omitzero"`
}

// Standings lists the standings that there are, without their deadlines, in the order of the process. A wait has one state.
var Standings = []Standing{
	{State: StateOpened, WaitingFor: WaitNotification},
	{State: StatePreArbitration, WaitingFor: WaitAgreement},
	{State: StateArbitrationPending, WaitingFor: WaitStatement},
	{State: StateArbitrationPending, WaitingFor: WaitJustification},
	{State: StateEvidencePending, WaitingFor: WaitEvidence},
	{State: StateArbitrationPending, WaitingFor: WaitDecision},
	{State: StateClosed},
}

// Turn returns the party that a dispute with this wait waits for, where told is the one that the last word between merchant
// and customer was told to: empty when it waits for neither.
func (w Wait) Turn(told Party) Party {
	switch w { //nolint:exhaustive // the others wait for neither
	case WaitAgreement:
		return told
	case WaitStatement:
		return PartyCustomer
	case WaitEvidence:
		return PartyMerchant
	default:
		return ""
	}
}

// Standing returns where the dispute stands once the notice is accepted; zero for a notice that tells nothing of that. The
// deadline of a period that the notice opens counts from when it is accepted, so it may be later than the one returned.
func (n Notice) Standing() Standing {
	var waits func(Standing) bool
	switch n.Key.Occasion { //nolint:exhaustive // the others leave the dispute where it stands
	case OccasionOpened:
		waits = func(s Standing) bool { return s.WaitingFor == WaitAgreement }
	case OccasionReasonAsked:
		waits = func(s Standing) bool { return s.WaitingFor == WaitStatement }
	case OccasionInformationRequested:
		waits = func(s Standing) bool { return s.WaitingFor == WaitEvidence }
	case OccasionRulingAsked:
		waits = func(s Standing) bool { return s.WaitingFor == Wait(n.Stage) }
	case OccasionDeadlineMoved: // one wait of each state has a deadline
		waits = func(s Standing) bool { return s.State == n.State && s.WaitingFor.HasDeadline() }
	default:
		return Standing{}
	}
	i := slices.IndexFunc(Standings, waits)
	if i < 0 {
		return Standing{}
	}
	standing := Standings[i]
	if standing.WaitingFor.HasDeadline() {
		standing.Deadline = n.Deadline
	}
	return standing
}
