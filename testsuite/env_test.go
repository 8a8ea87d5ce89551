package testsuite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// env is the environment that all end-to-end tests share, with a worker in this process. Every test has a merchant, a
// customer and an invoice of its own.
var (
	env   *environment.Environment
	mails *mailbox.Mailbox
)

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if mails, err = mailbox.Open(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, mails.Leave()) }()
	if env, err = environment.Start(ctx, environment.Options{SMTPURL: mails.URL(), Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	if err := env.StartWorker(ctx, map[string]string{"WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// fixture is the merchant, the invoice and the dispute of one test.
type fixture struct {
	*testing.T
	merchant dispute.Merchant
	invoice  dispute.Invoice
	dispute  dispute.Dispute
}

// timeout bounds every wait of a test; only a failing test waits that long.
const timeout = 20 * time.Second

// newFixture makes a fixture and imports its merchant and invoice.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	f := &fixture{
		T:        t,
		merchant: dispute.Merchant{ID: "m-" + name, Name: "Nordlicht GmbH", Email: "shop@" + name + ".example", Locale: "de-DE"},
	}
	f.invoice = dispute.Invoice{
		ID: "i-" + name, OrderID: "o-" + name, MerchantID: f.merchant.ID, CustomerID: "c-" + name,
		Amount: dispute.Money{Amount: 12990, Currency: "EUR"}, DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}
	f.dispute = dispute.Dispute{
		ID: name, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: f.invoice.OrderID, InvoiceID: f.invoice.ID,
		DisputedAmount: f.invoice.Amount, MerchantID: f.merchant.ID,
		Complainant: dispute.Complainant{ID: f.invoice.CustomerID, Name: "Jonas Weber", Email: "jonas@" + name + ".example", Locale: "de-DE"},
	}
	_, err := env.Ledger.Import(t.Context(), dispute.Import{Merchants: []dispute.Merchant{f.merchant}, Invoices: []dispute.Invoice{f.invoice}})
	require.NoError(t, err)
	return f
}

// open opens the dispute and waits until it waits for an agreement.
func (f *fixture) open() dispute.View {
	f.Helper()
	_, err := env.Disputes.Open(f.Context(), f.dispute)
	require.NoError(f, err)
	return f.waitsFor(dispute.WaitAgreement)
}

// await waits until the condition holds for the dispute.
func (f *fixture) await(condition func(dispute.View) bool) dispute.View {
	f.Helper()
	var view dispute.View
	require.Eventually(f, func() bool {
		var err error
		view, err = env.Disputes.Status(f.Context(), f.dispute.ID)
		return err == nil && condition(view)
	}, timeout, 20*time.Millisecond)
	return view
}

func (f *fixture) waitsFor(wait dispute.Wait) dispute.View {
	f.Helper()
	return f.await(func(view dispute.View) bool { return view.WaitingFor == wait })
}

// closes waits until the dispute is closed, and asserts the reason in Temporal and in the ledger.
func (f *fixture) closes(reason dispute.ClosingReason) dispute.View {
	f.Helper()
	view := f.await(func(view dispute.View) bool { return view.State == dispute.StateClosed && view.WaitingFor == "" })
	require.Equal(f, reason, view.ClosingReason)
	row, err := env.Ledger.Dispute(f.Context(), f.dispute.ID)
	require.NoError(f, err)
	require.Equal(f, ledger.DisputeClosed, row.State)
	require.Equal(f, reason, row.Decision.Reason)
	return view
}

// withdraw closes the dispute: the customer withdraws it.
func (f *fixture) withdraw() dispute.View {
	f.Helper()
	require.NoError(f, env.Disputes.Withdraw(f.Context(), f.dispute.ID, dispute.Withdrawal{ReportedBy: dispute.PartyCustomer}))
	return f.closes(dispute.ClosedByWithdrawal)
}

// endPeriod lets the running period pass: an operator moves its deadline to the next second.
func (f *fixture) endPeriod() {
	f.Helper()
	view, err := env.Disputes.Status(f.Context(), f.dispute.ID)
	require.NoError(f, err)
	move := dispute.DeadlineMove{Reason: "the test does not wait for weeks", MovedBy: "test"}
	require.NoError(f, parties.EndPeriod(f.Context(), env.Disputes, f.dispute.ID, view.WaitingFor, move))
}

// inLedger returns the invoice as it is in the ledger.
func (f *fixture) inLedger() ledger.Invoice {
	f.Helper()
	invoice, err := env.Ledger.Invoice(f.Context(), f.invoice.ID)
	require.NoError(f, err)
	return invoice
}

// requireOne asserts that exactly one such mail has arrived.
func requireOne(t *testing.T, address, text string) {
	t.Helper()
	require.Len(t, mails.To(address, text), 1, "mails to %s about %s", address, text)
}
