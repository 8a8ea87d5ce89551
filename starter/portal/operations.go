package portal

import (
	"cmp"
	"context"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

func readRetry(f fields, c Case) (message, []pages.Problem) {
	m := dispute.Retry{RequestedBy: c.who.Login, Email: f.email(pages.FieldEmail)}
	if f.Value(pages.FieldRecipient) != "" {
		m.Recipient = dispute.Party(f.choice(pages.FieldRecipient, string(dispute.PartyMerchant), string(dispute.PartyCustomer)))
	}
	return updates[dispute.Retry]{m, Disputes.RetryNotification}, f.problems
}

// readMove reads a day, whose end in the zone of the running period is the new deadline.
func readMove(f fields, c Case) (message, []pages.Problem) {
	m := dispute.DeadlineMove{Reason: f.required(pages.FieldWhy), MovedBy: c.who.Login}
	if period := c.seen.RunningPeriod(); period != nil {
		m.To = f.endOfDay(pages.FieldDay, period.Calendar)
	} else {
		f.problem(pages.FieldDay, pages.ProblemChanged, "")
	}
	return updates[dispute.DeadlineMove]{m, Disputes.MoveDeadline}, f.problems
}

func readAcknowledgement(f fields, c Case) (message, []pages.Problem) {
	causes := make([]string, len(dispute.Causes))
	for i, cause := range dispute.Causes {
		causes[i] = string(cause)
	}
	m := dispute.Acknowledgement{
		Cause: dispute.Cause(f.choice(pages.FieldCause, causes...)), AcknowledgedBy: c.who.Login, Note: f.text(pages.FieldNote),
	}
	return updates[dispute.Acknowledgement]{m, Disputes.Acknowledge}, f.problems
}

// cancellation is Temporal's own request to cancel a workflow. The same one twice changes nothing, and one after the end is
// taken without an effect.
type cancellation struct{}

func readCancellation(fields, Case) (message, []pages.Problem) { return cancellation{}, nil }

func (cancellation) send(ctx context.Context, disputes Disputes, id, _ string) error {
	err := disputes.Cancel(ctx, id)
	if err != nil && dispute.CodeOf(err) != dispute.CodeDisputeClosed {
		return err
	}
	after, caseErr := disputes.Case(ctx, id)
	switch {
	case caseErr != nil:
		return cmp.Or(err, caseErr)
	case after.Decision == nil:
		return err
	case after.Decision.Reason == dispute.ClosedByOperator:
		return nil
	}
	return dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s was decided before it was cancelled", id)
}
