package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/workerprocess"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// envSabotage breaks invariants on purpose, to test that the audit finds it: CHAOS_SABOTAGE=twice,deaf=chaos-0003 sends the
// result of each dispute to its customer twice, and ignores what is said to one dispute.
const envSabotage = "CHAOS_SABOTAGE"

// The sabotages.
const (
	twice     = "twice"     // the customer gets the result as two messages
	lose      = "lose"      // the customer's result is not sent
	mute      = "mute"      // what moves a deadline is not sent
	stray     = "stray"     // a message is about another dispute
	deaf      = "deaf"      // the dispute accepts what is said to it, and ignores it
	hasty     = "hasty"     // an outage extends no deadline
	generous  = "generous"  // the settlement refunds a cent too much
	otherwise = "otherwise" // the settlement is another than the dispute has decided
	unsettled = "unsettled" // the settlement is not booked
	forged    = "forged"    // the books are changed by other means
)

// sabotaged reports whether a dispute is sabotaged in a way.
func sabotaged(way, disputeID string) bool {
	for each := range strings.SplitSeq(os.Getenv(envSabotage), ",") {
		if name, only, one := strings.Cut(each, "="); name == way && (!one || only == disputeID) {
			return true
		}
	}
	return false
}

// work runs a worker on the clock of the run, with its sabotages.
func work() int {
	clock, err := clockFromEnv()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", envClock, err)
		return 2
	}
	return workerprocess.Work(func(o *client.Options) {
		o.Interceptors = append(o.Interceptors, &timing{clock: clock})
	}, func(s *assembly.Systems) {
		s.Clock, s.Email, s.Ledger = clock.skewed, post{s.Email}, books{s.Ledger}
	})
}

type post struct{ activities.Channel }

// Send implements activities.Channel.
func (p post) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	id, occasion := notice.Dispute.ID, notice.Key.Occasion
	result := occasion == dispute.OccasionClosed && notice.Key.Recipient == dispute.PartyCustomer
	if result && sabotaged(lose, id) || occasion == dispute.OccasionDeadlineMoved && sabotaged(mute, id) {
		return "250 OK", nil
	}
	answer, err := p.Channel.Send(ctx, notice)
	if err != nil || !result {
		return answer, err
	}
	if sabotaged(twice, id) {
		notice.Key.Number += 1000
		_, err = p.Channel.Send(ctx, notice)
	}
	if sabotaged(stray, id) {
		notice.Key.DisputeID = "another"
		_, err = p.Channel.Send(ctx, notice)
	}
	return answer, err
}

type books struct{ activities.Ledger }

// Settle implements activities.Ledger.
func (b books) Settle(ctx context.Context, in activities.Settle) (activities.Settled, error) {
	switch {
	case sabotaged(unsettled, in.DisputeID):
		return activities.Settled{At: in.At}, nil
	case sabotaged(generous, in.DisputeID):
		in.Decision.Debit++
	case sabotaged(otherwise, in.DisputeID):
		in.Decision = dispute.Decide(dispute.ClosedByWithdrawal, dispute.Money{}, nil)
	}
	settled, err := b.Ledger.Settle(ctx, in)
	if err == nil && sabotaged(forged, in.DisputeID) {
		err = forge(ctx, in.DisputeID)
	}
	return settled, err
}

// forge changes an invoice past the rules of the schema.
func forge(ctx context.Context, disputeID string) error {
	connection, err := pgx.Connect(ctx, os.Getenv("LEDGER_URL"))
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, `set session_replication_role = replica`)
	if err == nil {
		_, err = connection.Exec(ctx, `update invoices set paid = paid + 1 where id = $1`, "i-"+disputeID)
	}
	return errors.Join(err, connection.Close(ctx))
}

// ExecuteUpdate implements interceptor.WorkflowInboundInterceptor.
func (t *timed) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	if in.Name == dispute.UpdateRespond && sabotaged(deaf, workflows.DisputeID(workflow.GetInfo(ctx).WorkflowExecution.ID)) {
		return dispute.View{}, nil
	}
	return t.Next.ExecuteUpdate(ctx, in)
}

// ExecuteLocalActivity implements interceptor.WorkflowOutboundInterceptor.
func (t *timers) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if plan, ok := args[0].(activities.Plan); ok && sabotaged(hasty, workflows.DisputeID(workflow.GetInfo(ctx).WorkflowExecution.ID)) {
		plan.EndOfNextBusinessDay = false
		args[0] = plan
	}
	return t.Next.ExecuteLocalActivity(ctx, name, args...)
}
