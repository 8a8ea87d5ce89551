package dispute

import (
	"math"
	"slices"

	"github.com/streitfall/streitfall/dispute/strict"
)

// The updates: messages that a dispute may refuse. The names are those of Temporal's updates.
const (
	UpdateOpen              = "open"
	UpdateRespond           = "respond"
	UpdateAcceptLoss        = "accept-loss"
	UpdateStateReason       = "state-reason"
	UpdateSubmitEvidence    = "submit-evidence"
	UpdateRule              = "rule"
	UpdateMoveDeadline      = "move-deadline"
	UpdateRetryNotification = "retry-notification"
	UpdateAcknowledge       = "acknowledge"
)

// The signals: messages that report what already happened elsewhere.
const (
	SignalAgreement  = "agreement"
	SignalWithdrawal = "withdrawal"
)

// rule says when an update is accepted and how often. Both bounds keep a dispute below the number of
// updates that Temporal takes for one workflow (2,000).
type rule struct {
	update string
	waits  []Wait
	atMost int
}

// asked bounds the updates that are accepted only once each time that somebody is asked.
const asked = math.MaxInt

var beforeDecision = []Wait{
	WaitPause, WaitNotification, WaitRetryNotification, WaitAgreement, WaitStatement, WaitJustification, WaitEvidence, WaitDecision,
}

var rules = []rule{
	{UpdateRespond, []Wait{WaitAgreement}, 20},
	{UpdateAcceptLoss, beforeDecision, 1},
	{UpdateStateReason, []Wait{WaitStatement}, 1},
	{UpdateSubmitEvidence, []Wait{WaitAgreement, WaitEvidence}, 10},
	{UpdateRule, []Wait{WaitJustification, WaitDecision}, asked},
	{UpdateMoveDeadline, []Wait{WaitAgreement, WaitStatement, WaitEvidence}, 20},
	{UpdateRetryNotification, []Wait{WaitRetryNotification}, 20},
	{UpdateAcknowledge, Waits, 50},
}

// Accept tells whether an update is accepted while the dispute waits for wait and has taken it so many
// times before; if not, the Refusal says what is allowed now. The update open is not among them: it is
// accepted by its content alone. The answer to the request for information is accepted however much was
// sent early: without it the merchant would lose.
func Accept(update string, wait Wait, taken int) error {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.update == update })
	switch {
	case wait == "":
		return Refuse(CodeDisputeClosed, "the dispute is closed and takes no more messages; only its status can be asked for")
	case i < 0:
		return Refuse(CodeNotAccepted, "%.64q is none of the messages that the dispute takes now: %s", update, strict.List(Allowed(wait)))
	case !slices.Contains(rules[i].waits, wait):
		return Refuse(CodeNotAccepted, "%s is accepted only while the dispute waits for %s; it waits for %s now, which allows %s",
			update, strict.List(rules[i].waits), wait, strict.List(Allowed(wait)))
	case taken >= rules[i].atMost && (update != UpdateSubmitEvidence || wait != WaitEvidence):
		return Refuse(CodeLimitReached, "the dispute has taken as many messages %s as it may: %d", update, rules[i].atMost)
	}
	return nil
}

// Allowed lists the messages that have an effect while the dispute waits for wait.
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
