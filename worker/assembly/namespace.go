package assembly

import (
	"context"
	"fmt"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
)

// NamespaceOf asks Temporal for the id of a namespace. The ledger knows its namespace by the id: every Temporal has a
// namespace "default".
func NamespaceOf(ctx context.Context, temporal client.Client, name string) (ledger.Namespace, error) {
	described, err := temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if err != nil {
		return ledger.Namespace{}, fmt.Errorf("ask Temporal for the id of the namespace %q: %w", name, err)
	}
	return ledger.Namespace{ID: described.GetNamespaceInfo().GetId(), Name: name}, nil
}
