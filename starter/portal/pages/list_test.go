package pages_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestCounts: a tab has the number of its disputes, and that of many with a plus sign.
func TestCounts(t *testing.T) {
	t.Parallel()
	v := pages.Viewer{Language: language.For("en"), Party: dispute.PartyMerchant}
	var out bytes.Buffer
	all := counts(pages.MaxCount-1, pages.MaxCount, 0, 3)
	all[ledger.CaseGroup{WaitingFor: dispute.WaitEvidence, Turn: dispute.PartyMerchant}] = 1
	all[ledger.CaseGroup{WaitingFor: dispute.WaitStatement, Turn: dispute.PartyCustomer}] = pages.MaxCount + 1
	require.NoError(t, pages.Render(&out, v, pages.MerchantList(v, pages.ListInput{Counts: all})))
	for _, count := range []string{">999<", ">999+<", ">0<", ">3<"} {
		require.Contains(t, out.String(), `<span class="count"`+count+"/span>")
	}
}

// TestTabs: each dispute that there can be is in one tab, that of the one whose turn it is, and its row says so.
func TestTabs(t *testing.T) {
	t.Parallel()
	tabs := map[ledger.CaseGroup]pages.Tab{}
	for _, tab := range pages.Tabs {
		for _, group := range tab.Groups() {
			require.NotContains(t, tabs, group)
			tabs[group] = tab
		}
	}
	for _, standing := range dispute.Standings {
		for _, told := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			group := ledger.CaseGroup{WaitingFor: standing.WaitingFor, Turn: standing.WaitingFor.Turn(told)}
			want := map[dispute.Party]pages.Tab{dispute.PartyMerchant: pages.TabAct, dispute.PartyCustomer: pages.TabCustomer, "": pages.TabKlarna}[group.Turn]
			if standing.State == dispute.StateClosed {
				want = pages.TabClosed
			}
			require.Equal(t, want, tabs[group], "%+v", group)
		}
	}
	require.Len(t, tabs, len(dispute.Standings)+1, "no group that does not exist")
	for i, l := range language.All {
		v := viewer(dispute.PartyMerchant, l)
		for turn, words := range map[dispute.Party][2]string{
			dispute.PartyMerchant: {"Wartet auf Ihre Antwort", "Waiting for your answer"},
			dispute.PartyCustomer: {"Wartet auf die Antwort des Kunden", "Waiting for the customer’s answer"},
		} {
			rows := summaries(dispute.WaitAgreement)
			rows[0].Turn = turn
			require.Contains(t, render(t, v, pages.MerchantList(v, pages.ListInput{Cases: rows})), words[i])
			require.Contains(t, render(t, v, pages.Unavailable(rows[0], v, context())), words[i])
		}
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
			{"Gefragt am 9.\u00a0Dezember\u00a02026, 10:30 Uhr, vor weniger als einem Tag", "Asked on 9\u00a0December\u00a02026, 10:30, less than a day ago"},
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

// TestClosedRow: the amount of a closed dispute is named, because it need not be what was debited.
func TestClosedRow(t *testing.T) {
	t.Parallel()
	for i, l := range language.All {
		v := viewer(dispute.PartyMerchant, l)
		page := render(t, v, pages.MerchantList(v, pages.ListInput{Tab: pages.TabClosed, Cases: summaries("", dispute.WaitAgreement)}))
		named := []string{"Strittig: ", "Disputed: "}[i]
		require.Equal(t, 1, strings.Count(page, named))
	}
}

// TestUrgentForWhoActs: a deadline that is near stands out for who has to act before it, on the page and in the list.
func TestUrgentForWhoActs(t *testing.T) {
	t.Parallel()
	const urgent = `class="left soon"`
	for party, want := range map[dispute.Party]bool{dispute.PartyMerchant: true, dispute.PartyCustomer: false} {
		v := viewer(party, language.English)
		v.Now = day(21, 10)
		page := render(t, v, constructors[party](at(dispute.WaitAgreement), v, context()))
		require.Contains(t, page, "Today is the last day", party)
		require.Equal(t, want, strings.Contains(page, urgent), party)
	}
	v := viewer(dispute.PartyMerchant, language.English)
	for wait, want := range map[dispute.Wait]bool{dispute.WaitEvidence: true, dispute.WaitStatement: false} {
		page := render(t, v, pages.MerchantList(v, pages.ListInput{Cases: summaries(wait)}))
		require.Contains(t, page, "Today is the last day", wait)
		require.Equal(t, want, strings.Contains(page, urgent), wait)
	}
}
