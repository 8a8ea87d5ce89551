package peers_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

const (
	merchants           = 20
	sickOnes            = 5
	disputesPerMerchant = 5
)

// sickLimit keeps well endpoints from waiting until sick ones have timed out, on a busy machine too.
var sickLimit = flag.Duration("sick.p99", 20*time.Second, "how long 99 % of the disputes may take to be told; a measurement on an idle machine takes 5s")

var sickCompare = flag.Bool("sick.compare", false, "adds a round in which no endpoint is sick")

// TestSickEndpoints: of twenty merchants five have sick endpoints, each time with other illnesses. All disputes of the others
// are told while the sick ones are being tried, before these have timed out. It reports how long that took.
func TestSickEndpoints(t *testing.T) {
	mails, err := mailbox.Open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mails.Leave()) })
	env, err := environment.Start(t.Context(), environment.Options{SMTPURL: mails.URL(), Progress: os.Stderr})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, env.Close()) })
	require.NoError(t, env.StartWorker(t.Context(), map[string]string{"WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}))

	rounds := slices.Collect(slices.Chunk(slices.Sorted(maps.Keys(illnesses)), sickOnes))
	if *sickCompare {
		rounds = append(rounds, nil)
	}
	for round, ill := range rounds {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			var all []dispute.Dispute
			urls, endpoints := map[string]string{}, map[string]*endpoint{} // by merchant; endpoints are those that are well
			in := dispute.Import{}
			for number := range merchants {
				id := fmt.Sprintf("m-%d-%d", round, number)
				var url string
				if number < len(ill) {
					url = illnesses[ill[number]](t, listen(t))
				} else {
					endpoints[id] = well(t)
					url = endpoints[id].url
				}
				in.Merchants, urls[id] = append(in.Merchants, merchant(id)), url
				for n := range disputesPerMerchant {
					d, invoice := disputeOf(id, n)
					all, in.Invoices = append(all, d), append(in.Invoices, invoice)
				}
			}
			_, err := env.Ledger.Import(t.Context(), in)
			require.NoError(t, err)
			for id, url := range urls {
				_, _, err := env.Ledger.SetMerchant(t.Context(), id, dispute.Settings{Webhook: &url})
				require.NoError(t, err)
			}
			report(t, ill, tell(t, env, all, endpoints))
			requireWaiting(t, env, all, endpoints)
		})
	}
}

func merchant(id string) dispute.Merchant {
	return dispute.Merchant{
		ID: id, Name: "Nordlicht GmbH", Email: "shop@merchant.example", Locale: "de-DE", PortalActive: true,
	}
}

func disputeOf(merchantID string, n int) (dispute.Dispute, dispute.Invoice) {
	id := fmt.Sprintf("d%s-%d", merchantID[1:], n)
	invoice := dispute.Invoice{
		ID: "i-" + id, OrderID: "o-" + id, MerchantID: merchantID, CustomerID: "c-" + id,
		Amount: dispute.Money{Amount: 12990, Currency: "EUR"}, DueDate: time.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}
	return dispute.Dispute{
		ID: id, OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived, OrderID: invoice.OrderID, InvoiceID: invoice.ID,
		DisputedAmount: invoice.Amount, MerchantID: merchantID,
		Complainant: dispute.Complainant{ID: invoice.CustomerID, Name: "Jonas Weber", Email: "jonas@kunde.example", Locale: "de-DE"},
	}, invoice
}

// tell opens all disputes at once, waits until the merchants that are well are told, and returns how long each took.
func tell(t *testing.T, env *environment.Environment, all []dispute.Dispute, endpoints map[string]*endpoint) []time.Duration {
	t.Helper()
	opened := make([]time.Time, len(all))
	var group sync.WaitGroup
	for i, d := range all {
		opened[i] = time.Now()
		group.Go(func() {
			_, err := env.Disputes.Open(t.Context(), d)
			require.NoError(t, err)
		})
	}
	var took []time.Duration
	for i, d := range all {
		e, isWell := endpoints[d.MerchantID]
		if !isWell {
			continue
		}
		require.Eventually(t, func() bool { _, ok := e.taken(d.ID); return ok }, timeout, 5*time.Millisecond, d.ID)
		at, _ := e.taken(d.ID)
		took = append(took, at.Sub(opened[i]))
	}
	group.Wait()
	return took
}

// requireWaiting asserts that the sick endpoints' disputes still wait to be told.
func requireWaiting(t *testing.T, env *environment.Environment, all []dispute.Dispute, endpoints map[string]*endpoint) {
	t.Helper()
	for _, d := range all {
		if _, isWell := endpoints[d.MerchantID]; !isWell {
			require.Eventually(t, func() bool { // a query waits for the attempt that is under way
				view, err := env.Disputes.Status(t.Context(), d.ID)
				return err == nil && view.WaitingFor == dispute.WaitNotification
			}, timeout, 10*time.Millisecond, d.ID)
		}
	}
}

func report(t *testing.T, ill []string, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(time.Millisecond)
	}
	require.LessOrEqual(t, at(0.99), *sickLimit, "beside endpoints with %q", ill)
	t.Logf("beside endpoints with %q, %d disputes were told: p50 %v, p99 %v, all %v", ill, len(took), at(0.5), at(0.99), at(1))
}
