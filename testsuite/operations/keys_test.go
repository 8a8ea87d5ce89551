package operations_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestKeyRotation changes the key under a running dispute. A worker without the old key decides nothing: although an
// agreement has arrived, the dispute does not move until a worker can decrypt it.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	before := workflows.NewClient(e.dial(key1))
	first := e.start("PAYLOAD_KEYS=" + key1)
	d := e.open(before, e.book("rotated"))
	first.stop()
	require.NoError(t, before.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))

	wrong := e.start("PAYLOAD_KEYS=" + key2)
	wrong.logs(`a payload is encrypted with the key \"k1\", which is not among the 1 keys given (PAYLOAD_KEYS)`)
	wrong.stop()
	none := e.start()
	none.logs(`which is not among the 0 keys given (PAYLOAD_KEYS)`)
	none.stop()

	e.start("PAYLOAD_KEYS=" + key2 + "," + key1)
	after := workflows.NewClient(e.dial(key2 + "," + key1))
	e.closes(after, d.ID, dispute.ClosedByAgreement)
	fresh := e.open(after, e.book("fresh"))
	_, err := before.Status(t.Context(), fresh.ID)
	require.ErrorContains(t, err, `encrypted with the key "k2", which is not among the 1 keys given (PAYLOAD_KEYS)`)
}

// TestEncryptionTurnedOn: a dispute from before the encryption goes on, and signals of clients without keys are accepted.
func TestEncryptionTurnedOn(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	plain := e.Disputes
	w := e.start()
	d := e.open(plain, e.book("older"))
	w.stop()
	e.start("PAYLOAD_KEYS=" + key1)
	require.NoError(t, plain.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	e.closes(workflows.NewClient(e.dial(key1)), d.ID, dispute.ClosedByAgreement)
}

// TestUnknownKey: a signal that no worker can decrypt blocks its dispute until an operator resets the dispute to the task
// before the signal. No message is sent twice, and the dispute goes on.
func TestUnknownKey(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "")
	temporal, disputes := e.Temporal, e.Disputes
	w := e.start()
	d := e.open(disputes, e.book("blocked"))
	agreement := dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}
	require.NoError(t, workflows.NewClient(e.dial(key2)).Agree(t.Context(), d.ID, agreement))
	w.logs(`a payload is encrypted with the key \"k2\", which is not among the 0 keys given (PAYLOAD_KEYS)`)

	e.reset(temporal, d.ID, e.lastTask(temporal, d.ID), enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL)
	e.waitsFor(disputes, d.ID, dispute.WaitAgreement)
	require.NoError(t, disputes.Withdraw(t.Context(), d.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	e.closes(disputes, d.ID, dispute.ClosedByWithdrawal)
	receipts, err := e.Ledger.Receipts(t.Context(), d.ID)
	require.NoError(t, err)
	require.Len(t, receipts, 4, "opened, received and twice closed")
}
