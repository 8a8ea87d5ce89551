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
		o.Interceptors = append(o.Interceptors, &saboteur{}, &timing{clock: clock})
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

type saboteur struct{ interceptor.InterceptorBase }

// InterceptActivity implements interceptor.WorkerInterceptor.
func (*saboteur) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	h := &haste{}
	h.Next = next
	return h
}

type haste struct {
	interceptor.ActivityInboundInterceptorBase
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (h *haste) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if plan, ok := in.Args[0].(activities.Plan); ok && plan.EndOfNextBusinessDay && sabotaged(hasty, "") {
		plan.EndOfNextBusinessDay = false
		in.Args[0] = plan
	}
	return h.Next.ExecuteActivity(ctx, in)
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (*saboteur) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	if !sabotaged(deaf, workflows.DisputeID(workflow.GetInfo(ctx).WorkflowExecution.ID)) {
		return next
	}
	d := &deafness{}
	d.Next = next
	return d
}

type deafness struct {
	interceptor.WorkflowInboundInterceptorBase
}

// ExecuteUpdate implements interceptor.WorkflowInboundInterceptor.
func (d *deafness) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	if in.Name == dispute.UpdateRespond {
		return dispute.View{}, nil
	}
	return d.Next.ExecuteUpdate(ctx, in)
}
