package dispute

import (
	"math"
	"slices"

	"github.com/streitfall/streitfall/dispute/strict"
)

// The names of the Temporal updates: messages that a dispute may refuse.
const (
	UpdateOpen              = "open"
	UpdateRespond           = "respond"
	UpdatePropose           = "propose"
	UpdateAnswerProposal    = "answer-proposal"
	UpdateAcceptLoss        = "accept-loss"
	UpdateStateReason       = "state-reason"
	UpdateSubmitEvidence    = "submit-evidence"
	UpdateRule              = "rule"
	UpdateMoveDeadline      = "move-deadline"
	UpdateRetryNotification = "retry-notification"
	UpdateAcknowledge       = "acknowledge"
	UpdateReportBounce      = "report-bounce"
)

// The names of the Temporal signals: messages that report what has already happened elsewhere, so that a dispute
// cannot refuse them.
const (
	SignalAgreement  = "agreement"
	SignalWithdrawal = "withdrawal"
)

// rule is when a dispute accepts an update, and how many times. The limits keep a dispute below the number of
// updates that Temporal accepts for one workflow (2,000).
type rule struct {
	update string
	waits  []Wait
	limit  int
}

// MaxOpens is how many times a dispute accepts UpdateOpen; the same update id twice counts once.
const MaxOpens = 50

// unlimited is the limit of an update that something else limits: it ends the wait in which it is accepted, or the standing
// of a proposal.
const unlimited = math.MaxInt

// beforeDecision lists the waits in which the outcome is still undecided; the first is that for the pause.
var beforeDecision = []Wait{
	WaitPause, WaitNotification, WaitRetryNotification, WaitAgreement, WaitStatement, WaitJustification, WaitEvidence, WaitDecision,
}

var rules = []rule{
	{UpdateRespond, []Wait{WaitAgreement}, 20},
	{UpdatePropose, beforeDecision[1:], 20}, // once the invoice is paused
	{UpdateAnswerProposal, beforeDecision[1:], unlimited},
	{UpdateAcceptLoss, beforeDecision, 1},
	{UpdateStateReason, []Wait{WaitStatement}, 1},
	{UpdateSubmitEvidence, []Wait{WaitAgreement, WaitEvidence}, 10},
	{UpdateRule, []Wait{WaitJustification, WaitDecision}, unlimited},
	{UpdateMoveDeadline, []Wait{WaitAgreement, WaitStatement, WaitEvidence}, 20},
	{UpdateRetryNotification, []Wait{WaitRetryNotification, WaitClosingMessages}, 200},
	{UpdateAcknowledge, Waits, 50},
	{UpdateReportBounce, slices.DeleteFunc(slices.Clone(beforeDecision), func(wait Wait) bool { return wait == WaitPause }), 50},
}

// Accept returns nil if the update is accepted while the dispute waits for wait and has accepted it taken times
// before, of UpdateRespond and UpdatePropose those of one party; else the Refusal says what is allowed now. A dispute that waits for nothing is closed.
//
// UpdateOpen has no rule: it is accepted by its content alone. Evidence that answers the request for information has no
// limit, however much was sent early, because the merchant would lose without an answer.
func Accept(update string, wait Wait, taken int) error {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.update == update })
	switch {
	case wait == "":
		return Refuse(CodeDisputeClosed, "the dispute is closed and accepts no more messages; only its status can be queried")
	case i < 0:
		return Refuse(CodeNotAccepted, "%.64q is not a message that the dispute accepts now; it accepts %s", update, strict.List(Allowed(wait)))
	case !slices.Contains(rules[i].waits, wait):
		return Refuse(CodeNotAccepted, "%s is accepted only while the dispute waits for %s; it waits for %s now, which allows %s",
			update, strict.List(rules[i].waits), wait, strict.List(Allowed(wait)))
	case taken >= rules[i].limit && (update != UpdateSubmitEvidence || wait != WaitEvidence):
		return Refuse(CodeLimitReached, "the dispute has reached its limit for %s: %d", update, rules[i].limit)
	}
	return nil
}

// Allowed returns the names of the updates and signals that have an effect while the dispute waits for wait.
func Allowed(wait Wait) []string {
	var names []string
	if slices.Contains(beforeDecision, wait) {
		names = append(names, SignalAgreement, SignalWithdrawal)
	}
	for _, r := range rules {
		if slices.Contains(r.waits, wait) {
			names = append(names, r.update)
		}
	}
	return names
}
