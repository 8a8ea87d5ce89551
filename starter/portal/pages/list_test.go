package pages_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestCounts: a tab has the number of its disputes, and that of many with a plus sign.
func TestCounts(t *testing.T) {
	t.Parallel()
	v := pages.Viewer{Language: language.For("en"), Party: dispute.PartyMerchant}
	var out bytes.Buffer
	require.NoError(t, pages.Render(&out, v, pages.MerchantList(v, pages.ListInput{Counts: map[dispute.Wait]int{
		dispute.WaitAgreement: pages.MaxCount - 1, dispute.WaitEvidence: 1, dispute.WaitStatement: pages.MaxCount + 1, "": 3,
	}})))
	for _, count := range []string{">999<", ">999+<", ">0<", ">3<"} {
		require.Contains(t, out.String(), `<span class="count"`+count+"/span>")
	}
}

// TestTimeToAgree: the list does not know who has written last, so its words are true before and after a response.
func TestTimeToAgree(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		v := viewer(dispute.PartyMerchant, l)
		page := render(t, v, pages.MerchantList(v, pages.ListInput{Cases: summaries(dispute.WaitAgreement)}))
		require.Contains(t, page, []string{
			"Zeit für eine Einigung; reagieren Sie, falls noch nicht geschehen", "Time to agree; respond if you have not yet",
		}[i])
	}
}
