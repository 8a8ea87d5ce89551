package ledger_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

const endpoint = "https://lampenladen.example/disputes"

// set changes the settings of m-1.
func set(t *testing.T, l *ledger.Ledger, settings dispute.Settings) (dispute.Merchant, dispute.Secret) {
	t.Helper()
	after, made, err := l.SetMerchant(t.Context(), "m-1", settings)
	require.NoError(t, err)
	read, err := l.Merchant(t.Context(), "m-1")
	require.NoError(t, err)
	requireSame(t, after, read)
	return after, made
}

// requireSame compares merchants; databases keep times to the microsecond.
func requireSame(t *testing.T, want, got dispute.Merchant) {
	t.Helper()
	require.True(t, want.Webhook.PreviousUntil.Equal(got.Webhook.PreviousUntil))
	got.Webhook.PreviousUntil = want.Webhook.PreviousUntil
	require.Equal(t, want, got)
}

func TestSetMerchant(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		want := merchants[0]
		url, moved, email, no, none := endpoint, "https://new.example", "neu@lampenladen.example", false, ""

		got, made := set(t, l, dispute.Settings{EmailOnDispute: &no, Email: &email})
		want.EmailOnDispute, want.Email = no, email
		requireSame(t, want, got)
		require.Empty(t, made)

		got, first := set(t, l, dispute.Settings{Webhook: &url})
		want.Webhook = dispute.Webhook{URL: url, Secret: first}
		requireSame(t, want, got)
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(first), "whsec_"))
		require.NoError(t, err)
		require.Len(t, key, 32)

		got, made = set(t, l, dispute.Settings{Webhook: &moved})
		want.Webhook.URL = moved
		requireSame(t, want, got)
		require.Empty(t, made, "a secret is shown once")

		got, second := set(t, l, dispute.Settings{NewSecret: true})
		require.NotEqual(t, first, second)
		require.WithinDuration(t, time.Now().Add(dispute.SecretOverlap), got.Webhook.PreviousUntil, time.Minute)
		want.Webhook = dispute.Webhook{URL: moved, Secret: second, Previous: first, PreviousUntil: got.Webhook.PreviousUntil}
		requireSame(t, want, got)

		got, made = set(t, l, dispute.Settings{Webhook: &none})
		want.Webhook = dispute.Webhook{}
		requireSame(t, want, got)
		require.Empty(t, made)
	})
}

func TestSetMerchantRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		before := dump(t, l)
		no, url, nowhere := false, endpoint, "nowhere"
		_, _, err := l.SetMerchant(t.Context(), "m-404", dispute.Settings{PortalActive: &no})
		requireFaults(t, err, dispute.CodeUnknownMerchant)
		_, _, err = l.SetMerchant(t.Context(), "m-1", dispute.Settings{PortalActive: &no, Email: &nowhere, Webhook: &nowhere})
		requireFaults(t, err, dispute.CodeInvalidMerchant, "email", "webhook")
		_, made, err := l.SetMerchant(t.Context(), "m-1", dispute.Settings{PortalActive: &no, NewSecret: true})
		requireFaults(t, err, dispute.CodeInvalidMerchant, "newSecret")
		require.Empty(t, made)
		_, made, err = l.SetMerchant(t.Context(), "m-404", dispute.Settings{Webhook: &url})
		requireFaults(t, err, dispute.CodeUnknownMerchant)
		require.Empty(t, made)
		require.Equal(t, before, dump(t, l))
	})
}

// Concurrent calls that change one setting each all take effect.
func TestSetMerchantConcurrently(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		no, url, email := false, endpoint, "neu@lampenladen.example"
		before, none := merchants[0], ""
		all := []dispute.Settings{{PortalActive: &no}, {EmailOnDispute: &no}, {Email: &email}, {Webhook: &url}}
		for range 20 { // the calls overlap in some rounds
			set(t, l, dispute.Settings{PortalActive: &before.PortalActive, EmailOnDispute: &before.EmailOnDispute, Email: &before.Email, Webhook: &none})
			errs := make([]error, len(all))
			var group sync.WaitGroup
			for i, settings := range all {
				group.Go(func() { _, _, errs[i] = l.SetMerchant(t.Context(), "m-1", settings) })
			}
			group.Wait()
			for _, err := range errs {
				require.NoError(t, err)
			}
			got, err := l.Merchant(t.Context(), "m-1")
			require.NoError(t, err)
			want := before
			want.PortalActive, want.EmailOnDispute, want.Email = no, no, email
			want.Webhook = dispute.Webhook{URL: url, Secret: got.Webhook.Secret}
			requireSame(t, want, got)
		}
	})
}

// An import changes the settings that it contains, and neither the others nor the webhook.
func TestImportKeepsTheWebhook(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		url := endpoint
		set(t, l, dispute.Settings{Webhook: &url})
		want, _ := set(t, l, dispute.Settings{NewSecret: true})
		for _, step := range []struct {
			file    string
			counts  ledger.Counts
			becomes func()
		}{
			{`"name": "Lampenladen Nord", "email": "post@lampenladen.example", "locale": "de-DE"`, ledger.Counts{Unchanged: 1}, func() {}},
			{`"name": "Lampen", "email": "post@lampenladen.example", "locale": "de-DE"`, ledger.Counts{Changed: 1}, func() { want.Name = "Lampen" }},
			{
				`"name": "Lampen", "email": "post@lampenladen.example", "locale": "de-DE", "portalActive": false`,
				ledger.Counts{Changed: 1},
				func() { want.PortalActive = false },
			},
		} {
			in, err := dispute.DecodeImport([]byte(`{"merchants": [{"id": "m-1", ` + step.file + `}]}`))
			require.NoError(t, err)
			counts, err := l.Import(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, step.counts, counts.Merchants)
			step.becomes()
			got, err := l.Merchant(t.Context(), "m-1")
			require.NoError(t, err)
			requireSame(t, want, got)
		}
	})
}

// The merchants of a build without webhooks stay and can have webhooks after the upgrade.
func TestOpenUpgradesAnOlderLedger(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newBareURL(t)
		older, err := ledger.MigrateTo(t.Context(), ledgerURL, 1)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into merchants (id, name, email, locale, portal_active, email_on_dispute) values ('m-1', 'Lampenladen Nord', 'post@lampenladen.example', 'de-DE', '1', '1')",
			"insert into messages values ('d-1', 'opened', 1, 'merchant', '1-', 'portal', '2026-11-23T09:15:00.000000Z', 'message 1')",
			"insert into messages values ('d-1', 'reason-asked', 2, 'customer', '1-', 'email', '2026-12-21T09:15:00.000000Z', '250 queued')",
			"insert into messages values ('d-1', 'ruling-asked', 3, 'desk', '1-', 'email', '2026-12-22T09:15:00.000000Z', '250 queued')",
			"insert into messages values ('d-3', 'opened', 1, 'merchant', '1-', 'portal', '2026-11-23T09:15:00.000000Z', 'message 2')",
			"insert into messages values ('d-3', 'proposal-made', 1001, 'customer', '1-', 'email', '2026-11-24T09:15:00.000000Z', '250 queued')",
			`insert into invoices (id, order_id, merchant_id, customer_id, currency, amount, paid, imported_paid, credit_notes, credited, refunded,
				decided_for_merchant, billed_due_date, due_date, state)
			values ('i-1', 'order-i-1', 'm-1', 'c-1', 'EUR', 10000, 0, 0, 0, 0, 0, 0, '2026-12-21', '', 'paused'),
				('i-3', 'order-i-3', 'm-1', 'c-1', 'EUR', 10000, 0, 0, 0, 0, 0, 0, '2026-12-21', '', 'paused'),
				('i-2', 'order-i-2', 'm-1', 'c-1', 'EUR', 10000, 0, 0, 0, 0, 0, 3000, '2026-12-21', '2026-12-21', 'open')`,
			timed(post) + timed("('invoice', 'merchant_payable', 'customer_receivable', 10000, 'EUR', 'i-1', null, @)"),
			timed(post) + timed("('invoice', 'merchant_payable', 'customer_receivable', 10000, 'EUR', 'i-2', null, @)"),
			timed(post) + timed("('invoice', 'merchant_payable', 'customer_receivable', 10000, 'EUR', 'i-3', null, @)"),
			timed(opens + "('d-3', '', '', 'i-3', 'EUR', 3000, 'return', 'DE', @, @, 10000, 28)"),
			timed(opens + "('d-1', '', '', 'i-1', 'EUR', 3000, 'goods_not_received', 'DE', @, @, 10000, 28), ('d-2', '', '', 'i-2', 'EUR', 3000, 'return', 'AT', @, @, 10000, 28)"),
			timed("update disputes set state = 'closed', settled_at = @, outcome = 'WON', closing_reason = 'decided_for_merchant' where id = 'd-2'"),
		} {
			_, err = older.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		require.NoError(t, older.Close())

		l := openAt(t, ledgerURL)
		got, err := l.Merchant(t.Context(), "m-1")
		require.NoError(t, err)
		require.Equal(t, merchants[0], got)
		require.Contains(t, lookup(t, l, key(1)).Receipts, key(1))
		require.Equal(t, dispute.Standing{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitJustification}, caseOf(t, l, "d-1").Standing)
		require.Equal(t, dispute.OutcomeWon, caseOf(t, l, "d-2").Outcome)
		require.Equal(t, dispute.PartyCustomer, caseOf(t, l, "d-3").Turn, "the merchant has proposed")
		require.Equal(t, []events.Type{
			events.DisputeOpened, events.DisputeOpened, events.DisputeOpened, events.DisputeWaiting, events.DisputeWaiting, events.DisputeClosed,
			events.DisputeProposal, events.DisputeWaiting, events.DisputeWaiting,
		}, typesOf(allEvents(t, l)))
		url := endpoint
		_, made := set(t, l, dispute.Settings{Webhook: &url})
		require.NotEmpty(t, made)
		requireSound(t, l)
	})
}

func TestMerchantNames(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		names, err := l.MerchantNames(t.Context(), []string{merchants[0].ID, "m-404", merchants[0].ID})
		require.NoError(t, err)
		require.Equal(t, map[string]string{merchants[0].ID: merchants[0].Name}, names)
		names, err = l.MerchantNames(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, names)
	})
}
