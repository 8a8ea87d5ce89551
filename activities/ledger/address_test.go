package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

const newAddress = "neu@lampenladen.example"

// sentTo is a confirmation that was sent to an address.
func sentTo(address string) func(string) bool {
	return func(asked string) bool { return asked == address }
}

func TestAddressChangesOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		want := merchants[0]

		_, err := l.RequestAddress(t.Context(), "m-1", "erste@lampenladen.example")
		require.NoError(t, err)
		got, err := l.RequestAddress(t.Context(), "m-1", newAddress)
		require.NoError(t, err)
		want.PendingEmail = newAddress
		requireSame(t, want, got)
		imported(t, l) // which keeps what is pending
		got, err = l.Merchant(t.Context(), "m-1")
		require.NoError(t, err)
		requireSame(t, want, got)

		_, err = l.ConfirmAddress(t.Context(), "m-1", sentTo("erste@lampenladen.example"))
		require.Equal(t, dispute.CodeInvalidMerchant, dispute.CodeOf(err), "another one has replaced it")
		for range 2 { // the second one changes nothing
			got, err = l.ConfirmAddress(t.Context(), "m-1", sentTo(newAddress))
			require.NoError(t, err)
			want.Email, want.PendingEmail = newAddress, ""
			requireSame(t, want, got)
		}
	})
}

// An import that says the same address again takes back no change; one that says another address does.
func TestImportKeepsAChangedAddress(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		address := func() string {
			got, err := l.Merchant(t.Context(), "m-1")
			require.NoError(t, err)
			return got.Email
		}
		imports := func(email, name string) {
			m := merchants[0]
			m.Email, m.Name = email, name
			_, err := l.Import(t.Context(), dispute.Import{Merchants: []dispute.Merchant{m}})
			require.NoError(t, err)
		}
		_, err := l.RequestAddress(t.Context(), "m-1", newAddress)
		require.NoError(t, err)
		_, err = l.ConfirmAddress(t.Context(), "m-1", sentTo(newAddress))
		require.NoError(t, err)
		for _, name := range []string{merchants[0].Name, "Lampenladen Nord GmbH"} {
			imports(merchants[0].Email, name)
			require.Equal(t, newAddress, address(), "the merchant has confirmed it")
		}
		got, err := l.Merchant(t.Context(), "m-1")
		require.NoError(t, err)
		require.Equal(t, "Lampenladen Nord GmbH", got.Name)

		imports("buero@lampenladen.example", merchants[0].Name)
		require.Equal(t, "buero@lampenladen.example", address(), "the reporting system has another one now")
		corrected := "richtig@lampenladen.example"
		set(t, l, dispute.Settings{Email: &corrected}) // by an operator
		imports("buero@lampenladen.example", merchants[0].Name)
		require.Equal(t, corrected, address())
		imports(merchants[0].Email, merchants[0].Name)
		require.Equal(t, merchants[0].Email, address())
	})
}

func TestAddressThatIsTakenBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		request := func() {
			_, err := l.RequestAddress(t.Context(), "m-1", newAddress)
			require.NoError(t, err)
		}
		refused := func() {
			_, err := l.ConfirmAddress(t.Context(), "m-1", sentTo(newAddress))
			require.Equal(t, dispute.CodeInvalidMerchant, dispute.CodeOf(err))
		}
		refused()
		request()
		for range 2 {
			got, err := l.CancelAddress(t.Context(), "m-1")
			require.NoError(t, err)
			requireSame(t, merchants[0], got)
		}
		refused()
		request()
		corrected := "richtig@lampenladen.example"
		set(t, l, dispute.Settings{Email: &corrected}) // by an operator
		refused()
	})
}

func TestOwnSettingsRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		before := dump(t, l)
		email, locale, on := newAddress, "german", true
		for _, settings := range []dispute.Settings{{Email: &email, EmailOnDispute: &on}, {Locale: &locale, EmailOnDispute: &on}, {NewSecret: true}} {
			_, _, err := l.ChangeSettings(t.Context(), "m-1", settings)
			require.Equal(t, dispute.CodeInvalidMerchant, dispute.CodeOf(err))
		}
		for _, address := range []string{"", "neu", merchants[0].Email} {
			_, err := l.RequestAddress(t.Context(), "m-1", address)
			require.Equal(t, dispute.CodeInvalidMerchant, dispute.CodeOf(err))
		}
		require.Equal(t, before, dump(t, l))
		for _, change := range []func() error{
			func() error { _, err := l.RequestAddress(t.Context(), "m-9", newAddress); return err },
			func() error { _, err := l.CancelAddress(t.Context(), "m-9"); return err },
			func() error { _, err := l.ConfirmAddress(t.Context(), "m-9", sentTo(newAddress)); return err },
			func() error {
				_, _, err := l.ChangeSettings(t.Context(), "m-9", dispute.Settings{EmailOnDispute: &on})
				return err
			},
		} {
			require.Equal(t, dispute.CodeUnknownMerchant, dispute.CodeOf(change()))
		}
	})
}

func TestOwnSettings(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		imported(t, l)
		off, locale, url := false, "en-GB", endpoint
		got, made, err := l.ChangeSettings(t.Context(), "m-1", dispute.Settings{PortalActive: &off, EmailOnDeadlines: &off, Locale: &locale, Webhook: &url})
		require.NoError(t, err)
		require.NotEmpty(t, made)
		want := merchants[0]
		want.PortalActive, want.EmailOnDeadlines, want.Locale, want.Webhook = off, off, locale, dispute.Webhook{URL: url, Secret: made}
		requireSame(t, want, got)
	})
}
