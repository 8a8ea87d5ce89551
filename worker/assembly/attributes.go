package assembly

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/streitfall/streitfall/workflows"
)

// registrationTime bounds how long Temporal may take until it knows a new search attribute.
const registrationTime = 30 * time.Second

// ensureSearchAttributes registers the search attributes that the namespace does not know yet. A server
// that does not allow it gets no worker: the error has the command for somebody who may.
func ensureSearchAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, registrationTime)
	defer cancel()
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return unreadable(ctx, temporal, namespace, err)
	}
	missing, err := compare(namespace, known.GetCustomAttributes())
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: types(missing),
	})
	if err != nil {
		return fmt.Errorf("the search attributes of disputes cannot be registered (%w); somebody who may has to run:\n  %s", err, command(namespace, missing))
	}
	return awaitAttributes(ctx, temporal, namespace)
}

// unreadable deals with a server that does not tell its search attributes. That may be forbidden where
// everything is in place: then only their use can tell.
func unreadable(ctx context.Context, temporal client.Client, namespace string, err error) error {
	if _, none := errors.AsType[*serviceerror.NamespaceNotFound](err); none {
		return fmt.Errorf("namespace %q is not there (TEMPORAL_NAMESPACE): %w", namespace, err)
	}
	if useAttributes(ctx, temporal, namespace) == nil {
		return nil
	}
	return fmt.Errorf("the search attributes of namespace %q cannot be read (%w); if they are missing, somebody who may has to run:\n  %s",
		namespace, err, command(namespace, workflows.SearchAttributes))
}

// compare lists the attributes that the namespace does not know. One of another type is an error: disputes
// cannot be written then, and only an operator can say whose it is.
func compare(namespace string, known map[string]enumspb.IndexedValueType) (missing []temporal.SearchAttributeKey, err error) {
	var conflicts []error
	for _, key := range workflows.SearchAttributes {
		switch kind, found := known[key.GetName()]; {
		case !found:
			missing = append(missing, key)
		case kind != key.GetValueType():
			conflicts = append(conflicts, fmt.Errorf("search attribute %s of namespace %q has type %s; it must be %s",
				key.GetName(), namespace, kind, key.GetValueType()))
		}
	}
	return missing, errors.Join(conflicts...)
}

// awaitAttributes waits until queries know the attributes: servers cache what a namespace has.
func awaitAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	for {
		err := useAttributes(ctx, temporal, namespace)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %q does not know the search attributes of disputes: %w", namespace, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// useAttributes asks a question that names all attributes.
func useAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	terms := make([]string, len(workflows.SearchAttributes))
	for i, key := range workflows.SearchAttributes {
		terms[i] = key.GetName() + " IS NULL"
	}
	_, err := temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: strings.Join(terms, " AND "),
	})
	return err
}

func types(attributes []temporal.SearchAttributeKey) map[string]enumspb.IndexedValueType {
	types := map[string]enumspb.IndexedValueType{}
	for _, key := range attributes {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// command registers attributes with Temporal's own command line.
func command(namespace string, attributes []temporal.SearchAttributeKey) string {
	var b strings.Builder
	fmt.Fprintf(&b, "temporal operator search-attribute create --namespace %s", namespace)
	for _, key := range attributes {
		fmt.Fprintf(&b, " --name %s --type %s", key.GetName(), key.GetValueType())
	}
	return b.String()
}
