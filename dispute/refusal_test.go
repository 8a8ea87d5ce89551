package dispute_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestCodeOf(t *testing.T) {
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

func TestRefuseFaults(t *testing.T) {
	t.Parallel()
	require.NoError(t, dispute.RefuseFaults(dispute.CodeInvalidImport, nil, "this cannot be imported"))

	faults := dispute.Faults{{Path: "", Problem: "the input is odd"}, {Path: "a.b", Problem: "must be 1"}}
	err := dispute.RefuseFaults(dispute.CodeInvalidImport, faults, "file %s", "x")
	require.EqualError(t, err, "file x: the input is odd; a.b: must be 1")
	require.Equal(t, dispute.CodeInvalidImport, dispute.CodeOf(fmt.Errorf("import: %w", err)))
}
