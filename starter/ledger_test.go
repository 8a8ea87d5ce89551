package main

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

func TestImport(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	in := dispute.Import{Merchants: []dispute.Merchant{h.merchant}, Invoices: []dispute.Invoice{h.invoice}}
	require.Equal(t, "merchants: 0 new, 0 changed, 1 unchanged\ninvoices:  0 new, 0 changed, 1 unchanged\n",
		h.does("ledger", "import", file(t, asJSON(t, in))))
	in.Merchants[0].PortalActive = true
	in.Invoices[0].Paid = 12990
	in.Invoices = append(in.Invoices, in.Invoices[0])
	in.Invoices[1].ID += "-2"
	require.Equal(t, "merchants: 0 new, 1 changed, 0 unchanged\ninvoices:  1 new, 1 changed, 0 unchanged\n",
		h.doesWith(asJSON(t, in), "ledger", "import", "-"))
}

// TestImportRefused: a refused record is named with its reason, and the others are imported, or nothing with
// --all-or-nothing.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	changed := h.invoice
	changed.Amount.Amount++
	stray := h.invoice
	stray.ID, stray.MerchantID = h.invoice.ID+"-stray", "m-stray"
	fresh := h.invoice
	fresh.ID = h.invoice.ID + "-fresh"
	input := file(t, asJSON(t, dispute.Import{Invoices: []dispute.Invoice{fresh, changed, stray}}))
	why := h.fails([]string{"ledger", "import", "--all-or-nothing", input}, "refused (invalid_import): this cannot be imported\n")
	require.Contains(t, why, "\n  invoices[1].amount.amount: cannot change while the invoice is in dispute "+h.dispute.ID)
	require.Contains(t, why, "\n  invoices[2].merchantId: ")
	h.fails([]string{"ledger", "show", fresh.ID}, "refused (unknown_invoice)")

	got := h.run("ledger", "import", input)
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, "merchants: 0 new, 0 changed, 0 unchanged\ninvoices:  1 new, 0 changed, 0 unchanged\n", got.out)
	require.Contains(t, got.err, "refused (invalid_import): 2 records were refused, all others are imported\n  invoices[1].amount.amount: ")
	h.does("ledger", "show", fresh.ID)

	got = h.run("ledger", "import", file(t, `{"merchants": [{"id": "", "email": "x", "shoeSize": 43}], "invoices": [{"id": "i", "dueDate": "soon"}]}`))
	require.Equal(t, exitFailed, got.code)
	for _, path := range []string{"merchants[0].id", "merchants[0].shoeSize", "merchants[0].email", "invoices[0].amount.amount", "invoices[0].dueDate"} {
		require.Contains(t, got.err, "\n  "+path+": ")
	}
	h.fails([]string{"ledger", "import", file(t, "[]")}, "refused (invalid_import): this cannot be imported\n  the input must be a JSON object")
	h.fails([]string{"ledger", "import", filepath.Join(t.TempDir(), "nowhere.json")}, "failed: open ", "nowhere.json")
}

// TestLedgerBook: a payment, a return and a credit note say what they do before and after, and are booked once.
func TestLedgerBook(t *testing.T) {
	t.Parallel()
	s := shell{T: t, env: map[string]string{"LEDGER_URL": "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")}}
	_, where, _ := strings.Cut(s.env["LEDGER_URL"], ":")
	require.Contains(t, s.doesWith(asJSON(t, exampleImport(time.Now())), "ledger", "import", "-"), "made a new ledger: "+where+"\n")
	require.NotContains(t, s.doesWith(asJSON(t, exampleImport(time.Now())), "ledger", "import", "-"), "made")
	pay := []string{"ledger", "payment", "invoice-4711", "150,00 EUR", "--reference", "bank-17"}
	got := s.run(pay...)
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, errNoTerminal.Error())
	s.terminal = true
	got = s.runWith("n\n", pay...)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "Invoice invoice-4711 (open, 129.90 EUR outstanding): a payment of 150.00 EUR will be booked. Reference: bank-17.\nGo on? [y/N] ")
	s.terminal = false
	for range 2 {
		require.Equal(t, "booked as posting 2: payment of 150.00 EUR on invoice invoice-4711 (settled, 0.00 EUR outstanding, 20.10 EUR owed back to the customer)\n",
			s.does(append(pay, "--yes")...))
	}
	require.Equal(t, "booked as posting 3: return-payment of 20.10 EUR on invoice invoice-4711 (settled, 0.00 EUR outstanding)\n",
		s.does("ledger", "return-payment", "invoice-4711", "20.10 EUR", "--reference", "bank-18", "--yes"))
	s.does("ledger", "credit-note", "invoice-4711", "29.90 EUR", "--reference", "note-1", "--yes", "--json")
	text := s.does("ledger", "show", "invoice-4711")
	require.Regexp(t, `(?m)^credit notes +29\.90 EUR$`, text)
	require.Regexp(t, `(?m)^owed back +29\.90 EUR, which the customer has paid beyond what was owed$`, text)
	require.Regexp(t, `(?m)^\S+ \S+Z +credit_note +merchant_payable +customer_receivable +29\.90 EUR +note-1$`, text)

	for want, args := range map[string][]string{
		`the amount "2.610 EUR" is not valid: it can be read as`:                                {"invoice-4711", "2.610 EUR", "--reference", "x", "--yes"},
		`the amount "0 EURO" is not valid: write it like "30.00 EUR"`:                           {"invoice-4711", "0 EURO", "--reference", "x", "--yes"},
		`required flag(s) "reference" not set`:                                                  {"invoice-4711", "1 EUR", "--yes"},
		`payment takes the ID of an invoice and an amount such as "30.00 EUR"`:                  {"invoice-4711"},
		"refused (booking_refused): this cannot be booked\n  amount.currency: must be EUR":      {"invoice-4711", "1 SEK", "--reference", "x", "--yes"},
		"refused (booking_refused): this cannot be booked\n  amount.amount: must be":            {"invoice-4711", "0 EUR", "--reference", "x", "--yes"},
		"refused (booking_refused): this cannot be booked\n  reference: was booked before with": {"invoice-4711", "1 EUR", "--reference", "bank-17", "--yes"},
		"refused (unknown_invoice)":                                                             {"invoice-1", "1 EUR", "--reference", "x", "--yes"},
	} {
		got := s.run(append([]string{"ledger", "payment"}, args...)...)
		require.NotEqual(t, exitDone, got.code)
		require.Contains(t, got.err, want)
	}
	require.Contains(t, s.does("ledger", "check"), "\nThe ledger is consistent.\n")
}

func TestLedgerShow(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	require.Regexp(t, `(?m)^state +open$`, h.does("ledger", "show", h.invoice.ID))
	require.Regexp(t, `(?m)^due +`+h.invoice.DueDate+`$`, h.does("ledger", "show", h.invoice.ID))
	h.open(dispute.WaitAgreement)
	text := h.does("ledger", "show", h.invoice.ID)
	require.Regexp(t, `(?m)^state +paused$`, text)
	require.Regexp(t, `(?m)^in dispute +`+h.dispute.ID+` \(1[345] days left to pay afterwards\)$`, text)
	require.NotContains(t, text, "\ndue")

	h.sends("accept-loss")
	h.closes(dispute.ClosedLossAccepted)
	text = h.does("ledger", "show", h.invoice.ID)
	require.Regexp(t, `(?m)^\S+ \S+Z +chargeback +merchant_payable +customer_receivable +129\.90 EUR +`+h.dispute.ID+`$`, text)
	require.Regexp(t, `(?m)^customer_receivable +129\.90 +129\.90 +0\.00 +EUR$`, text)
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
	}
	var invoice ledger.Invoice
	require.NoError(t, json.Unmarshal([]byte(h.does("ledger", "show", h.invoice.ID, "--json")), &invoice))
	require.Equal(t, ledger.InvoiceSettled, invoice.State)
	require.EqualValues(t, 12990, invoice.Credited)
	require.Len(t, invoice.Postings, 2)
	h.fails([]string{"ledger", "show", "nothing"}, `refused (unknown_invoice): the ledger has no invoice "nothing"`)
}

// TestLedgerCheck: a consistent ledger, and one that was changed with a database tool.
func TestLedgerCheck(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	s := shell{T: t, env: map[string]string{"LEDGER_URL": "sqlite:" + path}}
	s.doesWith(asJSON(t, exampleImport(time.Now())), "ledger", "import", "-")
	text := s.does("ledger", "check")
	require.Contains(t, text, "1 merchants, 1 invoices, 0 disputes open and 0 closed, 1 postings\n")
	require.Regexp(t, `(?m)^merchant_payable +0\.00 +129\.90 +129\.90 credit +EUR$`, text)
	require.Contains(t, text, "\nThe ledger is consistent.\n")

	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "update invoices set paid = 1")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	got := s.run("ledger", "check")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "\n- invoice invoice-4711 has ")
	require.NotContains(t, got.out, "is consistent")
	require.Equal(t, "failed: the ledger has 1 findings\n", got.err)
}

// TestMistypedLedger: only an import creates a ledger, and nothing creates its folder.
func TestMistypedLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "legder.db")
	s := shell{T: t, env: map[string]string{"LEDGER_URL": "sqlite:" + path}}
	for _, args := range [][]string{{"ledger", "check"}, {"ledger", "show", "i"}, {"inbox", "m"}, {"ledger", "reconcile"}} {
		s.fails(args, "failed: open the ledger "+path+": no ledger here; `starter ledger import` or a worker creates it")
	}
	require.NoFileExists(t, path)
	s.env["LEDGER_URL"] = "sqlite:" + filepath.Join(path, "ledger.db")
	for _, args := range [][]string{{"ledger", "check"}, {"ledger", "import", file(t, asJSON(t, exampleImport(time.Now())))}} {
		s.fails(args, "failed: LEDGER_URL names a file in the folder "+path+", which does not exist; make the folder or correct LEDGER_URL\n")
	}
}

func TestInbox(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.merchant.PortalActive = true
	h.importLedger()
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We look into it.")
	h.endPeriod()
	h.waitsFor(dispute.WaitStatement)
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	text := h.does("inbox", h.merchant.ID)
	row := `\d{4}-\d\d-\d\d \d\d:\d\dZ +` + h.dispute.ID + ` +129\.90 EUR +`
	require.Regexp(t, `^AT +DISPUTE +AMOUNT +MESSAGE\n`+
		row+`opened, last day \d{4}-\d\d-\d\d UTC\+0[12]:00\n`+
		row+`deadline-moved, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\+0[012]:00\n`+
		row+`klarna-steps-in\n`+
		row+`closed: customer_cancelled_dispute\n$`, text)
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
	}
	h.fails([]string{"inbox", "nobody"}, `refused (unknown_merchant): the ledger has no merchant "nobody"`)
}

// TestWithoutLedger: every command that needs the ledger says how to name it.
func TestWithoutLedger(t *testing.T) {
	t.Parallel()
	s := shell{T: t}
	input := file(t, asJSON(t, exampleImport(time.Now())))
	for _, args := range [][]string{{"ledger", "import", input}, {"ledger", "show", "i"}, {"ledger", "check"}, {"inbox", "m"}, {"merchant", "show", "m"}, {"merchant", "set", "m", "--portal", "on"}} {
		s.fails(args, "failed: LEDGER_URL is not set; set it to the worker's ledger, such as sqlite:ledger.db\n")
	}
	s.env = map[string]string{"LEDGER_URL": "mysql://user:geheim@db/ledger"}
	why := s.fails([]string{"ledger", "check"}, "unknown scheme", "sqlite:PATH")
	require.NotContains(t, why, "geheim")
}

// TestPlainOutput: what others have named cannot turn the text of a screen around; programs get it as it is.
func TestPlainOutput(t *testing.T) {
	t.Parallel()
	s := starter(t)
	in := exampleImport(time.Now())
	in.Merchants[0].ID = "merchant-plain"
	in.Merchants[0].Name = "Nordlicht \u202eHbmG"
	in.Invoices[0].ID, in.Invoices[0].MerchantID, in.Invoices[0].OrderID = "invoice-\u2066plain", "merchant-plain", "order-\u202e4711"
	s.doesWith(asJSON(t, in), "ledger", "import", "-")
	text := s.does("ledger", "show", "invoice-\u2066plain")
	require.Contains(t, text, "order-4711")
	require.NotContains(t, text, "\u202e")
	require.NotContains(t, text, "\u2066")
	require.Contains(t, s.does("ledger", "show", "invoice-\u2066plain", "--json"), "order-\u202e4711")
	require.NotContains(t, s.does("merchant", "show", "merchant-plain"), "\u202e")
	failed := s.run("ledger", "show", "invoice-\u202e404")
	require.Equal(t, exitFailed, failed.code)
	require.NotContains(t, failed.err, "\u202e")
}
