package files_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/testsuite/s3"
)

// bucketServer has a bucket for each test; nil if there is none, for which noBucket says why.
var (
	bucketServer *s3.Server
	noBucket     string
	buckets      atomic.Int64
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	server, err := s3.Start(context.Background()) //nolint:forbidigo // TestMain has no testing.T
	switch {
	case errors.Is(err, s3.ErrMissing):
		noBucket = "skipped: " + err.Error()
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	default:
		bucketServer = server
		defer func() {
			if err := server.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
		for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": server.AccessKey, "AWS_SECRET_ACCESS_KEY": server.SecretKey, "AWS_REGION": ""} {
			if err := os.Setenv(name, value); err != nil {
				return 1
			}
		}
	}
	return m.Run()
}

// place is a store with the folder of this machine in which each content is a file.
type place struct {
	files.Store
	folder string
}

// places are the kinds of stores that the tests run on.
var places = map[string]func(*testing.T) place{"folder": folderPlace, "bucket": bucketPlace}

func folderPlace(t *testing.T) place {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "files")
	store, err := files.Open(t.Context(), "file:"+folder)
	require.NoError(t, err)
	return place{store, folder}
}

func bucketPlace(t *testing.T) place {
	t.Helper()
	if bucketServer == nil {
		t.Skip(noBucket)
	}
	name := fmt.Sprintf("bucket-%d", buckets.Add(1))
	require.NoError(t, bucketServer.CreateBucket(t.Context(), name))
	store, err := files.Open(t.Context(), bucketURL(name))
	require.NoError(t, err)
	return place{store, filepath.Join(bucketServer.Data(), name)}
}

func bucketURL(name string) string {
	return "s3://" + name + "?endpoint=http://" + bucketServer.Host() + "&region=us-east-1"
}

func onEach(t *testing.T, test func(*testing.T, place)) {
	t.Helper()
	for name, open := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// names lists the contents of a store.
func (p place) names(t *testing.T) (names []string) {
	t.Helper()
	for object, err := range p.List(t.Context(), "") {
		require.NoError(t, err)
		names = append(names, object.Name)
	}
	return names
}

// books opens a ledger in SQLite.
func books(t *testing.T) *ledger.Ledger {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
}

func open(t *testing.T, ledgerURL string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledgerURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// postgresBooks opens a ledger in PostgreSQL.
func postgresBooks(t *testing.T) *ledger.Ledger {
	t.Helper()
	server, err := postgres.Start(t.Context())
	if errors.Is(err, postgres.ErrMissing) && os.Getenv("LEDGER_TEST_POSTGRES") != "required" {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return open(t, server.URL("postgres"))
}

// evidence is an upload of the merchant to d-1.
func evidence(name, content string) files.Upload {
	return files.Upload{DisputeID: "d-1", Purpose: ledger.FileForEvidence, Kind: "tracking", Name: name, Content: strings.NewReader(content)}
}

func pdf(text string) string { return "%PDF-1.7\n" + text + "\n%%EOF\n" }

func uploaded(t *testing.T, f *files.Files, upload files.Upload) ledger.File {
	t.Helper()
	file, err := f.Upload(t.Context(), upload)
	require.NoError(t, err)
	return file
}

func requireRefused(t *testing.T, err error, reason files.Reason) {
	t.Helper()
	refusal, is := errors.AsType[*files.Refusal](err)
	require.True(t, is, "%v", err)
	require.Equal(t, reason, refusal.Reason)
	require.NotEmpty(t, refusal.Error())
}

// erase erases a dispute that has ended.
func erase(t *testing.T, l *ledger.Ledger, id string) {
	t.Helper()
	amount := dispute.Money{Amount: 1000, Currency: "EUR"}
	d := dispute.Dispute{
		ID: id, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: "o-1", InvoiceID: "i-1", DisputedAmount: amount, MerchantID: "m-1",
		Complainant: dispute.Complainant{ID: "c-1", Name: "Jonas Weber", Email: "jonas@example.de"},
	}.WithDefaults()
	_, err := l.Import(t.Context(), dispute.Import{
		Merchants: []dispute.Merchant{{ID: "m-1", Name: "Lampenladen Nord", Email: "post@lampenladen.example"}},
		Invoices:  []dispute.Invoice{{ID: "i-1", OrderID: "o-1", MerchantID: "m-1", CustomerID: "c-1", Amount: amount, DueDate: "2026-12-21"}},
	})
	require.NoError(t, err)
	_, err = l.Pause(t.Context(), activities.Pause{Dispute: d, At: time.Now(), Today: "2026-11-30"})
	require.NoError(t, err)
	_, err = l.Settle(t.Context(), activities.Settle{
		DisputeID: id, Calendar: d.Calendar, Decision: dispute.Decide(dispute.ClosedForMerchant, amount, nil), At: time.Now(), Today: "2026-11-30",
	})
	require.NoError(t, err)
	require.NoError(t, l.ArchiveCase(t.Context(), activities.ArchivedCase{DisputeID: id, At: time.Now(), Content: []byte("{}")}))
	_, err = l.Erase(t.Context(), ledger.Erasure{DisputeID: id, At: time.Now(), ErasedBy: "anna", Reason: "request"})
	require.NoError(t, err)
}
