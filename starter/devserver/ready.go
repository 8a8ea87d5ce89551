package devserver

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/streitfall/streitfall/starter/process"
)

const namespace = "default"

// ready returns when the server accepts workflows.
func (s *Server) ready(ctx context.Context, child *process.Process) error {
	// A response on the port does not prove that it is ours: another process may have taken the port. The server prints its
	// first line after it has opened its ports.
	select {
	case <-child.Printed():
		return s.prepare(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prepare waits for the namespace and registers the search attributes. The server's own flag for them works only for a new
// data file.
func (s *Server) prepare(ctx context.Context) error {
	c, err := s.Dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil || len(s.options.SearchAttributes) == 0 {
		return err
	}
	attributes := make(map[string]enumspb.IndexedValueType)
	for _, key := range s.options.SearchAttributes {
		attributes[key.GetName()] = key.GetValueType()
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: attributes,
	})
	return err
}
