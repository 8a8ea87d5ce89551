package assembly_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// answers is a channel that returns these errors, one after the other.
type answers []error

func (a *answers) Send(context.Context, dispute.Notice) (string, error) {
	err := (*a)[0]
	*a = (*a)[1:]
	return "", err
}

// TestAttemptsAreCountedByResult: refusals are not failures, on which operators are alerted.
func TestAttemptsAreCountedByResult(t *testing.T) {
	t.Parallel()
	portal := &answers{
		nil, errors.New("away"), nil, dispute.Refuse(dispute.CodeMessageRefused, "gone"), &activities.ConflictError{},
		dispute.Refuse(dispute.CodeUnknownMerchant, "unknown"), nil,
	}
	attempts := len(*portal)
	metrics, err := assembly.NewMetrics()
	require.NoError(t, err)
	var suite testsuite.WorkflowTestSuite
	suite.SetMetricsHandler(metrics.Client())
	env := suite.NewTestActivityEnvironment()
	send := func(ctx context.Context) error {
		channel := assembly.Instrumented(portal, dispute.ChannelPortal)
		for range attempts {
			_, _ = channel.Send(ctx, dispute.Notice{})
		}
		return nil
	}
	env.RegisterActivity(send)
	_, err = env.ExecuteActivity(send)
	require.NoError(t, err)

	page := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for result, count := range map[string]string{"sent": "3", "refused": "2", "failed": "2"} {
		require.Regexp(t, `(?m)^streitfall_messages_total\{.*channel="portal".*result="`+result+`".*\} `+count+`$`, page.Body.String())
	}
}
