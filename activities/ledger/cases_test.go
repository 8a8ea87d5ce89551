package ledger_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// told is the receipt of a message of dispute d-1 about something that happened at an instant. It names a deadline two weeks
// later, and was accepted a minute later.
func told(t require.TestingT, occasion dispute.Occasion, number int, causedAt time.Time, facts ...dispute.Facts) dispute.Receipt {
	notice := notice(number)
	notice.Key.Occasion, notice.Key.Recipient = occasion, occasion.Recipients()[0]
	notice.Deadline = causedAt.AddDate(0, 0, 14)
	if len(facts) > 0 {
		notice.Facts = facts[0]
	}
	require.NotEmpty(t, notice.Standing())
	return dispute.Receipt{
		Key: notice.Key, ContentHash: notice.Hash(), Channel: dispute.ChannelEmail, At: causedAt.Add(time.Minute),
		CausedAt: causedAt, Standing: notice.Standing(),
	}
}

func saved(t require.TestingT, l *ledger.Ledger, receipts ...dispute.Receipt) {
	for _, receipt := range receipts {
		recorded, err := l.Save(testContext(t), receipt)
		require.NoError(t, err)
		require.Equal(t, receipt, recorded)
	}
}

func caseOf(t require.TestingT, l *ledger.Ledger, id string) ledger.CaseSummary {
	cases, err := l.Cases(testContext(t), ledger.CaseFilter{DisputeIDs: []string{id}}, ledger.CaseKey{}, 10)
	require.NoError(t, err)
	require.Len(t, cases, 1)
	return cases[0]
}

// A dispute through all its messages: the case says what the last one said, and then how the dispute ended.
func TestCaseFollowsTheMessages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		want := ledger.CaseSummary{
			DisputeID: "d-1", MerchantID: "m-1", CustomerID: "c-1", OrderID: "order-i-1", InvoiceID: "i-1", DisputedAmount: eur(3000),
			Reason: dispute.ReasonGoodsNotReceived, Calendar: "DE",
			Standing: dispute.Standing{State: dispute.StateOpened, WaitingFor: dispute.WaitNotification}, UpdatedAt: monday,
		}
		require.Equal(t, want, caseOf(t, l, "d-1"))
		requireSound(t, l)
		turns := map[dispute.Wait]dispute.Party{
			dispute.WaitAgreement: dispute.PartyMerchant, dispute.WaitStatement: dispute.PartyCustomer, dispute.WaitEvidence: dispute.PartyMerchant,
		}
		for n, receipt := range []dispute.Receipt{
			told(t, dispute.OccasionOpened, 1, monday),
			told(t, dispute.OccasionDeadlineMoved, 2, monday.AddDate(0, 0, 1), dispute.Facts{State: dispute.StatePreArbitration}),
			told(t, dispute.OccasionReasonAsked, 3, monday.AddDate(0, 0, 2)),
			told(t, dispute.OccasionRulingAsked, 4, monday.AddDate(0, 0, 3), dispute.Facts{Stage: dispute.StageJustification}),
			told(t, dispute.OccasionInformationRequested, 5, monday.AddDate(0, 0, 4)),
			told(t, dispute.OccasionRulingAsked, 6, monday.AddDate(0, 0, 5), dispute.Facts{Stage: dispute.StageDecision}),
		} {
			saved(t, l, receipt)
			want.Standing, want.UpdatedAt, want.Turn = receipt.Standing, receipt.At, turns[receipt.Standing.WaitingFor]
			require.Equal(t, want, caseOf(t, l, "d-1"), n)
			requireSound(t, l)
		}
		reminded := receiptOf(notice(1))
		reminded.Key.Occasion = dispute.OccasionReminder7
		saved(t, l, reminded)
		require.Equal(t, want, caseOf(t, l, "d-1"), "a reminder changes nothing")

		_, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
		require.NoError(t, err)
		want.Standing, want.Outcome, want.UpdatedAt = dispute.Standing{State: dispute.StateClosed}, dispute.OutcomeLost, settleOf("d-1", won()).At
		require.Equal(t, want, caseOf(t, l, "d-1"))
		saved(t, l, told(t, dispute.OccasionDeadlineMoved, 7, monday.AddDate(0, 1, 0), dispute.Facts{State: dispute.StatePreArbitration}))
		require.Equal(t, want, caseOf(t, l, "d-1"), "the settlement is the last word")
		requireSound(t, l)
	})
}

// wordFrom is the receipt of what one party has said to the other at an instant.
func wordFrom(by dispute.Party, occasion dispute.Occasion, number int, causedAt time.Time) dispute.Receipt {
	notice := notice(number)
	notice.Key.Occasion, notice.Key.Recipient = occasion, by.Other()
	return dispute.Receipt{Key: notice.Key, ContentHash: notice.Hash(), Channel: dispute.ChannelEmail, At: causedAt.Add(time.Minute), CausedAt: causedAt}
}

// The turn is that of the party to whom the last word was told, by when it was said and not by when it was told; a word is told
// before the complaint, late, or after all is said.
func TestTurnFollowsTheWords(t *testing.T) {
	t.Parallel()
	const merchant, customer = dispute.PartyMerchant, dispute.PartyCustomer
	minute := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Minute) }
	opened := func(n int) dispute.Receipt { return told(t, dispute.OccasionOpened, n, minute(n)) }
	for name, c := range map[string]struct {
		receipts []dispute.Receipt
		want     dispute.Party
	}{
		"the complaint":            {[]dispute.Receipt{opened(1)}, merchant},
		"the merchant writes":      {[]dispute.Receipt{opened(1), wordFrom(merchant, dispute.OccasionMessage, 2, minute(2))}, customer},
		"the merchant proposes":    {[]dispute.Receipt{opened(1), wordFrom(merchant, dispute.OccasionProposalMade, 2, minute(2))}, customer},
		"the customer adds a word": {[]dispute.Receipt{opened(1), wordFrom(customer, dispute.OccasionMessage, 2, minute(2))}, merchant},
		"the customer declines": {[]dispute.Receipt{
			opened(1), wordFrom(merchant, dispute.OccasionProposalMade, 2, minute(2)), wordFrom(customer, dispute.OccasionProposalDeclined, 2, minute(3)),
		}, merchant},
		"the merchant declines": {[]dispute.Receipt{
			opened(1), wordFrom(customer, dispute.OccasionProposalMade, 2, minute(2)), wordFrom(merchant, dispute.OccasionProposalDeclined, 2, minute(3)),
		}, customer},
		"the customer proposes instead": {[]dispute.Receipt{
			opened(1), wordFrom(merchant, dispute.OccasionProposalMade, 2, minute(2)), wordFrom(customer, dispute.OccasionProposalMade, 3, minute(3)),
		}, merchant},
		"said before, told after": {[]dispute.Receipt{
			opened(1), wordFrom(customer, dispute.OccasionMessage, 3, minute(3)), wordFrom(merchant, dispute.OccasionMessage, 2, minute(2)),
		}, merchant},
		"proposed before the complaint was told": {[]dispute.Receipt{wordFrom(merchant, dispute.OccasionProposalMade, 2, minute(2)), opened(1)}, customer},
		"the complaint is told anew":             {[]dispute.Receipt{opened(1), wordFrom(merchant, dispute.OccasionMessage, 2, minute(2)), opened(3)}, merchant},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, db database) {
				l := db.paused(t, 6000, 3000)
				saved(t, l, c.receipts...)
				saved(t, l, c.receipts[0]) // a repeat says nothing
				got := caseOf(t, l, "d-1")
				require.Equal(t, c.want, got.Turn)
				require.Equal(t, dispute.WaitAgreement, got.WaitingFor)
				requireSound(t, l)

				for _, turn := range []dispute.Party{merchant, customer} {
					group := ledger.CaseGroup{WaitingFor: dispute.WaitAgreement, Turn: turn}
					cases, err := l.Cases(t.Context(), ledger.CaseFilter{MerchantID: "m-1", Groups: []ledger.CaseGroup{group}}, ledger.CaseKey{}, 10)
					require.NoError(t, err)
					require.Len(t, cases, map[bool]int{true: 1}[turn == c.want])
				}
				counts, err := l.CountCasesUpTo(t.Context(), ledger.CaseFilter{MerchantID: "m-1"}, 10)
				require.NoError(t, err)
				require.Equal(t, map[ledger.CaseGroup]int{{WaitingFor: dispute.WaitAgreement, Turn: c.want}: 1}, counts)

				saved(t, l, told(t, dispute.OccasionReasonAsked, 9, minute(9)))
				require.Equal(t, customer, caseOf(t, l, "d-1").Turn, "of the statement")
				saved(t, l, wordFrom(customer, dispute.OccasionProposalMade, 10, minute(10)))
				require.Equal(t, customer, caseOf(t, l, "d-1").Turn, "the statement is due as before")
				requireSound(t, l)
			})
		})
	}
}

// Words in any order of saying and of telling leave the turn to the one who was told the last thing said.
func TestTurnOfAnyWords(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		empty := db.emptyLedgers(t, nil)
		rapid.Check(t, func(t *rapid.T) {
			l := empty(t)
			imported(t, l, invoice("i-1", eur(6000), 0))
			_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(3000)))
			require.NoError(t, err)
			said := rapid.Permutation([]int{1, 2, 3, 4, 5, 6}).Draw(t, "told in this order")
			last, want := 0, dispute.PartyMerchant
			for _, n := range said[:rapid.IntRange(0, len(said)).Draw(t, "told")] {
				by := rapid.SampledFrom([]dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer}).Draw(t, "by")
				occasion := rapid.SampledFrom([]dispute.Occasion{
					dispute.OccasionMessage, dispute.OccasionProposalMade, dispute.OccasionProposalDeclined,
				}).Draw(t, "occasion")
				saved(t, l, wordFrom(by, occasion, n, monday.Add(time.Duration(n)*time.Hour)))
				if n > last {
					last, want = n, by.Other()
				}
			}
			saved(t, l, told(t, dispute.OccasionOpened, 1, monday))
			require.Equal(t, want, caseOf(t, l, "d-1").Turn)
			requireSound(t, l)
		})
	})
}

// A message that is accepted late does not take back what a later one said, and one that is sent again moves nothing.
func TestCaseIgnoresLateMessages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		asked := told(t, dispute.OccasionReasonAsked, 3, monday.AddDate(0, 0, 2))
		late := told(t, dispute.OccasionDeadlineMoved, 2, monday.AddDate(0, 0, 1), dispute.Facts{State: dispute.StatePreArbitration})
		late.At = asked.At.Add(time.Hour)
		saved(t, l, told(t, dispute.OccasionOpened, 1, monday), asked, late)
		require.Equal(t, asked.Standing, caseOf(t, l, "d-1").Standing)

		again := asked
		again.Standing.Deadline = again.Standing.Deadline.AddDate(0, 0, 7)
		recorded, err := l.Save(t.Context(), again)
		require.NoError(t, err)
		require.Equal(t, asked, recorded)
		require.Equal(t, asked.Standing, caseOf(t, l, "d-1").Standing)
		requireSound(t, l)
	})
}

// A receipt is recorded also for a dispute that the ledger does not know: every retry would send the message again.
func TestReceiptWithoutCase(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		saved(t, l, told(t, dispute.OccasionOpened, 1, monday))
		cases, err := l.Cases(t.Context(), ledger.CaseFilter{}, ledger.CaseKey{}, 10)
		require.NoError(t, err)
		require.Empty(t, cases)
	})
}

// listedCases is a ledger with the cases d-1 to d-6 of two merchants, in the order of a list.
func listedCases(t *testing.T, db database) *ledger.Ledger {
	t.Helper()
	l := db.open(t)
	for n := 1; n <= 6; n++ {
		in := invoice(fmt.Sprint("i-", n), eur(10000), 0)
		pause := pauseOf(fmt.Sprint("d-", n), in.ID, eur(3000))
		if n%2 == 0 {
			in.MerchantID, pause.Dispute.MerchantID = "m-2", "m-2"
		}
		imported(t, l, in)
		_, err := l.Pause(t.Context(), pause)
		require.NoError(t, err)
	}
	for n, receipt := range map[int]dispute.Receipt{
		1: told(t, dispute.OccasionOpened, 1, monday),
		2: told(t, dispute.OccasionReasonAsked, 1, monday),
		3: told(t, dispute.OccasionOpened, 1, monday.AddDate(0, 0, 1)),
		4: told(t, dispute.OccasionRulingAsked, 1, monday, dispute.Facts{Stage: dispute.StageDecision}),
	} {
		receipt.Key.DisputeID = fmt.Sprint("d-", n)
		saved(t, l, receipt)
	}
	_, err := l.Settle(t.Context(), settleOf("d-6", won()))
	require.NoError(t, err)
	return l
}

func idsOf(cases []ledger.CaseSummary) (ids []string) {
	for _, c := range cases {
		ids = append(ids, c.DisputeID)
	}
	return ids
}

func TestCasesAreFiltered(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := listedCases(t, db)
		for _, c := range []struct {
			filter ledger.CaseFilter
			want   []string
		}{
			{ledger.CaseFilter{}, []string{"d-1", "d-2", "d-3", "d-4", "d-5", "d-6"}},
			{ledger.CaseFilter{MerchantID: "m-1"}, []string{"d-1", "d-3", "d-5"}},
			{ledger.CaseFilter{MerchantID: "m-2", Open: true}, []string{"d-2", "d-4"}},
			{ledger.CaseFilter{State: dispute.StateArbitrationPending}, []string{"d-2", "d-4"}},
			{ledger.CaseFilter{State: dispute.StateClosed}, []string{"d-6"}},
			{ledger.CaseFilter{State: dispute.StateClosed, Open: true}, nil},
			{ledger.CaseFilter{WaitingFor: dispute.WaitAgreement}, []string{"d-1", "d-3"}},
			{ledger.CaseFilter{WaitingFor: dispute.WaitAgreement, State: dispute.StateOpened}, nil},
			{ledger.CaseFilter{WaitingFor: dispute.WaitSettlement}, nil},
			{ledger.CaseFilter{DueBefore: monday.AddDate(0, 0, 15)}, []string{"d-1", "d-2"}},
			{ledger.CaseFilter{OrderID: "order-i-3"}, []string{"d-3"}},
			{ledger.CaseFilter{OrderID: "order-i-3", MerchantID: "m-2"}, nil},
			{ledger.CaseFilter{Search: "d-5"}, []string{"d-5"}},
			{ledger.CaseFilter{Search: "order-i-4"}, []string{"d-4"}},
			{ledger.CaseFilter{Search: "i-6"}, []string{"d-6"}},
			{ledger.CaseFilter{Search: "ORDER-I-4"}, []string{"d-4"}},
			{ledger.CaseFilter{Search: "D-5"}, []string{"d-5"}},
			{ledger.CaseFilter{Search: "i-6", Open: true}, nil},
			{ledger.CaseFilter{Search: "' or 1 = 1 --"}, nil},
			{ledger.CaseFilter{DisputeIDs: []string{"d-3", "d-404", "d-2"}}, []string{"d-2", "d-3"}},
			{ledger.CaseFilter{DisputeIDs: []string{}}, nil},
		} {
			cases, err := l.Cases(t.Context(), c.filter, ledger.CaseKey{}, 10)
			require.NoError(t, err)
			require.Equal(t, c.want, idsOf(cases), "%+v", c.filter)
			counts, err := l.CountCases(t.Context(), c.filter)
			require.NoError(t, err)
			total := 0
			for _, n := range counts {
				total += n
			}
			require.Equal(t, len(c.want), total, "%+v: %v", c.filter, counts)
			upTo, err := l.CountCasesUpTo(t.Context(), c.filter, 10)
			require.NoError(t, err)
			require.Equal(t, counts, byWait(upTo), "%+v", c.filter)
		}
		counts, err := l.CountCases(t.Context(), ledger.CaseFilter{MerchantID: "m-2"})
		require.NoError(t, err)
		require.Equal(t, map[dispute.Wait]int{dispute.WaitStatement: 1, dispute.WaitDecision: 1, "": 1}, counts)
		exact, err := l.CountCases(t.Context(), ledger.CaseFilter{})
		require.NoError(t, err)
		capped, err := l.CountCasesUpTo(t.Context(), ledger.CaseFilter{}, 1)
		require.NoError(t, err)
		require.Len(t, byWait(capped), len(exact))
		for wait, n := range capped {
			require.Equal(t, 1, n, wait)
		}
	})
}

// byWait sums the counts of groups.
func byWait(groups map[ledger.CaseGroup]int) map[dispute.Wait]int {
	counts := map[dispute.Wait]int{}
	for group, n := range groups {
		counts[group.WaitingFor] += n
	}
	return counts
}

// Pages of any size have every case once, in the order of the list.
func TestCasesByPage(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := listedCases(t, db)
		for _, filter := range []ledger.CaseFilter{{}, {MerchantID: "m-1"}, {DisputeIDs: []string{"d-6", "d-5", "d-4", "d-3", "d-2", "d-1"}}} {
			all, err := l.Cases(t.Context(), filter, ledger.CaseKey{}, 10)
			require.NoError(t, err)
			for size := 1; size <= len(all)+1; size++ {
				var paged []ledger.CaseSummary
				for after := (ledger.CaseKey{}); ; after = paged[len(paged)-1].Key() {
					page, err := l.Cases(t.Context(), filter, after, size)
					require.NoError(t, err)
					if paged = slices.Concat(paged, page); len(page) < size {
						break
					}
				}
				require.Equal(t, all, paged, "%+v, %d", filter, size)
			}
		}
	})
}

// TestCasesOfWaits: a list of several waits has the cases of each, and the desk's questions come in the order in which they were asked.
func TestCasesOfWaits(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		for n, occasion := range []dispute.Occasion{dispute.OccasionRulingAsked, dispute.OccasionOpened, dispute.OccasionRulingAsked} {
			id, invoiceID := fmt.Sprintf("d-%d", n+1), fmt.Sprintf("i-%d", n+1)
			imported(t, l, invoice(invoiceID, eur(10000), 0))
			_, err := l.Pause(t.Context(), pauseOf(id, invoiceID, eur(3000)))
			require.NoError(t, err)
			facts := dispute.Facts{}
			if occasion == dispute.OccasionRulingAsked {
				facts.Stage = dispute.StageDecision
			}
			receipt := told(t, occasion, 1, monday.AddDate(0, 0, -n), facts)
			receipt.Key.DisputeID = id
			saved(t, l, receipt)
		}
		ids := func(cases []ledger.CaseSummary, err error) (ids []string) {
			require.NoError(t, err)
			for _, c := range cases {
				ids = append(ids, c.DisputeID)
			}
			return ids
		}
		agreement := ledger.CaseGroup{WaitingFor: dispute.WaitAgreement, Turn: dispute.PartyMerchant}
		both := ledger.CaseFilter{Groups: []ledger.CaseGroup{agreement, {WaitingFor: dispute.WaitDecision}}}
		require.Equal(t, []string{"d-2", "d-1", "d-3"}, ids(l.Cases(t.Context(), both, ledger.CaseKey{}, 10)))
		counts, err := l.CountCases(t.Context(), ledger.CaseFilter{Groups: []ledger.CaseGroup{agreement}})
		require.NoError(t, err)
		require.Equal(t, map[dispute.Wait]int{dispute.WaitAgreement: 1}, counts)
		require.Equal(t, []string{"d-3", "d-1"}, ids(l.AskedForRuling(t.Context(), ledger.QuestionKey{}, 10)))
		first, err := l.AskedForRuling(t.Context(), ledger.QuestionKey{}, 1)
		require.Equal(t, []string{"d-3"}, ids(first, err))
		require.Equal(t, []string{"d-1"}, ids(l.AskedForRuling(t.Context(), ledger.QuestionKey{AskedAt: first[0].UpdatedAt, DisputeID: "d-3"}, 10)))
		merchants, err := l.MerchantsByEmail(t.Context(), "SHOP@nowhere.example")
		require.NoError(t, err)
		require.Empty(t, merchants)
	})
}
