package parties_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// TestCases: whatever their number, cases are valid, and of all kinds.
func TestCases(t *testing.T) {
	t.Parallel()
	var cases []parties.Case
	portals, mails, paid, partly := 0, 0, 0, 0
	for n := range 500 {
		c := parties.NewCase(fmt.Sprint("case-", n), n, parties.Paths[n%len(parties.Paths)])
		c.Dispute.OpenedAt = time.Now()
		require.NoError(t, c.Dispute.WithDefaults().Validate(time.Now()))
		cases = append(cases, c)
		if c.Merchant.PortalActive {
			portals++
		}
		if c.Merchant.EmailOnDispute {
			mails++
		}
		switch c.Invoice.Paid {
		case 0:
		case c.Invoice.Amount.Amount:
			paid++
		default:
			partly++
		}
	}
	require.Positive(t, min(portals, mails, paid, partly, 500-portals))
	text, err := json.Marshal(parties.Import(cases))
	require.NoError(t, err)
	_, err = dispute.DecodeImport(text)
	require.NoError(t, err)
}

// TestPaths: there is one to every closing reason.
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, reason := range dispute.ClosingReasons {
		require.NotEmpty(t, parties.PathTo(reason).Name, reason)
	}
}
