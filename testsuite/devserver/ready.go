package devserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

const (
	namespace   = "default"
	readyWithin = 20 * time.Second
)

var errNotReady = fmt.Errorf("not ready within %s", readyWithin)

// awaitReady returns when the server takes workflows, or at once with the reason when it ends before.
func (s *Server) awaitReady(ctx context.Context, child *process) error {
	ctx, cancelTimeout := context.WithTimeoutCause(ctx, readyWithin, errNotReady)
	defer cancelTimeout()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-child.exited:
			cancel(fmt.Errorf("ended early: %w", child.reason()))
		case <-ctx.Done():
		}
	}()

	// An answer on the port alone proves nothing: another process may have taken the port and answer there
	// while our server still fails. It prints its first line after it has opened its ports.
	select {
	case <-child.printed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := s.prepare(ctx); err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return nil
}

// prepare asks for the namespace and registers the search attributes. The server's own flag for these only
// counts for a new data file, so a file from an earlier version would never get the ones that came later.
func (s *Server) prepare(ctx context.Context) error {
	c, err := client.DialContext(ctx, client.Options{
		HostPort: s.Address(),
		Logger:   quiet(),
	})
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

func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }
