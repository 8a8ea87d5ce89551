package demo_test

import (
	"context"
	"net"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/demo"
)

// TestPortal: with a portal two disputes are left to the user, and a link for each person is printed.
func TestPortal(t *testing.T) {
	t.Parallel()
	var given map[string]string
	a, err := watch(t, "", demo.Options{Exit: true, Portal: func(ctx context.Context, variables map[string]string, listening func(net.Addr)) error {
		given = variables
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", variables["PORTAL_ADDR"])
		if err != nil {
			return err
		}
		listening(listener.Addr())
		<-ctx.Done()
		return listener.Close()
	}})
	require.NoError(t, err, a.String())
	require.Contains(t, a.String(), "Ledger: 12 invoices, 2 disputes open, 10 closed, ")

	keys, err := link.ParseKeys(given["PORTAL_KEYS"])
	require.NoError(t, err)
	links := regexp.MustCompile(`(?m)^  the (\w+) +`+regexp.QuoteMeta(given["PORTAL_URL"]+link.EntryPath)+`(\S+)$`).FindAllStringSubmatch(a.String(), -1)
	require.Len(t, links, 3, a.String())
	for i, want := range []link.Claim{
		{Role: link.RoleMerchant, Merchant: "westwind"}, {Role: link.RoleCustomer, Dispute: "demo-11"}, {Role: link.RoleDesk, Login: "demo"},
	} {
		signed, err := keys.Verify(links[i][2], time.Now())
		require.NoError(t, err)
		signed.Expires = time.Time{}
		require.Equal(t, want, signed.Claim)
	}
}
