package operations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestSignalBeforeTermination: an agreement that came while no worker ran counts, although the run was terminated before any
// worker saw it.
func TestSignalBeforeTermination(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]string{"plain": "", "encrypted": key1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, "")
			w := e.start("PAYLOAD_KEYS=" + keys)
			temporal := e.dial(keys)
			disputes := workflows.NewClient(temporal)
			d := e.book("heard")
			e.open(disputes, d)
			w.stop()
			require.NoError(t, disputes.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
			require.NoError(t, temporal.TerminateWorkflow(t.Context(), workflows.WorkflowID(d.ID), "", "by a test"))
			e.start("PAYLOAD_KEYS=" + keys)
			_, err := disputes.Open(t.Context(), d)
			require.NoError(t, err)
			e.closes(disputes, d.ID, dispute.ClosedByAgreement)
		})
	}
}
