package eventtable_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/starter/eventtable"
)

func TestTable(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.December, 14, 10, 15, 0, 0, time.FixedZone("CET", 3600))
	table := eventtable.Table([]events.Event{
		{Number: 1, Type: events.PaymentRecorded, At: at, Data: events.Data{InvoiceID: "invoice-4711"}},
		{Number: 42, Type: events.DisputeOpened, At: at, Data: events.Data{InvoiceID: "invoice-4711", DisputeID: "kd-2026-0001"}},
	})
	require.Equal(t, `NUMBER  AT                   TYPE                         DISPUTE, INVOICE
1       2026-12-14 09:15:00Z invoice.payment_recorded     invoice-4711
42      2026-12-14 09:15:00Z dispute.opened               kd-2026-0001`, table)
}
