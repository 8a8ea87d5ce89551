package workflows_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// sendWithStart sends an update with the start of the run, before the workflow has executed any line.
func (f *fixture) sendWithStart(name string, message any) **reply {
	var answer *reply
	f.env.RegisterDelayedCallback(func() { answer = f.send(name, message) }, 0)
	return &answer
}

// failure returns the typed error that ended the run.
func (f *fixture) failure() *temporal.ApplicationError {
	f.Helper()
	failure, ok := errors.AsType[*temporal.ApplicationError](f.env.GetWorkflowError())
	require.True(f, ok, "%v", f.env.GetWorkflowError())
	require.True(f, failure.NonRetryable())
	return failure
}

// with returns the dispute as JSON with members changed; nil leaves one out.
func (f *fixture) with(changes map[string]any) any {
	data, err := json.Marshal(f.dispute)
	require.NoError(f, err)
	var members map[string]any
	require.NoError(f, json.Unmarshal(data, &members))
	for name, value := range changes {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	data, err = json.Marshal(members)
	require.NoError(f, err)
	return raw(string(data))
}

// TestOpenWithStart: the opening is answered when the invoice is paused, and not before.
func TestOpenWithStart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["ledger"] = 3
	answer := f.sendWithStart(dispute.UpdateOpen, f.dispute)
	f.at(time.Second+time.Millisecond, func() { require.False(t, (*answer).answered, "it waits for the pause") })
	f.at(day, func() {
		require.True(t, (*answer).answered)
		require.NoError(t, (*answer).err)
		require.Equal(t, f.dispute.ID, (*answer).view.ID)
		require.Empty(t, (*answer).view.Timeline)
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestOpeningsWait: while the ledger is away, a caller who opens again and again under new update ids does not use up the
// unanswered updates that Temporal takes for one run.
func TestOpeningsWait(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.outages["ledger"] = 5
	var answers []*reply
	for n := range 5 {
		f.at(time.Duration(n+1)*time.Millisecond, func() { answers = append(answers, f.send(dispute.UpdateOpen, f.dispute)) })
	}
	f.at(100*time.Millisecond, func() {
		for n, answer := range answers {
			require.Equal(t, n >= 3, answer.rejected, "%d: %v", n, answer.err)
		}
	})
	f.at(day, func() {
		for _, answer := range answers[:3] {
			require.True(t, answer.answered)
			require.NoError(t, answer.err)
		}
		require.False(t, f.send(dispute.UpdateOpen, f.dispute).rejected)
	})
	f.closes(dispute.ClosedMerchantSilent)
}

// TestOpenAgain: in every wait, the same content is the same dispute and returns the view, and other content is
// refused. Neither changes anything.
func TestOpenAgain(t *testing.T) {
	t.Parallel()
	for wait, prepare := range everyWait() {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			after := prepare(f)
			var before dispute.View
			var same, bare, other, unknown *reply
			f.at(after, func() {
				before = f.status()
				require.Equal(t, wait, before.WaitingFor)
				same = f.send(dispute.UpdateOpen, f.dispute)
				bare = f.send(dispute.UpdateOpen, f.with(map[string]any{"calendar": nil, "policy": nil}))
				other = f.send(dispute.UpdateOpen, f.with(map[string]any{"orderId": "order-2"}))
				unknown = f.send(dispute.UpdateOpen, f.with(map[string]any{"oderId": "order-1"}))
			})
			f.at(after+time.Second, func() {
				require.Equal(t, before, f.status())
				require.Equal(t, wait != dispute.WaitPause, same.answered, "it waits for the pause")
				f.cancelAndRestore()
			})
			f.run()
			for _, answer := range []*reply{same, bare} {
				require.NoError(t, answer.err)
				require.Equal(t, f.dispute.ID, answer.view.ID)
				require.Empty(t, answer.view.Timeline)
			}
			if wait != dispute.WaitPause {
				require.Equal(t, wait, same.view.WaitingFor)
			}
			require.Equal(t, string(dispute.CodeDisputeDiffers), other.refusal(t).Type())
			require.Equal(t, string(dispute.CodeInvalidDispute), unknown.refusal(t).Type())
			require.Len(t, f.pauses, 1)
		})
	}
}

// TestOpenLimit: a dispute can be opened 50 times, which leaves the other updates their share of Temporal's limit.
func TestOpenLimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var replies []*reply
	f.at(day, func() {
		for range 51 {
			replies = append(replies, f.send(dispute.UpdateOpen, f.dispute))
		}
	})
	var responds *reply
	f.at(2*day, func() { responds = f.send(dispute.UpdateRespond, responded) })
	f.at(3*day, f.env.CancelWorkflow)
	f.run()
	f.limited(replies, 50)
	require.NoError(t, responds.err)
}

// TestRefusedByTheLedger: the typed error ends the run and answers the opening, whether the ledger refuses at once or
// after an outage.
func TestRefusedByTheLedger(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]int{"at once": 0, "after it was away": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.outages["ledger"] = away
			faults := dispute.Faults{{Path: "invoiceId", Problem: "is in another dispute"}, {Path: "merchantId", Problem: "is unknown"}}
			f.refusal = dispute.RefuseFaults(dispute.CodeDisputeRefused, faults, "the ledger refuses the dispute")
			answer := f.sendWithStart(dispute.UpdateOpen, f.dispute)
			view := f.run()
			for _, err := range []error{f.failure(), (*answer).err} {
				var activity *temporal.ActivityError
				require.NotErrorAs(t, err, &activity, "the refusal itself, as every client reads it")
				failure, ok := errors.AsType[*temporal.ApplicationError](err)
				require.True(t, ok)
				require.Equal(t, string(dispute.CodeDisputeRefused), failure.Type())
				require.Contains(t, failure.Message(), "is in another dispute")
				var found dispute.Faults
				require.NoError(t, failure.Details(&found))
				require.Equal(t, faults, found)
			}
			require.Empty(t, view.WaitingFor)
			require.Empty(t, view.Outcome)
			require.Empty(t, f.sent)
			require.Equal(t, []string{"refused"}, events(view))
		})
	}
}

// TestInvalidInput: a run with an invalid dispute fails with all its faults, and pauses nothing.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		input func(*fixture) any
		paths []string
	}{
		"not JSON":      {func(*fixture) any { return raw(`{"id":`) }, []string{""}},
		"null":          {func(*fixture) any { return raw(`null`) }, []string{""}},
		"not an object": {func(*fixture) any { return "d-1" }, []string{""}},
		"several faults": {func(f *fixture) any {
			return f.with(map[string]any{"id": "d/1", "reason": "regret", "calendar": "XX", "disputedAmount": map[string]any{"amount": 0, "currency": "XYZ"}})
		}, []string{"id", "reason", "disputedAmount.amount", "disputedAmount.currency", "calendar"}},
		"no openedAt": {func(f *fixture) any { return f.with(map[string]any{"openedAt": nil}) }, []string{"openedAt"}},
		"from the future": {func(f *fixture) any {
			return f.with(map[string]any{"openedAt": monday.Add(5*time.Minute + time.Second)})
		}, []string{"openedAt"}},
		"window too short": {func(f *fixture) any {
			return f.with(map[string]any{"policy": map[string]any{"responseBusinessDays": 13}})
		}, []string{"policy.responseBusinessDays"}},
		"window too long": {func(f *fixture) any {
			return f.with(map[string]any{"policy": map[string]any{"responseBusinessDays": 22}})
		}, []string{"policy.responseBusinessDays"}},
		"no address": {func(f *fixture) any {
			return f.with(map[string]any{"complainant": map[string]any{"id": "c", "name": "n", "email": "nowhere", "locale": "de"}})
		}, []string{"complainant.email"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.input = test.input(f)
			if name == "several faults" { // its id is one of them
				f.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: workflows.WorkflowID("d/1"), TaskQueue: workflows.TaskQueue})
			}
			answer := f.sendWithStart(dispute.UpdateOpen, f.input)
			view := f.run()
			failure := f.failure()
			require.Equal(t, string(dispute.CodeInvalidDispute), failure.Type())
			var faults dispute.Faults
			require.NoError(t, failure.Details(&faults))
			require.Equal(t, test.paths, paths(faults))
			require.Error(t, (*answer).err)
			require.Empty(t, f.pauses)
			require.Empty(t, f.sent)
			require.Empty(t, view.WaitingFor)
		})
	}
}

// TestWithoutInput: a start without any argument is invalid too.
func TestWithoutInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.env.ExecuteWorkflow(workflows.WorkflowType)
	require.Equal(t, string(dispute.CodeInvalidDispute), f.failure().Type())
}

// TestWrongWorkflowID: the workflow id must be the dispute's; otherwise two runs could move the same money.
func TestWrongWorkflowID(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: "dispute-d-2", TaskQueue: workflows.TaskQueue})
	f.run()
	failure := f.failure()
	require.Equal(t, string(dispute.CodeInvalidDispute), failure.Type())
	require.Contains(t, failure.Message(), `"dispute-d-1"`)
	require.Empty(t, f.pauses)
}

// TestRawStart: a start by another client may have unknown names, and gets the defaults for what it leaves out.
func TestRawStart(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.input = f.with(map[string]any{"calendar": nil, "policy": nil, "source": "shop"})
	f.at(day, func() { require.True(t, windowEnds.Equal(*f.status().Deadline)) })
	f.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, f.dispute, f.pauses[0].Dispute)
}

// TestOpenWithUnknownNames: an opening with a misspelt name is refused before anything changes, although the start
// itself tolerates unknown names.
func TestOpenWithUnknownNames(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.input = f.with(map[string]any{"polcy": map[string]any{"responseBusinessDays": 14}})
	answer := f.sendWithStart(dispute.UpdateOpen, f.input)
	f.run()
	require.Equal(t, string(dispute.CodeInvalidDispute), f.failure().Type())
	require.Contains(t, f.failure().Message(), "polcy")
	require.Error(t, (*answer).err)
	require.Empty(t, f.pauses)
}

// TestOpenOfAnotherWithStart: another opening that arrives before a worker has begun the run is refused, and does not
// end the dispute that was opened first.
func TestOpenOfAnotherWithStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]map[string]any{
		"other content": {"orderId": "order-2"},
		"unknown name":  {"polcy": 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			own := f.sendWithStart(dispute.UpdateOpen, f.dispute)
			other := f.sendWithStart(dispute.UpdateOpen, f.with(change))
			f.closes(dispute.ClosedMerchantSilent)
			require.NoError(t, (*own).err)
			require.Error(t, (*other).err)
			require.Len(t, f.pauses, 1)
		})
	}
}
