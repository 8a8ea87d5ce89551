package testsuite_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/testsuite/mailbox"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/workflows"
)

// town is what all end-to-end tests share: Temporal, the assembled worker, a ledger and a mail server.
// Every test has a merchant, customer and invoice of its own.
var town struct {
	server   *devserver.Server
	temporal client.Client
	disputes *workflows.Client
	ledger   *ledger.Ledger
	mailbox  *mailbox.Mailbox
}

func TestMain(m *testing.M) {
	code, err := runTown(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTown(m *testing.M) (code int, err error) {
	ctx, leave := context.WithCancel(context.Background()) //nolint:forbidigo // TestMain has no testing.T
	defer leave()
	dir, err := os.MkdirTemp("", "streitfall-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if town.server, err = devserver.Start(ctx, devserver.Options{Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, town.server.Stop()) }()
	if town.temporal, err = town.server.Dial(ctx); err != nil {
		return 0, err
	}
	defer town.temporal.Close()
	town.disputes = workflows.NewClient(town.temporal)
	if town.mailbox, err = mailbox.Open(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, town.mailbox.Leave()) }()
	config := assembly.Config{
		LedgerURL: "sqlite:" + filepath.Join(dir, "ledger.db"), SMTPURL: town.mailbox.URL(), MailFrom: "Streitfall <streitfall@klarna.example>",
		DeskEmail: "desk@klarna.example", Arbiter: assembly.ArbiterDesk, WebhookNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	if town.ledger, err = ledger.Open(ctx, config.LedgerURL); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, town.ledger.Close()) }()
	worker, err := assembly.New(ctx, town.temporal, client.DefaultNamespace, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	defer func() {
		leave()
		err = errors.Join(err, <-done)
	}()
	return m.Run(), nil
}

// household is the merchant, the customer and the invoice of one test, and their dispute.
type household struct {
	*testing.T
	merchant dispute.Merchant
	invoice  dispute.Invoice
	dispute  dispute.Dispute
}

// patience bounds every wait of a test: only a test that fails ever takes so long.
const patience = 20 * time.Second

// settle makes a household and books its invoice.
func settle(t *testing.T) *household {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	h := &household{
		T:        t,
		merchant: dispute.Merchant{ID: "m-" + name, Name: "Nordlicht GmbH", Email: "shop@" + name + ".example", Locale: "de-DE"},
	}
	h.invoice = dispute.Invoice{
		ID: "i-" + name, OrderID: "o-" + name, MerchantID: h.merchant.ID, CustomerID: "c-" + name,
		Amount: dispute.Money{Amount: 12990, Currency: "EUR"}, DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}
	h.dispute = dispute.Dispute{
		ID: name, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: h.invoice.OrderID, InvoiceID: h.invoice.ID,
		DisputedAmount: h.invoice.Amount, MerchantID: h.merchant.ID,
		Complainant: dispute.Complainant{ID: h.invoice.CustomerID, Name: "Jonas Weber", Email: "jonas@" + name + ".example", Locale: "de-DE"},
	}
	h.book()
	return h
}

// book imports the household's merchant and invoice as they are now.
func (h *household) book() {
	h.Helper()
	_, err := town.ledger.Import(h.Context(), dispute.Import{Merchants: []dispute.Merchant{h.merchant}, Invoices: []dispute.Invoice{h.invoice}})
	require.NoError(h, err)
}

// open opens the dispute and waits until the window runs.
func (h *household) open() dispute.View {
	h.Helper()
	_, err := town.disputes.Open(h.Context(), h.dispute)
	require.NoError(h, err)
	return h.waitsFor(dispute.WaitAgreement)
}

// reaches waits until the dispute is where done wants it.
func (h *household) reaches(done func(dispute.View) bool) dispute.View {
	h.Helper()
	var view dispute.View
	require.Eventually(h, func() bool {
		var err error
		view, err = town.disputes.Status(h.Context(), h.dispute.ID)
		return err == nil && done(view)
	}, patience, 20*time.Millisecond)
	return view
}

func (h *household) waitsFor(wait dispute.Wait) dispute.View {
	h.Helper()
	return h.reaches(func(view dispute.View) bool { return view.WaitingFor == wait })
}

// closes waits for the end and asserts it, in Temporal and in the ledger.
func (h *household) closes(reason dispute.ClosingReason) dispute.View {
	h.Helper()
	view := h.reaches(func(view dispute.View) bool { return view.State == dispute.StateClosed && view.WaitingFor == "" })
	require.Equal(h, reason, view.ClosingReason)
	row, err := town.ledger.Dispute(h.Context(), h.dispute.ID)
	require.NoError(h, err)
	require.Equal(h, ledger.DisputeClosed, row.State)
	require.Equal(h, reason, row.Decision.Reason)
	return view
}

// passes lets the running period pass: an operator moves its deadline close.
func (h *household) passes() {
	h.Helper()
	_, err := town.disputes.MoveDeadline(h.Context(), h.dispute.ID, dispute.DeadlineMove{
		To: time.Now().Add(time.Second), Reason: "the test does not wait for weeks", MovedBy: "test",
	})
	require.NoError(h, err)
}

// books reads the invoice.
func (h *household) books() ledger.Invoice {
	h.Helper()
	invoice, err := town.ledger.Invoice(h.Context(), h.invoice.ID)
	require.NoError(h, err)
	return invoice
}

// requireOne asserts that exactly one such mail has arrived.
func requireOne(t *testing.T, address, text string) {
	t.Helper()
	require.Len(t, town.mailbox.To(address, text), 1, "mails to %s about %s", address, text)
}
