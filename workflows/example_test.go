package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// A backend service opens a dispute and later reports that the two have agreed.
func ExampleClient() {
	ctx := context.Background()
	temporal, err := client.Dial(client.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer temporal.Close()
	disputes := workflows.NewClient(temporal)

	d := dispute.Dispute{
		ID: "kd-2026-0001", OpenedAt: time.Now(), Reason: dispute.ReasonGoodsNotReceived,
		OrderID: "order-4711", InvoiceID: "invoice-4711", DisputedAmount: dispute.Money{Amount: 12990, Currency: "EUR"},
		Complainant: dispute.Complainant{ID: "customer-815", Name: "Jonas Weber", Email: "jonas.weber@example.de", Locale: "de-DE"},
		MerchantID:  "nordlicht", Calendar: "DE-BY",
	}
	_, err = disputes.Open(ctx, d) // answers when the invoice is paused
	if refusal, ok := errors.AsType[*dispute.Refusal](err); ok {
		fmt.Println(refusal.Code, refusal.Faults) // final: correct the dispute or the ledger
		return
	}
	if err != nil {
		fmt.Println(err) // a transient error of Temporal: repeat the call
		return
	}

	err = disputes.Agree(ctx, d.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"}, ReportedBy: dispute.PartyOperator,
	})
	if err != nil {
		fmt.Println(err)
	}
}
