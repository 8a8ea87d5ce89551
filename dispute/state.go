package dispute

// State is a phase of a dispute. All names but StateOpened are Klarna's.
type State string

// The states, in the order of the process.
const (
	StateOpened             State = "OPENED"
	StatePreArbitration     State = "PRE_ARBITRATION"
	StateArbitrationPending State = "ARBITRATION_PENDING"
	StateEvidencePending    State = "MERCHANT_EVIDENCE_PENDING"
	// StateClosed means that the settlement is booked.
	StateClosed State = "CLOSED"
)

// States lists all states.
var States = []State{StateOpened, StatePreArbitration, StateArbitrationPending, StateEvidencePending, StateClosed}

// Wait is what a dispute waits for. It is empty once the workflow has ended.
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

// HasDeadline reports whether w ends at a deadline.
func (w Wait) HasDeadline() bool {
	return w == WaitAgreement || w == WaitStatement || w == WaitEvidence
}

// Cause is a reason why a dispute needs the attention of an operator.
type Cause string

// The causes for attention.
const (
	// CauseUnreachable means that a message that opens a period was refused on every channel, or has come back.
	CauseUnreachable Cause = "unreachable"
	// CauseMessageIgnored means that a signal was invalid or impossible and had no effect.
	CauseMessageIgnored Cause = "message-ignored"
	// CauseMessageFailed means that a message was not sent: its recipient refused it and no period depends on it, or a
	// message with other content was sent under its key before.
	CauseMessageFailed Cause = "message-failed"
	// CauseDeskOverdue means that the desk has not ruled 60 days after it was asked.
	CauseDeskOverdue Cause = "desk-overdue"
	// CauseStalled means that a step which the dispute waits for has not succeeded for an hour.
	CauseStalled Cause = "stalled"
)

// Causes lists all causes.
var Causes = []Cause{CauseUnreachable, CauseMessageIgnored, CauseMessageFailed, CauseDeskOverdue, CauseStalled}
