package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// throughTemporal is an error as a workflow gets it from an activity that returned it.
func throughTemporal(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{activities.Refusals()}})
	env.RegisterActivityWithOptions(func(context.Context) error { return err }, activity.RegisterOptions{Name: "Fails"})
	_, got := env.ExecuteActivity("Fails")
	failure, ok := errors.AsType[*temporal.ApplicationError](got)
	require.True(t, ok, "%v", got)
	return failure
}

// TestRefusals: every refusal, however deep it is wrapped, is final and has its code as type; the client
// in any language decides on that.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, code := range dispute.Codes {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			refusal := &dispute.Refusal{Code: code, Message: "this is refused", Faults: dispute.Faults{{Path: "reason", Problem: "is unknown"}}}
			for _, err := range []error{
				refusal,
				fmt.Errorf("in the ledger: %w", refusal),
				fmt.Errorf("again: %w", fmt.Errorf("in the ledger: %w", refusal)),
				errors.Join(errors.New("beside"), refusal),
			} {
				failure := throughTemporal(t, err)
				require.Equal(t, string(code), failure.Type())
				require.True(t, failure.NonRetryable())
				require.Equal(t, temporal.ApplicationErrorCategoryBenign, failure.Category())
				require.Equal(t, "this is refused: reason: is unknown", failure.Message(), "the sentence says all that is wrong")
				var faults dispute.Faults
				require.NoError(t, failure.Details(&faults))
				require.Equal(t, refusal.Faults, faults)
			}
		})
	}
}

// TestOtherErrorsAreRetried: what is no refusal stays as it is.
func TestOtherErrorsAreRetried(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, fmt.Errorf("the ledger: %w", errors.New("connection refused")))
	require.False(t, failure.NonRetryable())
	require.NoError(t, activities.ApplicationError(nil))
}
