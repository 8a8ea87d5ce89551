package activities_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestLater: whoever says when it will be over is asked again then, however deep the word is wrapped.
func TestLater(t *testing.T) {
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

// TestLaterOfARefusal: a refusal is final, whatever it is wrapped in.
func TestLaterOfARefusal(t *testing.T) {
	t.Parallel()
	failure := throughTemporal(t, &activities.RetryAfterError{After: time.Hour, Err: dispute.Refuse(dispute.CodeMessageRefused, "gone")})
	require.True(t, failure.NonRetryable())
	require.Zero(t, failure.NextRetryDelay())
}

// TestLaterOutlivesTheActivity: trouble of a channel reaches the interceptor as it is.
func TestLaterOutlivesTheActivity(t *testing.T) {
	t.Parallel()
	p := newPost()
	p.outbox.merchant.PortalActive = true
	p.portal.err = &activities.RetryAfterError{After: time.Minute, Err: errors.New("busy")}
	_, err := p.notify(t, opened())
	later, ok := errors.AsType[*activities.RetryAfterError](err)
	require.True(t, ok)
	require.Equal(t, time.Minute, later.After)
	require.Empty(t, p.email.sent)
}
