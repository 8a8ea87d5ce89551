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

// TestQueue: a row of the desk's queue has the merchant and how long ago the ruling was asked for.
func TestQueue(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		v := viewer(dispute.PartyDesk, l)
		in := pages.QueueInput{Cases: summaries(dispute.WaitDecision, dispute.WaitDecision), Merchants: map[string]string{"nordlicht": merchant}}
		in.Cases[1].MerchantID = "m-404"
		page := render(t, v, pages.Queue(v, in))
		for _, words := range [][2]string{
			{"Händler: " + merchant, "Merchant: " + merchant},
			{"Händler: m-404", "Merchant: m-404"},
			{"Gefragt am 9. Dezember 2026, 10:30 Uhr, vor weniger als einem Tag", "Asked on 9 December 2026, 10:30, less than a day ago"},
			{"vor 30 Tagen", "30 days ago"},
		} {
			require.Contains(t, page, words[i])
		}
	}
}

// TestRecommendation: the settings recommend what is not so yet, or to leave it.
func TestRecommendation(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		v := viewer(dispute.PartyMerchant, l)
		for _, on := range []bool{true, false} {
			words := []string{"das einzuschalten", "We recommend turning this on"}[i]
			if on {
				words = []string{"das eingeschaltet zu lassen", "We recommend leaving this on"}[i]
			}
			page := render(t, v, pages.Settings(v, pages.SettingsInput{Merchant: dispute.Merchant{EmailOnDeadlines: on}}))
			require.Contains(t, page, words)
		}
	}
}
