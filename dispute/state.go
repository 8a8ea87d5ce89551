package dispute

// State is where a dispute stands: Klarna's names, and StateOpened, which is ours.
type State string

// The states, in the order of the process.
const (
	StateOpened             State = "OPENED"
	StatePreArbitration     State = "PRE_ARBITRATION"
	StateArbitrationPending State = "ARBITRATION_PENDING"
	StateEvidencePending    State = "MERCHANT_EVIDENCE_PENDING"
	// StateClosed means that the money has moved.
	StateClosed State = "CLOSED"
)

// States lists all states.
var States = []State{StateOpened, StatePreArbitration, StateArbitrationPending, StateEvidencePending, StateClosed}

// Wait is what a dispute waits for: what happens next. It is empty when the run has ended.
type Wait string

// The waits.
const (
	WaitPause             Wait = "pause"
	WaitNotification      Wait = "notification"
	WaitRetryNotification Wait = "retry-notification"
	WaitAgreement         Wait = "agreement"
	WaitStatement         Wait = "statement"
	WaitJustification     Wait = "justification"
	WaitEvidence          Wait = "evidence"
	WaitDecision          Wait = "decision"
	WaitSettlement        Wait = "settlement"
	WaitClosingMessages   Wait = "closing-messages"
)

// Waits lists all waits.
var Waits = []Wait{
	WaitPause, WaitNotification, WaitRetryNotification, WaitAgreement, WaitStatement,
	WaitJustification, WaitEvidence, WaitDecision, WaitSettlement, WaitClosingMessages,
}

// HasDeadline tells whether somebody must answer by a deadline while the dispute waits for this.
func (w Wait) HasDeadline() bool {
	return w == WaitAgreement || w == WaitStatement || w == WaitEvidence
}

// Cause is a reason why a person is needed.
type Cause string

// The causes of attention.
const (
	// CauseUnreachable: a message that a period depends on is refused on every channel.
	CauseUnreachable Cause = "unreachable"
	// CauseMessageIgnored: a signal was impossible and had no effect.
	CauseMessageIgnored Cause = "message-ignored"
	// CauseMessageFailed: a message that holds nothing back is refused for good, or any message did not go out because
	// an earlier one under its key, which said something else, stands.
	CauseMessageFailed Cause = "message-failed"
	// CauseDeskOverdue: the desk has been asked 60 days ago and has not ruled.
	CauseDeskOverdue Cause = "desk-overdue"
)

// Causes lists all causes.
var Causes = []Cause{CauseUnreachable, CauseMessageIgnored, CauseMessageFailed, CauseDeskOverdue}
