package files_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// TestMayRead: drafts are for their own party; what was sent is also for those whose case names it.
func TestMayRead(t *testing.T) {
	t.Parallel()
	hash := map[ledger.FilePurpose]string{ledger.FileForEvidence: "AA", ledger.FileForStatement: "bb", ledger.FileForComplaint: "cc"}
	named := func(purpose ledger.FilePurpose) []dispute.File { return []dispute.File{{SHA256: hash[purpose]}} }
	sent := dispute.Case{
		Dispute:   dispute.Dispute{ID: "d-1", Complaint: &dispute.Complaint{Files: named(ledger.FileForComplaint)}},
		Statement: &dispute.GivenStatement{Files: named(ledger.FileForStatement)},
		Evidence:  []dispute.GivenEvidence{{Evidence: dispute.Evidence{Files: named(ledger.FileForEvidence)}}},
		Periods:   []dispute.Period{{WaitingFor: dispute.WaitEvidence}},
	}
	nothing := dispute.Case{Dispute: dispute.Dispute{ID: "d-1"}}
	const merchant, customer, desk, operator, klarna = dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator, dispute.PartyKlarna
	for _, c := range []struct {
		purpose ledger.FilePurpose
		whole   dispute.Case
		marked  bool
		readers []dispute.Party
	}{
		{ledger.FileForEvidence, nothing, false, []dispute.Party{merchant}},
		{ledger.FileForEvidence, nothing, true, []dispute.Party{merchant, desk}},
		{ledger.FileForEvidence, sent, false, []dispute.Party{merchant, desk}},
		{ledger.FileForEvidence, sent, true, []dispute.Party{merchant, desk}},
		{ledger.FileForStatement, nothing, false, []dispute.Party{customer}},
		{ledger.FileForStatement, sent, true, []dispute.Party{customer, desk}}, // the merchant's request quotes the text alone
		{ledger.FileForComplaint, nothing, false, []dispute.Party{customer}},
		{ledger.FileForComplaint, sent, false, []dispute.Party{merchant, customer, desk}},
	} {
		file := ledger.File{DisputeID: "d-1", Purpose: c.purpose, SHA256: hash[c.purpose], StoredAt: time.Now()}
		if c.marked {
			file.SentAt = time.Now()
		}
		var readers []dispute.Party
		for _, party := range []dispute.Party{merchant, customer, desk, operator, klarna} {
			if files.MayRead(file, party, c.whole.For(party)) {
				readers = append(readers, party)
			}
		}
		require.Equal(t, c.readers, readers, "%s, sent %t", c.purpose, c.marked)
		file.DisputeID = "d-2"
		require.False(t, files.MayRead(file, c.purpose.Party(), c.whole.For(c.purpose.Party())), "a file of another dispute")
	}
	broken := ledger.File{DisputeID: "d-1", Purpose: ledger.FileForEvidence}
	require.False(t, files.MayRead(broken, merchant, nothing), "its content is not stored")
}
