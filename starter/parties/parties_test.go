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

// TestCases: cases of every number are valid, and all channels and payments occur.
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

// TestPaths: one path for every closing reason, with a sentence that fits into a line of the demo.
func TestPaths(t *testing.T) {
	t.Parallel()
	var reasons []dispute.ClosingReason
	for _, path := range parties.Paths {
		reasons = append(reasons, path.Ends)
		require.Equal(t, path.Name, parties.PathTo(path.Ends).Name)
		require.Regexp(t, `^[A-Z].{20,54}\.$`, path.About)
	}
	require.Equal(t, dispute.ClosingReasons, reasons)
}
