package dispute_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

func TestCodesSurviveWrapping(t *testing.T) {
	t.Parallel()
	refusal := dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s is closed", "d-1")
	require.EqualError(t, refusal, "dispute d-1 is closed")
	for _, err := range []error{refusal, fmt.Errorf("open: %w", refusal), fmt.Errorf("a: %w", errors.Join(errors.New("b"), refusal))} {
		require.Equal(t, dispute.CodeDisputeClosed, dispute.CodeOf(err))
	}
	require.Empty(t, dispute.CodeOf(nil))
	require.Empty(t, dispute.CodeOf(errors.New("connection refused")))
	require.Empty(t, dispute.CodeOf(errors.New("said: "+refusal.Error())))
}

func TestFaultsBecomeAnError(t *testing.T) {
	t.Parallel()
	var faults dispute.Faults
	require.NoError(t, dispute.RefuseFaults(dispute.CodeInvalidImport, faults, "nothing is wrong"))
	require.Empty(t, faults.String())

	faults.Add("", "the input is %s", "odd")
	faults.Add("a.b", "must be %d", 1)
	require.Equal(t, "the input is odd; a.b: must be 1", faults.String())

	err := dispute.RefuseFaults(dispute.CodeInvalidImport, faults, "file %s", "x")
	require.EqualError(t, err, "file x: the input is odd; a.b: must be 1")
	require.Equal(t, dispute.CodeInvalidImport, dispute.CodeOf(fmt.Errorf("import: %w", err)))
	require.JSONEq(t, `[{"path":"","problem":"the input is odd"},{"path":"a.b","problem":"must be 1"}]`, encoded(t, faults))
}

func TestFaultsEnd(t *testing.T) {
	t.Parallel()
	var faults dispute.Faults
	for range 3 * strict.MaxFaults {
		faults.Add("x", "is wrong")
	}
	require.Len(t, faults, strict.MaxFaults+1)
	require.True(t, strings.HasSuffix(faults.String(), "x: is wrong; the input has more faults than these 100"))
}
