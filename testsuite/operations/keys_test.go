package operations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// TestRotation changes the key under a running dispute. A worker that does not have the old one yet decides
// nothing: the dispute stands where it is, although its agreement has arrived, until a worker can read it.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := workflows.NewClient(s.dial(key1))
	first := s.start("PAYLOAD_KEYS=" + key1)
	d := s.open(before, s.book("rotated"))
	first.stop()
	require.NoError(t, before.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))

	wrong := s.start("PAYLOAD_KEYS=" + key2)
	wrong.says(`a payload is encrypted with the key \"k1\", which is not among the 1 keys given (PAYLOAD_KEYS)`)
	wrong.stop()
	none := s.start()
	none.says(`which is not among the 0 keys given (PAYLOAD_KEYS)`)
	none.stop()

	s.start("PAYLOAD_KEYS=" + key2 + "," + key1)
	after := workflows.NewClient(s.dial(key2 + "," + key1))
	s.closes(after, d.ID, dispute.ClosedByAgreement)
	fresh := s.open(after, s.book("fresh"))
	_, err := before.Status(t.Context(), fresh.ID)
	require.ErrorContains(t, err, `encrypted with the key "k2", which is not among the 1 keys given (PAYLOAD_KEYS)`)
}

// TestTurnedOn: a dispute from before the encryption goes on with it, and clients without keys are still heard.
func TestTurnedOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plain := workflows.NewClient(s.dial(""))
	w := s.start()
	d := s.open(plain, s.book("older"))
	w.stop()
	s.start("PAYLOAD_KEYS=" + key1)
	require.NoError(t, plain.Agree(t.Context(), d.ID, dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyCustomer}))
	s.closes(workflows.NewClient(s.dial(key1)), d.ID, dispute.ClosedByAgreement)
}
