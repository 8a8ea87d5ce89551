package portal_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// untilArchived waits until a case is in the archive.
func untilArchived(t *testing.T, id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := shared.Ledger.ArchivedCase(t.Context(), id)
		return err == nil
	}, 20*time.Second, 20*time.Millisecond)
}

// TestSentAgainAfterTheEnd: a form that has ended the dispute is answered the second time as the first time, also where it was
// not confirmed yet. Another one, or one that says something else, is refused.
func TestSentAgainAfterTheEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		act      pages.Act
		fields   []string
		proposed bool
		// anyway means that what the form asks for is so, whichever form has asked for it.
		anyway bool
	}{
		"accept":   {act: pages.ActAnswer, fields: []string{pages.FieldAnswer, pages.AnswerAccept, pages.FieldNote, "Fair."}, proposed: true},
		"withdraw": {act: pages.ActWithdraw, fields: []string{pages.FieldNote, "It has come."}, anyway: true},
		"pay":      {act: pages.ActPay, fields: []string{pages.FieldNote, "I keep it."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s := opened(t), serve(t)
			id, customer := c.Dispute.ID, s.customer(t, c)
			if test.proposed {
				require.Equal(t, http.StatusSeeOther, s.merchant(t, c).post(pages.ActPath(id, pages.ActPropose),
					pages.FieldTerms, pages.TermsRefund, pages.FieldAmount, "30,00").status)
			}
			for _, proposal := range caseOf(t, id).Proposals {
				test.fields = append(test.fields, pages.FieldProposal, strconv.Itoa(proposal.Number))
			}
			path := pages.ActPath(id, test.act)
			form := append([]string{pages.FieldForm, uuid.NewString()}, test.fields...)
			confirmed := append(form[:len(form):len(form)], pages.FieldConfirmed, pages.FieldValueOn)
			require.Equal(t, http.StatusSeeOther, customer.post(path, confirmed...).status)
			for _, ended := range []func(){func() {}, func() { untilArchived(t, id) }} {
				ended()
				again := customer.post(path, confirmed...)
				require.Equal(t, http.StatusSeeOther, again.status, again.body)
				require.Equal(t, pages.CasePath(id), again.location)
			}
			require.Equal(t, http.StatusSeeOther, customer.post(path, form...).status)
			otherwise := append(confirmed[:len(confirmed):len(confirmed)], pages.FieldNote, "Something else.")
			require.Equal(t, http.StatusConflict, customer.post(path, otherwise...).status)
			if !test.anyway {
				confirmed[1] = uuid.NewString()
				require.Equal(t, http.StatusConflict, customer.post(path, confirmed...).status, "another form")
			}
			require.Equal(t, http.StatusConflict, customer.post(pages.ActPath(id, pages.ActRespond), pages.FieldMessage, "Late.").status)
		})
	}
}

// TestCancelledTwice: what an operator has cancelled is not said to be decided otherwise.
func TestCancelledTwice(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	operator := s.signedIn(t, link.Claim{Role: link.RoleOperator, Login: "otto"}, "")
	cancel := []string{pages.FieldForm, uuid.NewString(), pages.FieldConfirmed, pages.FieldValueOn}
	path := pages.ActPath(c.Dispute.ID, pages.ActCancel)
	require.Equal(t, http.StatusSeeOther, operator.post(path, cancel...).status)
	untilArchived(t, c.Dispute.ID)
	require.Equal(t, http.StatusSeeOther, operator.post(path, cancel...).status)
	require.Equal(t, dispute.ClosedByOperator, caseOf(t, c.Dispute.ID).Decision.Reason)
}
