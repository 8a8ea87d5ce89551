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

// first sends the update with the start of the run, before any of its lines is reached.
func (w *world) first(name string, message any) **reply {
	var answer *reply
	w.env.RegisterDelayedCallback(func() { answer = w.send(name, message) }, 0)
	return &answer
}

// failure is the typed error that ended the run.
func (w *world) failure() *temporal.ApplicationError {
	w.Helper()
	failure, ok := errors.AsType[*temporal.ApplicationError](w.env.GetWorkflowError())
	require.True(w, ok, "%v", w.env.GetWorkflowError())
	require.True(w, failure.NonRetryable())
	return failure
}

// with is the dispute as JSON, with members changed; nil leaves one out.
func (w *world) with(changes map[string]any) any {
	data, err := json.Marshal(w.dispute)
	require.NoError(w, err)
	var members map[string]any
	require.NoError(w, json.Unmarshal(data, &members))
	for name, value := range changes {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	data, err = json.Marshal(members)
	require.NoError(w, err)
	return raw(string(data))
}

// TestOpenWithStart answers when the invoice is paused, and not before.
func TestOpenWithStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.trouble["ledger"] = 3
	answer := w.first(dispute.UpdateOpen, w.dispute)
	w.at(time.Second+time.Millisecond, func() { require.False(t, (*answer).answered, "it waits for the pause") })
	w.at(day, func() {
		require.True(t, (*answer).answered)
		require.NoError(t, (*answer).err)
		require.Equal(t, w.dispute.ID, (*answer).view.ID)
		require.Empty(t, (*answer).view.Timeline)
	})
	w.closes(dispute.ClosedMerchantSilent)
}

// TestOpenAgain: the same content is the same dispute and answers the view, in every wait; other content
// is refused. Neither changes anything.
func TestOpenAgain(t *testing.T) {
	t.Parallel()
	for wait, prepare := range everyWait() {
		t.Run(string(wait), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			after := prepare(w)
			var before dispute.View
			var same, bare, other, unknown *reply
			w.at(after, func() {
				before = w.status()
				require.Equal(t, wait, before.WaitingFor)
				same = w.send(dispute.UpdateOpen, w.dispute)
				bare = w.send(dispute.UpdateOpen, w.with(map[string]any{"calendar": nil, "policy": nil}))
				other = w.send(dispute.UpdateOpen, w.with(map[string]any{"orderId": "order-2"}))
				unknown = w.send(dispute.UpdateOpen, w.with(map[string]any{"oderId": "order-1"}))
			})
			w.at(after+time.Second, func() {
				require.Equal(t, before, w.status())
				require.Equal(t, wait != dispute.WaitPause, same.answered, "it waits for the pause")
				w.cancelAndHeal()
			})
			w.run()
			for _, answer := range []*reply{same, bare} {
				require.NoError(t, answer.err)
				require.Equal(t, w.dispute.ID, answer.view.ID)
				require.Empty(t, answer.view.Timeline)
			}
			if wait != dispute.WaitPause {
				require.Equal(t, wait, same.view.WaitingFor)
			}
			require.Equal(t, string(dispute.CodeDisputeDiffers), other.refusal(t).Type())
			require.Equal(t, string(dispute.CodeInvalidDispute), unknown.refusal(t).Type())
			require.Len(t, w.pauses, 1)
		})
	}
}

// TestRefusedByTheLedger: the typed error ends the run and answers the opening, also when the ledger was
// away before it refused.
func TestRefusedByTheLedger(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]int{"at once": 0, "after it was away": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.trouble["ledger"] = away
			faults := dispute.Faults{{Path: "invoiceId", Problem: "is in another dispute"}, {Path: "merchantId", Problem: "is unknown"}}
			w.refusal = dispute.RefuseFaults(dispute.CodeDisputeRefused, faults, "the ledger refuses the dispute")
			answer := w.first(dispute.UpdateOpen, w.dispute)
			view := w.run()
			for _, err := range []error{w.failure(), (*answer).err} {
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
			require.Empty(t, w.sent)
			require.Equal(t, []string{"refused"}, events(view))
		})
	}
}

// TestInvalidInput ends the run with all its faults, and nothing is paused.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		input func(*world) any
		paths []string
	}{
		"not JSON":      {func(*world) any { return raw(`{"id":`) }, []string{""}},
		"null":          {func(*world) any { return raw(`null`) }, []string{""}},
		"not an object": {func(*world) any { return "d-1" }, []string{""}},
		"several faults": {func(w *world) any {
			return w.with(map[string]any{"id": "d/1", "reason": "regret", "calendar": "XX", "disputedAmount": map[string]any{"amount": 0, "currency": "XYZ"}})
		}, []string{"id", "reason", "disputedAmount.amount", "disputedAmount.currency", "calendar"}},
		"no openedAt": {func(w *world) any { return w.with(map[string]any{"openedAt": nil}) }, []string{"openedAt"}},
		"from the future": {func(w *world) any {
			return w.with(map[string]any{"openedAt": monday.Add(5*time.Minute + time.Second)})
		}, []string{"openedAt"}},
		"window too short": {func(w *world) any {
			return w.with(map[string]any{"policy": map[string]any{"responseBusinessDays": 13}})
		}, []string{"policy.responseBusinessDays"}},
		"window too long": {func(w *world) any {
			return w.with(map[string]any{"policy": map[string]any{"responseBusinessDays": 22}})
		}, []string{"policy.responseBusinessDays"}},
		"no address": {func(w *world) any {
			return w.with(map[string]any{"complainant": map[string]any{"id": "c", "name": "n", "email": "nowhere", "locale": "de"}})
		}, []string{"complainant.email"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.input = test.input(w)
			answer := w.first(dispute.UpdateOpen, w.input)
			view := w.run()
			failure := w.failure()
			require.Equal(t, string(dispute.CodeInvalidDispute), failure.Type())
			var faults dispute.Faults
			require.NoError(t, failure.Details(&faults))
			require.Equal(t, test.paths, paths(faults))
			require.Error(t, (*answer).err)
			require.Empty(t, w.pauses)
			require.Empty(t, w.sent)
			require.Empty(t, view.WaitingFor)
		})
	}
}

// TestWithoutInput: a start without any argument is invalid as well.
func TestWithoutInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.ExecuteWorkflow(workflows.WorkflowType)
	require.Equal(t, string(dispute.CodeInvalidDispute), w.failure().Type())
}

// TestWrongWorkflowID: the workflow's id must be the dispute's, else two runs could move the same money.
func TestWrongWorkflowID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: "dispute-d-2", TaskQueue: workflows.TaskQueue})
	w.run()
	failure := w.failure()
	require.Equal(t, string(dispute.CodeInvalidDispute), failure.Type())
	require.Contains(t, failure.Message(), `"dispute-d-1"`)
	require.Empty(t, w.pauses)
}

// TestRawStart: a start from another client tolerates unknown names, and fills in what is left out.
func TestRawStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.input = w.with(map[string]any{"calendar": nil, "policy": nil, "source": "shop"})
	w.at(day, func() { require.True(t, windowEnds.Equal(*w.status().Deadline)) })
	w.closes(dispute.ClosedMerchantSilent)
	require.Equal(t, w.dispute, w.pauses[0].Dispute)
}

// TestOpenWithUnknownNames: what the opener misspelt is refused before anything changes, although it came
// with the start.
func TestOpenWithUnknownNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.input = w.with(map[string]any{"polcy": map[string]any{"responseBusinessDays": 14}})
	answer := w.first(dispute.UpdateOpen, w.input)
	w.run()
	require.Equal(t, string(dispute.CodeInvalidDispute), w.failure().Type())
	require.Contains(t, w.failure().Message(), "polcy")
	require.Error(t, (*answer).err)
	require.Empty(t, w.pauses)
}

// TestOpenOfAnotherWithStart: another opening that comes while no worker has begun the run is refused, and
// does not end the dispute that was opened first.
func TestOpenOfAnotherWithStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]map[string]any{
		"other content": {"orderId": "order-2"},
		"unknown name":  {"polcy": 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			own := w.first(dispute.UpdateOpen, w.dispute)
			other := w.first(dispute.UpdateOpen, w.with(change))
			w.closes(dispute.ClosedMerchantSilent)
			require.NoError(t, (*own).err)
			require.Error(t, (*other).err)
			require.Len(t, w.pauses, 1)
		})
	}
}
