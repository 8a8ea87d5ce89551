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
