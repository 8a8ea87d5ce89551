package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

const most = dispute.MaxAmount

// splits are debits by amount/paid/debit. The first four are the examples in the description of the process.
var splits = map[string]struct {
	currency                string
	amount, paid, debit     int64
	credited, refunded, due int64
}{
	"100/0/100":               {"EUR", 10000, 0, 10000, 10000, 0, 0},
	"100/100/30":              {"EUR", 10000, 10000, 3000, 0, 3000, 0},
	"100/80/30":               {"EUR", 10000, 8000, 3000, 2000, 1000, 0},
	"100/60/30":               {"EUR", 10000, 6000, 3000, 3000, 0, 1000},
	"one unit":                {"EUR", 1, 0, 1, 1, 0, 0},
	"no decimals":             {"JPY", 12345, 12000, 400, 345, 55, 0},
	"three decimals":          {"KWD", 129905, 129900, 129905, 5, 129900, 0},
	"the most, unpaid":        {"EUR", most, 0, most, most, 0, 0},
	"the most, paid":          {"EUR", most, most, most, 0, most, 0},
	"the most, one unit owed": {"EUR", most, most - 1, most, 1, most - 1, 0},
	"the most but one unit":   {"JPY", most, 0, most - 1, most - 1, 0, 1},
}

func TestSettleSplitsTheDebit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		for name, c := range splits {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l := db.open(t)
				imported(t, l, invoice("i-1", dispute.Money{Amount: c.amount, Currency: c.currency}, c.paid))
				disputed := dispute.Money{Amount: c.debit, Currency: c.currency}
				_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", disputed))
				require.NoError(t, err)

				answer, err := l.Settle(t.Context(), settleOf("d-1", dispute.Decide(dispute.ClosedMerchantSilent, disputed, nil)))
				require.NoError(t, err)
				want := activities.Settled{At: monday.AddDate(0, 0, 21), Credited: c.credited, Refunded: c.refunded, Outstanding: c.due}
				state := ledger.InvoiceSettled
				if c.due > 0 {
					want.NewDueDate, state = "2027-01-11", ledger.InvoiceOpen
				}
				require.Equal(t, want, answer)

				got, err := l.Invoice(t.Context(), "i-1")
				require.NoError(t, err)
				require.Equal(t, state, got.State)
				require.Equal(t, want.NewDueDate, got.DueDate)
				require.Equal(t, c.due, got.Outstanding)
				require.Equal(t, c.amount-c.debit, got.Left)
				requireSound(t, l)
			})
		}
	})
}

// movements are what each closing reason books when 40.00 EUR are outstanding and the debit is 70.00 EUR.
var movements = map[dispute.ClosingReason]ledger.Movement{
	dispute.ClosedByAgreement:      ledger.MovementAgreedRefund,
	dispute.ClosedLossAccepted:     ledger.MovementChargeback,
	dispute.ClosedMerchantSilent:   ledger.MovementChargeback,
	dispute.ClosedNoInformation:    ledger.MovementChargeback,
	dispute.ClosedForCustomer:      ledger.MovementChargeback,
	dispute.ClosedByWithdrawal:     "",
	dispute.ClosedNotSubstantiated: "",
	dispute.ClosedNotJustified:     "",
	dispute.ClosedForMerchant:      "",
	dispute.ClosedByOperator:       "",
}

func TestSettleBooks(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		require.Len(t, movements, len(dispute.ClosingReasons))
		for reason, movement := range movements {
			t.Run(string(reason), func(t *testing.T) {
				t.Parallel()
				l := db.paused(t, 6000, 7000)
				refund := eur(7000)
				decision := dispute.Decide(reason, eur(7000), &refund)
				answer, err := l.Settle(t.Context(), settleOf("d-1", decision))
				require.NoError(t, err)

				got, err := l.Invoice(t.Context(), "i-1")
				require.NoError(t, err)
				booked := got.Postings[2:] // after invoice and payment
				if movement == "" {
					require.Empty(t, booked)
				} else {
					line := ledger.Posting{Movement: movement, Destination: ledger.AccountMerchantPayable, InvoiceID: "i-1", DisputeID: "d-1", At: answer.At}
					credit, back := line, line
					credit.ID, credit.Source, credit.Amount = 3, ledger.AccountCustomerReceivable, eur(4000)
					back.ID, back.Source, back.Amount = 4, ledger.AccountCustomerRefund, eur(3000)
					require.Equal(t, []ledger.Posting{credit, back}, booked)
				}
				requireClosed(t, l, decision, answer)
			})
		}
	})
}

func requireClosed(t *testing.T, l *ledger.Ledger, decision dispute.Decision, answer activities.Settled) {
	t.Helper()
	record, err := l.Dispute(t.Context(), "d-1")
	require.NoError(t, err)
	require.Equal(t, ledger.DisputeClosed, record.State)
	require.Equal(t, decision, record.Decision)
	require.Equal(t, answer, record.Settled)
	requireSound(t, l)
}

func TestSettleWithoutDebitGivesTheDaysBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		answer, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		require.Equal(t, activities.Settled{At: monday.AddDate(0, 0, 21), Outstanding: 4000, NewDueDate: "2027-01-11"}, answer)
	})
}

func TestSettleLeavesFiveDaysToPay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		overdue := invoice("i-1", eur(10000), 0)
		overdue.DueDate = "2026-11-01"
		imported(t, l, overdue)
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(10000)))
		require.NoError(t, err)
		answer, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		require.Equal(t, "2026-12-19", answer.NewDueDate)
	})
}

func TestSettleOfAPaidInvoiceLeavesNothingDue(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 10000, 3000)
		answer, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		require.Equal(t, activities.Settled{At: monday.AddDate(0, 0, 21)}, answer)
		got, err := l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Equal(t, ledger.InvoiceSettled, got.State)
		require.Empty(t, got.DueDate)
	})
}

func TestSettleKeepsADueDateThatIsNever(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		never := invoice("i-1", eur(10000), 0)
		never.DueDate = "9999-12-31"
		imported(t, l, never)
		_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(10000)))
		require.NoError(t, err)
		answer, err := l.Settle(t.Context(), settleOf("d-1", won()))
		require.NoError(t, err)
		require.Equal(t, "9999-12-31", answer.NewDueDate)
	})
}

func TestRepeatedSettleGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		first, err := l.Settle(t.Context(), settleOf("d-1", lost(3000)))
		require.NoError(t, err)
		before := dump(t, l)
		later := settleOf("d-1", lost(3000))
		later.At, later.Today = later.At.AddDate(0, 0, 9), "2026-12-23"
		again, err := l.Settle(t.Context(), later)
		require.NoError(t, err)
		require.Equal(t, first, again)
		require.Equal(t, before, dump(t, l))
	})
}

// Impossible settlements are errors without a code, so activities retry them until an operator has corrected the ledger.
// Another decision for a closed dispute is a refusal.
func TestSettleFailsOnImpossibleDecisions(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		imported(t, l, invoice("i-2", eur(10000), 0))
		_, err := l.Pause(t.Context(), pauseOf("d-2", "i-2", eur(3000)))
		require.NoError(t, err)
		_, err = l.Settle(t.Context(), settleOf("d-2", lost(3000)))
		require.NoError(t, err)
		before := dump(t, l)

		tooMuch, partial, debitedWinner, negative := lost(3001), lost(2999), won(), lost(3000)
		debitedWinner.Debit = 1
		negative.Outcome, negative.Reason, negative.Debit = dispute.OutcomeSettled, dispute.ClosedByAgreement, -1
		for want, in := range map[string]activities.Settle{
			"settle dispute d-404: the ledger has no such dispute":      settleOf("d-404", won()),
			"Debit:3001} cannot settle a dispute about 30.00 EUR":       settleOf("d-1", tooMuch),
			"Debit:2999} cannot settle a dispute about 30.00 EUR":       settleOf("d-1", partial),
			"Debit:1} cannot settle a dispute about 30.00 EUR":          settleOf("d-1", debitedWinner),
			"Debit:-1} cannot settle a dispute about 30.00 EUR":         settleOf("d-1", negative),
			"Reason: Debit:0} cannot settle a dispute about 30.00 EUR":  settleOf("d-1", dispute.Decision{}),
			"settle dispute d-1: parsing time \"\" as \"2006-01-02\": ": {DisputeID: "d-1", Decision: won(), At: monday},
		} {
			_, err := l.Settle(t.Context(), in)
			require.ErrorContains(t, err, want)
			require.Empty(t, dispute.CodeOf(err))
		}
		_, err = l.Settle(t.Context(), settleOf("d-2", won()))
		require.ErrorContains(t, err, "dispute d-2 was closed before by another decision: ")
		require.Equal(t, dispute.CodeDisputeDiffers, dispute.CodeOf(err))
		require.Equal(t, before, dump(t, l))
	})
}

func TestSuccessiveDisputes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		for _, id := range []string{"d-1", "d-2", "d-3"} {
			if id != "d-1" {
				_, err := l.Pause(t.Context(), pauseOf(id, "i-1", eur(3000)))
				require.NoError(t, err)
			}
			_, err := l.Settle(t.Context(), settleOf(id, lost(3000)))
			require.NoError(t, err)
			requireSound(t, l)
		}
		got, err := l.Invoice(t.Context(), "i-1")
		require.NoError(t, err)
		require.Equal(t, []int64{4000, 5000, 0, 1000}, []int64{got.Credited, got.Refunded, got.Outstanding, got.Left})
	})
}
