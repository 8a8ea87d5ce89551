package outbox_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the database driver
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/testsuite/postgres"
)

// server is the URL of a PostgreSQL; empty where there is none.
var server string

func TestMain(m *testing.M) {
	if server = os.Getenv("LEDGER_TEST_URL"); server != "" {
		os.Exit(m.Run())
	}
	started, err := postgres.Start(context.Background()) //nolint:forbidigo // TestMain has no testing.T
	if err != nil {
		fmt.Fprintln(os.Stderr, "left out: PostgreSQL:", err)
		os.Exit(m.Run())
	}
	server = started.URL("postgres")
	code := m.Run()
	if err := started.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// onEach runs a test on a new ledger of each kind.
func onEach(t *testing.T, test func(*testing.T, *ledger.Ledger)) {
	t.Helper()
	for name, newURL := range map[string]func(*testing.T) string{
		"SQLite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") }, "PostgreSQL": newSchema,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := ledger.Open(t.Context(), newURL(t))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, l.Close()) })
			test(t, l)
		})
	}
}

func newSchema(t *testing.T) string {
	t.Helper()
	if server == "" {
		t.Skip("left out: no PostgreSQL")
	}
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	schema := "outbox_" + strings.ToLower(rand.Text())
	_, err = db.ExecContext(t.Context(), "create schema "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.ExecContext(context.WithoutCancel(t.Context()), "drop schema "+schema+" cascade")
		require.NoError(t, err)
	})
	separator := "?"
	if strings.Contains(server, "?") {
		separator = "&"
	}
	return server + separator + "search_path=" + schema
}

var monday = time.Date(2026, time.November, 23, 9, 15, 0, 0, time.UTC)

// live lets disputes happen from start to end: three events each. Their invoices were paid in part, which is one event each.
func live(t *testing.T, l *ledger.Ledger, disputes ...string) {
	t.Helper()
	in := dispute.Import{Merchants: []dispute.Merchant{{ID: "m-1", Name: "Lampenladen Nord", Email: "post@lampenladen.example", Locale: "de-DE"}}}
	eur := func(amount int64) dispute.Money { return dispute.Money{Amount: amount, Currency: "EUR"} }
	for _, id := range disputes {
		in.Invoices = append(in.Invoices, dispute.Invoice{
			ID: "i-" + id, OrderID: "o-" + id, MerchantID: "m-1", CustomerID: "c-1", Amount: eur(10000), Paid: 100, DueDate: "2026-12-21",
		})
	}
	_, err := l.Import(t.Context(), in)
	require.NoError(t, err)
	for _, id := range disputes {
		_, err := l.Pause(t.Context(), activities.Pause{
			Dispute: dispute.Dispute{
				ID: id, OpenedAt: monday, Reason: dispute.ReasonGoodsNotReceived, OrderID: "o-" + id, InvoiceID: "i-" + id, DisputedAmount: eur(5000),
				MerchantID: "m-1", Calendar: "DE", Complainant: dispute.Complainant{ID: "c-1", Name: "Jonas Weber", Email: "jonas@example.de", Locale: "de-DE"},
			},
			At: monday, Today: "2026-11-23",
		})
		require.NoError(t, err)
		_, err = l.Save(t.Context(), dispute.Receipt{
			Key:         dispute.NoticeKey{DisputeID: id, Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant},
			ContentHash: "1-x", Channel: dispute.ChannelEmail, At: monday, CausedAt: monday,
			Standing: dispute.Standing{State: dispute.StatePreArbitration, WaitingFor: dispute.WaitAgreement, Deadline: monday.AddDate(0, 0, 30)},
		})
		require.NoError(t, err)
		_, err = l.Settle(t.Context(), activities.Settle{
			DisputeID: id, Calendar: "DE", Decision: dispute.Decide(dispute.ClosedForCustomer, eur(5000), nil), At: monday, Today: "2026-11-23",
		})
		require.NoError(t, err)
	}
}
