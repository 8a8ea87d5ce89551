package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

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

// throughTemporal returns an error as a workflow receives it from an activity.
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

// TestRefusals: every refusal is final, however deep it is wrapped, and has its code as type: clients in any language
// decide on that.
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

// TestOtherErrorsAreRetried: an error without a code stays retryable.
func TestOtherErrorsAreRetried(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, fmt.Errorf("the ledger: %w", errors.New("connection refused")))
	require.False(t, failure.NonRetryable())
	require.NoError(t, activities.ApplicationError(nil))
}

// TestRetryAfter: the delay that the other side asked for becomes that of the next attempt, however deep the error is
// wrapped.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	busy := errors.New("the portal answers 429")
	later := &activities.RetryAfterError{After: 90 * time.Second, Err: busy}
	require.ErrorIs(t, later, busy)
	for _, err := range []error{later, fmt.Errorf("notify: %w", later)} {
		failure := throughTemporal(t, err)
		require.Equal(t, 90*time.Second, failure.NextRetryDelay())
		require.False(t, failure.NonRetryable())
		require.Equal(t, err.Error(), failure.Message())
	}
	require.Zero(t, throughTemporal(t, busy).NextRetryDelay())
}

// TestRetryAfterRefusal: a refusal is final, whatever wraps it.
func TestRetryAfterRefusal(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, &activities.RetryAfterError{After: time.Hour, Err: dispute.Refuse(dispute.CodeMessageRefused, "gone")})
	require.True(t, failure.NonRetryable())
	require.Zero(t, failure.NextRetryDelay())
}

// TestRetryAfterOfChannel: Notify returns a channel's transient error unchanged.
func TestRetryAfterOfChannel(t *testing.T) {
	t.Parallel()
	f := newFixture()
	f.receipts.merchant.PortalActive = true
	f.portal.err = &activities.RetryAfterError{After: time.Minute, Err: errors.New("busy")}
	_, err := f.notify(t, opened())
	later, ok := errors.AsType[*activities.RetryAfterError](err)
	require.True(t, ok)
	require.Equal(t, time.Minute, later.After)
	require.Empty(t, f.email.sent)
}
