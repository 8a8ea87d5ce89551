package portal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestLastWords: what a party writes with what ends the dispute is not lost: the other party reads it where it was written to it,
// else its author alone does, as the form has said. The page after it says that the dispute is over.
func TestLastWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		customer, shared bool
		act              pages.Act
		fields           []string
		done             string
	}{
		"FullRefund": {act: pages.ActPropose, shared: true, fields: []string{pages.FieldTerms, pages.TermsFull, pages.FieldMessage}, done: "Der Streitfall wird jetzt abgeschlossen"},
		"Pay":        {customer: true, act: pages.ActPay, shared: true, fields: []string{pages.FieldNote}, done: "Der Streitfall wird jetzt abgeschlossen"},
		"Withdraw":   {customer: true, act: pages.ActWithdraw, fields: []string{pages.FieldNote}, done: "Der Streitfall wird jetzt abgeschlossen"},
		"Loss":       {act: pages.ActAcceptLoss, fields: []string{pages.FieldNote}, done: "Der Streitfall wird jetzt abgeschlossen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s := opened(t), serve(t)
			author, reader := s.merchant(t, c), s.customer(t, c)
			if test.customer {
				author, reader = reader, author
			}
			path := pages.CasePath(c.Dispute.ID)
			fields := append(test.fields, "We wish you well.", pages.FieldConfirmed, pages.FieldValueOn)
			require.Equal(t, http.StatusSeeOther, author.post(pages.ActPath(c.Dispute.ID, test.act), fields...).status)
			require.Contains(t, author.get(path).body, test.done)
			untilArchived(t, c.Dispute.ID)
			require.Contains(t, author.get(path).body, "We wish you well.")
			if test.shared {
				require.Contains(t, reader.get(path).body, "We wish you well.")
			} else {
				require.NotContains(t, reader.get(path).body, "We wish you well.")
			}
		})
	}
}
