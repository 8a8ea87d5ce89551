package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/report"
)

// TestReportOfADispute: what happened to one merchant's dispute is in the reports of its days, for people and programs.
func TestReportOfADispute(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("accept-loss")
	h.closes(dispute.ClosedLossAccepted)
	days := []string{"--from", time.Now().AddDate(0, 0, -1).Format(time.DateOnly), "--to", time.Now().AddDate(0, 0, 1).Format(time.DateOnly), "--merchant", h.merchant.ID}
	text := h.does(append([]string{"report"}, days...)...)
	require.Contains(t, text, "days in Europe/Berlin, merchant "+h.merchant.ID+"\n")
	require.Regexp(t, `(?m)^closed +1 +129\.90 EUR +129\.90 EUR +0\.00 EUR +0\.0 +0\.0$`, text)
	require.Regexp(t, `(?m)^merchant_accepted_the_loss +1 +129\.90 EUR +129\.90 EUR +0\.0$`, text)
	var made report.Report
	require.NoError(t, json.Unmarshal([]byte(h.does(append([]string{"report", "--json", "--zone", "UTC"}, days...)...)), &made))
	require.Equal(t, []int{1, 1, 0}, []int{made.Totals[0].Opened, made.Totals[0].Closed, made.Totals[0].Open})
	rows, err := csv.NewReader(strings.NewReader(h.does(append([]string{"report", "--csv"}, days...)...))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3, "a header, opened and closed")

	rows, err = csv.NewReader(strings.NewReader(h.does(append([]string{"ledger", "postings", "--csv"}, days...)...))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3, "a header, the invoice and the chargeback")
	require.Equal(t, []string{"chargeback", h.invoice.ID, h.dispute.ID, h.merchant.ID, "merchant_payable", "customer_receivable", "12990", "EUR", "129.90", ""}, rows[2][3:])
	require.Regexp(t, `(?m)^all accounts +0\.00 +259\.80 +259\.80 +0\.00 +EUR$`, h.does(append([]string{"ledger", "postings"}, days...)...))
	var totals ledger.JournalTotals
	require.NoError(t, json.Unmarshal([]byte(h.does(append([]string{"ledger", "postings", "--json"}, days...)...)), &totals))
	require.Len(t, totals.Movements, 2)

	days[5] = "nobody"
	for _, command := range [][]string{{"report"}, {"ledger", "postings"}, {"ledger", "postings", "--csv"}} {
		h.fails(append(command, days...), `refused (unknown_merchant): the ledger has no merchant "nobody"`)
	}
}
